"""What proposals cover."""

import re

import pytest
import torch
from torch.testing import assert_close

from cvlib.boxes import iou_of_two
from cvlib.metrics import average_recall, best_overlaps, proposal_recall


def random_boxes(generator, count):
    corner = torch.rand(count, 2, generator=generator) * 30
    return torch.cat(
        [corner, corner + 5 + 20 * torch.rand(count, 2, generator=generator)], 1
    )


@pytest.fixture
def sets():
    generator = torch.Generator().manual_seed(0)
    proposals = [random_boxes(generator, n) for n in (12, 0, 30)]
    targets = [random_boxes(generator, n) for n in (4, 2, 5)]
    return proposals, targets


def test_each_object_is_covered_by_its_best_proposal(sets):
    slow = [
        max((iou_of_two(p, t) for p in boxes.tolist()), default=0.0)
        for boxes, truth in zip(*sets, strict=True)
        for t in truth.tolist()
    ]
    assert_close(best_overlaps(*sets), torch.tensor(slow, dtype=torch.float64))


def test_average_recall_is_the_mean_over_thresholds(sets):
    steps = torch.linspace(0.5, 1, 20_001, dtype=torch.float64)
    every = [(best_overlaps(*sets) >= t).double().mean() for t in steps]
    assert_close(average_recall(*sets), torch.stack(every).mean(), atol=1e-4, rtol=0)


def test_recall_falls_with_the_threshold_and_grows_with_the_limit(sets):
    falling = [
        proposal_recall(*sets, iou_threshold=t).item() for t in (0, 0.3, 0.6, 0.9)
    ]
    growing = [proposal_recall(*sets, limit=n).item() for n in (0, 1, 5, 30)]
    assert falling == sorted(falling, reverse=True)
    assert growing == sorted(growing)
    assert falling[0] == 1
    assert growing[0] == 0


def test_just_enough_is_enough():
    half = torch.tensor([[0.0, 0, 10, 5]])
    assert proposal_recall([half], [torch.tensor([[0.0, 0, 10, 10]])]) == 1


def test_one_proposal_may_cover_two_objects():
    twin = torch.tensor([[0.0, 0, 10, 10]])
    assert proposal_recall([twin], [twin.repeat(2, 1)]) == 1


def test_without_objects_there_is_no_recall():
    none = torch.zeros(0, 4)
    assert proposal_recall([none], [none]).isnan()
    assert average_recall([], []).isnan()


def test_lists_of_different_lengths_are_refused(sets):
    sentence = "proposals and targets must have one entry an image, got 3 and 2"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        proposal_recall(sets[0], sets[1][:2])


def test_proposals_that_are_no_boxes_are_named(sets):
    sentence = "proposals[1] must be (N, 4), got (3,)"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        best_overlaps([sets[0][0], torch.zeros(3), sets[0][2]], sets[1])
