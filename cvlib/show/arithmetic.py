"""One moment of a convolution: the map with its zeros, the window, the output."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cvlib.resample import Arithmetic, conv_frames
from cvlib.show import palette as p
from cvlib.show.style import Picture, bare, figure

GAP = 1.6
"""Cells between the map that is read and the output."""


def draw_frame(ax: Axes, case: Arithmetic, step: int) -> None:
    """The `step`-th window of a case on its map, and the output up to it.

    Example:
        >>> from cvlib.resample import CASES
        >>> fig, ax = figure(3, 2)
        >>> draw_frame(ax, CASES["stride"], 0)
    """
    frame = list(conv_frames(case))[step]
    lit = {tuple(map(int, tap)) for tap in frame.taps}
    for (i, j), real in _cells(case):
        _square(ax, i, j, *_read(bool(real), (i, j) in lit))
    left, n = case.drawn + GAP, case.output_size
    for k in range(n * n):
        kind = "hand" if k == step else "output" if k < step else "plain"
        mark, _, fill = p.KINDS[kind]
        edge = p.RULE if kind == "plain" else mark
        _square(ax, k // n, left + k % n, fill, edge, "-", 1.0)
    ax.set(xlim=(-0.1, left + n + 0.1), ylim=(max(case.drawn, n) + 0.1, -0.1))
    ax.set_aspect("equal", anchor="NW")
    bare(ax)


def conv_frame(case: Arithmetic, step: int = 0) -> Picture:
    """One window of a case; pixels of the input are blue, zeros are dashed.

    Example:
        >>> from cvlib.resample import CASES
        >>> conv_frame(CASES["stride, transposed"], 6)
        Picture: A map of 7 by 7 cells with 4 pixels of the input and 45 zeros. Window \
7 of 25 lies on 1 pixel.
    """
    wide, tall = case.drawn + GAP + case.output_size, max(case.drawn, case.output_size)
    fig, ax = figure(0.3 * wide, 0.3 * tall)
    draw_frame(ax, case, step)
    return Picture(fig, _words(case, step))


def conv_cases(cases: Mapping[str, Arithmetic], *, step: int = 1) -> Picture:
    """One window of each of several cases, two beside each other, under their names.

    Example:
        >>> from cvlib.resample import CASES
        >>> conv_cases({"stride": CASES["stride"]}).alt
        'stride: 5 by 5 becomes 2 by 2.'
    """
    rows = -(-len(cases) // 2)
    fig, axes = figure(4.8, 1.75 * rows, rows, 2, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (name, case) in zip(axes.flat, cases.items(), strict=False):
        ax.set_axis_on()
        draw_frame(ax, case, step)
        n, o = case.size, case.output_size
        short = name.replace(", transposed", "")
        ax.set_title(f"{short}: {n} → {o}", color=p.INK, fontsize=12)
    sizes = [f"{c.size} by {c.size} becomes {c.output_size} by {c.output_size}"
             for c in cases.values()]  # fmt: skip
    words = [f"{name}: {size}" for name, size in zip(cases, sizes, strict=True)]
    return Picture(fig, "; ".join(words) + ".")


def _cells(case: Arithmetic):
    real = case.real()
    return (((i, j), real[i, j]) for i in range(len(real)) for j in range(len(real)))


def _read(real: bool, lit: bool) -> tuple:
    """Fill, edge, line style and width of a cell of the map that is read."""
    if lit:
        return p.KERNEL if real else p.KERNEL_FILL, p.KERNEL, "-", 1.6
    if real:
        return p.INPUT_FILL, p.INPUT, "-", 1.0
    return "none", p.MUTED, ":", 0.8


def _square(ax, row, column, fill, edge, style, width) -> None:
    ax.add_patch(
        Rectangle(
            (column + 0.06, row + 0.06), 0.88, 0.88, facecolor=fill, edgecolor=edge,
            linestyle=style, linewidth=width,
        )
    )  # fmt: skip


def _words(case: Arithmetic, step: int) -> str:
    frame = list(conv_frames(case))[step]
    zeros = case.drawn**2 - case.size**2
    pixels = f"{len(frame.read)} {'pixel' if len(frame.read) == 1 else 'pixels'}"
    return (
        f"A map of {case.drawn} by {case.drawn} cells with {case.size**2} pixels of "
        f"the input and {zeros} zeros. Window {step + 1} of {case.output_size**2} "
        f"lies on {pixels}."
    )
