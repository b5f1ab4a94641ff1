"""YOLO's loss (torch): five terms, each with a name.

What a network gives for one anchor of one cell is (t_p, t_x, t_y, t_w, t_h, logits).
A sigmoid makes p_c, b_x and b_y of the first three; a size is the anchor's, times an
exponential, which cannot be negative.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from cvlib.boxes.iou import iou_of_two
from cvlib.detect.yolo.target import BOX, boxes_of
from cvlib.validate import check_number, check_shape

TERMS = ("position", "size", "objectness", "background", "classes")
POSITION, BACKGROUND = 5.0, 0.5
"""Weights of YOLO's first paper: places count more, the many empty cells less."""
PLACES = "N rows columns B values"
LARGEST = math.log(1000 / 16)


def read_codes(raw: Tensor, anchors: Tensor) -> Tensor:
    """From what the network says to p_c, b_x, b_y, b_w, b_h and chances of classes.

    Args:
        raw: (…, rows, columns, B, 5 + C), any numbers.
        anchors: (B, 2) widths and heights in cells.

    Returns:
        The same shape, in the form that `decode` reads.

    Source:
        Redmon and Farhadi, YOLO9000, CVPR 2017, section 2, "direct location
        prediction"; the classes by softmax.

    Example:
        >>> read_codes(torch.zeros(1, 1, 1, 7), torch.tensor([[3.0, 2.0]])).flatten()
        tensor([0.5000, 0.5000, 0.5000, 3.0000, 2.0000, 0.5000, 0.5000])
    """
    check_shape("anchors", anchors, "B 2", B=raw.shape[-2])
    size = anchors * raw[..., 3:BOX].clamp(max=LARGEST).exp()
    return torch.cat(
        [raw[..., :3].sigmoid(), size, raw[..., BOX:].softmax(dim=-1)], dim=-1
    )


def yolo_loss(
    raw: Tensor,
    target: Tensor,
    anchors: Tensor,
    *,
    ignore_threshold: float = 0.5,
) -> dict[str, Tensor]:
    """How wrong a batch of predictions is: five terms, each a sum over an image.

    - position: the squared error of b_x and b_y, times 5;
    - size: that of the logarithms of b_w and b_h, times 5. A box of twice the size is
      as wrong for a mouse as for a house (the first paper took square roots instead);
    - objectness: −log p_c where there is an object;
    - background: −log(1 − p_c) where there is none, times a half. A box that overlaps
      an object well is not blamed, though another place was asked for that object;
    - classes: the cross-entropy, where there is an object.

    Args:
        raw: (N, rows, columns, B, 5 + C) of the network.
        target: the same shape, of `encode`.
        anchors: (B, 2) widths and heights in cells.
        ignore_threshold: the IoU above which a box without object is not blamed.

    Returns:
        The five terms by name, means over the N images.

    Raises:
        ShapeError: the shapes differ.
        ValueError: the threshold is not between 0 and 1.

    Source:
        Redmon and Farhadi, YOLOv3, 2018, section 2, with a softmax over classes, and
        with the weights of Redmon et al., You only look once, CVPR 2016.

    Example:
        >>> target = torch.tensor([1., 0.5, 0.5, 3, 2, 0, 1]).reshape(1, 1, 1, 1, 7)
        >>> raw, anchors = torch.zeros_like(target), torch.tensor([[3.0, 2.0]])
        >>> losses = yolo_loss(raw, target, anchors)
        >>> {name: round(loss.item(), 3) for name, loss in losses.items()}
        {'position': 0.0, 'size': 0.0, 'objectness': 0.693, 'background': 0.0, \
'classes': 0.693}
    """
    N, *_ = check_shape("raw", raw, PLACES)
    _check_same(raw, target)
    check_number("ignore_threshold", ignore_threshold, minimum=0, maximum=1)
    anchors = anchors.to(raw)
    objects = target[..., 0] > 0
    blamed = ~objects & ~_overlaps_an_object(raw, target, anchors, ignore_threshold)
    own, wanted = raw[objects], target[objects]  # (M, 5 + C) each
    shapes = anchors.expand(*objects.shape, 2)[objects]
    squares = (own[:, 1:3].sigmoid() - wanted[:, 1:3]).square()
    ratios = (own[:, 3:BOX] - (wanted[:, 3:BOX] / shapes).log()).square()
    losses = {
        "position": POSITION * squares.sum(),
        "size": POSITION * ratios.sum(),
        "objectness": functional.softplus(-own[:, 0]).sum(),  # −log sigmoid(t)
        "background": BACKGROUND * functional.softplus(raw[..., 0])[blamed].sum(),
        "classes": -(own[:, BOX:].log_softmax(dim=1) * wanted[:, BOX:]).sum(),
    }
    return {name: loss / N for name, loss in losses.items()}


