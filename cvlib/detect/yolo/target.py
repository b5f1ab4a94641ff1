"""YOLO's target (torch): a picture full of boxes, written as one tensor of numbers.

The picture is divided into rows × columns of cells. An object belongs to the cell that
its midpoint lies in, and is written there as

    p_c, b_x, b_y, b_w, b_h, c_1 … c_C

p_c is 1 where there is an object; (b_x, b_y) is the midpoint inside the cell, from 0 to
1; (b_w, b_h) is the size of the box in cells and may exceed 1; one c is 1, that of its
class. A cell without an object holds zeros.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.boxes import check_boxes
from cvlib.boxes.guards import check_tensor
from cvlib.detect.output import Detection
from cvlib.detect.yolo.anchors import assign_anchors, check_sizes
from cvlib.validate import check_number, check_positive, check_shape, pair

BOX = 5  # p_c, b_x, b_y, b_w, b_h


class Encoded(NamedTuple):
    """A target, and who found no place in it."""

    target: Tensor  # (rows, columns, 5 + C) or (rows, columns, B, 5 + C)
    lost: Tensor  # int64 indices of objects whose place was taken


def cell_of(
    boxes: Tensor, *, grid: int | tuple[int, int], image_size: tuple[int, int]
) -> tuple[Tensor, Tensor]:
    """The cell in which the midpoint of each box lies, and the box in units of cells.

    A midpoint on the line between two cells belongs to the one after it; one on the
    last edge of the picture has no cell after it and belongs to the last.

    Args:
        boxes: (N, 4) xyxy pixels.
        grid: rows and columns; one number for both.
        image_size: (height, width) of the picture.

    Returns:
        (N, 2) int64 (row, column), and (N, 4) b_x, b_y, b_w, b_h.

    Raises:
        ShapeError, TypeError: `boxes` are no boxes.
        ValueError: a midpoint lies outside the picture, or a box has no area.

    Example:
        >>> cell_of(torch.tensor([[20., 40, 80, 70]]), grid=3, image_size=(90, 90))
        (tensor([[1, 1]]), tensor([[0.6667, 0.8333, 2.0000, 1.0000]]))
    """
    check_boxes("boxes", boxes)
    rows, columns = pair("grid", grid)
    H, W = pair("image_size", image_size)
    boxes = boxes if boxes.is_floating_point() else boxes.float()
    _check_area(boxes)
    cell = boxes.new_tensor([W / columns, H / rows])
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 / cell  # (N, 2) x, y in cells
    size = (boxes[:, 2:] - boxes[:, :2]) / cell
    last = boxes.new_tensor([columns, rows])
    outside = ((middle < 0) | (middle > last)).any(dim=1)
    if outside.any():
        n = int(outside.nonzero()[0])
        raise ValueError(
            f"boxes must have their midpoints in the picture of {H} × {W}, got "
            f"boxes[{n}] = {boxes[n].tolist()}; did you mean "
            "clip_boxes_to_image(boxes, image_size)?"
        )
    at = torch.minimum(middle.floor(), last - 1)
    return at.long().flip(1), torch.cat([middle - at, size], dim=1)


def encode(
    boxes: Tensor,
    labels: Tensor,
    *,
    grid: int | tuple[int, int],
    image_size: tuple[int, int],
    num_classes: int,
    anchors: Tensor | Sequence[Sequence[float]] | None = None,
) -> Encoded:
    """Write the objects of a picture into YOLO's target.

    Without anchors a cell has one place. With B anchors it has B, and an object takes
    that of the anchor whose shape overlaps its own most. A place holds one object: of
    two that want it the first in the list gets it, the other is lost.

    Args:
        boxes: (N, 4) xyxy pixels, their midpoints in the picture.
        labels: (N,) int64 from 1 to C; 0 is the background and no object.
        grid: rows and columns; one number for both.
        image_size: (height, width) of the picture.
        num_classes: C, without the background.
        anchors: (B, 2) widths and heights in pixels, or None.

    Returns:
        `target`, (rows, columns, 5 + C), with anchors (rows, columns, B, 5 + C); and
        `lost`, the indices of objects that are not in it.

    Raises:
        ShapeError, TypeError, ValueError: as `cell_of`; or labels are not (N,) integers
            from 1 to C; or an anchor is not two positive numbers.

    Source:
        Redmon et al., You only look once, CVPR 2016 (one place); Redmon and Farhadi,
        YOLO9000, CVPR 2017 (anchors). There b_w and b_h are shares of the picture;
        here, as in many courses, they count cells.

    Example:
        >>> boxes, labels = torch.tensor([[20., 40, 80, 70]]), torch.tensor([2])
        >>> target, lost = encode(
        ...     boxes, labels, grid=3, image_size=(90, 90), num_classes=3)
        >>> target.shape, target[1, 1, :5]
        (torch.Size([3, 3, 8]), tensor([1.0000, 0.6667, 0.8333, 2.0000, 1.0000]))
    """
    C = check_positive("num_classes", num_classes)
    at, code = cell_of(boxes, grid=grid, image_size=image_size)
    check_labels(labels, len(boxes), C)
    if anchors is None:
        B, slots = 1, labels.new_zeros(len(boxes))
    else:
        anchors = check_sizes("anchors", anchors)
        B, slots = len(anchors), assign_anchors(boxes[:, 2:] - boxes[:, :2], anchors)
    rows, columns = pair("grid", grid)
    taken, lost = {}, []
    for n, place in enumerate(zip(*at.T.tolist(), slots.tolist(), strict=True)):
        if taken.setdefault(place, n) != n:
            lost.append(n)
    kept = list(taken.values())
    target = code.new_zeros(rows, columns, B, BOX + C)
    row, column = at[kept].T
    place = row, column, slots[kept]
    target[..., 0][place] = 1
    target[..., 1:BOX][place] = code[kept]
    target[(*place, BOX - 1 + labels[kept])] = 1  # class 1 comes first
    if anchors is None:
        target = target[:, :, 0]
    return Encoded(target, torch.tensor(lost, dtype=torch.int64))


def decode(
    target: Tensor,
    *,
    image_size: tuple[int, int],
    num_boxes: int = 1,
    threshold: float = 0.5,
) -> Detection:
    """Read a target, or a prediction in its form, back into boxes.

    A place that is surer than the threshold gives one box, with its likeliest class.
    Two places may speak of the same object: suppression is the next step, not this.

    Args:
        target: (rows, columns, B, 5 + C); or (rows, columns, 5·B + C), where the B
            boxes of a cell stand one after another and share the C classes.
        image_size: (height, width) of the picture.
        num_boxes: B of the second form.
        threshold: boxes whose p_c · c is below it are left out.

    Returns:
        `boxes` (D, 4) xyxy, `labels` (D,), and `scores` (D,) p_c · c, cell after cell.

    Raises:
        ShapeError: there is no room for a class behind the boxes.
        TypeError, ValueError: `target` is no tensor of numbers, or a number is wrong.

    Example:
        >>> target = torch.zeros(3, 3, 8)
        >>> target[1, 1] = torch.tensor([1., 0.5, 0.5, 2, 1, 0, 1, 0])
        >>> decode(target, image_size=(90, 90))["boxes"]
        tensor([[15., 30., 75., 60.]])
    """
    check_tensor("target", target)
    image_size = pair("image_size", image_size)
    check_number("threshold", threshold, minimum=0, maximum=1)
    if target.ndim != 4:
        target = places(target, num_boxes=num_boxes)
    check_shape("target", target, "rows columns B values")
    _check_values(target.shape[-1] - BOX, target.shape)
    boxes = boxes_of(target[..., 1:BOX], image_size=image_size)
    chance, label = target[..., BOX:].max(dim=-1)
    scores = target[..., 0] * chance
    sure = scores >= threshold
    return {"boxes": boxes[sure], "labels": label[sure] + 1, "scores": scores[sure]}


def boxes_of(codes: Tensor, *, image_size: tuple[int, int]) -> Tensor:
    """The boxes (…, rows, columns, B, 4) xyxy that b_x, b_y, b_w, b_h stand for.

    Example:
        >>> boxes_of(torch.ones(1, 2, 1, 4), image_size=(10, 20))[0, 1, 0]
        tensor([15.,  5., 25., 15.])
    """
    *_, rows, columns, _, _ = check_shape("codes", codes, "... rows columns B 4")
    H, W = image_size
    corner = torch.stack(
        torch.meshgrid(
            torch.arange(columns, device=codes.device),
            torch.arange(rows, device=codes.device),
            indexing="xy",
        ),
        dim=-1,
    )[:, :, None]  # (rows, columns, 1, 2): x and y of each cell's upper left corner
    cell = codes.new_tensor([W / columns, H / rows])
    middle, half = codes[..., :2] + corner, codes[..., 2:] / 2
    return torch.cat([(middle - half) * cell, (middle + half) * cell], dim=-1)


def places(shared: Tensor, *, num_boxes: int) -> Tensor:
    """(…, 5·B + C) as (…, B, 5 + C): every box gets its copy of the cell's classes.

    Example:
        >>> places(torch.zeros(7, 7, 30), num_boxes=2).shape  # 30 = 5 · 2 + 20
        torch.Size([7, 7, 2, 25])
    """
    B = check_positive("num_boxes", num_boxes)
    check_shape("target", shared, "rows columns values")
    C = shared.shape[-1] - BOX * B
    _check_values(C, shared.shape, B)
    boxes = shared[..., : BOX * B].unflatten(-1, (B, BOX))
    classes = shared[..., None, BOX * B :].expand(*shared.shape[:-1], B, C)
    return torch.cat([boxes, classes], dim=-1)


def check_labels(labels: Tensor, N: int, num_classes: int) -> None:
    """Refuse anything but one integer from 1 to C for each of N boxes."""
    check_tensor("labels", labels)
    check_shape("labels", labels, "N", N=N, to_match=f"boxes {N, 4}")
    if labels.is_floating_point() or labels.dtype == torch.bool:
        dtype = str(labels.dtype).removeprefix("torch.")
        raise TypeError(
            f"labels must be integers, got {dtype}; did you mean labels.long()?"
        )
    wrong = (labels < 1) | (labels > num_classes)
    if wrong.any():
        raise ValueError(
            f"labels must be from 1 to {num_classes}, got {int(labels[wrong][0])}; "
            "0 is the background, which is not an object"
        )


def _check_values(C: int, shape: tuple[int, ...], B: int = 1) -> None:
    if C < 1:
        raise ValueError(
            f"target must hold {BOX * B} numbers for the boxes and one or more for the "
            f"classes in its last axis, got {tuple(shape)}; check num_boxes"
        )


def _check_area(boxes: Tensor) -> None:
    empty = (boxes[:, 2:] <= boxes[:, :2]).any(dim=1)
    if empty.any():
        n = int(empty.nonzero()[0])
        raise ValueError(
            f"boxes must have an area, got boxes[{n}] = {boxes[n].tolist()}; leave it "
            "out, for example with remove_small_boxes(boxes, 1)"
        )
