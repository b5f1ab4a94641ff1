"""How near are predicted landmarks to the true ones? (torch).

A distance in pixels says little: five are nothing on a large object and everything on a
small one. Both measures here divide by the size of the object first.
"""

from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_number, check_shape


def percentage_of_correct_keypoints(
    predicted: Tensor, keypoints: Tensor, scale: Tensor, *, alpha: float = 0.1
) -> float:
    """PCK: which share of landmarks lies within `alpha` lengths of the truth.

    Only landmarks that can be seen are asked for.

    Args:
        predicted: (N, K, 2) as (x, y).
        keypoints: (N, K, 3) the true x, y, and above 0 where it can be seen.
        scale: (N,) a length of each object in the same units, as the longer side of
            its box.
        alpha: how far off is still right, in such lengths; the limit counts as right.

    Returns:
        A number in [0, 1]; NaN if no landmark can be seen.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.
        ValueError: a scale is not above 0.

    Source:
        Yang and Ramanan, Articulated human detection with flexible mixtures of parts,
        IEEE TPAMI 2013.

    Example:
        >>> true = torch.tensor([[[10.0, 10, 1], [50, 10, 1], [30, 40, 0]]])
        >>> found = torch.tensor([[[13.0, 14], [50, 16], [0, 0]]])
        >>> percentage_of_correct_keypoints(found, true, torch.tensor([50.0]))
        0.5
    """
    check_tensor("predicted", predicted)
    check_tensor("keypoints", keypoints)
    N, K, _ = check_shape("predicted", predicted, "N K 2")
    match = f"predicted {tuple(predicted.shape)}"
    check_shape("keypoints", keypoints, "N K 3", N=N, K=K, to_match=match)
    check_shape("scale", scale, "N", N=N, to_match=match)
    if not bool((scale > 0).all()):
        raise ValueError(f"scale must be above 0, got {float(scale.min()):g}")
    alpha = check_number("alpha", alpha, minimum=0)
    distance = (predicted - keypoints[..., :2]).norm(dim=-1)  # (N, K)
    right = distance <= alpha * scale[:, None]
    return right[keypoints[..., 2] > 0].double().mean().item()


def object_keypoint_similarity(
    predicted: Tensor, keypoints: Tensor, area: Tensor, *, sigmas: Tensor
) -> Tensor:
    """OKS: what IoU is for boxes, for landmarks; each prediction with each object.

    The mean over the visible landmarks of exp(−d² / (2 s² (2σ)²)), where s² is the area
    of the object and σ says how far apart people put this landmark: an eye nearly at
    one place, a hip not.

    Args:
        predicted: (N, K, 2) as (x, y).
        keypoints: (M, K, 3) the true x, y, and above 0 where it can be seen.
        area: (M,) pixels of each object.
        sigmas: (K,) per landmark.

    Returns:
        (N, M) in [0, 1]; 0 for an object of which no landmark can be seen. (COCO's tool
        then looks how far the points lie outside the box; such objects do not count
        there, so it makes no difference to its figures.)

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.
        ValueError: an area or a sigma is not above 0.

    Source:
        Ronchi and Perona, Benchmarking and error diagnosis in multi-instance pose
        estimation, ICCV 2017; pycocotools.

    Example:
        >>> true = torch.tensor([[[10.0, 10, 1], [50, 10, 1]]])
        >>> found = torch.tensor([[[10.0, 10], [50, 20]]])
        >>> sigmas = torch.tensor([0.1, 0.1])
        >>> object_keypoint_similarity(found, true, torch.tensor([1250.0]),
        ...                            sigmas=sigmas)
        tensor([[0.6839]])
    """
    check_tensor("predicted", predicted)
    check_tensor("keypoints", keypoints)
    _, K, _ = check_shape("predicted", predicted, "N K 2")
    match = f"predicted {tuple(predicted.shape)}"
    M, _, _ = check_shape("keypoints", keypoints, "M K 3", K=K, to_match=match)
    match = f"keypoints {tuple(keypoints.shape)}"
    check_shape("area", area, "M", M=M, to_match=match)
    check_shape("sigmas", sigmas, "K", K=K, to_match=match)
    for name, values in (("area", area), ("sigmas", sigmas)):
        if not bool((values > 0).all()):
            raise ValueError(f"{name} must be above 0, got {float(values.min()):g}")
    squared = (predicted[:, None] - keypoints[None, :, :, :2]).square().sum(-1)
    spread = 2 * area[:, None] * (2 * sigmas) ** 2  # (M, K)
    near = (-squared / spread).exp()  # (N, M, K)
    seen = keypoints[..., 2] > 0  # (M, K)
    return (near * seen).sum(-1) / seen.sum(-1).clamp(min=1)
