"""COCO's twelve figures are those of its own tool."""

import json

import numpy as np
import pytest
import torch

from cvlib.boxes import box_iou
from cvlib.metrics import coco_match_by_definition, coco_matching, coco_metrics
from cvlib.metrics.coco import AREAS, IOU_THRESHOLDS
from cvlib.metrics.coco_matching import match_all
from cvlib.metrics.guards import flatten
from tests.cvlib.metrics.coco_sets import GOLDEN, draw, fingerprint, tensors

CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["set"][0]))
def test_the_twelve_figures_are_those_of_pycocotools(case):
    detections, targets = draw(*case["set"])
    assert fingerprint(detections, targets) == pytest.approx(case["fingerprint"])
    figures = coco_metrics(tensors(detections), tensors(targets))
    np.testing.assert_allclose(figures, case["figures"], rtol=0, atol=1e-6)


def test_the_recorded_sets_say_something_about_each_figure():
    figures = np.array([case["figures"] for case in CASES])
    assert ((figures > 0) & (figures < 1)).any(axis=0).all()
    assert (figures == -1).any()


def test_splitting_the_work_changes_nothing(monkeypatch):
    sets = [tensors(images) for images in draw(*CASES[25]["set"])]
    whole = coco_metrics(*sets)
    monkeypatch.setattr(coco_matching, "CHUNK", 50)
    assert coco_metrics(*sets) == whole


@pytest.mark.parametrize("seed", range(6))
def test_all_groups_at_once_is_one_detection_after_another(seed):
    detections, targets = (tensors(s) for s in draw(seed, 3, 1, 10, 8))
    found = flatten("detections", detections, "scores")
    truth = flatten("targets", targets, "iscrowd", "area")
    outcome = match_all(found, truth, IOU_THRESHOLDS, AREAS)
    for i in range(3):
        mine = outcome.order[(found.image == i)[outcome.order]]
        mine = mine[found.labels[mine] == 1]
        its = (truth.image == i) & (truth.labels == 1)
        boxes, objects, crowd = found.boxes[mine], truth.boxes[its], truth.flags[its]
        overlap = box_iou(boxes, objects)
        area = (boxes[:, 2:] - boxes[:, :2]).prod(1)[:, None]
        both = (
            overlap * (area + (objects[:, 2:] - objects[:, :2]).prod(1)) / (1 + overlap)
        )
        overlap = torch.where(crowd, both / area.clamp(min=1e-9), overlap)
        for a in range(4):
            skip = outcome.not_asked[its][:, a]
            for t, threshold in enumerate(IOU_THRESHOLDS.tolist()):
                chosen = coco_match_by_definition(
                    overlap, skip, crowd, threshold - 1e-12
                )
                hits = [j >= 0 and not bool(skip[j]) for j in chosen]
                assert outcome.hit[mine, a, t].tolist() == hits


def one(boxes, scores=None, **more):
    boxes = torch.tensor(boxes, dtype=torch.float64).reshape(-1, 4)
    image = {"boxes": boxes, "labels": torch.ones(len(boxes), dtype=torch.int64)} | more
    return image | ({} if scores is None else {"scores": torch.tensor(scores)})


def test_an_overlap_of_just_the_threshold_is_enough():
    figures = coco_metrics([one([0, 0, 10, 5], [0.9])], [one([0, 0, 10, 10])])
    assert figures.AP50 == 1
    assert figures.AP75 == 0


def test_a_detection_whose_object_is_gone_may_take_another():
    truth = one([[0, 0, 10, 10], [0, 2, 10, 12]])
    found = one([[0, 0, 10, 10], [0, 0, 10, 10]], [0.9, 0.8])
    assert coco_metrics([found], [truth]).AP50 == 1  # for VOC the second is false


def test_a_crowd_takes_any_number_and_costs_nothing():
    crowd = {"iscrowd": torch.tensor([False, True])}
    truth = one([[0, 0, 40, 40], [100, 0, 200, 100]], **crowd)
    inside = [[x, 0, x + 20, 20] for x in (100, 130, 160)]
    found = one([*inside, [0, 0, 40, 40]], [0.9, 0.8, 0.7, 0.6])
    assert coco_metrics([found], [truth]).AP == 1


def test_only_the_first_hundred_of_an_image_and_class_count():
    clutter = [[500, 500, 510, 510]] * 100
    found = one([*clutter, [0, 0, 10, 10]], [0.9] * 100 + [0.1])
    assert coco_metrics([found], [one([0, 0, 10, 10])]).AR100 == 0
    found = one([*clutter[1:], [0, 0, 10, 10]], [0.9] * 99 + [0.1])
    assert coco_metrics([found], [one([0, 0, 10, 10])]).AR100 == 1


def test_nothing_to_measure_is_minus_one():
    nothing = one([]) | {"scores": torch.zeros(0)}
    assert set(coco_metrics([nothing], [nothing])) == {-1.0}
    assert set(coco_metrics([], [])) == {-1.0}
    assert coco_metrics([nothing], [one([0, 0, 40, 40])])[:4] == (0, 0, 0, -1)
