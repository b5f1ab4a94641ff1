"""RoIPool: the maximum in every bin of a grid laid over a region (torch)."""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from cvlib.roi.arguments import Regions, check_regions, check_sizes


def roi_bins(
    region: Tensor, output_size: int | tuple[int, int], spatial_scale: float = 1.0
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """First row and one past the last of every row of bins, then the same of columns.

    The region is projected to the map and rounded, halves away from zero. Its last row
    counts as part of it, so that it is `end − start + 1` rows tall and never empty. Bin
    p begins at ⌊p · size / P⌋ and ends at ⌈(p + 1) · size / P⌉: neighbours overlap
    where P does not divide the size. Bins are not clipped to the map.

    Args:
        region: (4,) xyxy in pixels of the image.
        output_size: (P, Q), or one number for both.
        spatial_scale: size of the map over size of the image.

    Returns:
        P pairs of rows and Q pairs of columns.

    Raises:
        TypeError, ShapeError, ValueError: as `roi_pool`.

    Example:
        >>> roi_bins(torch.tensor([0.0, 0, 6, 4]), 2)
        ([(0, 3), (2, 5)], [(0, 4), (3, 7)])
    """
    regions = check_regions(torch.zeros(1, 1, 1, 1), [region[None]])
    P, Q, scale = check_sizes(output_size, spatial_scale)
    return _bins(regions[0, 1:], P, Q, scale)


def _bins(box: Tensor, P: int, Q: int, scale: float):
    scaled = box * scale
    # halves go away from zero, as C rounds; Tensor.round would take the even neighbour
    x1, y1, x2, y2 = (scaled.sign() * (scaled.abs() + 0.5).floor()).long().tolist()
    return _edges(y1, y2, P, box.dtype), _edges(x1, x2, Q, box.dtype)


def _edges(start: int, end: int, count: int, dtype: torch.dtype):
    # in the precision of the map, as torchvision: 7 · (57 / 7) is not 57 in float32
    size = torch.tensor(end - start + 1, dtype=dtype) / count
    steps = torch.arange(count + 1, dtype=dtype) * size
    edges = torch.stack([steps[:-1].floor(), steps[1:].ceil()], dim=1).long() + start
    return [(first, last) for first, last in edges.tolist()]


def _clipped(bins: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    return [(min(max(a, 0), length), min(max(b, 0), length)) for a, b in bins]


def roi_pool_loops(
    input: Tensor,
    boxes: Regions,
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
) -> Tensor:
    """RoIPool as it is defined: one region, one bin, one maximum at a time.

    Arguments, result and errors are those of `roi_pool`.

    Example:
        >>> x = torch.arange(24.0).reshape(1, 1, 4, 6)
        >>> roi_pool_loops(x, torch.tensor([[0.0, 0, 0, 5, 3]]), 2)
        tensor([[[[ 8., 11.],
                  [20., 23.]]]])
    """
    regions = check_regions(input, boxes)
    P, Q, scale = check_sizes(output_size, spatial_scale)
    C, H, W = input.shape[1:]
    out = input.new_zeros(len(regions), C, P, Q)
    for k, region in enumerate(regions):
        n = int(region[0])
        rows, columns = _bins(region[1:], P, Q, scale)
        for p, (top, bottom) in enumerate(_clipped(rows, H)):
            for q, (left, right) in enumerate(_clipped(columns, W)):
                if top < bottom and left < right:  # an empty bin stays 0
                    window = input[n, :, top:bottom, left:right]
                    out[k, :, p, q] = window.flatten(1).max(dim=1).values
    return out


def roi_pool(
    input: Tensor,
    boxes: Regions,
    output_size: int | tuple[int, int],
    spatial_scale: float = 1.0,
) -> Tensor:
    """The maximum in every bin of a P × Q grid laid over each region.

    A bin that lies outside the map is 0. The gradient goes to the first of the largest
    values, row by row; boxes get none, because they are rounded.

    Args:
        input: (N, C, H, W) feature maps, floating point.
        boxes: (K, 5), the number of the image and xyxy in pixels of the image; or a
            list with a tensor (L, 4) for each image.
        output_size: (P, Q), or one number for both.
        spatial_scale: size of the map over size of the image: 1/16 for a stride of 16.

    Returns:
        (K, C, P, Q).

    Raises:
        TypeError: an argument is not a tensor or not floating point.
        ShapeError: an argument has another shape.
        ValueError: a box has x2 < x1 or y2 < y1 (torchvision makes it 1 × 1), or the
            number of its image is none.

    Source:
        Girshick, Fast R-CNN, ICCV 2015.

    Example:
        >>> x = torch.arange(24.0).reshape(1, 1, 4, 6)
        >>> roi_pool(x, [torch.tensor([[0.0, 0, 80, 48]])], 2, spatial_scale=1 / 16)
        tensor([[[[ 8., 11.],
                  [20., 23.]]]])
    """
    regions = check_regions(input, boxes)
    P, Q, scale = check_sizes(output_size, spatial_scale)
    return _RoIPool.apply(input, regions, P, Q, scale)


class _RoIPool(torch.autograd.Function):
    """Forward remembers which pixel won, backward sends the gradient there."""

    @staticmethod
    def forward(ctx, input, regions, P, Q, scale):
        N, C, H, W = input.shape
        pixels = input.permute(0, 2, 3, 1).contiguous()  # channels side by side
        out = input.new_zeros(len(regions), P, Q, C)
        winner = None
        if ctx.needs_input_grad[0]:
            winner = torch.full(out.shape, -1, dtype=torch.long, device=input.device)
        for k, region in enumerate(regions):
            n, bins = int(region[0]), _bins(region[1:], P, Q, scale)
            rows, columns = _clipped(bins[0], H), _clipped(bins[1], W)
            _pool_region(pixels[n], rows, columns, out[k])
            if winner is not None:
                _find_winners(pixels[n], n * H * W, rows, columns, out[k], winner[k])
        ctx.winner, ctx.shape = winner, (N, C, H, W)
        return out.permute(0, 3, 1, 2).contiguous()

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        N, C, H, W = ctx.shape
        grad = grad.permute(0, 2, 3, 1).reshape(-1, C)
        winner = ctx.winner.reshape(-1, C)
        grad = grad * (winner >= 0)  # nobody won an empty bin
        sums = grad.new_zeros(N * H * W, C).scatter_add_(0, winner.clamp(min=0), grad)
        return sums.reshape(N, H, W, C).permute(0, 3, 1, 2), None, None, None, None


def _pool_region(pixels, rows, columns, out) -> None:
    """Write the maxima of every bin of one region into `out` (P, Q, C)."""
    top, bottom = rows[0][0], rows[-1][1]
    for q, (left, right) in enumerate(columns):
        if left < right and top < bottom:
            along = pixels[top:bottom, left:right].amax(dim=1)  # (h, C)
            for p, (a, b) in enumerate(rows):
                if a < b:
                    out[p, q] = along[a - top : b - top].amax(dim=0)


def _find_winners(pixels, offset, rows, columns, out, winner) -> None:
    """Write the place of the first pixel that equals the maximum of its bin."""
    H, W, _ = pixels.shape
    places = torch.arange(H * W, device=pixels.device).reshape(H, W, 1)
    for p, (top, bottom) in enumerate(rows):
        for q, (left, right) in enumerate(columns):
            if top < bottom and left < right:
                window = slice(top, bottom), slice(left, right)
                others = torch.where(pixels[window] == out[p, q], places[window], H * W)
                winner[p, q] = others.amin(dim=(0, 1)).clamp(max=H * W - 1) + offset
