"""The shipped cascade finds a face, does little work, and is as good as recorded."""

import pytest
import torch

from cvlib import weights
from cvlib.boxes import box_iou
from cvlib.data.faces import ASTRONAUT, lfw_patches
from cvlib.data.photos import photo
from cvlib.faces.cascade import cost_by_stage, stage_costs, to_gray
from cvlib.faces.cascade_training import share_that_passes


@pytest.fixture(scope="module")
def cascade():
    return weights.load("face_cascade")


@pytest.fixture(scope="module")
def found(cascade):
    pixels = torch.from_numpy(photo("astronaut").transpose(2, 0, 1)).float()
    return cascade.detect(pixels, smallest=30)


def test_as_many_kept_faces_pass_as_recorded(cascade):
    entry = weights.manifest()["face_cascade"]
    kept = torch.from_numpy(lfw_patches()[0][:100:5])
    share = share_that_passes(cascade, kept)
    assert share == pytest.approx(entry["value"], abs=entry["tolerance"])
    assert share > 0.85


def test_the_astronauts_face_is_the_best_of_what_is_found(found):
    overlap = box_iou(found.boxes, torch.tensor([ASTRONAUT]).float())[:, 0]
    assert overlap[0] >= 0.5
    assert (overlap < 0.5).sum() <= 4


def test_few_windows_reach_the_last_net(found):
    first, second, third = found.windows
    assert second < 0.25 * first
    assert third < 0.02 * first


def test_a_window_costs_a_tenth_of_the_last_net(cascade, found):
    assert cost_by_stage(cascade, found).sum() < stage_costs(cascade)[0][2] / 10


def test_the_photographs_it_was_kept_from_are_nearly_empty(cascade):
    for name in ("chelsea", "coffee", "rocket"):
        image = photo(name, 300).transpose(2, 0, 1)
        gray = to_gray(torch.from_numpy(image).float())
        assert len(cascade.detect(gray, smallest=30).boxes) <= 3, name
