"""Bottom-up merging (NumPy): the two most alike neighbours become one, again and again.

Every region that ever exists is a guess at an object. The first are small, the last is
the whole picture: all scales come from one pass.
"""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cvlib.detect.proposals.regions import Regions, enclosing
from cvlib.validate import check_int

MEASURES = ("colour", "texture", "size", "fill")


def similarity(
    regions: Regions,
    i: int,
    others: Sequence[int],
    pixels: int,
    measures: Sequence[str] = MEASURES,
) -> NDArray:
    """How much a region should merge with each of some others.

    Each measure lies in [0, 1] and they are added:
    colour, texture: what the two histograms share, the sum of the smaller entries;
    size: 1 − (nᵢ + nⱼ) / n, so small regions merge early;
    fill: 1 − (area of the box round both − nᵢ − nⱼ) / n, so gaps are closed.

    Args:
        regions: what is known of them.
        i: one region.
        others: (K,) other regions.
        pixels: n, of the whole picture.
        measures: which of the four to add.

    Returns:
        (K,) values in [0, len(measures)].

    Source:
        Uijlings et al., Selective Search for Object Recognition, IJCV 2013.

    Example:
        >>> from cvlib.detect.proposals import describe
        >>> regions = describe(np.zeros((2, 3, 3)), np.array([[0, 0, 1], [0, 0, 1]]))
        >>> similarity(regions, 0, [1], pixels=6, measures=("size", "fill"))
        array([1.])
    """
    others = np.asarray(others, dtype=int)
    total = np.zeros(len(others))
    both = regions.sizes[i] + regions.sizes[others]
    if "colour" in measures:
        total += np.minimum(regions.colour[i], regions.colour[others]).sum(axis=1)
    if "texture" in measures:
        total += np.minimum(regions.texture[i], regions.texture[others]).sum(axis=1)
    if "size" in measures:
        total += 1 - both / pixels
    if "fill" in measures:
        box = enclosing(regions.boxes[i][None], regions.boxes[others])
        area = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
        total += 1 - (area - both) / pixels
    return total


def neighbours(segments: NDArray) -> list[set[int]]:
    """For each segment those that share an edge of a pixel with it.

    Example:
        >>> neighbours(np.array([[0, 0, 1], [2, 2, 2]]))
        [{1, 2}, {0, 2}, {0, 1}]
    """
    touching = [set() for _ in range(int(segments.max()) + 1)]
    for one, other in (
        (segments[:, :-1], segments[:, 1:]),
        (segments[:-1], segments[1:]),
    ):
        differ = one != other
        pairs = np.stack([one[differ], other[differ]], axis=1)
        for i, j in np.unique(pairs, axis=0).tolist():
            touching[i].add(j)
            touching[j].add(i)
    return touching


def merge_all(
    regions: Regions,
    touching: list[set[int]],
    pixels: int,
    measures: Sequence[str] = MEASURES,
) -> list[tuple[int, int]]:
    """Merge until one region is left; `regions` gains the unions, in place.

    Args:
        regions: R segments, as `describe` gives them.
        touching: as `neighbours` gives it; not changed.
        pixels: of the whole picture.
        measures: as for `similarity`.

    Returns:
        The R − 1 pairs that merged, in order; pair k became region R + k. Of equally
        similar pairs the one with the smaller numbers merges first.

    Example:
        >>> from cvlib.detect.proposals import describe
        >>> picture = np.zeros((2, 3, 3))
        >>> picture[:, 2] = 1  # two black columns and a white one
        >>> three = np.array([[0, 1, 2]] * 2)
        >>> merge_all(describe(picture, three), neighbours(three), 6, ["colour"])
        [(0, 1), (2, 3)]
    """
    touching = {i: set(near) for i, near in enumerate(touching)}
    heap = []

    def push(i: int, others: set[int]) -> None:
        near = sorted(others)
        values = similarity(regions, i, near, pixels, measures)
        for j, value in zip(near, values.tolist(), strict=True):
            heapq.heappush(heap, (-value, min(i, j), max(i, j)))

    for i, near in touching.items():
        push(i, {j for j in near if j > i})
    pairs = []
    while heap:
        _, i, j = heapq.heappop(heap)
        if i not in touching or j not in touching:
            continue  # one of them has merged since
        new = regions.merge(i, j)
        near = (touching.pop(i) | touching.pop(j)) - {i, j}
        for k in near:
            touching[k] -= {i, j}
            touching[k].add(new)
        touching[new] = near
        push(new, near)
        pairs.append((i, j))
    return pairs


def partition(
    segments: NDArray, pairs: Sequence[tuple[int, int]], left: int
) -> NDArray[np.int64]:
    """The picture as it was cut when `left` regions were left.

    Args:
        segments: (H, W) numbers 0 to R − 1.
        pairs: as `merge_all` returns them.
        left: from 1 to R.

    Returns:
        (H, W) region numbers, as in `Regions`.

    Example:
        >>> three = np.array([[0, 1, 2]])
        >>> partition(three, [(1, 2), (0, 3)], 2).tolist()
        [[0, 3, 3]]
    """
    R = len(pairs) + 1
    of = np.arange(2 * R - 1)
    for k, (i, j) in enumerate(pairs[: R - check_int("left", left, minimum=1)]):
        of[(of == i) | (of == j)] = R + k
    return of[segments]
