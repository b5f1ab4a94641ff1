"""Losses of maps: one answer for every pixel (torch)."""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import (
    ShapeError,
    check_choice,
    check_floating,
    check_int,
    check_number,
    check_shape,
)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """The softmax loss of a classifier, once for every pixel.

    −log softmax(J)[true class]. Exactly one class is right, and raising one lowers the
    others. The mean is over the pixels that count, and with class weights it is the
    weighted mean. If no pixel counts it is 0, with a gradient of 0; torch has NaN
    there, and one such batch would end a training.

    Args:
        input: (N, C, H, W) or (N, C, …) logits.
        target: (N, H, W) or (N, …) classes, int64.
        weight: (C,) how much a pixel of each class counts.
        ignore_index: pixels with this value do not count.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar, or the shape of `target` for "none", 0 where a pixel is ignored.

    Raises:
        TypeError: an argument is not a tensor, or `target` not of integers.
        ShapeError: the shapes do not fit.
        ValueError: a class is not below C, or `reduction` is unknown.

    Source:
        Long, Shelhamer, Darrell, Fully convolutional networks, CVPR 2015.

    Example:
        >>> logits = torch.zeros(1, 4, 2, 2)
        >>> target = torch.tensor([[[0, 1], [3, 255]]])
        >>> cross_entropy(logits, target, ignore_index=255)
        tensor(1.3863)
    """
    counted, target = _check_classes(input, target, ignore_index)
    check_choice("reduction", reduction, ["mean", "sum", "none"])
    C = input.shape[1]
    largest = input.amax(1, keepdim=True).detach()  # so that exp cannot overflow
    shifted = input - largest
    right = shifted.gather(1, target[:, None])[:, 0]
    loss = shifted.exp().sum(1).log() - right
    share = counted.to(loss.dtype)
    if weight is not None:
        check_shape("weight", weight, "C", C=C, to_match=f"input {tuple(input.shape)}")
        share = share * weight.to(loss)[target]
    loss = torch.where(counted, loss * share, 0.0)  # 0 · NaN would be NaN
    if reduction == "none":
        return loss
    total = loss.sum()
    if reduction == "sum" or not share.sum():
        return total
    return total / share.sum()


def _check_classes(
    input: Tensor, target: Tensor, ignore_index: int
) -> tuple[Tensor, Tensor]:
    """Which pixels count, and the classes with 0 where they do not."""
    check_tensor("input", input)
    check_tensor("target", target)
    check_floating("input", input)
    if input.ndim < 2:
        raise ShapeError(f"input must be (N, C, H, W), got {tuple(input.shape)}")
    wanted = (input.shape[0], *input.shape[2:])
    if tuple(target.shape) != wanted:
        hint = ""
        if target.shape == input.shape:
            hint = "; did you mean target.argmax(1)?"
        elif tuple(target.shape) == (wanted[0], 1, *wanted[1:]):
            hint = "; did you mean target[:, 0]?"
        raise ShapeError(
            f"target must be {wanted} to match input {tuple(input.shape)}, got "
            f"{tuple(target.shape)}{hint}"
        )
    if target.is_floating_point() or target.dtype == torch.bool:
        dtype = str(target.dtype).removeprefix("torch.")
        raise TypeError(
            f"target must be integers, got {dtype}; did you mean target.long()?"
        )
    counted = target != check_int("ignore_index", ignore_index)
    classes = torch.where(counted, target, 0).long()
    C = input.shape[1]
    wrong = classes[(classes < 0) | (classes >= C)]
    if len(wrong):
        raise ValueError(
            f"target must be classes from 0 to {C - 1}, got {int(wrong[0])} in "
            f"{len(wrong)} pixels; did you mean ignore_index={int(wrong[0])}?"
        )
    return counted, classes


