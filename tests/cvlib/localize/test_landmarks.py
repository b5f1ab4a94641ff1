"""Points with names: mirrored, exchanged, measured."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.augment import Sample
from cvlib.data.scenes import scene
from cvlib.localize import (
    LandmarkHead,
    flip_landmarks,
    flip_sample,
    normalized_error,
    swap_landmarks,
)

PAIRS = [(1, 3)]  # right and left of a scene's shapes


@settings(deadline=None)
@given(st.integers(4, 7), st.integers(0, 99))
def test_two_flips_change_nothing(L, seed):
    points = torch.rand(3, L, 2, generator=torch.Generator().manual_seed(seed))
    twice = flip_landmarks(flip_landmarks(points, 1, PAIRS), 1, PAIRS)
    assert_close(twice, points)


def test_a_left_landmark_stays_left_of_its_right_one():
    shot = scene(5)
    points = torch.from_numpy(shot.keypoints)
    assert (points[:, 1, 0] > points[:, 3, 0]).all()
    flipped = flip_landmarks(points, 320, PAIRS)
    assert (flipped[:, 1, 0] > flipped[:, 3, 0]).all()
    without = flip_landmarks(points, 320, [])
    assert (without[:, 1, 0] < without[:, 3, 0]).all()


def test_a_sample_flips_with_its_points():
    shot = scene(5)
    image = torch.from_numpy(shot.image).permute(2, 0, 1)
    points = torch.from_numpy(shot.keypoints)
    flipped = flip_sample(Sample(image, points=points), PAIRS)
    assert_close(flipped.points, flip_landmarks(points, 320, PAIRS))
    assert_close(flipped.image, image.flip(2))


def test_the_error_does_not_depend_on_the_size_of_the_picture():
    true = torch.rand(4, 5, 2)
    guess = true + 0.1 * torch.rand(4, 5, 2)
    scale = torch.full((4,), 0.5)
    small = normalized_error(guess, true, scale)
    large = normalized_error(guess * 300, true * 300, scale * 300)
    assert_close(small, large)
    by_hand = [
        sum(((g - t) ** 2).sum().sqrt() for g, t in zip(a, b, strict=True)) / 5 / 0.5
        for a, b in zip(guess, true, strict=True)
    ]
    assert_close(small, torch.stack(by_hand))


def test_the_head_starts_in_the_middle():
    points = LandmarkHead(8, 3)(torch.zeros(2, 8))
    assert_close(points, torch.full((2, 3, 2), 0.5))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: swap_landmarks(torch.zeros(3, 2), [(0, 3)]),
            "pairs must name rows of 0 … 2, each once, got [(0, 3)]",
        ),
        (
            lambda: swap_landmarks(torch.zeros(3, 2), [(0, 1), (1, 2)]),
            "pairs must name rows of 0 … 2, each once, got [(0, 1), (1, 2)]",
        ),
        (
            lambda: flip_landmarks(torch.zeros(4, 3), 1, []),
            "points must be (…, L, 2), got (4, 3)",
        ),
        (
            lambda: flip_sample(Sample(torch.zeros(3, 4, 4)), []),
            "flip_sample exchanges points, and this sample has none",
        ),
        (
            lambda: normalized_error(
                torch.zeros(1, 2, 2), torch.zeros(1, 2, 2), torch.zeros(1)
            ),
            "scale must be above 0 for every picture",
        ),
        (
            lambda: normalized_error(
                torch.zeros(1, 0, 2), torch.zeros(1, 0, 2), torch.ones(1)
            ),
            "true must hold at least one landmark, got none",
        ),
        (
            lambda: normalized_error(
                torch.zeros(1, 3, 2), torch.zeros(1, 2, 2), torch.ones(1)
            ),
            "predicted must be (1, 2, 2) to match true (1, 2, 2), got (1, 3, 2)",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
