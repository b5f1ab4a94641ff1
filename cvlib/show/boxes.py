"""Boxes on pictures: what was found drawn solid, what is there dashed."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cvlib.show import palette as p
from cvlib.show.images import images
from cvlib.show.style import Picture


def on_picture(colour: str) -> str:
    """The colour for a mark on a picture, which stays as it is in the dark.

    What lies on the page follows its theme, and a dark line becomes a pale one. A
    picture does not change, so its marks must not: their blue differs by one step
    from the palette's, which no eye sees and no style sheet knows.

    Example:
        >>> on_picture("white"), on_picture("#1f2328")
        ('#fffffe', '#1f2329')
    """
    value = int(to_hex(colour)[1:], 16)
    return f"#{value ^ 1:06x}"


def draw_boxes(
    ax: Axes,
    boxes: ArrayLike,
    words: Sequence[str] = (),
    *,
    colours: str | Sequence[str] = p.OUTPUT,
    dashed: bool = False,
    width: float = 1.6,
) -> None:
    """Draw boxes with a pale rim, so that they stand out on any photograph.

    Args:
        ax: where the picture was drawn with pixel edges at whole numbers, or by
            `imshow`, whose pixel centres are there: half a pixel is not seen.
        boxes: (N, 4) xyxy.
        words: written at the upper left corner of each box.
        colours: one for all, or one a box.
        dashed: for the truth.
        width: of the lines, in points.

    Example:
        >>> from cvlib.show import figure
        >>> fig, ax = figure(3, 2)
        >>> draw_boxes(ax, [[0, 0, 1, 1]], ["star"])
        >>> len(ax.patches), ax.texts[0].get_text()
        (2, 'star')
    """
    rows = [[float(value) for value in box] for box in boxes]
    if isinstance(colours, str):
        colours = [colours] * len(rows)
    pale, colours = on_picture("white"), [on_picture(colour) for colour in colours]
    W = max(ax.get_xlim())
    for n, (x1, y1, x2, y2) in enumerate(rows):
        corner, size = (x1 - 0.5, y1 - 0.5), (x2 - x1, y2 - y1)
        rim = {"fill": False, "joinstyle": "miter"}
        style = (0, (4, 2)) if dashed else "solid"
        if not dashed:
            ax.add_patch(Rectangle(corner, *size, ec=pale, lw=width + 1.4, **rim))
        ax.add_patch(Rectangle(corner, *size, ec=colours[n], lw=width, ls=style, **rim))
        if n < len(words) and words[n]:
            right = x1 > 0.7 * W  # a word that begins there would leave the picture
            ax.text(
                x2 - 0.5 if right else x1 - 0.5, y1 - 1.5, words[n],
                ha="right" if right else "left", va="top" if y1 < 10 else "bottom",
                size=8, color=pale, clip_on=False,
                bbox={"facecolor": colours[n], "edgecolor": "none", "pad": 1.2},
            )  # fmt: skip


def detections(
    pictures: Sequence[ArrayLike],
    found: Sequence[ArrayLike],
    *,
    alt: str,
    words: Sequence[Sequence[str]] = (),
    truth: Sequence[ArrayLike] = (),
    colours: Sequence[str | Sequence[str]] = (),
    titles: Sequence[str] = (),
    columns: int | None = None,
    width: float = 6.5,
) -> Picture:
    """Pictures in a grid, each with the boxes found (solid) and those there (dashed).

    Args:
        pictures: each (H, W, 3) or (3, H, W) in [0, 1].
        found: for each picture (N, 4) xyxy.
        alt: what is to be seen, in words.
        words: for each picture one a box, such as "star 0.93".
        truth: for each picture (M, 4) xyxy.
        colours: for each picture one for all boxes, or one a box; green if not given.
        titles: one a picture.
        columns: of the grid.
        width: in inches.

    Example:
        >>> import numpy as np
        >>> picture = np.full((40, 60, 3), 0.5)
        >>> detections([picture], [[[5, 5, 30, 20]]], alt="A box on grey.")
        Picture: A box on grey.
    """
    # a tensor comes with its channels first
    shots = [x.permute(1, 2, 0) if hasattr(x, "permute") else x for x in pictures]
    shown = images(*shots, titles=titles, alt=alt, columns=columns, width=width)
    for n, ax in enumerate(shown.figure.axes[: len(shots)]):
        if n < len(truth):
            draw_boxes(ax, truth[n], colours="white", dashed=True)
        colour = colours[n] if n < len(colours) else p.OUTPUT
        draw_boxes(ax, found[n], words[n] if words else (), colours=colour)
    return shown
