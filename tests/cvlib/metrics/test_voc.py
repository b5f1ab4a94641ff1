"""VOC's matching and the mean average precision."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cvlib.metrics import (
    average_precision,
    match_by_definition,
    match_detections,
    mean_average_precision,
)

PATIENT = settings(deadline=None)  # torch takes its time at the first call


@st.composite
def images(draw):
    """Detections and objects on a small grid: ties and duplicates are common."""

    def boxes(count):
        corner = st.tuples(st.integers(0, 5), st.integers(0, 5))
        side = st.tuples(st.integers(0, 4), st.integers(0, 4))
        rows = [(*draw(corner), *draw(side)) for _ in range(count)]
        table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
        return torch.cat([table[:, :2], table[:, :2] + table[:, 2:]], dim=1)

    N, M = draw(st.integers(0, 8)), draw(st.integers(0, 5))
    scores = torch.tensor([draw(st.integers(0, 5)) / 5 for _ in range(N)])
    return boxes(N), scores, boxes(M)


def square(x, side=10.0):
    return torch.tensor([[x, 0.0, x + side, side]])


def image(boxes, labels, scores=None, **more):
    found = {"boxes": boxes, "labels": torch.tensor(labels)}
    return (
        found | ({"scores": torch.tensor(scores)} if scores is not None else {}) | more
    )


@PATIENT
@given(images(), st.sampled_from([0.25, 0.5, 0.75]))
def test_all_at_once_is_one_after_another(case, threshold):
    fast = match_detections(*case, iou_threshold=threshold).hits
    assert fast.tolist() == match_by_definition(*case, iou_threshold=threshold)


@PATIENT
@given(images(), st.randoms())
def test_the_order_of_objects_and_of_unequal_detections_does_not_matter(case, random):
    boxes, _, targets = case
    scores = torch.rand(len(boxes), dtype=torch.float64)
    order = list(range(len(boxes)))
    random.shuffle(order)
    hits = match_detections(boxes, scores, targets).hits
    shuffled = match_detections(boxes[order], scores[order], targets).hits
    assert shuffled.tolist() == hits[order].tolist()


def test_a_duplicate_is_a_false_positive_even_beside_a_free_object():
    targets = torch.cat([square(0), square(2)])
    boxes = torch.cat([square(0), square(0.5)])  # both overlap the first more
    matches = match_detections(boxes, torch.tensor([0.9, 0.8]), targets)
    assert matches.hits.tolist() == [True, False]
    assert matches.target.tolist() == [0, 0]


def test_the_overlap_has_to_be_above_the_threshold():
    half = torch.tensor([[0.0, 0, 10, 5]])  # IoU exactly 0.5
    assert not match_detections(half, torch.ones(1), square(0)).hits.any()
    more = torch.tensor([[0.0, 0, 10, 5.001]])
    assert match_detections(more, torch.ones(1), square(0)).hits.all()


def test_single_precision_does_not_push_a_third_over_the_threshold():
    third = (
        torch.tensor([[0.0, 0, 1, 3]]),
        torch.ones(1),
        torch.tensor([[0.0, 0, 3, 3]]),
    )
    assert not match_detections(*third, iou_threshold=1 / 3).hits.any()


def test_of_equal_overlaps_the_first_object_is_taken():
    targets = square(0).repeat(2, 1)
    matches = match_detections(square(0), torch.ones(1), targets)
    assert matches.target.tolist() == [0]
    twice = match_detections(square(0).repeat(2, 1), torch.ones(2), targets)
    assert twice.hits.tolist() == [True, False]


def test_what_lands_on_a_difficult_object_counts_neither_way():
    boxes = torch.cat([square(0), square(0), square(50)])
    difficult = torch.tensor([True])
    matches = match_detections(
        boxes, torch.tensor([0.9, 0.8, 0.7]), square(0), difficult=difficult
    )
    assert matches.hits.tolist() == [False, False, False]
    assert matches.ignored.tolist() == [True, True, False]
    found = image(boxes, [1, 1, 1], [0.9, 0.8, 0.7])
    easy = image(torch.cat([square(0), square(50)]), [1, 1])
    hard = easy | {"difficult": torch.tensor([True, False])}
    assert mean_average_precision([found], [easy]).mean == pytest.approx(5 / 6)
    assert mean_average_precision([found], [hard]).mean == 1


def test_last_pixels_make_a_box_one_larger():
    # 10 × 10 and 10 × 5 pixels by VOC's numbers: just 0.5, and the plain sides say less
    truth, half = torch.tensor([[0.0, 0, 9, 9]]), torch.tensor([[0.0, 0, 9, 4]])
    at = {"iou_threshold": 0.47}
    assert not match_detections(half, torch.ones(1), truth, **at).hits.any()
    assert match_detections(half, torch.ones(1), truth, inclusive=True, **at).hits.all()


def test_without_objects_or_detections():
    none = torch.zeros(0, 4)
    assert match_detections(square(0), torch.ones(1), none).target.tolist() == [-1]
    assert match_detections(none, torch.zeros(0), square(0)).hits.shape == (0,)
    nothing = image(none, torch.zeros(0, dtype=torch.int64).tolist())
    nothing["labels"] = torch.zeros(0, dtype=torch.int64)
    blind = nothing | {"scores": torch.zeros(0)}
    assert mean_average_precision([blind], [image(square(0), [1])]).mean == 0
    assert math.isnan(mean_average_precision([blind], [nothing]).mean)
    assert math.isnan(mean_average_precision([], []).mean)


def test_a_class_without_objects_is_left_out_of_the_mean():
    found = image(torch.cat([square(0), square(30)]), [1, 7], [0.9, 0.9])
    result = mean_average_precision([found], [image(square(0), [1])])
    assert result.mean == 1
    assert sorted(result.per_class) == [1, 7]
    assert math.isnan(result.per_class[7])


def test_another_class_cannot_be_found_and_another_image_neither():
    truth = [image(square(0), [1]), image(square(50), [1])]
    found = [image(square(50), [1], [0.9]), image(square(50), [2], [0.9])]
    assert mean_average_precision(found, truth).per_class[1] == 0


@pytest.mark.parametrize("method", ["area", "11 points", "101 points"])
def test_all_images_make_one_list(method):
    generator = torch.Generator().manual_seed(3)
    found, truth, scores, hits = [], [], [], []
    for _ in range(30):
        corner = torch.rand(4, 2, generator=generator) * 50
        boxes = torch.cat([corner, corner + 20], dim=1)
        moved = boxes + 4 * torch.randn(4, 4, generator=generator)
        moved[:, 2:] = torch.maximum(moved[:, 2:], moved[:, :2])
        score = torch.rand(4, generator=generator)
        truth.append(image(boxes, [1] * 4))
        found.append(image(moved, [1] * 4) | {"scores": score})
        scores.append(score)
        hits += match_by_definition(moved, score, boxes)
    expected = average_precision(
        torch.cat(scores), torch.tensor(hits), 120, method=method
    )
    result = mean_average_precision(found, truth, method=method)
    assert result.mean == pytest.approx(expected.item())
    assert 0.2 < result.mean < 0.9


GOOD = image(square(0), [1], [0.5])


@pytest.mark.parametrize(
    ("detections", "targets", "error", "sentence"),
    [
        (
            GOOD,
            [GOOD],
            TypeError,
            "detections must be a list with one dictionary an image, got a dictionary; "
            "did you mean [detections]?",
        ),
        (
            [GOOD] * 2,
            [GOOD],
            ValueError,
            "detections and targets must have one entry an image, got 2 and 1",
        ),
        (
            [GOOD, {k: GOOD[k] for k in ("boxes", "labels")}],
            [GOOD] * 2,
            KeyError,
            "detections[1] must have 'scores', got ['boxes', 'labels']",
        ),
        (
            [GOOD | {"scores": torch.zeros(2)}],
            [GOOD],
            ValueError,
            "detections[0]['scores'] must be (1,) to match boxes (1, 4), got (2,)",
        ),
        (
            [GOOD],
            [GOOD | {"labels": torch.ones(1)}],
            TypeError,
            "targets[0]['labels'] must be integers, got torch.float32; "
            "did you mean labels.long()?",
        ),
        (
            [GOOD, GOOD | {"boxes": torch.tensor([[9.0, 9, 4, 3]])}],
            [GOOD] * 2,
            ValueError,
            "detections[1]['boxes'] must have x2 ≥ x1 and y2 ≥ y1, got "
            "detections[1]['boxes'][0] = (9, 9, 4, 3); "
            "did you mean box_convert(detections[1]['boxes'], 'xywh', 'xyxy')?",
        ),
        (
            [GOOD | {"scores": torch.tensor([torch.nan])}],
            [GOOD],
            ValueError,
            "detections[0]['scores'] must not contain NaN, got 1 of 1 values; "
            "find the operation that made them, often 0/0 or log(0)",
        ),
    ],
)
def test_a_wrong_image_is_named(detections, targets, error, sentence):
    pattern = f"^[\"']?{re.escape(sentence)}[\"']?$"  # a KeyError quotes itself
    with pytest.raises(error, match=pattern):
        mean_average_precision(detections, targets)
