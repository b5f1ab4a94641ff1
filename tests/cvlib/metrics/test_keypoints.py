"""Measures of landmarks: COCO's own tool, numbers by hand, what does not count."""

import json
from pathlib import Path

import pytest
import torch

from cvlib.metrics import object_keypoint_similarity, percentage_of_correct_keypoints
from cvlib.validate import ShapeError

RECORD = json.loads(Path(__file__).with_name("oks_golden.json").read_text("utf-8"))


def recorded(name):
    return torch.tensor(RECORD[name], dtype=torch.float64)


def similarity(**changes):
    args = {
        name: recorded(name) for name in ("predicted", "keypoints", "area", "sigmas")
    }
    args |= changes
    return object_keypoint_similarity(
        args["predicted"], args["keypoints"], args["area"], sigmas=args["sigmas"]
    )


def test_oks_is_that_of_pycocotools():
    torch.testing.assert_close(similarity(), recorded("oks"), rtol=0, atol=1e-6)


def test_the_true_points_have_similarity_one():
    truth = recorded("keypoints")[..., :2]
    assert similarity(predicted=truth).diagonal().tolist() == [1, 1, 1]


def test_moving_and_enlarging_everything_changes_nothing():
    moved = recorded("keypoints")
    moved[..., :2] = moved[..., :2] * 3 + 7
    same = similarity(
        predicted=recorded("predicted") * 3 + 7,
        keypoints=moved,
        area=recorded("area") * 9,
    )
    torch.testing.assert_close(same, similarity())


def test_a_hidden_landmark_is_not_asked_for():
    hidden = recorded("keypoints")
    hidden[0, 1:, 2] = 0
    wild = recorded("predicted")
    wild[:, 1:] += 1000
    expected = similarity(keypoints=hidden)[:, 0]
    assert torch.equal(similarity(keypoints=hidden, predicted=wild)[:, 0], expected)
    hidden[0, 0, 2] = 0
    assert similarity(keypoints=hidden)[:, 0].tolist() == [0] * 5


def test_the_limit_of_pck_counts_as_right_and_beyond_it_does_not():
    true = torch.tensor([[[0.0, 0, 2], [0, 0, 1], [0, 0, 0]]])
    found = torch.tensor([[[3.0, 4], [3, 4.5], [0, 0]]])
    assert percentage_of_correct_keypoints(found, true, torch.tensor([50.0])) == 0.5
    score = percentage_of_correct_keypoints(
        found, true, torch.tensor([50.0]), alpha=0.2
    )
    assert score == 1


def test_pck_counts_landmarks_not_objects():
    true = torch.zeros(2, 3, 3)
    true[0, :, 2] = true[1, 0, 2] = 1
    found = torch.zeros(2, 3, 2)
    found[1] = 99
    score = percentage_of_correct_keypoints(found, true, torch.ones(2))
    assert score == pytest.approx(3 / 4)


def test_nothing_to_be_seen_has_no_percentage():
    true = torch.zeros(1, 2, 3)
    score = percentage_of_correct_keypoints(true[..., :2], true, torch.ones(1))
    assert score != score


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"keypoints": torch.zeros(3, 5, 3)}, r"keypoints must be \(M, 4, 3\) to match "
         r"predicted \(5, 4, 2\), got \(3, 5, 3\)"),
        ({"area": torch.zeros(3)}, "area must be above 0, got 0"),
        ({"sigmas": torch.ones(3)}, r"sigmas must be \(4,\) to match keypoints "
         r"\(3, 4, 3\), got \(3,\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(changes, sentence):
    with pytest.raises((ShapeError, ValueError), match=sentence):
        similarity(**changes)


def test_a_scale_of_zero_is_named():
    with pytest.raises(ValueError, match="scale must be above 0, got 0"):
        percentage_of_correct_keypoints(
            torch.zeros(1, 2, 2), torch.zeros(1, 2, 3), torch.zeros(1)
        )
