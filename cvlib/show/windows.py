"""The places a window takes on a row of pixels, and what they make of it."""

from functools import partial

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cvlib.conv.sizes import Padding, axis_padding, window_starts
from cvlib.show import palette as p
from cvlib.show.style import Picture, bare, figure


def window_rows(
    n: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
    title: str = "",
) -> Picture:
    """A row of `n` pixels, below it one line for each window, and the output row.

    Padding is dashed; pixels that no window reads are crossed out.

    Example:
        >>> window_rows(8, 3, stride=2).alt[:46]
        'A row of 8 pixels. A window of 3 taps stands a'
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    starts = window_starts(n, kernel_size, **options)
    before, after = axis_padding(padding, kernel_size, stride=stride, dilation=dilation)
    taps = [[s + i * dilation for i in range(kernel_size)] for s in starts]
    seen = {t for window in taps for t in window}
    step = 0.62  # the height of a window's line, in cells
    total, bottom = before + n + after, 1.45 + step * len(starts)
    top = -0.75 if title else -0.05
    side = min(0.42, 6.0 / total)
    fig, ax = figure(side * total + 1.3, side * (bottom + 1.1 - top))
    ax.set(
        xlim=(-before - 0.1, n + after + 0.1 + 1.1 / side),
        ylim=(bottom + 1.1, top),
        aspect="equal",
    )
    bare(ax)
    cell = partial(_cell, ax, round(11 * min(1, side / 0.36)))
    for pixel in range(-before, n + after):
        inside = 0 <= pixel < n
        cell(pixel, 0, p.INPUT if inside else None, str(pixel) if inside else "0")
        if pixel not in seen:
            ax.plot([pixel + 0.15, pixel + 0.85], [0.85, 0.15], color=p.INK, lw=1.4)
    for i, window in enumerate(taps):
        y = 1.4 + step * i
        ax.plot([window[0] + 0.5, window[-1] + 0.5], [y, y], color=p.KERNEL, lw=1.2)
        for tap in window:
            ax.add_patch(Rectangle((tap + 0.1, y - 0.2), 0.8, 0.4, color=p.KERNEL))
    shift = (n - len(starts)) / 2
    for i in range(len(starts)):
        cell(shift + i, bottom, p.OUTPUT, str(i))
    words = dict(va="center", ha="left", color=p.MUTED)
    right = n + after + 0.35
    ax.text(right, 0.5, f"{n} pixels", **words)
    ax.text(right, bottom + 0.5, f"{len(starts)} outputs", **words)
    if title:
        ax.text(-before, -0.25, title, ha="left", va="bottom", color=p.INK)
    unread = sorted(set(range(-before, n + after)) - seen)
    return Picture(
        fig,
        f"A row of {n} pixels. A window of {kernel_size} taps stands at "
        f"{', '.join(map(str, starts))}: {len(starts)} outputs."
        + (f" Not read: {', '.join(map(str, unread))}." if unread else ""),
    )


def _cell(
    ax: Axes, size: float, x: float, y: float, colour: str | None, text: str
) -> None:
    """One pixel with its number; without a colour it is padding."""
    kinds = {p.INPUT: "input", p.OUTPUT: "output"}
    _, ink, fill = p.KINDS[kinds[colour]] if colour else ("", p.MUTED, "none")
    style = {"edgecolor": fill} if colour else {"edgecolor": p.MUTED, "linestyle": ":"}
    ax.add_patch(Rectangle((x + 0.04, y + 0.04), 0.92, 0.92, facecolor=fill, **style))
    ax.text(x + 0.5, y + 0.5, text, ha="center", va="center", color=ink, size=size)
