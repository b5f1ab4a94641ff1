"""RoIAlign: the mean of points between the pixels, nothing rounded (torch)."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.roi.arguments import Regions, check_regions, check_sizes
from cvlib.validate import check_int

AT_ONCE = 2_000_000
"""Weights made at a time: with many regions, a bound on memory."""


def _projected(region: Tensor, scale: float, aligned: bool) -> tuple[Tensor, Tensor]:
    """Start (…, 2) and size (…, 2) of regions (…, 4) on the map, as (x, y)."""
    scaled = region * scale - (0.5 if aligned else 0.0)
    start = scaled[..., :2]
    size = scaled[..., 2:] - start
    return start, size if aligned else size.clamp(min=1)


def bilinear(image: Tensor, y: float, x: float) -> Tensor:
    """The value of every channel at a point between pixel centres.

    A point beyond −1 or beyond the height or width is 0; one less far out takes the
    value of the border.

    Args:
        image: (C, H, W).
        y: row, 0 at the centre of the first.
        x: column.

    Returns:
        (C,).

    Example:
        >>> bilinear(torch.tensor([[[0.0, 10], [20, 30]]]), 0.5, 0.25)
        tensor([12.5000])
    """
    C, H, W = image.shape
    if not (-1 <= y <= H and -1 <= x <= W):
        return image.new_zeros(C)
    y, x = min(max(y, 0), H - 1), min(max(x, 0), W - 1)
    i, j = int(y), int(x)
    below, right = min(i + 1, H - 1), min(j + 1, W - 1)
    v, u = y - i, x - j
    return (1 - v) * ((1 - u) * image[:, i, j] + u * image[:, i, right]) + v * (
        (1 - u) * image[:, below, j] + u * image[:, below, right]
    )


def roi_align_loops(
    input: Tensor,
    boxes: Regions,
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """RoIAlign as it is defined: one region, one bin, one point at a time.

    Arguments, result and errors are those of `roi_align`.

    Example:
        >>> x = torch.arange(24.0).reshape(1, 1, 4, 6)
        >>> roi_align_loops(x, torch.tensor([[0.0, 0, 0, 5, 3]]), 2)
        tensor([[[[ 5.7500,  8.2500],
                  [14.7500, 17.2500]]]])
    """
    regions = check_regions(input, boxes)
    P, Q, scale = check_sizes(output_size, spatial_scale)
    ratio = check_int("sampling_ratio", sampling_ratio)
    out = input.new_zeros(len(regions), input.shape[1], P, Q)
    for k, region in enumerate(regions):
        start, size = _projected(region[1:], scale, aligned)
        (left, top), (width, height) = start.tolist(), size.tolist()
        rows = ratio if ratio > 0 else math.ceil(height / P)
        columns = ratio if ratio > 0 else math.ceil(width / Q)
        for p in range(P):
            for q in range(Q):
                for i in range(rows):
                    for j in range(columns):
                        y = top + (p + (i + 0.5) / rows) * height / P
                        x = left + (q + (j + 0.5) / columns) * width / Q
                        point = bilinear(input[int(region[0])], y, x)
                        out[k, :, p, q] += point / (rows * columns)
    return out


def roi_align(
    input: Tensor,
    boxes: Regions,
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """The mean of a grid of points in every bin of a P × Q grid laid over each region.

    Nothing is rounded: points are read between the pixels, bilinearly. A bin is thus a
    weighted sum of a few pixels, the same for all channels, and that is how it is
    computed. Boxes get no gradient, as in torchvision.

    Args:
        input: (N, C, H, W) feature maps, floating point.
        boxes: (K, 5), the number of the image and xyxy in pixels of the image; or a
            list with a tensor (L, 4) for each image.
        output_size: (P, Q), or one number for both.
        spatial_scale: size of the map over size of the image: 1/16 for a stride of 16.
        sampling_ratio: points along each side of a bin; ≤ 0 for as many as it is
            pixels long, rounded up.
        aligned: take half a pixel off, because the centre of the first pixel is 0.5 of
            a box and 0 of a map. Without it a region is at least one pixel large.

    Returns:
        (K, C, P, Q).

    Raises:
        TypeError: an argument is not a tensor or not floating point.
        ShapeError: an argument has another shape.
        ValueError: a box has x2 < x1 or y2 < y1 (torchvision makes it 1 × 1), or the
            number of its image is none.

    Source:
        He, Gkioxari, Dollár, Girshick, Mask R-CNN, ICCV 2017.

    Example:
        >>> x = torch.arange(24.0).reshape(1, 1, 4, 6)
        >>> roi_align(x, torch.tensor([[0.0, 0, 0, 5, 3]]), 2, aligned=True)
        tensor([[[[ 2.6528,  5.1250],
                  [11.2778, 13.7500]]]])
    """
    regions = check_regions(input, boxes)
    P, Q, scale = check_sizes(output_size, spatial_scale)
    ratio = check_int("sampling_ratio", sampling_ratio)
    N, C, H, W = input.shape
    pixels = input.permute(0, 2, 3, 1).reshape(N * H * W, C)
    start, size = _projected(regions[:, 1:], scale, aligned)
    counts = (size / size.new_tensor([Q, P])).ceil().long().clamp(min=0)
    if ratio > 0:
        counts = torch.full_like(counts, ratio)
    parts = [torch.arange(0)]
    sums = [pixels[:0].reshape(0, P * Q, C)]  # so that no regions have a gradient
    for columns, rows in torch.unique(counts, dim=0).tolist():
        members = (counts == counts.new_tensor([columns, rows])).all(1).nonzero()[:, 0]
        # regions that ask for equally many points go together
        bag = P * Q * 4 * max(rows * columns, 1)
        for some in members.split(max(1, AT_ONCE // bag)):
            y, v = _taps(start[some, 1], size[some, 1], P, rows, H)
            x, u = _taps(start[some, 0], size[some, 0], Q, columns, W)
            first = regions[some, 0].long()[:, None, None, None, None] * H * W
            at = first + y[:, :, None, :, None] * W + x[:, None, :, None, :]
            weights = v[:, :, None, :, None] * u[:, None, :, None, :]
            parts.append(some)
            sums.append(_weighted_sums(pixels, at.flatten(3), weights.flatten(3)))
    order = torch.cat([part.to(input.device) for part in parts]).argsort()
    out = torch.cat(sums)
    out = out if len(sums) == 2 else out[order]
    return out.transpose(1, 2).reshape(len(regions), C, P, Q)


def _taps(start: Tensor, size: Tensor, bins: int, count: int, length: int):
    """Pixels and weights along one axis.

    Args:
        start: (K,) where the regions begin on the map.
        size: (K,) how long they are.
        bins: how many bins divide them.
        count: points in a bin.
        length: of the map.

    Returns:
        Two tensors (K, bins, 2 · count): each point lies between two pixels.
    """
    step = (size / bins)[:, None, None]
    p = torch.arange(bins, dtype=size.dtype, device=size.device)[None, :, None]
    i = torch.arange(count, dtype=size.dtype, device=size.device)[None, None, :]
    at = start[:, None, None] + p * step + (i + 0.5) * step / count
    inside = (at >= -1) & (at <= length)
    at = at.clamp(0, length - 1)
    low = at.floor()
    high_weight = (at - low) * inside / count
    low_weight = (1 - (at - low)) * inside / count
    low = low.long()
    pixels = torch.cat([low, (low + 1).clamp(max=length - 1)], dim=-1)
    return pixels, torch.cat([low_weight, high_weight], dim=-1)


def _weighted_sums(pixels: Tensor, at: Tensor, weights: Tensor) -> Tensor:
    """(K, P · Q, C) from pixels (M, C) and K × P × Q bags of numbers and weights."""
    K, P, Q, bag = at.shape
    if bag == 0:  # a region without an area, aligned: there is no point to read
        return pixels.new_zeros(K, P * Q, pixels.shape[1])
    sums = functional.embedding_bag(
        at.reshape(-1, bag),
        pixels,
        mode="sum",
        per_sample_weights=weights.reshape(-1, bag).to(pixels.dtype),
    )
    return sums.reshape(K, P * Q, -1)
