"""How well does a map of classes fit the true one? (torch)

Everything but the boundary follows from one table: how many pixels of which class were
called what. Tables of several images add up; the measures of their images do not.
"""

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import ShapeError, check_int, check_number, check_positive


def confusion_matrix(
    preds: Tensor,
    target: Tensor,
    *,
    num_classes: int,
    ignore_index: int | None = None,
) -> Tensor:
    """Count the pixels of every true class that were called this or that.

    Args:
        preds: classes from 0 to num_classes − 1, integers of any shape.
        target: the true classes, the same shape.
        num_classes: K.
        ignore_index: pixels whose true value is this one are left out, whatever was
            predicted there; the class of that number, if there is one, stays.

    Returns:
        (K, K) int64: row = true class, column = what it was called. That of many images
        is the sum of theirs.

    Raises:
        TypeError: an argument is not a tensor, or not of integers.
        ShapeError: the shapes differ.
        ValueError: a class is not below `num_classes`.

    Source:
        Long, Shelhamer, Darrell, Fully convolutional networks, CVPR 2015.

    Example:
        >>> true = torch.tensor([[0, 0, 1], [1, 1, 255]])
        >>> called = torch.tensor([[0, 1, 1], [1, 0, 1]])
        >>> confusion_matrix(called, true, num_classes=2, ignore_index=255)
        tensor([[1, 1],
                [1, 2]])
    """
    K = check_positive("num_classes", num_classes)
    for name, value in (("preds", preds), ("target", target)):
        _check_integers(name, value)
    if preds.shape != target.shape:
        hint = ""
        if preds.ndim == target.ndim + 1 and preds.shape[1:2] == (K,):
            hint = "; did you mean preds.argmax(1)?"
        raise ShapeError(
            f"preds must be {tuple(target.shape)} to match target, got "
            f"{tuple(preds.shape)}{hint}"
        )
    preds, target = preds.flatten().long(), target.flatten().long()
    if ignore_index is not None:
        counted = target != check_int("ignore_index", ignore_index)
        preds, target = preds[counted], target[counted]
    _check_classes("target", target, K, ignore_index is None)
    _check_classes("preds", preds, K)
    pairs = K * target + preds  # one number for each of the K² cells
    return pairs.bincount(minlength=K * K).reshape(K, K)


def _check_integers(name: str, value: Tensor) -> None:
    check_tensor(name, value)
    if value.is_floating_point() or value.is_complex():
        dtype = str(value.dtype).removeprefix("torch.")
        raise TypeError(
            f"{name} must be integers, got {dtype}; scores become classes by argmax(1)"
        )


def _check_classes(name: str, classes: Tensor, K: int, hint: bool = False) -> None:
    wrong = classes[(classes < 0) | (classes >= K)]
    if len(wrong):
        fix = f"; did you mean ignore_index={int(wrong[0])}?" if hint else ""
        raise ValueError(
            f"{name} must be classes from 0 to {K - 1}, got {int(wrong[0])} in "
            f"{len(wrong)} pixels{fix}"
        )


