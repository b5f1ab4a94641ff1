"""Selective search, and two ways of proposing that know less (torch)."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.segmentation import felzenszwalb
from torch import Tensor

from cvlib.detect.proposals.merging import MEASURES, merge_all, neighbours
from cvlib.detect.proposals.regions import (
    COLOUR_SPACES,
    describe,
    in_colour_space,
    segment_boxes,
)
from cvlib.validate import (
    ShapeError,
    check_choice,
    check_floating,
    check_int,
    check_shape,
    pair,
)

STRATEGIES = (MEASURES, MEASURES[1:])  # with colour and without: shadows change it
SHORTEST = 6  # sides below this are no object of anybody's


def selective_search(
    image: Tensor,
    *,
    scales: Sequence[float] = (50, 100),
    colour_spaces: Sequence[str] = ("hsv", "lab"),
    limit: int | None = 2000,
    seed: int = 0,
) -> Tensor:
    """Boxes that may hold an object of any class, the most promising first.

    The picture is cut into segments of even colour; the most similar neighbours merge
    until one region is left; the box of every region on the way is a proposal. This is
    done for each scale, each colour space and two sums of similarities, because no
    single one is right for all objects. Late mergers come first, except for a
    random factor that keeps one strategy's largest regions from filling the top.

    Args:
        image: (3, H, W) RGB in [0, 1].
        scales: how large the first segments are to be, Felzenszwalb's k.
        colour_spaces: from "rgb", "hsv", "lab".
        limit: how many boxes at most; None for all.
        seed: of the random factor.

    Returns:
        (N, 4) float32 xyxy, no box twice, each side at least 6 pixels.

    Raises:
        ShapeError, TypeError, ValueError: an argument is not as above.

    Source:
        Uijlings et al., Selective Search for Object Recognition, IJCV 2013.
        Felzenszwalb and Huttenlocher, Efficient Graph-Based Image Segmentation,
        IJCV 2004, for the segments.

    Example:
        >>> image = torch.zeros(3, 40, 60)
        >>> image[:, 10:30, 20:50] = 1
        >>> boxes = selective_search(image)
        >>> [20.0, 10.0, 50.0, 30.0] in boxes.tolist()
        True
    """
    rgb = _as_array(image)
    rng = np.random.default_rng(check_int("seed", seed, minimum=0))
    found, rank = [], []
    for space in colour_spaces:
        check_choice("colour_spaces", space, COLOUR_SPACES)
        picture = in_colour_space(rgb, space)
        for scale in scales:
            segments = segment(picture, scale)
            start, touching = describe(picture, segments), neighbours(segments)
            for measures in STRATEGIES:
                regions = deepcopy(start)
                merge_all(regions, touching, segments.size, measures)
                boxes = regions.boxes[: regions.count][::-1]  # the last merger first
                found.append(boxes)
                rank.append(rng.random(len(boxes)) * np.arange(1, len(boxes) + 1))
    order = np.argsort(np.concatenate(rank), kind="stable")
    boxes = without_copies(np.concatenate(found)[order])
    if limit is not None:
        boxes = boxes[: check_int("limit", limit, minimum=0)]
    return torch.from_numpy(boxes.astype(np.float32))


def without_copies(boxes: NDArray) -> NDArray:
    """(N, 4) the first of each box, without the slivers, in the same order.

    Example:
        >>> boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 2], [0, 0, 9, 9]])
        >>> without_copies(boxes).tolist()
        [[0, 0, 9, 9]]
    """
    boxes = boxes[(boxes[:, 2:] - boxes[:, :2]).min(axis=1) >= SHORTEST]
    _, first = np.unique(boxes, axis=0, return_index=True)
    return boxes[np.sort(first)]


def segment(image: NDArray, scale: float, *, min_size: int = 12) -> NDArray:
    """Felzenszwalb's segments, numbered 0 to R − 1, by scikit-image.

    Args:
        image: (H, W, 3) in [0, 1].
        scale: k of the paper for values from 0 to 255: larger means fewer segments.
        min_size: pixels; smaller ones join a neighbour.

    Returns:
        (H, W) int64.

    Example:
        >>> even = np.full((20, 20, 3), 0.5)
        >>> np.unique(segment(even, 50))
        array([0])
    """
    cut = felzenszwalb(image, scale=scale, sigma=0.8, min_size=min_size)
    return np.unique(cut, return_inverse=True)[1].reshape(cut.shape)


def superpixel_boxes(image: Tensor, *, scale: float = 50) -> Tensor:
    """The boxes of the first segments alone, largest first: grouping without merging.

    Args:
        image: (3, H, W) RGB in [0, 1].
        scale: as in `selective_search`.

    Returns:
        (N, 4) float32 xyxy.

    Example:
        >>> image = torch.zeros(3, 40, 60)
        >>> image[:, 10:30, 20:50] = 1
        >>> superpixel_boxes(image)[0].tolist()
        [0.0, 0.0, 60.0, 40.0]
    """
    boxes = segment_boxes(segment(_as_array(image), scale))
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    boxes = without_copies(boxes[np.argsort(-area, kind="stable")])
    return torch.from_numpy(boxes.astype(np.float32))


def uniform_boxes(
    n: int, size: tuple[int, int], *, generator: torch.Generator | None = None
) -> Tensor:
    """Boxes drawn blindly: two corners anywhere in the picture.

    Args:
        n: how many.
        size: (height, width) of the picture.
        generator: for numbers that can be repeated.

    Returns:
        (n, 4) float32 xyxy.

    Example:
        >>> uniform_boxes(5, (160, 208)).shape
        torch.Size([5, 4])
    """
    n = check_int("n", n, minimum=0)
    H, W = pair("size", size)
    corners = torch.rand(n, 2, 2, generator=generator) * torch.tensor([W, H])
    low, high = corners.amin(dim=1), corners.amax(dim=1)
    return torch.cat([low, high], dim=1)


def _as_array(image: Tensor) -> NDArray:
    """(H, W, 3) float64 of a (3, H, W) tensor."""
    _, H, W = check_shape("image", image, "C H W", C=3)
    check_floating("image", image)
    if min(H, W) < 2:
        raise ShapeError(f"image must be at least 2 × 2 pixels, got {H} × {W}")
    return image.detach().cpu().double().numpy().transpose(1, 2, 0)
