"""Where is each landmark? A softmax over all places (torch)."""

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_shape, pair


def keypoint_loss(logits: Tensor, locations: Tensor, visible: Tensor) -> Tensor:
    """Each landmark is at exactly one place: cross-entropy over the H · W places.

    A mask asks each pixel on its own, yes or no. A landmark asks all pixels together
    which of them it is, so they compete: a softmax over places, landmark by landmark,
    and no competition between landmarks.

    Args:
        logits: (N, K, H, W), a map for each of K landmarks.
        locations: (N, K) int64, y · W + x of the place; ignored where not visible.
        visible: (N, K) bool.

    Returns:
        A scalar, the mean over the visible landmarks; 0 if none is.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.
        ValueError: a location is no place of the map.

    Source:
        He, Gkioxari, Dollár, Girshick, Mask R-CNN, ICCV 2017, section 5.

    Example:
        >>> where, seen = torch.tensor([[3, 0]]), torch.tensor([[True, False]])
        >>> keypoint_loss(torch.zeros(1, 2, 2, 2), where, seen)
        tensor(1.3863)
    """
    check_tensor("logits", logits)
    N, K, H, W = check_shape("logits", logits, "N K H W")
    match = f"logits {tuple(logits.shape)}"
    check_shape("locations", locations, "N K", N=N, K=K, to_match=match)
    check_shape("visible", visible, "N K", N=N, K=K, to_match=match)
    chosen = locations[visible]
    if len(chosen) == 0:
        return 0 * logits.sum()  # the backward pass still finds its way
    if not bool(((chosen >= 0) & (chosen < H * W)).all()):
        raise ValueError(
            f"locations must be in 0 … {H * W - 1}, y · {W} + x, got "
            f"{chosen.min()} … {chosen.max()}"
        )
    return functional.cross_entropy(logits.flatten(2)[visible], chosen)


def keypoints_to_locations(
    keypoints: Tensor, boxes: Tensor, size: int | tuple[int, int]
) -> tuple[Tensor, Tensor]:
    """In which cell of a grid laid over its box does each landmark lie?

    Args:
        keypoints: (N, K, 3) x, y in pixels of the image, and above 0 where visible.
        boxes: (N, 4) xyxy.
        size: (H, W) of the grid, or one number for both.

    Returns:
        (N, K) int64 y · W + x, and (N, K) bool: visible and in the box. What is not has
        place 0. The lower right edge belongs to the last cell.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.

    Example:
        >>> keypoints = torch.tensor([[[15.0, 10, 1], [40, 10, 1]]])
        >>> keypoints_to_locations(keypoints, torch.tensor([[10.0, 10, 20, 30]]), 4)
        (tensor([[2, 0]]), tensor([[ True, False]]))
    """
    check_tensor("keypoints", keypoints)
    N, _, _ = check_shape("keypoints", keypoints, "N K 3")
    match = f"keypoints {tuple(keypoints.shape)}"
    check_shape("boxes", boxes, "N 4", N=N, to_match=match)
    H, W = pair("size", size)
    corner, sides = boxes[:, None, :2], (boxes[:, 2:] - boxes[:, :2])[:, None]
    cells = keypoints.new_tensor([W, H])
    share = (keypoints[..., :2] - corner) / sides.clamp(min=1e-6)  # (N, K, 2)
    inside = ((share >= 0) & (share <= 1)).all(-1) & (keypoints[..., 2] > 0)
    at = (share * cells).floor().minimum(cells - 1).clamp(min=0).long()
    return torch.where(inside, at[..., 1] * W + at[..., 0], 0), inside
