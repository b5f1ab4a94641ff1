"""Imagined detections: the same seed says the same, and better boxes score higher."""

import re

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from cvlib.boxes import box_iou
from cvlib.data.candidates import candidates
from cvlib.data.scenes import scene


@pytest.fixture(scope="module")
def shot():
    return scene(3, size=(80, 100), n_objects=4, background="paper")


def test_shapes_types_and_ranges(shot):
    said = candidates(shot, 0, per_object=5, strays=3)
    assert len(said) == 4 * 5 + 3
    assert said.boxes.shape == (23, 4)
    assert (said.boxes.dtype, said.labels.dtype) == (np.float32, np.int64)
    assert ((said.scores >= 0) & (said.scores <= 1)).all()
    assert ((said.labels >= 1) & (said.labels < len(shot.class_names))).all()
    assert (said.boxes[:, 2:] > said.boxes[:, :2]).all()
    assert (said.boxes >= 0).all()


def test_the_same_seed_says_the_same(shot):
    one, two, other = candidates(shot, 1), candidates(shot, 1), candidates(shot, 2)
    assert_array_equal(one.boxes, two.boxes, strict=True)
    assert_array_equal(one.labels, two.labels, strict=True)
    assert not np.array_equal(one.scores, other.scores)


def test_better_boxes_score_higher(shot):
    said = candidates(shot, 0, per_object=60, strays=0)
    fit = box_iou(torch.tensor(said.boxes), torch.tensor(shot.boxes)).amax(dim=1)
    assert np.corrcoef(fit.numpy(), said.scores)[0, 1] > 0.6


def test_no_jitter_is_the_truth(shot):
    said = candidates(shot, 0, per_object=1, jitter=0, strays=0)
    order = np.lexsort(said.boxes.T), np.lexsort(shot.boxes.T)
    assert_array_equal(said.boxes[order[0]], shot.boxes[order[1]])


def test_nothing_to_say_is_an_empty_list(shot):
    said = candidates(shot, 0, per_object=0, strays=0)
    assert said.boxes.shape == (0, 4)
    assert len(said) == 0


def test_what_is_no_count_is_refused(shot):
    sentence = "strays must be an integer ≥ 0, got -1; the smallest allowed is 0"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        candidates(shot, 0, strays=-1)
    with pytest.raises(ValueError, match=r"^jitter must be between 0 and 1, got 2$"):
        candidates(shot, 0, jitter=2)
