"""Between a box in the picture and the small grid that a head looks at (torch).

Both heads of Mask R-CNN work on a grid laid over a box: m × m cells, wherever the box
is and whatever its size. These functions bring masks and points there and back again.
"""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.roi import roi_align
from cvlib.validate import check_number, check_shape, pair

FINENESS = 4  # points along each side of a cell, to say how much of it a mask covers


def mask_targets(masks: Tensor, boxes: Tensor, size: int) -> Tensor:
    """How much of each cell of a grid over its box every mask covers.

    Each cell is the mean of 4 × 4 points, read between the pixels, so edges are soft.

    Args:
        masks: (N, H, W) bool.
        boxes: (N, 4) xyxy, one for each mask.
        size: m, cells along each side.

    Returns:
        (N, m, m) in [0, 1].

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.

    Example:
        >>> mask = torch.zeros(1, 8, 8, dtype=torch.bool)
        >>> mask[0, 2:6, 2:5] = True
        >>> mask_targets(mask, torch.tensor([[2.0, 2, 6, 6]]), 2)
        tensor([[[0.8789, 0.4688],
                 [0.8789, 0.4688]]])
    """
    check_tensor("masks", masks)
    N, _, _ = check_shape("masks", masks, "N H W")
    match = f"masks {tuple(masks.shape)}"
    check_shape("boxes", boxes, "N 4", N=N, to_match=match)
    number = torch.arange(N, device=boxes.device, dtype=boxes.dtype)[:, None]
    regions = torch.cat([number, boxes], dim=1)
    pixels = masks[:, None].to(boxes.dtype)
    return roi_align(pixels, regions, size, 1.0, FINENESS, aligned=True)[:, 0]


def paste_masks_in_image(
    masks: Tensor, boxes: Tensor, size: tuple[int, int], *, threshold: float = 0.5
) -> Tensor:
    """Lay each small mask over its box and cut it out at a threshold.

    The middle of every pixel is looked up on the grid of its box, between the cells,
    bilinearly; outside the box is nothing.

    Args:
        masks: (N, m, m) probabilities.
        boxes: (N, 4) xyxy pixels.
        size: (H, W) of the image.
        threshold: from where on a pixel belongs to the object.

    Returns:
        (N, H, W) bool.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.

    Example:
        >>> left = torch.tensor([[[1.0, 0.0], [1.0, 0.0]]])
        >>> paste_masks_in_image(left, torch.tensor([[1.0, 0, 5, 2]]), (3, 6)).int()
        tensor([[[0, 1, 1, 0, 0, 0],
                 [0, 1, 1, 0, 0, 0],
                 [0, 0, 0, 0, 0, 0]]], dtype=torch.int32)
    """
    check_tensor("masks", masks)
    N, _, _ = check_shape("masks", masks, "N h w")
    check_shape("boxes", boxes, "N 4", N=N, to_match=f"masks {tuple(masks.shape)}")
    H, W = pair("size", size)
    threshold = check_number("threshold", threshold)
    columns, within_x = _along(boxes[:, 0], boxes[:, 2], W, masks.shape[2])
    rows, within_y = _along(boxes[:, 1], boxes[:, 3], H, masks.shape[1])
    pasted = rows @ masks.to(boxes.dtype) @ columns.mT
    return (pasted >= threshold) & within_y[:, :, None] & within_x[:, None]


def _along(start: Tensor, stop: Tensor, n: int, m: int) -> tuple[Tensor, Tensor]:
    """Of m cells between `start` and `stop`, how each of n pixels is mixed.

    Bilinear interpolation treats rows and columns apart, so for each axis it is a
    matrix with at most two weights a row.

    Returns:
        (N, n, m) weights, and (N, n) whether the middle of a pixel is in the box.
    """
    middles = torch.arange(n, device=start.device) + 0.5
    share = (middles - start[:, None]) / (stop - start)[:, None].clamp(min=1e-6)
    place = (m * share - 0.5).clamp(0, m - 1)  # 0 is the centre of the first cell
    cells = torch.arange(m, device=start.device)
    weights = (1 - (place[..., None] - cells).abs()).clamp(min=0)
    return weights, (share >= 0) & (share <= 1)


def heatmaps_to_keypoints(heatmaps: Tensor, boxes: Tensor) -> Tensor:
    """The most likely place of each landmark, in pixels of the image.

    Args:
        heatmaps: (N, K, h, w) logits, one map a landmark.
        boxes: (N, 4) xyxy, over which the maps are laid.

    Returns:
        (N, K, 3): x and y of the middle of the best cell, and its probability.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.

    Example:
        >>> heatmaps = torch.tensor([[[[0.0, 9.0], [0.0, 0.0]]]])
        >>> heatmaps_to_keypoints(heatmaps, torch.tensor([[10.0, 10, 30, 50]]))
        tensor([[[25.0000, 20.0000,  0.9996]]])
    """
    check_tensor("heatmaps", heatmaps)
    N, _, _, w = check_shape("heatmaps", heatmaps, "N K h w")
    h = heatmaps.shape[2]
    match = f"heatmaps {tuple(heatmaps.shape)}"
    check_shape("boxes", boxes, "N 4", N=N, to_match=match)
    chance, best = heatmaps.flatten(2).softmax(2).max(2)  # (N, K)
    cell = torch.stack([best % w, best // w], dim=-1) + 0.5
    sides = (boxes[:, 2:] - boxes[:, :2])[:, None]  # (N, 1, 2)
    at = boxes[:, None, :2] + cell * sides / boxes.new_tensor([w, h])
    return torch.cat([at, chance[..., None]], dim=-1)


def of_class(maps: Tensor, labels: Tensor) -> Tensor:
    """Of the maps for every class those of the given one.

    Args:
        maps: (N, C, …).
        labels: (N,) int64 in [0, C).

    Returns:
        (N, …).

    Example:
        >>> of_class(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1, 0]))
        tensor([2., 3.])
    """
    N, match = len(maps), f"maps {tuple(maps.shape)}"
    check_shape("labels", labels, "N", N=N, to_match=match)
    return maps[torch.arange(N, device=maps.device), labels]