def _check_pair(input: Tensor, target: Tensor) -> Tensor:
    """The target in the dtype of the input, if it has its shape."""
    check_tensor("input", input)
    check_tensor("target", target)
    check_floating("input", input)
    if input.shape != target.shape:
        raise ShapeError(
            f"target must be {tuple(input.shape)} to match input, got "
            f"{tuple(target.shape)}; broadcasting would compare every pair"
        )
    return target.to(input.dtype)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    *,
    pos_weight: Tensor | float | None = None,
    reduction: str = "mean",
) -> Tensor:
    """A yes or no for every pixel and channel: several may be right, or none.

    −t log σ(x) − (1 − t) log(1 − σ(x)), written so that neither logarithm is of 0.

    Args:
        input: (N, C, H, W) or any shape, logits.
        target: the same shape, in [0, 1] or bool.
        pos_weight: how many times a "yes" counts, broadcast to `input`.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar, or the shape of `input` for "none".

    Raises:
        TypeError: an argument is not a tensor, or `input` not floating point.
        ShapeError: the shapes differ; nothing is broadcast.
        ValueError: `reduction` is unknown.

    Example:
        >>> x, t = torch.tensor([0.0, 2.0]), torch.tensor([1.0, 1.0])
        >>> binary_cross_entropy_with_logits(x, t, reduction="none")
        tensor([0.6931, 0.1269])
    """
    target = _check_pair(input, target)
    check_choice("reduction", reduction, ["mean", "sum", "none"])
    # log(1 + exp(x)) without overflow, and the same of −x
    yes = torch.log1p((-input.abs()).exp()) + (-input).clamp(min=0)
    no = yes + input
    weight = 1.0 if pos_weight is None else pos_weight
    loss = weight * target * yes + (1 - target) * no
    return {"mean": loss.mean, "sum": loss.sum, "none": lambda: loss}[reduction]()


def dice_loss(
    input: Tensor, target: Tensor, *, ignore_index: int = -100, smooth: float = 1.0
) -> Tensor:
    """1 − Dice, with probabilities for yes and no, averaged over the classes.

    Every class weighs the same however few pixels it has, and the pixels of one class
    are judged together. A class that nobody sees or calls gives no loss.

    Args:
        input: (N, C, H, W) or (N, C, …) logits.
        target: (N, H, W) or (N, …) classes, int64.
        ignore_index: pixels with this value do not count.
        smooth: added above and below, so that an empty class is no 0/0.

    Returns:
        A scalar in [0, 1].

    Raises:
        TypeError, ShapeError, ValueError: as `cross_entropy`; `smooth` is negative.

    Source:
        Milletari, Navab, Ahmadi, V-Net, 3DV 2016 (there with squares below).

    Example:
        >>> sure = 50 * torch.tensor([[[[1.0, 0], [0, 0]], [[0.0, 1], [1, 1]]]])
        >>> right = torch.tensor([[[0, 1], [1, 1]]])
        >>> dice_loss(sure, right), dice_loss(-sure, right).round(decimals=2)
        (tensor(0.), tensor(0.8000))
    """
    counted, target = _check_classes(input, target, ignore_index)
    smooth = check_number("smooth", smooth, minimum=0)
    C = input.shape[1]
    over = [0, *range(2, input.ndim)]  # all axes but the classes
    classes = torch.arange(C, device=input.device).reshape(C, *[1] * (input.ndim - 2))
    true = (target[:, None] == classes) & counted[:, None]
    called = torch.where(counted[:, None], input.softmax(1), 0.0)
    both = (called * true).sum(over)
    dice = (2 * both + smooth) / (called.sum(over) + true.sum(over) + smooth)
    return 1 - dice.mean()


def sigmoid_focal_loss(
    inputs: Tensor,
    targets: Tensor,
    *,
    alpha: float = 0.25,
    gamma: float = 2.0,
    reduction: str = "none",
) -> Tensor:
    """The binary loss, turned down where the answer is nearly right already.

    α (1 − p)^γ · loss, with p the probability given to the truth: a thousand easy
    pixels of background no longer outweigh ten difficult ones.

    Args:
        inputs: any shape, logits.
        targets: the same shape, in [0, 1] or bool.
        alpha: weight of a "yes", 1 − alpha that of a "no"; negative for no weights.
        gamma: how strongly; 0 gives the plain loss.
        reduction: "none", "mean" or "sum".

    Returns:
        A scalar, or the shape of `inputs` for "none".

    Raises:
        TypeError: an argument is not a tensor, or `inputs` not floating point.
        ShapeError: the shapes differ; nothing is broadcast.
        ValueError: a number is out of its range or `reduction` unknown.

    Source:
        Lin et al., Focal loss for dense object detection, ICCV 2017.

    Example:
        >>> wrong_unsure_sure = torch.tensor([-3.0, 0.0, 1.0])
        >>> sigmoid_focal_loss(wrong_unsure_sure, torch.ones(3), alpha=-1)
        tensor([2.7663, 0.1733, 0.0227])
    """
    check_choice("reduction", reduction, ["mean", "sum", "none"])
    alpha = check_number("alpha", alpha, maximum=1)
    gamma = check_number("gamma", gamma, minimum=0)
    loss = binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    targets = targets.to(inputs.dtype)
    p = inputs.sigmoid()
    truth = p * targets + (1 - p) * (1 - targets)
    loss = (1 - truth) ** gamma * loss
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return {"mean": loss.mean, "sum": loss.sum, "none": lambda: loss}[reduction]()
