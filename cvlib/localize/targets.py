"""One object as one vector, and the loss that knows when not to look (torch).

y = [p_c, b_x, b_y, b_h, b_w, c_1 … c_K]: is there an object, where is its middle, how
high and wide is it, which class. All of the box is measured in pictures: (0, 0) is the
upper left corner, (1, 1) the lower right one.
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from cvlib.boxes.guards import check_boxes
from cvlib.validate import (
    check_choice,
    check_floating,
    check_number,
    check_positive,
    check_shape,
    pair,
)

BOX = slice(1, 5)
"""Where b_x, b_y, b_h and b_w stand in the vector."""
CLASSES = slice(5, None)
"""Where the classes stand."""


def encode_target(
    boxes: Tensor, labels: Tensor, size: int | tuple[int, int], num_classes: int
) -> Tensor:
    """The target vector of each picture with at most one object.

    Args:
        boxes: (N, 4) xyxy pixels; the row of a picture without an object is not read.
        labels: (N,) integers, 0 for no object, else 1 … num_classes.
        size: (height, width) of the pictures.
        num_classes: K, the background not counted.

    Returns:
        (N, 5 + K) float32: p_c, b_x, b_y, b_h, b_w and one 1 among the classes; all
        zeros where there is no object.

    Raises:
        ShapeError: boxes are not (N, 4), or labels not (N,).
        ValueError: a label is not 0 … num_classes, or a box is upside down.

    Example:
        >>> box = torch.tensor([[10.0, 40, 50, 60]])
        >>> encode_target(box, torch.tensor([2]), (100, 100), 3)
        tensor([[1.0000, 0.3000, 0.5000, 0.2000, 0.4000, 0.0000, 1.0000, 0.0000]])
    """
    N, _ = check_shape("boxes", boxes, "N 4")
    match = f"boxes {tuple(boxes.shape)}"
    check_shape("labels", labels, "N", N=N, to_match=match)
    H, W = pair("size", size)
    K = check_positive("num_classes", num_classes)
    check_labels(labels, K)
    there = labels > 0
    check_boxes("boxes[labels > 0]", boxes[there])
    x1, y1, x2, y2 = (boxes.float() / torch.tensor([W, H, W, H])).unbind(1)
    middle = [(x1 + x2) / 2, (y1 + y2) / 2]
    box = torch.stack([*middle, y2 - y1, x2 - x1], dim=1)  # height before width
    box = torch.where(there[:, None], box, 0.0)  # not ·: the unread row may be NaN
    classes = one_hot(labels.long(), K + 1)[:, 1:].float()  # column 0: the background
    return torch.cat([there[:, None].float(), box, classes], dim=1)


def check_labels(labels: Tensor, num_classes: int) -> None:
    """Refuse labels that no entry of the vector stands for."""
    wrong = labels[(labels < 0) | (labels > num_classes)]
    if len(wrong):
        raise ValueError(
            f"labels must be 0 for no object or 1 … {num_classes}, got {wrong[0]}"
        )


def decode_target(
    y: Tensor, size: int | tuple[int, int], *, threshold: float = 0.5
) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes, labels and scores of target vectors, or of a network's answers.

    Args:
        y: (N, 5 + K).
        size: (height, width) of the pictures.
        threshold: there is an object where p_c is at least this much.

    Returns:
        boxes (N, 4) xyxy pixels, clipped to the picture, zeros where no object is;
        labels (N,) int64, 0 where no object is; scores (N,), the p_c.

    Raises:
        ShapeError: y has no column for a class.

    Example:
        >>> y = torch.tensor([[0.9, 0.3, 0.5, 0.2, 0.4, 0.1, 0.8, 0.2]])
        >>> boxes, labels, scores = decode_target(y, (100, 100))
        >>> boxes.round(), labels, scores
        (tensor([[10., 40., 50., 60.]]), tensor([2]), tensor([0.9000]))
    """
    check_target("y", y)
    H, W = pair("size", size)
    scores, threshold = y[:, 0], check_number("threshold", threshold)
    x, y_, h, w = y[:, BOX].unbind(1)
    h, w = h.clamp(min=0), w.clamp(min=0)  # a network may answer anything
    box = torch.stack([x - w / 2, y_ - h / 2, x + w / 2, y_ + h / 2], dim=1)
    box = box.clamp(0, 1) * torch.tensor([W, H, W, H])
    there = scores >= threshold
    labels = torch.where(there, y[:, CLASSES].argmax(1) + 1, 0)
    return torch.where(there[:, None], box, 0.0), labels, scores


def check_target(name: str, y: Tensor) -> None:
    """Refuse what is not a batch of vectors with at least one class."""
    _, length = check_shape(name, y, "N 5+K")
    if length < 6:
        raise ValueError(
            f"{name} must hold p_c, four numbers of a box and at least one class, "
            f"got {length} columns"
        )
    check_floating(name, y)


def localization_loss(
    prediction: Tensor, target: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """Squared error of all entries where there is an object, of p_c alone elsewhere.

    Without an object there is no right box and no right class, so whatever the network
    says about them costs nothing and gets no gradient.

    Args:
        prediction: (N, 5 + K).
        target: (N, 5 + K) of `encode_target`.
        reduction: "mean" over the pictures, "sum", or "none".

    Returns:
        A number, or (N,) for "none".

    Raises:
        ShapeError: the shapes disagree.
        ValueError: a target's p_c is neither 0 nor 1.

    Source:
        Ng, Convolutional Neural Networks (deeplearning.ai), week 3, 2017.

    Example:
        >>> target = torch.tensor([[0.0, 0, 0, 0, 0, 0]])
        >>> localization_loss(torch.tensor([[0.5, 9, 9, 9, 9, 9]]), target)
        tensor(0.2500)
    """
    check_target("target", target)
    N, D = target.shape
    match = f"target {tuple(target.shape)}"
    check_shape("prediction", prediction, "N D", N=N, D=D, to_match=match)
    check_choice("reduction", reduction, ("mean", "sum", "none"))
    p_c = target[:, :1]
    if not ((p_c == 0) | (p_c == 1)).all():
        raise ValueError(
            "target must have p_c 0 or 1 in its first column, as truth has"
        )
    counts = torch.cat([torch.ones_like(p_c), p_c.expand(-1, D - 1)], dim=1)
    # choose before squaring: an infinite answer about nothing would make 0 · ∞ = NaN
    counted = torch.where(counts > 0, prediction - target, 0.0)
    losses = (counted**2).sum(1)
    return {"mean": losses.mean, "sum": losses.sum, "none": lambda: losses}[reduction]()


def localization_loss_by_definition(prediction: Tensor, target: Tensor) -> float:
    """The mean loss, written as the two cases that the formula has.

    Example:
        >>> target = torch.tensor([[1.0, 0.5, 0.5, 0.2, 0.2, 1]])
        >>> localization_loss_by_definition(target, target)
        0.0
    """
    total = 0.0
    for guess, truth in zip(prediction.tolist(), target.tolist(), strict=True):
        if truth[0] == 1:
            total += sum((g - t) ** 2 for g, t in zip(guess, truth, strict=True))
        else:
            total += (guess[0] - truth[0]) ** 2
    return total / len(target)
