"""What networks that cut objects out are trained with (torch)."""

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import ShapeError, check_number, check_shape


def mask_loss(mask_logits: Tensor, targets: Tensor, labels: Tensor) -> Tensor:
    """L_mask of Mask R-CNN: binary, pixel by pixel, on the mask of the true class only.

    The head draws a mask for every class. Only the one of the true class is looked at,
    so the classes do not compete for a pixel: *which* class it is, the box head says.

    Args:
        mask_logits: (N, K, m, m), one map for each class; of class `labels[n]` the map
            with this number.
        targets: (N, m, m) in [0, 1], the true mask as the region sees it.
        labels: (N,) int64 in [0, K), background left out by the caller.

    Returns:
        A scalar, the mean over all pixels of the N maps; 0 if there is no region.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.
        ValueError: a label is no class.

    Source:
        He, Gkioxari, Dollár, Girshick, Mask R-CNN, ICCV 2017.

    Example:
        >>> logits = torch.tensor([[[[9.0]], [[0.0]]]])  # one region, two classes
        >>> mask_loss(logits, torch.zeros(1, 1, 1), torch.tensor([1]))
        tensor(0.6931)
    """
    check_tensor("mask_logits", mask_logits)
    N, K, h, w = check_shape("mask_logits", mask_logits, "N K h w")
    match = f"mask_logits {tuple(mask_logits.shape)}"
    check_shape("targets", targets, "N h w", N=N, h=h, w=w, to_match=match)
    check_shape("labels", labels, "N", N=N, to_match=match)
    if N == 0:
        return mask_logits.sum()  # 0, and the backward pass still finds its way
    if not bool(((labels >= 0) & (labels < K)).all()):
        raise ValueError(
            f"labels must be in 0 … {K - 1}, one of the maps of mask_logits, got "
            f"{labels.min()} … {labels.max()}"
        )
    own = mask_logits[torch.arange(N, device=labels.device), labels]  # (N, m, m)
    return functional.binary_cross_entropy_with_logits(own, targets.to(own.dtype))


def deepmask_loss(
    mask_logits: Tensor,
    score_logits: Tensor,
    masks: Tensor,
    labels: Tensor,
    *,
    weight: float = 1 / 32,
) -> tuple[Tensor, Tensor]:
    """DeepMask's joint loss: what the mask is, where there is one; and whether.

    For a triplet (x, m, y) of patch, mask and label, both ±1,

        (1 + y) / (2 w h) Σ log(1 + exp(−m f_segm(x))) + λ log(1 + exp(−y f_score(x))).

    The factor (1 + y) / 2 is 1 for a patch with an object in its middle and 0 for one
    without: a patch without an object has no mask that could be wrong.

    Args:
        mask_logits: (N, h, w).
        score_logits: (N,).
        masks: (N, h, w), +1 on the object and −1 elsewhere; ignored where the label is
            −1.
        labels: (N,) of +1 and −1.
        weight: λ.

    Returns:
        Two scalars, λ included in the second, each the mean over the N triplets; the
        loss is their sum.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.
        ValueError: masks or labels are not ±1, or there is no triplet.

    Source:
        Pinheiro, Collobert, Dollár, Learning to segment object candidates, NIPS 2015.

    Example:
        >>> masks = torch.tensor([[[1.0, -1]], [[1, 1]]])
        >>> labels = torch.tensor([1, -1])
        >>> deepmask_loss(torch.zeros(2, 1, 2), torch.zeros(2), masks, labels)
        (tensor(0.3466), tensor(0.0217))
    """
    check_tensor("mask_logits", mask_logits)
    N, h, w = check_shape("mask_logits", mask_logits, "N h w")
    match = f"mask_logits {tuple(mask_logits.shape)}"
    check_shape("score_logits", score_logits, "N", N=N, to_match=match)
    check_shape("masks", masks, "N h w", N=N, h=h, w=w, to_match=match)
    check_shape("labels", labels, "N", N=N, to_match=match)
    weight = check_number("weight", weight, minimum=0)
    if N == 0:
        raise ShapeError("mask_logits must hold at least one triplet, got none")
    for name, values in (("labels", labels), ("masks", masks[labels > 0])):
        if not bool((values.abs() == 1).all()):
            raise ValueError(
                f"{name} must be +1 and −1, got {values.min():g} … {values.max():g}; "
                f"did you mean 2 * {name} − 1?"
            )
    positive = labels > 0  # (1 + y) / 2
    wrong = functional.softplus(-masks[positive] * mask_logits[positive])
    segmentation = wrong.sum() / (N * h * w)
    scores = functional.softplus(-labels * score_logits)
    return segmentation, weight * scores.mean()