def check_confusion(confusion: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The right pixels, all true ones and all called so, of every class: (K,) each.

    Raises:
        TypeError: `confusion` is not a tensor.
        ShapeError: it is not square.

    Example:
        >>> [t.tolist() for t in check_confusion(torch.tensor([[3, 1], [0, 4]]))]
        [[3.0, 4.0], [4.0, 4.0], [3.0, 5.0]]
    """
    check_tensor("confusion", confusion)
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1]:
        raise ShapeError(
            f"confusion must be (K, K), true class by called class, got "
            f"{tuple(confusion.shape)}; confusion_matrix makes one"
        )
    counts = confusion.double()
    return counts.diagonal(), counts.sum(1), counts.sum(0)


def pixel_accuracy(confusion: Tensor) -> Tensor:
    """Share of all pixels that are right: Σ nᵢᵢ / Σ tᵢ.

    Where most of a picture is background, calling everything background scores well.

    Args:
        confusion: (K, K), see `confusion_matrix`.

    Returns:
        A scalar in [0, 1]; NaN without pixels.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Example:
        >>> pixel_accuracy(torch.tensor([[90, 0], [10, 0]]))
        tensor(0.9000, dtype=torch.float64)
    """
    right, true, _ = check_confusion(confusion)
    return right.sum() / true.sum()


def class_accuracy(confusion: Tensor) -> Tensor:
    """Share of each class's pixels that are right: nᵢᵢ / tᵢ, its recall.

    Args:
        confusion: (K, K), see `confusion_matrix`.

    Returns:
        (K,) in [0, 1]; NaN for a class that has no pixel.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Example:
        >>> class_accuracy(torch.tensor([[90, 0], [10, 0]]))
        tensor([1., 0.], dtype=torch.float64)
    """
    right, true, _ = check_confusion(confusion)
    return right / true


def mean_accuracy(confusion: Tensor) -> Tensor:
    """The mean of the accuracies of the classes that are in the pictures.

    A class without a pixel has no accuracy and is left out. (torchmetrics counts it as
    0 if some pixel was called so.)

    Args:
        confusion: (K, K), see `confusion_matrix`.

    Returns:
        A scalar in [0, 1]; NaN without pixels.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Source:
        Long, Shelhamer, Darrell, Fully convolutional networks, CVPR 2015.

    Example:
        >>> mean_accuracy(torch.tensor([[90, 0], [10, 0]]))
        tensor(0.5000, dtype=torch.float64)
    """
    return class_accuracy(confusion).nanmean()


def class_iou(confusion: Tensor) -> Tensor:
    """Intersection over union of each class: nᵢᵢ / (tᵢ + pᵢ − nᵢᵢ).

    Args:
        confusion: (K, K), see `confusion_matrix`.

    Returns:
        (K,) in [0, 1]; NaN for a class that is neither there nor predicted.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Example:
        >>> class_iou(torch.tensor([[6, 2, 0], [1, 3, 0], [0, 0, 0]]))
        tensor([0.6667, 0.5000,    nan], dtype=torch.float64)
    """
    right, true, called = check_confusion(confusion)
    return right / (true + called - right)


def mean_iou(confusion: Tensor) -> Tensor:
    """The mean of the classes' IoU, without classes that nobody has seen or called.

    Such a class has 0/0. To count it as 0 would punish a right silence, and to count it
    as 1 would reward every class that one adds to the list. A class that is not there
    but was predicted has IoU 0 and counts.

    Args:
        confusion: (K, K), see `confusion_matrix`; of one image or the sum over many.

    Returns:
        A scalar in [0, 1]; NaN without pixels.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Source:
        Everingham et al., The PASCAL VOC Challenge: a retrospective, IJCV 2015.

    Example:
        >>> mean_iou(torch.tensor([[6, 2, 0], [1, 3, 0], [0, 0, 0]]))
        tensor(0.5833, dtype=torch.float64)
    """
    return class_iou(confusion).nanmean()


def frequency_weighted_iou(confusion: Tensor) -> Tensor:
    """The classes' IoU, each counted as often as it has pixels.

    Args:
        confusion: (K, K), see `confusion_matrix`.

    Returns:
        A scalar in [0, 1]; NaN without pixels.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Source:
        Long, Shelhamer, Darrell, Fully convolutional networks, CVPR 2015.

    Example:
        >>> frequency_weighted_iou(torch.tensor([[90, 0], [10, 0]]))
        tensor(0.8100, dtype=torch.float64)
    """
    _, true, _ = check_confusion(confusion)
    return (true * class_iou(confusion)).nansum() / true.sum()


def class_dice(confusion: Tensor) -> Tensor:
    """Dice coefficient of each class: 2 nᵢᵢ / (tᵢ + pᵢ), the F-measure of its pixels.

    It says the same as IoU in other numbers: D = 2J / (1 + J), always a little higher.

    Args:
        confusion: (K, K), see `confusion_matrix`.

    Returns:
        (K,) in [0, 1]; NaN for a class that is neither there nor predicted.

    Raises:
        TypeError, ShapeError: `confusion` is none.

    Source:
        Dice, Measures of the amount of ecologic association between species, 1945.

    Example:
        >>> class_dice(torch.tensor([[6, 2], [1, 3]]))
        tensor([0.8000, 0.6667], dtype=torch.float64)
    """
    right, true, called = check_confusion(confusion)
    return 2 * right / (true + called)


def mask_boundary(masks: Tensor) -> Tensor:
    """The pixels of a mask that have one beside, above or below them outside it.

    The edge of the picture is no boundary: what lies beyond it nobody knows.

    Args:
        masks: (…, H, W) bool.

    Returns:
        (…, H, W) bool.

    Raises:
        TypeError: `masks` is not a tensor of booleans.

    Example:
        >>> mask_boundary(torch.ones(3, 4).bool().triu()).int()
        tensor([[1, 0, 0, 0],
                [0, 1, 0, 0],
                [0, 0, 1, 0]], dtype=torch.int32)
    """
    _check_masks("masks", masks)
    H, W = masks.shape[-2:]
    # beyond the edge of the picture a pixel finds itself again
    rows = torch.arange(-1, H + 1).clamp(0, H - 1)
    columns = torch.arange(-1, W + 1).clamp(0, W - 1)
    tall, wide = masks[..., rows, :], masks[..., columns]
    inside = tall[..., :-2, :] & tall[..., 2:, :] & wide[..., :-2] & wide[..., 2:]
    return masks & ~inside


def boundary_f(preds: Tensor, target: Tensor, *, tolerance: float = 2.0) -> Tensor:
    """Does the outline run where it should? The F-measure of boundary pixels.

    IoU of a large object hardly notices a rough outline; this looks at nothing else.
    Precision is the share of the predicted boundary that lies within `tolerance` of
    the true one, recall the share of the true one that lies so near the predicted.

    Args:
        preds: (…, H, W) bool.
        target: (…, H, W) bool.
        tolerance: distance in pixels between centres that still counts as the same.

    Returns:
        (…) float32 in [0, 1]; 1 where neither mask has a boundary, 0 where one has.

    Raises:
        TypeError: an argument is not a tensor of booleans.
        ShapeError: the shapes differ.
        ValueError: `tolerance` is negative.

    Source:
        Martin, Fowlkes, Malik, Learning to detect natural image boundaries, PAMI 2004;
        Csurka, Larlus, Perronnin, What is a good evaluation measure for semantic
        segmentation?, BMVC 2013.

    Example:
        >>> square, moved = torch.zeros(2, 1, 12, 12).bool()
        >>> square[:, 2:8, 2:8] = moved[:, 2:8, 4:10] = True
        >>> boundary_f(moved, square, tolerance=1), boundary_f(moved, square)
        (tensor([0.6000]), tensor([1.]))
    """
    _check_masks("preds", preds)
    _check_masks("target", target)
    if preds.shape != target.shape:
        raise ShapeError(
            f"preds must be {tuple(target.shape)} to match target, got "
            f"{tuple(preds.shape)}"
        )
    tolerance = check_number("tolerance", tolerance, minimum=0)
    found, true = mask_boundary(preds), mask_boundary(target)
    precision = _share(found & thickened(true, tolerance), found)
    recall = _share(true & thickened(found, tolerance), true)
    f = 2 * precision * recall / (precision + recall)
    nothing = ~found.any(-1).any(-1) & ~true.any(-1).any(-1)
    return torch.where(nothing, 1.0, f.nan_to_num(0.0))


def thickened(masks: Tensor, radius: float) -> Tensor:
    """Every pixel that lies within `radius` of one of the mask, from centre to centre.

    Args:
        masks: (…, H, W) bool.
        radius: in pixels, of a disc.

    Example:
        >>> thickened(torch.tensor([[False, False, True, False]]), 1).int()
        tensor([[0, 1, 1, 1]], dtype=torch.int32)
    """
    reach = int(radius)
    H, W = masks.shape[-2:]
    wide = functional.pad(masks, (reach,) * 4)
    near = torch.zeros_like(masks)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if dy * dy + dx * dx <= radius * radius:
                top, left = reach + dy, reach + dx
                near |= wide[..., top : top + H, left : left + W]
    return near


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return part.sum((-2, -1)).float() / whole.sum((-2, -1)).float()


def _check_masks(name: str, masks: Tensor) -> None:
    check_tensor(name, masks)
    if masks.dtype != torch.bool:
        dtype = str(masks.dtype).removeprefix("torch.")
        raise TypeError(
            f"{name} must be booleans, got {dtype}; did you mean {name} > 0.5?"
        )
    if masks.ndim < 2:
        raise ShapeError(f"{name} must be (…, H, W), got {tuple(masks.shape)}")
