"""Overlaps of masks by their definition, figures of instances by COCO's own tool."""

import json

import numpy as np
import pytest
import torch

from cvlib.boxes import box_iou
from cvlib.metrics import (
    coco_mask_metrics,
    coco_metrics,
    mask_iou,
    mask_iou_by_definition,
)
from cvlib.validate import ShapeError
from tests.cvlib.metrics.mask_sets import GOLDEN, draw, fingerprint

CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]


def tensors(images):
    return [{key: torch.tensor(v) for key, v in image.items()} for image in images]


def random_masks(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.4


def filled(boxes, size=(40, 50)):
    """Masks that are boxes."""
    masks = torch.zeros(len(boxes), *size, dtype=torch.bool)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes.int().tolist(), strict=True):
        mask[y1:y2, x1:x2] = True
    return masks


def test_mask_iou_counts_the_pixels_of_every_pair():
    first, second = random_masks(4, 6, 7), random_masks(3, 6, 7, seed=1)
    expected = [[mask_iou_by_definition(a, b) for b in second] for a in first]
    torch.testing.assert_close(mask_iou(first, second), torch.tensor(expected))


def test_of_filled_boxes_it_is_the_iou_of_boxes():
    corner = torch.randint(0, 20, (6, 2), generator=torch.Generator().manual_seed(0))
    boxes = torch.cat([corner, corner + 3 + corner.flip(1)], 1).float()
    torch.testing.assert_close(
        mask_iou(filled(boxes), filled(boxes)), box_iou(boxes, boxes)
    )


def test_an_empty_mask_overlaps_nothing_not_even_another():
    masks = torch.zeros(2, 4, 4, dtype=torch.bool)
    masks[1, 0, 0] = True
    assert mask_iou(masks, masks).tolist() == [[0, 0], [0, 1]]
    assert mask_iou_by_definition(masks[0], masks[0]) == 0


def test_no_masks_are_a_table_without_rows():
    assert mask_iou(random_masks(0, 4, 5), random_masks(3, 4, 5)).shape == (0, 3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["set"][0]))
def test_the_twelve_figures_are_those_of_pycocotools(case):
    detections, targets = draw(*case["set"])
    assert fingerprint(detections, targets) == pytest.approx(case["fingerprint"])
    figures = coco_mask_metrics(tensors(detections), tensors(targets))
    np.testing.assert_allclose(figures, case["figures"], rtol=0, atol=1e-6)


def test_the_recorded_sets_say_something_about_each_figure():
    figures = np.array([case["figures"] for case in CASES])
    assert ((figures > 0) & (figures < 1)).any(axis=0).all()
    assert (figures == -1).any()


def test_masks_that_are_boxes_have_the_figures_of_boxes():
    generator = torch.Generator().manual_seed(3)
    corner = torch.randint(0, 20, (8, 2), generator=generator).float()
    boxes = torch.cat([corner, corner + 12], 1)
    labels = torch.tensor([1, 2] * 4)
    truth = {"boxes": boxes, "labels": labels, "masks": filled(boxes)}
    moved = boxes + torch.randint(0, 4, (8, 1), generator=generator)
    scores = torch.rand(8, generator=generator)
    found = {"boxes": moved, "labels": labels, "scores": scores, "masks": filled(moved)}
    assert coco_mask_metrics([found], [truth]) == coco_metrics([found], [truth])


def test_a_good_box_with_a_bad_mask_is_no_find():
    truth = {"masks": random_masks(1, 9, 9), "labels": torch.ones(1).long()}
    found = truth | {"masks": ~truth["masks"], "scores": torch.ones(1)}
    assert coco_mask_metrics([found], [truth]).AP50 == 0


def test_a_second_mask_on_the_same_object_is_a_false_positive():
    mask, label = random_masks(1, 9, 9), torch.ones(1).long()
    other = random_masks(1, 9, 9, seed=5)
    truth = {"masks": torch.cat([mask, other]), "labels": label.repeat(2)}
    once = {"masks": mask, "labels": label, "scores": torch.tensor([0.9])}
    twice = {
        "masks": mask.repeat(2, 1, 1),
        "labels": label.repeat(2),
        "scores": torch.tensor([0.9, 0.8]),
    }
    third = {
        "masks": torch.cat([mask, mask, other]),
        "labels": label.repeat(3),
        "scores": torch.tensor([0.9, 0.8, 0.7]),
    }
    assert (
        coco_mask_metrics([once], [truth]).AP50
        == coco_mask_metrics([twice], [truth]).AP50
    )
    assert coco_mask_metrics([third], [truth]).AP50 < 1


def test_an_overlap_of_just_the_threshold_is_enough():
    for n in range(10, 20):  # n pixels of 20
        truth = {"masks": torch.ones(1, 4, 5).bool(), "labels": torch.ones(1).long()}
        mask = (torch.arange(20) < n).reshape(1, 4, 5)
        figures = coco_mask_metrics(
            [truth | {"masks": mask, "scores": torch.ones(1)}], [truth]
        )
        assert pytest.approx((n - 9) / 10) == figures.AP


def test_no_image_has_no_figures():
    assert set(coco_mask_metrics([], [])) == {-1.0}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"masks": torch.zeros(1, 3, 4)}, r"detections\[0\]\['masks'\] must be bool, "
         r"got torch.float32; did you mean detections\[0\]\['masks'\] > 0.5\?"),
        ({"labels": torch.ones(2).long()}, r"detections\[0\]\['labels'\] must be "
         r"\(1,\) to match masks \(1, 3, 4\), got \(2,\)"),
        ({"masks": torch.zeros(1, 4, 3).bool()}, r"detections\[0\]\['masks'\] must be "
         r"of the size of the picture \(3, 4\), got \(4, 3\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(change, sentence):
    truth = {"masks": torch.zeros(1, 3, 4).bool(), "labels": torch.ones(1).long()}
    found = truth | {"scores": torch.ones(1)} | change
    with pytest.raises((TypeError, ValueError), match=sentence):
        coco_mask_metrics([found], [truth])


def test_masks_that_are_missing_or_of_two_sizes_are_named():
    label = {"labels": torch.ones(1).long(), "scores": torch.ones(1)}
    sentence = r"detections\[0\] must have 'masks', got \['labels', 'scores'\]"
    with pytest.raises(KeyError, match=sentence):
        coco_mask_metrics([label], [label])
    sentence = (
        r"masks2 must be \(M, 4, 5\) to match masks1 \(2, 4, 5\), got \(2, 5, 4\)"
    )
    with pytest.raises(ShapeError, match=sentence):
        mask_iou(random_masks(2, 4, 5), random_masks(2, 5, 4))
