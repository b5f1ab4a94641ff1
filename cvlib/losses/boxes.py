"""What detectors are trained with: losses of boxes and of regions (torch)."""

from torch import Tensor
from torch.nn import functional

from cvlib.boxes.guards import check_tensor
from cvlib.validate import ShapeError, check_choice, check_number, check_shape

__all__ = ["fast_rcnn_loss", "rpn_loss", "smooth_l1_loss"]


def smooth_l1_loss(
    input: Tensor, target: Tensor, *, reduction: str = "mean", beta: float = 1.0
) -> Tensor:
    """Square near zero, straight beyond `beta`: a far outlier pulls no harder.

    0.5 d² / beta for |d| < beta, |d| − 0.5 beta otherwise. Value and slope meet at
    beta; the slope is never beyond ±1.

    Args:
        input: any shape.
        target: the same shape.
        reduction: "mean", "sum" or "none".
        beta: where the square ends; 0 gives the plain absolute difference.

    Returns:
        A scalar, or the shape of `input` for "none".

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes differ; nothing is broadcast.
        ValueError: `reduction` is unknown or `beta` negative.

    Source:
        Girshick, Fast R-CNN, ICCV 2015.

    Example:
        >>> d = torch.tensor([-2.0, -0.5, 0.0, 0.5, 3.0])
        >>> smooth_l1_loss(d, torch.zeros(5), reduction="none")
        tensor([1.5000, 0.1250, 0.0000, 0.1250, 2.5000])
    """
    check_tensor("input", input)
    check_tensor("target", target)
    if input.shape != target.shape:
        raise ShapeError(
            f"target must be {tuple(input.shape)} to match input, got "
            f"{tuple(target.shape)}; broadcasting would compare every pair"
        )
    check_choice("reduction", reduction, ["mean", "sum", "none"])
    beta = check_number("beta", beta, minimum=0)
    d = (input - target).abs()
    loss = d
    if beta > 0:
        loss = (d < beta) * (0.5 * d**2 / beta) + (d >= beta) * (d - 0.5 * beta)
    return {"mean": loss.mean, "sum": loss.sum, "none": lambda: loss}[reduction]()


def fast_rcnn_loss(
    class_logits: Tensor,
    box_regression: Tensor,
    labels: Tensor,
    regression_targets: Tensor,
    *,
    weight: float = 1.0,
    beta: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """L_cls and λ [u ≥ 1] L_loc, each the mean over all regions.

    Background (u = 0) has no box, so its boxes are not looked at; they still count in
    the mean, so that an image with few objects does not shout. Of the boxes of a region
    only the one of its true class is trained.

    Args:
        class_logits: (N, K + 1), background first.
        box_regression: (N, (K + 1) · 4), four numbers for each class; or (N, 4) for
            all classes together.
        labels: (N,) int64, 0 for background.
        regression_targets: (N, 4); ignored where the label is 0, even NaN.
        weight: λ.
        beta: of `smooth_l1_loss`.

    Returns:
        Two scalars; the loss is their sum.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.

    Source:
        Girshick, Fast R-CNN, ICCV 2015.

    Example:
        >>> logits, boxes = torch.zeros(2, 3), torch.zeros(2, 12)
        >>> targets = torch.tensor([[9.0, 9, 9, 9], [0, 0, 0, 2]])
        >>> fast_rcnn_loss(logits, boxes, torch.tensor([0, 2]), targets)
        (tensor(1.0986), tensor(0.7500))
    """
    for name, value in (("class_logits", class_logits), ("labels", labels)):
        check_tensor(name, value)
    N, K = check_shape("class_logits", class_logits, "N K")
    match = f"class_logits {tuple(class_logits.shape)}"
    check_shape("labels", labels, "N", N=N, to_match=match)
    if tuple(box_regression.shape) not in {(N, 4), (N, 4 * K)}:
        raise ShapeError(
            f"box_regression must be ({N}, {4 * K}) or ({N}, 4) to match {match}, got "
            f"{tuple(box_regression.shape)}"
        )
    check_shape("regression_targets", regression_targets, "N 4", N=N, to_match=match)
    classification = functional.cross_entropy(class_logits, labels)
    object_ = labels >= 1  # [u ≥ 1]
    boxes = box_regression.reshape(N, box_regression.shape[1] // 4, 4)[object_]
    own = labels[object_] if boxes.shape[1] > 1 else 0 * labels[object_]
    boxes = boxes.gather(1, own[:, None, None].expand(-1, 1, 4))[:, 0]
    targets = regression_targets[object_]
    box = smooth_l1_loss(boxes, targets, reduction="sum", beta=beta) / max(N, 1)
    return classification, weight * box


def rpn_loss(
    objectness: Tensor,
    deltas: Tensor,
    labels: Tensor,
    targets: Tensor,
    *,
    n_cls: float = 256,
    n_reg: float = 2400,
    weight: float = 10.0,
    beta: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """The loss of a region proposal network: is it an object, and where exactly?

    (1 / N_cls) Σ L_cls + λ (1 / N_reg) Σ p* L_reg, sums over the anchors drawn.

    Args:
        objectness: (A,) logits of "there is an object".
        deltas: (A, 4) predicted, from anchor to box.
        labels: (A,) 1 positive, 0 negative, −1 not in the mini-batch.
        targets: (A, 4); ignored unless the label is 1, even NaN.
        n_cls: anchors in the mini-batch.
        n_reg: places of the map.
        weight: λ.
        beta: of `smooth_l1_loss`.

    Returns:
        Two scalars, λ included in the second; the loss is their sum.

    Raises:
        TypeError: an argument is not a tensor.
        ShapeError: the shapes do not fit.
        ValueError: a number to divide by is not positive.

    Source:
        Ren, He, Girshick, Sun, Faster R-CNN, NeurIPS 2015.

    Example:
        >>> labels, deltas = torch.tensor([1, 0, -1]), torch.zeros(3, 4)
        >>> rpn_loss(torch.zeros(3), deltas, labels, torch.ones(3, 4), n_cls=2, n_reg=4)
        (tensor(0.6931), tensor(5.))
    """
    check_tensor("objectness", objectness)
    (A,) = check_shape("objectness", objectness, "A")
    match = f"objectness {tuple(objectness.shape)}"
    check_shape("deltas", deltas, "A 4", A=A, to_match=match)
    check_shape("labels", labels, "A", A=A, to_match=match)
    check_shape("targets", targets, "A 4", A=A, to_match=match)
    for name, value in (("n_cls", n_cls), ("n_reg", n_reg)):
        if check_number(name, value) <= 0:
            raise ValueError(f"{name} must be positive, got {value}")
    drawn, positive = labels >= 0, labels == 1
    classification = functional.binary_cross_entropy_with_logits(
        objectness[drawn], labels[drawn].to(objectness.dtype), reduction="sum"
    )
    box = smooth_l1_loss(
        deltas[positive], targets[positive], reduction="sum", beta=beta
    )
    return classification / n_cls, weight * box / n_reg
