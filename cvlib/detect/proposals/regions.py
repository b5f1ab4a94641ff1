"""What selective search knows about a region (NumPy): size, box, colour, texture.

All four are carried from two regions to their union without looking at a pixel again.
That is what makes hundreds of mergers cheap.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2hsv, rgb2lab

COLOUR_BINS = 25
TEXTURE_BINS = 10
DIRECTIONS = 8
COLOUR_SPACES = ("rgb", "hsv", "lab")


@dataclass(eq=False)
class Regions:
    """R regions, with room for the R − 1 unions that merging adds.

    Attributes:
        sizes: (2R − 1,) pixels.
        boxes: (2R − 1, 4) xyxy.
        colour: (2R − 1, 75) a histogram that sums to 1.
        texture: (2R − 1, 240) likewise.
        count: how many are filled in.
    """

    sizes: NDArray
    boxes: NDArray
    colour: NDArray
    texture: NDArray
    count: int

    def merge(self, i: int, j: int) -> int:
        """Add the union of two regions; its number."""
        new, pair = self.count, [i, j]
        share = self.sizes[pair] / self.sizes[pair].sum()
        self.sizes[new] = self.sizes[i] + self.sizes[j]
        self.boxes[new] = enclosing(self.boxes[i], self.boxes[j])
        # a histogram of shares: the larger region has more to say
        self.colour[new] = share @ self.colour[pair]
        self.texture[new] = share @ self.texture[pair]
        self.count += 1
        return new


def enclosing(one: NDArray, other: NDArray) -> NDArray:
    """The smallest xyxy box round two boxes, (…, 4) each.

    Example:
        >>> enclosing(np.array([0, 0, 2, 2]), np.array([1, 1, 3, 5])).tolist()
        [0, 0, 3, 5]
    """
    low = np.minimum(one[..., :2], other[..., :2])
    high = np.maximum(one[..., 2:], other[..., 2:])
    return np.concatenate([low, high], axis=-1)


def describe(image: NDArray, segments: NDArray) -> Regions:
    """Measure every segment.

    Args:
        image: (H, W, 3) in [0, 1], in any colour space.
        segments: (H, W) numbers 0 to R − 1, none of them missing.

    Example:
        >>> two = np.array([[0, 0, 1], [0, 0, 1]])
        >>> regions = describe(np.zeros((2, 3, 3)), two)
        >>> regions.sizes.tolist(), regions.boxes[:2].tolist()
        ([4.0, 2.0, 0.0], [[0.0, 0.0, 2.0, 2.0], [2.0, 0.0, 3.0, 2.0]])
    """
    R = int(segments.max()) + 1
    directions = derivatives(image)
    return Regions(
        sizes=_room(np.bincount(segments.ravel(), minlength=R)),
        boxes=_room(segment_boxes(segments)),
        colour=_room(histograms(image, segments, COLOUR_BINS)),
        texture=_room(histograms(directions, segments, TEXTURE_BINS)),
        count=R,
    )


def _room(values: NDArray) -> NDArray:
    """R rows and zeros for R − 1 more."""
    more = np.zeros((len(values) - 1, *values.shape[1:]))
    return np.concatenate([values.astype(float), more])


def segment_boxes(segments: NDArray) -> NDArray:
    """(R, 4) xyxy: the box round each segment.

    Example:
        >>> segment_boxes(np.array([[0, 1], [0, 0]])).tolist()
        [[0, 0, 2, 2], [1, 0, 2, 1]]
    """
    H, W = segments.shape
    R = int(segments.max()) + 1
    boxes = np.tile([W, H, 0, 0], (R, 1))
    y, x = (axis.ravel() for axis in np.mgrid[:H, :W])
    of = segments.ravel()
    for column, values in ((0, x), (1, y)):
        np.minimum.at(boxes[:, column], of, values)
        np.maximum.at(boxes[:, column + 2], of, values + 1)
    return boxes


def histograms(channels: NDArray, segments: NDArray, bins: int) -> NDArray:
    """(R, K · bins): how the values of K channels in [0, 1] spread in each segment.

    Example:
        >>> grey = np.array([[[0.1], [0.2], [0.9]]])
        >>> histograms(grey, np.array([[0, 0, 1]]), 2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    R, K = int(segments.max()) + 1, channels.shape[2]
    level = np.clip((channels * bins).astype(int), 0, bins - 1)  # (H, W, K)
    slot = (segments[..., None] * K + np.arange(K)) * bins + level
    counts = np.bincount(slot.ravel(), minlength=R * K * bins).reshape(R, -1)
    return counts / counts.sum(axis=1, keepdims=True)


def derivatives(image: NDArray, sigma: float = 1.0) -> NDArray:
    """(H, W, 3 · 8): how fast each channel brightens towards eight directions.

    Darkening counts as 0, so light on dark differs from dark on light. Values are
    stretched to [0, 1], or 0 where the picture is flat.
    """
    smooth = gaussian_filter(image, (sigma, sigma, 0))
    down, right = np.gradient(smooth, axis=(0, 1))
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    towards = [np.cos(a) * right + np.sin(a) * down for a in angles]
    rising = np.maximum(np.concatenate(towards, axis=2), 0)
    return rising / max(rising.max(), 1e-9)


def in_colour_space(image: NDArray, space: str) -> NDArray:
    """An RGB picture in another space, each channel in [0, 1].

    Args:
        image: (H, W, 3) RGB in [0, 1].
        space: one of COLOUR_SPACES.

    Example:
        >>> in_colour_space(np.ones((1, 1, 3)), "hsv").tolist()
        [[[0.0, 0.0, 1.0]]]
    """
    if space == "hsv":
        return rgb2hsv(image)
    if space == "lab":  # L from 0 to 100, a and b within ±128
        return np.clip(rgb2lab(image) / (100, 256, 256) + (0, 0.5, 0.5), 0, 1)
    return image
