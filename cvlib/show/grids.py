"""Small arrays as grids of numbers, the way one draws them on paper."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cvlib.conv import cross_correlate2d, output_size
from cvlib.show import palette as p
from cvlib.show.style import Picture, bare, figure

CELL = 0.42
"""The side of a cell in inches."""


def number(value: float, digits: int = 2) -> str:
    """A number as the book prints it: a true minus sign, no trailing zeros.

    Example:
        >>> number(-1.5), number(2.0), number(1 / 3), number(-np.inf)
        ('−1.5', '2', '0.33', '−∞')
    """
    if not np.isfinite(value):
        return {np.inf: "∞", -np.inf: "−∞"}.get(value, "NaN")
    text = f"{float(value):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "−")


def draw_grid(
    ax: Axes,
    values: NDArray,
    *,
    kind: str = "input",
    at: tuple[float, float] = (0, 0),
    title: str = "",
    lit: Callable[[int, int], bool] | None = None,
    hidden: Callable[[int, int], bool] | None = None,
    small: Callable[[int, int], str] | None = None,
    digits: int = 2,
) -> None:
    """Draw `values` (H, W) with its corner at `at` (row, column), one cell a unit.

    Example:
        >>> fig, ax = canvas(2, 2)
        >>> draw_grid(ax, np.eye(2), title="identity")
        >>> Picture(fig, alt="The identity, two by two.")
        Picture: The identity, two by two.
    """
    _, ink, fill = p.KINDS[kind]
    window = p.HAND if kind == "output" else p.KERNEL
    top, left = at
    for (i, j), value in np.ndenumerate(values):
        gone = hidden is not None and hidden(i, j)
        bright = lit is not None and lit(i, j)
        ax.add_patch(
            Rectangle(
                (left + j + 0.03, top + i + 0.03),
                0.94,
                0.94,
                facecolor="none" if gone else fill,
                edgecolor=p.RULE if gone else (window if bright else fill),
                linewidth=2.2 if bright else 0.8,
            )
        )
        if gone:
            continue
        note = small(i, j) if small else ""
        ax.text(
            left + j + (0.36 if note else 0.5),
            top + i + 0.5,
            number(value, digits),
            ha="center",
            va="center",
            color=ink,
            fontweight="bold" if bright else "normal",
        )
        if note:
            ax.text(
                left + j + 0.6,
                top + i + 0.68,
                note,
                ha="left",
                va="center",
                fontsize=7.5,
                color=p.KERNEL_INK,
            )
    if title:
        ax.text(left + 0.03, top - 0.2, title, ha="left", va="bottom", color=p.INK)


def canvas(rows: float, cols: float, *, head: float = 0.8) -> tuple:
    """An empty figure measured in cells, with `head` cells above for titles.

    Example:
        >>> fig, ax = canvas(3, 5)
        >>> [float(v) for v in ax.get_xlim()]
        [-0.05, 5.05]
    """
    fig, ax = figure(CELL * cols, CELL * (rows + head))
    ax.set(xlim=(-0.05, cols + 0.05), ylim=(rows + 0.05, -head), aspect="equal")
    bare(ax)
    return fig, ax


def _sign(ax: Axes, x: float, y: float, sign: str) -> None:
    # the figures' face has no ⋆; that of mathtext is small
    text, size = (r"$\star$", 22) if sign == "⋆" else (sign, 14)
    ax.text(x, y, text, ha="center", va="center", size=size)


def numbers(
    *arrays: ArrayLike,
    titles: Sequence[str] = (),
    kinds: Sequence[str] = (),
    between: Sequence[str] = (),
    alt: str = "",
    digits: int = 2,
) -> Picture:
    """Arrays (H, W) side by side as number grids, with signs such as ⋆ and = between.

    Args:
        arrays: each (H, W), or (W,) for a row.
        titles: one above each.
        kinds: the colour of each: input, kernel, output, gradient, hand, plain.
        between: a sign between neighbours.
        alt: the figure in words; made from the titles and numbers when left out.
        digits: decimals at most.

    Example:
        >>> numbers([[1, 2], [3, 4]], titles=["input"])
        Picture: input: 1 2; 3 4.
    """
    grids = [np.atleast_2d(np.asarray(a)) for a in arrays]
    titles = list(titles) + [""] * (len(grids) - len(titles))
    kinds = list(kinds) + ["input"] * (len(grids) - len(kinds))
    signs = list(between) + [""] * (len(grids) - 1 - len(between))
    rows = max(g.shape[0] for g in grids)
    gap = 1.2
    cols = sum(g.shape[1] for g in grids) + gap * (len(grids) - 1)
    fig, ax = canvas(rows, cols, head=0.9 if any(titles) else 0.1)
    left = 0.0
    for k, grid in enumerate(grids):
        top = (rows - grid.shape[0]) / 2
        draw_grid(
            ax, grid, kind=kinds[k], at=(top, left), title=titles[k], digits=digits
        )
        left += grid.shape[1]
        if k < len(signs):
            _sign(ax, left + gap / 2, rows / 2, signs[k])
        left += gap
    words = "; ".join(
        f"{title or 'array'}: "
        + "; ".join(" ".join(number(v, digits) for v in row) for row in grid)
        for title, grid in zip(titles, grids, strict=True)
    )
    return Picture(fig, alt or words + ".")


def sliding(
    image: NDArray,
    kernel: NDArray,
    *,
    step: int = 0,
    stride: int = 1,
    padding: int = 0,
    all_outputs: bool = False,
) -> Picture:
    """A kernel over an image (H, W) at one position, and the map up to it.

    Example:
        >>> sliding(np.eye(3), np.ones((2, 2)), step=1).alt[:52]
        'A 2 by 2 kernel over a 3 by 3 image, position 2 of 4'
    """
    f, g = kernel.shape
    padded = np.pad(image, padding)
    rows = output_size(image.shape[0], f, stride=stride, padding=padding)
    cols = output_size(image.shape[1], g, stride=stride, padding=padding)
    out = np.array(cross_correlate2d(padded.astype(float), kernel.astype(float)))
    out = out[::stride, ::stride][:rows, :cols]
    r, c = (stride * v for v in divmod(step, cols))
    height = max(padded.shape[0], f, rows)
    width = padded.shape[1] + g + cols + 2.4
    fig, ax = canvas(height, width)

    def inside(i: int, j: int) -> bool:
        return r <= i < r + f and c <= j < c + g

    draw_grid(
        ax,
        padded,
        title="input",
        lit=inside,
        small=lambda i, j: f"×{number(kernel[i - r, j - c])}" if inside(i, j) else "",
    )
    left = padded.shape[1] + 1.2
    draw_grid(ax, kernel, kind="kernel", at=((height - f) / 2, left), title="kernel")
    draw_grid(
        ax,
        out,
        kind="output",
        at=((height - rows) / 2, left + g + 1.2),
        title="output",
        lit=lambda i, j: i * cols + j == step,
        hidden=lambda i, j: not all_outputs and i * cols + j > step,
    )
    _sign(ax, left - 0.6, height / 2, "⋆")
    _sign(ax, left + g + 0.6, height / 2, "=")
    value = number(out[divmod(step, cols)])
    return Picture(
        fig,
        f"A {f} by {g} kernel over a {image.shape[0]} by {image.shape[1]} image, "
        f"position {step + 1} of {rows * cols}: the products add up to {value}.",
    )
