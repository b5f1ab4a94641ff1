"""Random augmentations: draw, then do (torch). Every image of a batch has its own draw.

All have the form f(images, generator, *, options), so that any of them, its options
bound by `functools.partial`, will do as a step of `Compose` or as `augment=` of
`train.fit`. Geometric ones take a Sample too.
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from cvlib.validate import check_number, pair

from .colour import (
    PCA,
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    check_rgb,
    pca_colour,
    rgb_shift,
)
from .geometry import check_fits, horizontal_flip, pad, size_of
from .moves import Crop, Move, Resize, Target
from .sample import Sample
from .warps import Elastic, Rotate, elastic_displacement


def uniform(low: float, high: float, generator: Generator | None) -> float:
    """One number between two."""
    return low + (high - low) * torch.rand((), generator=generator).item()


def draw_each(images: Target, draw: Callable[[], Callable]) -> Target:
    """One draw for a sample or an image; for a batch one for each of its images."""
    if isinstance(images, Sample) or images.ndim == 3:
        return draw()(images)
    if not len(images):
        return images
    return torch.stack([draw()(image) for image in images])


def random_horizontal_flip(
    images: Target, generator: Generator | None = None, *, p: float = 0.5
) -> Target:
    """Mirror each image with probability `p`.

    Example:
        >>> image = torch.tensor([[[1., 2]]])
        >>> random_horizontal_flip(image, p=1.0)
        tensor([[[2., 1.]]])
    """
    size_of(images)
    p = check_number("p", p, minimum=0, maximum=1)
    if isinstance(images, Sample) or images.ndim == 3:
        flip = torch.rand((), generator=generator) < p
        return horizontal_flip(images) if flip else images
    flip = torch.rand(len(images), generator=generator) < p
    return torch.where(
        flip.to(images.device)[:, None, None, None], images.flip(-1), images
    )


def random_crop(
    images: Target,
    generator: Generator | None = None,
    *,
    size: int | tuple[int, int],
    padding: int | tuple[int, int] = 0,
    fill: float = 0.0,
) -> Target:
    """A window at a random place, after a margin has been added.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample.
        generator: source of the draws; None for torch's own.
        size: height and width of the window.
        padding: margin on every side; with a window of the picture's own size the
            picture moves by up to this much, the usual choice for CIFAR-10 (4).
        fill: value of the margin.

    Raises:
        ValueError: the window is larger than the padded picture.

    Example:
        >>> random_crop(torch.rand(8, 3, 32, 32), size=32, padding=4).shape
        torch.Size([8, 3, 32, 32])
    """
    window = pair("size", size)
    images = pad(images, padding, fill=fill)
    (H, W), (h, w) = size_of(images), window
    check_fits("size", window, (H, W))
    if isinstance(images, Sample) or images.ndim == 3:
        top = int(torch.randint(H - h + 1, (), generator=generator))
        left = int(torch.randint(W - w + 1, (), generator=generator))
        return Crop((H, W), top, left, h, w)(images)
    N = len(images)
    tops = torch.randint(H - h + 1, (N, 1), generator=generator)
    lefts = torch.randint(W - w + 1, (N, 1), generator=generator)
    rows, columns = tops + torch.arange(h), lefts + torch.arange(w)  # (N, h), (N, w)
    which = torch.arange(N)[:, None, None]
    # channels last for a moment: indices around a slice would put it last anyway
    windows = images.movedim(1, -1)[which, rows[:, :, None], columns[:, None, :]]
    return windows.movedim(-1, 1).contiguous()


def random_resized_crop(
    images: Target,
    generator: Generator | None = None,
    *,
    size: int | tuple[int, int],
    scale: tuple[float, float] = (0.08, 1.0),
    ratio: tuple[float, float] = (3 / 4, 4 / 3),
) -> Target:
    """A window of random area and shape, stretched to `size`: Inception's crop.

    Args:
        images: (N, C, H, W) or (C, H, W), or a Sample; floating point.
        generator: source of the draws; None for torch's own.
        size: height and width of the result.
        scale: smallest and largest share of the picture's area.
        ratio: smallest and largest width / height of the window.

    Raises:
        ValueError: a range is empty or not positive.

    Source:
        Szegedy et al., Going deeper with convolutions, CVPR 2015.

    Example:
        >>> random_resized_crop(torch.rand(3, 40, 60), size=32).shape
        torch.Size([3, 32, 32])
    """
    (H, W), new = size_of(images), pair("size", size)
    scale, ratio = check_range("scale", scale), check_range("ratio", ratio)

    def draw() -> Callable:
        window = Crop((H, W), *draw_window((H, W), scale, ratio, generator))
        return lambda image: Resize(window.new_size, *new)(window(image))

    return draw_each(images, draw)


def check_range(name: str, bounds: tuple[float, float]) -> tuple[float, float]:
    """Refuse bounds that are not 0 < low ≤ high."""
    low, high = bounds
    if not 0 < low <= high:
        raise ValueError(
            f"{name} must be (low, high) with 0 < low ≤ high, got {bounds}"
        )
    return low, high


def draw_window(size, scale, ratio, generator) -> tuple[int, int, int, int]:
    """(top, left, height, width); after ten misfits the largest window that fits."""
    H, W = size
    for _ in range(10):
        area = H * W * uniform(*scale, generator)
        aspect = math.exp(uniform(*map(math.log, ratio), generator))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= W and 0 < h <= H:
            top = int(torch.randint(H - h + 1, (), generator=generator))
            left = int(torch.randint(W - w + 1, (), generator=generator))
            return top, left, h, w
    w, h = min(W, round(H * ratio[1])), min(H, round(W / ratio[0]))
    return (H - h) // 2, (W - w) // 2, h, w


def random_rotation(
    images: Target, generator: Generator | None = None, *, degrees: float
) -> Target:
    """Turn each image by an angle between −degrees and degrees.

    Example:
        >>> random_rotation(torch.rand(2, 3, 8, 8), degrees=10).shape
        torch.Size([2, 3, 8, 8])
    """
    size, degrees = size_of(images), check_number("degrees", degrees, minimum=0)
    return draw_each(
        images, lambda: Rotate(size, uniform(-degrees, degrees, generator))
    )


def random_elastic(
    images: Target,
    generator: Generator | None = None,
    *,
    alpha: float = 50.0,
    sigma: float = 5.0,
) -> Target:
    """Deform each image by a field of its own; a sample's masks and boxes by the same.

    Example:
        >>> random_elastic(torch.rand(2, 3, 32, 32)).shape
        torch.Size([2, 3, 32, 32])
    """
    size = size_of(images)

    def draw() -> Move:
        return Elastic(
            size,
            elastic_displacement(size, alpha=alpha, sigma=sigma, generator=generator),
        )

    return draw_each(images, draw)


def numbers(
    images: Tensor, count: int, generator: Generator | None, *, normal: bool = False
) -> Tensor:
    """(N, count) for a batch or (count,): uniform in [−1, 1], or standard normal."""
    shape = (*images.shape[:-3], count)
    if normal:
        return torch.randn(shape, generator=generator)
    return torch.rand(shape, generator=generator) * 2 - 1


def random_rgb_shift(
    images: Tensor, generator: Generator | None = None, *, limit: float = 0.1
) -> Tensor:
    """Add to each channel of each image a number between −limit and limit.

    Example:
        >>> random_rgb_shift(torch.rand(2, 3, 8, 8), limit=0.2).shape
        torch.Size([2, 3, 8, 8])
    """
    size_of(images)
    limit = check_number("limit", limit, minimum=0)
    return rgb_shift(images, limit * numbers(images, 3, generator))


def random_pca_colour(
    images: Tensor, generator: Generator | None = None, *, pca: PCA, std: float = 0.1
) -> Tensor:
    """Shift each image along the principal colours, α ~ N(0, std²): AlexNet's way.

    Example:
        >>> images = torch.rand(4, 3, 8, 8)
        >>> pca = PCA(torch.ones(3), torch.eye(3))
        >>> random_pca_colour(images, pca=pca).shape
        torch.Size([4, 3, 8, 8])
    """
    size_of(images)
    std = check_number("std", std, minimum=0)
    return pca_colour(images, pca, std * numbers(images, 3, generator, normal=True))


def random_channel_permutation(
    images: Tensor, generator: Generator | None = None
) -> Tensor:
    """Exchange red, green and blue, for where a thing's colour does not say what it is.

    Example:
        >>> image = torch.tensor([0.1, 0.2, 0.3]).reshape(3, 1, 1)
        >>> random_channel_permutation(image).sum()
        tensor(0.6000)
    """
    check_rgb(images)

    def draw() -> Callable:
        order = torch.randperm(3, generator=generator)
        return lambda image: image[order]

    return draw_each(images, draw)


def random_jitter(
    images: Tensor,
    generator: Generator | None = None,
    *,
    brightness: float = 0.0,
    contrast: float = 0.0,
    saturation: float = 0.0,
) -> Tensor:
    """Change the light: each factor is drawn between 1 − amount and 1 + amount.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].
        generator: source of the draws; None for torch's own.
        brightness: amount in [0, 1]; the first to be done.
        contrast: amount in [0, 1].
        saturation: amount in [0, 1]; the last.

    Example:
        >>> random_jitter(torch.rand(2, 3, 8, 8), brightness=0.3).shape
        torch.Size([2, 3, 8, 8])
    """
    size_of(images)
    amounts = {"brightness": brightness, "contrast": contrast, "saturation": saturation}
    for name, amount in amounts.items():
        check_number(name, amount, minimum=0, maximum=1)
    steps = (adjust_brightness, adjust_contrast, adjust_saturation)

    def draw() -> Callable:
        factors = [uniform(1 - a, 1 + a, generator) for a in amounts.values()]

        def change(image: Tensor) -> Tensor:
            for step, amount, factor in zip(
                steps, amounts.values(), factors, strict=True
            ):
                image = step(image, factor) if amount else image
            return image

        return change

    return draw_each(images, draw)