@torch.no_grad()
def _overlaps_an_object(
    raw: Tensor, target: Tensor, anchors: Tensor, threshold: float
) -> Tensor:
    """(N, rows, columns, B) bool: where the predicted box lies well on an object."""
    rows, columns = raw.shape[1:3]
    units = (rows, columns)  # in cells: a ratio of areas does not mind
    predicted = boxes_of(read_codes(raw, anchors)[..., 1:BOX], image_size=units)
    wanted = boxes_of(target[..., 1:BOX], image_size=units)
    objects = pad_sequence(  # (N, M, 4): empty boxes, which overlap nothing, fill up
        [own[there > 0] for own, there in zip(wanted, target[..., 0], strict=True)],
        batch_first=True,
    )
    low, high = predicted[..., None, :].chunk(2, dim=-1)  # (N, rows, columns, B, 1, 2)
    first, last = objects[:, None, None, None].chunk(2, dim=-1)
    size = (torch.minimum(high, last) - torch.maximum(low, first)).clamp(min=0)
    shared = size.prod(dim=-1)  # (N, rows, columns, B, M)
    union = (high - low).prod(dim=-1) + (last - first).prod(dim=-1) - shared
    return (shared > threshold * union).any(dim=-1)


def yolo_loss_by_definition(
    raw: Tensor,
    target: Tensor,
    anchors: Sequence[Sequence[float]],
    *,
    ignore_threshold: float = 0.5,
) -> dict[str, float]:
    """`yolo_loss`, one place after another, with Python's own numbers.

    Example:
        >>> target = torch.tensor([1., 0.5, 0.5, 3, 2, 0, 1]).reshape(1, 1, 1, 1, 7)
        >>> round(yolo_loss_by_definition(
        ...     torch.zeros_like(target), target, [[3, 2]])["classes"], 3)
        0.693
    """
    sums = dict.fromkeys(TERMS, 0.0)
    for prediction, wanted in zip(raw, target, strict=True):
        places = list(_places(prediction, wanted, anchors))
        truths = [box for *_, box, there in places if there]
        for t, b, (w, h), box, there in places:
            p, x, y = (1 / (1 + math.exp(-v)) for v in t[:3])
            if there:
                sums["position"] += 5 * ((x - b[1]) ** 2 + (y - b[2]) ** 2)
                wrong_w, wrong_h = t[3] - math.log(b[3] / w), t[4] - math.log(b[4] / h)
                sums["size"] += 5 * (wrong_w**2 + wrong_h**2)
                sums["objectness"] -= math.log(p)
                total = sum(math.exp(v) for v in t[BOX:])
                right = math.exp(t[BOX + b[BOX:].index(1)])
                sums["classes"] -= math.log(right / total)
            elif all(iou_of_two(box, truth) <= ignore_threshold for truth in truths):
                sums["background"] -= 0.5 * math.log(1 - p)
    return {name: value / len(raw) for name, value in sums.items()}


def _places(prediction: Tensor, wanted: Tensor, anchors: Sequence[Sequence[float]]):
    """What is said, what is wanted, the anchor, the box (the true one if there is)."""
    rows, columns, B, _ = prediction.shape
    for i in range(rows):
        for j in range(columns):
            for k in range(B):
                t, b = prediction[i, j, k].tolist(), wanted[i, j, k].tolist()
                w, h = anchors[k]
                x, y = (1 / (1 + math.exp(-v)) for v in t[1:3])
                code = (x, y, w * math.exp(t[3]), h * math.exp(t[4]))
                x, y, width, height = b[1:BOX] if b[0] else code
                x, y = x + j, y + i
                box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
                yield t, b, (w, h), box, bool(b[0])


def _check_same(raw: Tensor, target: Tensor) -> None:
    sizes = dict(zip(PLACES.split(), raw.shape, strict=True))
    check_shape("target", target, PLACES, to_match=f"raw {tuple(raw.shape)}", **sizes)
