"""Small pictures with a true box (dashed, dark) and a found one (solid, green)."""

from collections.abc import Sequence

from numpy.typing import ArrayLike

from cvlib.show import palette as p
from cvlib.show.boxes import draw_boxes
from cvlib.show.images import images
from cvlib.show.style import Picture


def localised(
    pictures: Sequence[ArrayLike],
    truth: Sequence[ArrayLike],
    found: Sequence[ArrayLike] = (),
    *,
    alt: str,
    titles: Sequence[str] = (),
    columns: int | None = None,
    width: float = 6.5,
) -> Picture:
    """Pictures in a grid, each with at most one box of either kind.

    Args:
        pictures: (3, H, W) each, on pale paper: the truth is drawn dark.
        truth: (4,) xyxy each; a box without area is not drawn.
        found: likewise, or nothing.
        alt: what is to be seen, in words.
        titles: one a picture.
        columns: of the grid.
        width: in inches.

    Example:
        >>> import numpy as np
        >>> localised([np.ones((3, 8, 8))], [[1, 1, 5, 5]], alt="A box on white.")
        Picture: A box on white.
    """
    shots = [x.permute(1, 2, 0) if hasattr(x, "permute") else x.T for x in pictures]
    shown = images(*shots, titles=titles, alt=alt, columns=columns, width=width)
    axes = shown.figure.axes[: len(shots)]
    for ax, box in zip(axes, truth, strict=True):
        draw_boxes(ax, _with_area(box), colours=p.INK, dashed=True)
    for ax, box in zip(axes, found, strict=False):
        draw_boxes(ax, _with_area(box), colours=p.OUTPUT)
    return shown


def _with_area(box: ArrayLike) -> list[list[float]]:
    x1, y1, x2, y2 = (float(v) for v in box)
    return [[x1, y1, x2, y2]] if x2 > x1 and y2 > y1 else []
