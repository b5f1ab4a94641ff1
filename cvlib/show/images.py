"""Photographs, feature maps and kernels in rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvlib.show import palette as p
from cvlib.show.style import Picture, bare, figure


def images(
    *pictures: ArrayLike,
    titles: Sequence[str] = (),
    alt: str,
    columns: int | None = None,
    width: float = 6.5,
    signed: bool = False,
) -> Picture:
    """Pictures (H, W) or (H, W, 3), values in [0, 1] unless `signed`, in a grid.

    Grey pictures keep their own range [0, 1] when they lie in it and are stretched
    otherwise. `signed` pictures run from vermilion (negative) over white to blue
    (positive) on one scale, so that zero is always white.

    Example:
        >>> images(np.zeros((4, 4)), titles=["black"], alt="A black square.")
        Picture: A black square.
    """
    shots = [np.asarray(x, dtype=float) for x in pictures]
    columns = columns or len(shots)
    rows = -(-len(shots) // columns)
    aspect = max(s.shape[0] / s.shape[1] for s in shots)
    side = width / columns
    fig, axes = figure(
        width, rows * (side * aspect + (0.32 if any(titles) else 0.05)),
        rows, columns, squeeze=False,
    )  # fmt: skip
    top = max((float(np.abs(s).max()) for s in shots if s.size), default=1.0) or 1.0
    for k, ax in enumerate(axes.flat):
        bare(ax)
        if k >= len(shots):
            continue
        shot = shots[k]
        if signed and shot.ndim == 2:
            ax.imshow(diverging(shot / top))
        elif shot.ndim == 2:
            inside = shot.min() >= 0 and shot.max() <= 1
            low, high = (0, 1) if inside else (shot.min(), shot.max())
            ax.imshow(shot, cmap="gray", vmin=low, vmax=high)
        else:
            ax.imshow(np.clip(shot, 0, 1))
        if k < len(titles):
            ax.set_title(titles[k], color=p.INK)
    return Picture(fig, alt)


def diverging(values: NDArray) -> NDArray:
    """Colours (…, 3) of values in [−1, 1]: vermilion, white at zero, blue.

    Example:
        >>> diverging(np.array([0.0]))
        array([[1., 1., 1.]])
    """
    ends = [
        [int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)] for c in (p.GRADIENT, p.INPUT)
    ]
    low, high = np.array(ends)
    v = np.clip(values, -1, 1)[..., None]
    return np.where(v < 0, 1 + v * (1 - low), 1 - v * (1 - high))


def feature_maps(
    maps: ArrayLike, *, titles: Sequence[str] = (), alt: str, columns: int = 4
) -> Picture:
    """Maps (C, H, W) of one layer on one signed scale.

    Example:
        >>> feature_maps(np.zeros((2, 3, 3)), alt="Two empty maps.")
        Picture: Two empty maps.
    """
    maps = np.asarray(maps)
    return images(
        *maps, titles=titles, alt=alt, columns=min(columns, len(maps)), signed=True
    )


def kernel_responses(
    image: NDArray,
    kernels: dict[str, NDArray],
    responses: Sequence[NDArray],
    *,
    alt: str,
) -> Picture:
    """Kernels (as signed pictures with their numbers) above what they answer.

    Args:
        image: the input (H, W) or (H, W, 3), shown first.
        kernels: name → (h, w).
        responses: one (P, Q) a kernel.
        alt: the figure in words.

    Example:
        >>> image, kernel = np.zeros((4, 4)), np.ones((1, 1))
        >>> kernel_responses(image, {"copy": kernel}, [image], alt="Nothing, copied.")
        Picture: Nothing, copied.
    """
    count = len(kernels) + 1
    side = 6.8 / count
    fig, axes = figure(
        6.8, side * (1 + image.shape[0] / image.shape[1]) + 0.4,
        2, count, squeeze=False,
        gridspec_kw={"height_ratios": [1, image.shape[0] / image.shape[1]]},
    )  # fmt: skip
    bare(list(axes.flat))
    axes[1, 0].imshow(image)
    axes[1, 0].set_title("input", color=p.INPUT_INK)
    top = max(float(np.abs(r).max()) for r in responses) or 1.0
    for ax, below, (name, kernel), response in zip(
        axes[0, 1:], axes[1, 1:], kernels.items(), responses, strict=True
    ):
        scale = float(np.abs(kernel).max()) or 1.0
        ax.imshow(diverging(kernel / scale))
        for (i, j), value in np.ndenumerate(kernel):
            dark = abs(value) > 0.6 * scale
            text = f"{value:g}".replace("-", "−")
            ax.text(
                j, i, text, ha="center", va="center", color="white" if dark else "black"
            )
        ax.set_title(name, color=p.KERNEL_INK)
        below.imshow(diverging(response / top))
    return Picture(fig, alt)
