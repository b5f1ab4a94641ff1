"""YOLO's target: written, read back, and what finds no place in it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.detect.yolo import boxes_of, cell_of, decode, encode, places
from cvlib.validate import ShapeError

LECTURE = {"grid": 3, "image_size": (100, 100), "num_classes": 3}
ANCHORS = [[20.0, 60.0], [60.0, 20.0]]  # tall, wide


def random_boxes(seed, N=6, H=96, W=128):
    g = torch.Generator().manual_seed(seed)
    middle = torch.rand(N, 2, generator=g) * torch.tensor([W, H])
    size = 4 + torch.rand(N, 2, generator=g) * 60
    boxes = torch.cat([middle - size / 2, middle + size / 2], dim=1)
    return boxes, torch.randint(1, 5, (N,), generator=g)


def encode_by_definition(boxes, labels, grid, image_size, num_classes, anchors):
    """One object after another, one number after another."""
    (rows, columns), (H, W), B = grid, image_size, len(anchors)
    target = torch.zeros(rows, columns, B, 5 + num_classes)
    lost = []
    for n, ((x1, y1, x2, y2), label) in enumerate(
        zip(boxes.tolist(), labels.tolist(), strict=True)
    ):
        x, y = (x1 + x2) / 2 * columns / W, (y1 + y2) / 2 * rows / H
        j, i = min(int(x), columns - 1), min(int(y), rows - 1)
        fits = []
        for w, h in anchors:
            shared = min(w, x2 - x1) * min(h, y2 - y1)
            fits.append(shared / (w * h + (x2 - x1) * (y2 - y1) - shared))
        b = fits.index(max(fits))
        if target[i, j, b, 0]:
            lost.append(n)
            continue
        sizes = (x2 - x1) * columns / W, (y2 - y1) * rows / H
        target[i, j, b, :5] = torch.tensor([1, x - j, y - i, *sizes])
        target[i, j, b, 4 + label] = 1
    return target, lost


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("grid", [(3, 4), (1, 1), (12, 16)])
def test_the_target_is_the_one_of_the_definition(seed, grid):
    boxes, labels = random_boxes(seed)
    options = dict(image_size=(96, 128), num_classes=4, anchors=ANCHORS)
    target, lost = encode(boxes, labels, grid=grid, **options)
    wanted, missing = encode_by_definition(boxes, labels, grid, **options)
    assert_close(target, wanted)
    assert lost.tolist() == missing


def test_the_lectures_target_has_eight_numbers_a_cell():
    car = torch.tensor([[40.0, 45, 80, 65]])  # its midpoint: (60, 55)
    target, lost = encode(car, torch.tensor([2]), **LECTURE)
    assert target.shape == (3, 3, 8)
    assert target.any(dim=2).nonzero().tolist() == [[1, 1]]
    assert_close(target[1, 1], torch.tensor([1, 0.8, 0.65, 1.2, 0.6, 0, 1, 0]))
    assert lost.numel() == 0


def test_a_box_may_be_larger_than_its_cell():
    target, _ = encode(torch.tensor([[0.0, 0, 100, 100]]), torch.tensor([1]), **LECTURE)
    assert_close(target[1, 1, 1:5], torch.tensor([0.5, 0.5, 3, 3]))


def test_two_anchors_make_sixteen_numbers_of_eight():
    target, _ = encode(
        torch.tensor([[40.0, 20, 60, 80]]), torch.tensor([1]), **LECTURE,
        anchors=ANCHORS,
    )  # fmt: skip
    assert target.shape == (3, 3, 2, 8)
    assert target.flatten(2).shape == (3, 3, 16)


def test_a_tall_and_a_wide_object_share_a_cell_only_with_anchors():
    boxes = torch.tensor([[40.0, 20, 60, 80], [20.0, 42, 80, 58]])
    labels = torch.tensor([1, 2])
    alone, lost = encode(boxes, labels, **LECTURE)
    assert lost.tolist() == [1]
    assert alone[..., 0].sum() == 1
    both, lost = encode(boxes, labels, **LECTURE, anchors=ANCHORS)
    assert lost.numel() == 0
    assert both[1, 1, :, 5:].tolist() == [[1, 0, 0], [0, 1, 0]]


def test_of_two_tall_objects_in_a_cell_the_second_is_lost():
    boxes = torch.tensor([[40.0, 20, 60, 80], [42.0, 20, 62, 80]])
    _, lost = encode(boxes, torch.tensor([1, 2]), **LECTURE, anchors=ANCHORS)
    assert lost.tolist() == [1]


def test_a_midpoint_on_a_line_belongs_to_the_cell_after_it():
    boxes = torch.tensor([[20.0, 0, 40, 10], [50.0, 20, 70, 40]])
    at, code = cell_of(boxes, grid=3, image_size=(90, 90))
    assert at.tolist() == [[0, 1], [1, 2]]
    assert_close(code[:, 0], torch.zeros(2))


def test_a_midpoint_on_the_last_edge_belongs_to_the_last_cell():
    at, code = cell_of(
        torch.tensor([[80.0, 80, 100, 100]]), grid=3, image_size=(90, 90)
    )
    assert at.tolist() == [[2, 2]]
    assert code[0, :2].tolist() == [1, 1]


def test_an_empty_picture_is_all_zeros():
    none = torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64)
    target, lost = encode(*none, **LECTURE)
    assert not target.any()
    assert lost.tolist() == []
    assert decode(target, image_size=(100, 100))["boxes"].shape == (0, 4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([None, ANCHORS]))
def test_what_was_not_lost_is_read_back(seed, anchors):
    boxes, labels = random_boxes(seed)
    target, lost = encode(
        boxes, labels, grid=(6, 8), image_size=(96, 128), num_classes=4,
        anchors=anchors,
    )  # fmt: skip
    found = decode(target, image_size=(96, 128))
    kept = [n for n in range(len(boxes)) if n not in lost.tolist()]
    order = found["boxes"][:, 0].argsort()
    wanted = boxes[kept][:, 0].argsort()
    assert_close(found["boxes"][order], boxes[kept][wanted], atol=1e-3, rtol=1e-4)
    assert found["labels"][order].tolist() == labels[kept][wanted].tolist()
    assert found["scores"].tolist() == [1] * len(kept)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_moving_by_a_cell_moves_the_target_by_a_cell(seed):
    boxes, labels = random_boxes(seed)
    options = dict(image_size=(96, 160), grid=(6, 10), num_classes=4)
    near, _ = encode(boxes, labels, **options)
    moved = boxes + torch.tensor([16.0, 0, 16, 0])
    further, _ = encode(moved, labels, **options)
    assert_close(further[:, 1:], near[:, :-1], atol=1e-4, rtol=1e-4)


def test_scores_are_chance_times_class_and_the_threshold_is_kept():
    target = torch.zeros(1, 2, 7)
    target[0, 0] = torch.tensor([0.8, 0.5, 0.5, 1, 1, 0.25, 0.75])  # 0.6
    target[0, 1] = torch.tensor([0.8, 0.5, 0.5, 1, 1, 0.5, 0.4])  # 0.4
    found = decode(target, image_size=(10, 20), threshold=0.5)
    assert_close(found["scores"], torch.tensor([0.6]))
    assert found["labels"].tolist() == [2]


def test_the_boxes_of_a_cell_share_its_classes_in_the_first_layout():
    shared = torch.arange(13.0)[None, None]  # 5 · 2 + 3
    apart = places(shared, num_boxes=2)
    assert apart.tolist() == [
        [[[0, 1, 2, 3, 4, 10, 11, 12], [5, 6, 7, 8, 9, 10, 11, 12]]]
    ]


def test_cells_need_not_be_square():
    [box] = boxes_of(torch.ones(1, 1, 1, 4), image_size=(10, 40)).reshape(-1, 4)
    assert box.tolist() == [20, 5, 60, 15]


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            {"boxes": torch.tensor([[90.0, 0, 130, 10]])},
            ValueError,
            r"^boxes must have their midpoints in the picture of 100 × 100, got "
            r"boxes\[0\] = \[90\.0, 0\.0, 130\.0, 10\.0\]; did you mean "
            r"clip_boxes_to_image\(boxes, image_size\)\?$",
        ),
        (
            {"boxes": torch.tensor([[9.0, 5, 9, 10]])},
            ValueError,
            r"^boxes must have an area, got boxes\[0\] = \[9\.0, 5\.0, 9\.0, 10\.0\]; "
            r"leave it out, for example with remove_small_boxes\(boxes, 1\)$",
        ),
        (
            {"labels": torch.tensor([0])},
            ValueError,
            "^labels must be from 1 to 3, got 0; 0 is the background, which is not an "
            "object$",
        ),
        (
            {"labels": torch.tensor([1.0])},
            TypeError,
            r"^labels must be integers, got float32; did you mean labels\.long\(\)\?$",
        ),
        (
            {"labels": torch.tensor([[1]])},
            ShapeError,
            r"^labels must be \(1,\) to match boxes \(1, 4\), got \(1, 1\); did you "
            r"mean labels\[:, 0\]\?$",
        ),
        (
            {"num_classes": 0},
            ValueError,
            "^num_classes must be a positive integer, got 0; the smallest allowed "
            "is 1$",
        ),
        (
            {"anchors": [[0.0, 5.0]]},
            ValueError,
            r"^anchors must be positive widths and heights, got anchors\[0\] = "
            r"\[0\.0, 5\.0\]; did you pass boxes' corners\?$",
        ),
    ],
)
def test_what_cannot_be_written_gets_one_sentence(change, error, sentence):
    given = {"boxes": torch.tensor([[10.0, 10, 30, 30]]), "labels": torch.tensor([1])}
    given |= LECTURE | change
    with pytest.raises(error, match=sentence):
        encode(given.pop("boxes"), given.pop("labels"), **given)


def test_a_target_without_room_for_classes_gets_one_sentence():
    sentence = (
        r"^target must hold 10 numbers for the boxes and one or more for the classes "
        r"in its last axis, got \(3, 3, 8\); check num_boxes$"
    )
    with pytest.raises(ValueError, match=sentence):
        decode(torch.zeros(3, 3, 8), image_size=(9, 9), num_boxes=2)
