"""The names of the landmarks, the eyes among them, and the net's shape."""

import numpy as np
import pytest
import torch

from cvlib.data.faces import LANDMARK_PAIRS, LANDMARKS, draw_faces
from cvlib.faces import eyes, face_landmarks, interocular
from cvlib.faces.landmarks import EYES, NUM_LANDMARKS
from cvlib.localize import flip_landmarks
from cvlib.validate import ShapeError


def drawn():
    _, points = draw_faces(np.arange(4), size=48)
    return torch.from_numpy(points)


def test_the_rows_are_those_of_the_drawn_faces():
    assert len(LANDMARKS) == NUM_LANDMARKS
    for side, rows in zip(("left", "right"), EYES, strict=True):
        assert all(LANDMARKS[row].startswith(f"{side} eye") for row in rows)


def test_the_left_eye_is_on_the_left_also_in_the_mirror():
    points = drawn()
    assert (eyes(points)[:, 0, 0] < eyes(points)[:, 1, 0]).all()
    mirrored = flip_landmarks(points, 48, LANDMARK_PAIRS)
    assert (eyes(mirrored)[:, 0, 0] < eyes(mirrored)[:, 1, 0]).all()
    torch.testing.assert_close(interocular(mirrored), interocular(points))


def test_the_net_starts_in_the_middle_of_the_picture():
    torch.manual_seed(0)
    points = face_landmarks().eval()(torch.zeros(2, 3, 48, 48))
    assert points.shape == (2, 14, 2)
    assert (points - 0.5).abs().max() < 0.5


def test_other_landmarks_are_refused():
    sentence = (
        r"^points must be 14 landmarks a face, got 5; their order is that of "
        r"cvlib\.data\.faces\.LANDMARKS$"
    )
    with pytest.raises(ShapeError, match=sentence):
        eyes(torch.zeros(2, 5, 2))
