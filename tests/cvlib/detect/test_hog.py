"""Histograms of gradients, one linear template, and every window in one pass."""

import re

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from cvlib.detect.hog import HogDetector, hog_blocks
from cvlib.localize import sliding_windows


def bars(n: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows with an upright bar (1) or a lying one (0), on a little noise."""
    chance = torch.Generator().manual_seed(seed)
    windows = 0.1 * torch.rand(n, 3, 16, 16, generator=chance)
    labels = torch.arange(n) % 2
    windows[labels == 1, :, 2:14, 6:10] += 0.8
    windows[labels == 0, :, 6:10, 2:14] += 0.8
    return windows, labels


@pytest.fixture(scope="module")
def detector():
    return HogDetector(16).fit(*bars(20))


def test_it_tells_upright_from_lying_bars(detector):
    windows, labels = bars(10, seed=1)
    assert ((detector.score(windows) > 0) == (labels == 1).numpy()).all()


def test_one_pass_scores_what_each_window_scores(detector):
    """Blocks look one pixel beyond a window for their gradients, so not the rim."""
    image = torch.zeros(3, 40, 48)
    image[:, 14:26, 18:22] = 0.8  # nothing near the rim of the window that frames it
    scores = detector.score_map(image)
    assert scores.shape == (7, 9)
    windows = sliding_windows((40, 48), 16, stride=4)
    apart = np.array([detector.score(c)[0] for c in windows.crops(image, batch_size=1)])
    at = 3 * 9 + 3
    assert_allclose(scores.ravel()[at], apart[at], rtol=1e-6)
    assert scores.argmax() == at


def test_a_bar_is_found_at_its_place_and_size(detector):
    image = 0.05 * torch.rand(3, 80, 96, generator=torch.Generator().manual_seed(0))
    image[:, 36:60, 44:52] += 0.8  # twice as large as in training
    found = detector.detect(image, scales=(1, 0.5))
    x1, y1, x2, y2 = found["boxes"][0].tolist()
    assert (x2 - x1, y2 - y1) == (32, 32)
    assert x1 <= 44 < 52 <= x2
    assert y1 <= 36 < 60 <= y2
    assert (found["labels"] == 1).all()
    assert (found["scores"].diff() <= 0).all()


def test_nothing_is_found_where_no_window_fits(detector):
    found = detector.detect(torch.zeros(3, 12, 40), scales=(1,))
    assert found["boxes"].shape == (0, 4)
    assert len(found["scores"]) == 0


def test_grey_or_colour_the_blocks_have_one_shape():
    assert hog_blocks(torch.rand(3, 33, 50)).shape == (7, 11, 36)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: HogDetector(30),
            "window must be a multiple of 4, at least 8, got 30",
        ),
        (
            lambda: HogDetector(16).score_map(torch.zeros(3, 16, 16)),
            "template is not learnt yet; call fit first",
        ),
        (
            lambda: HogDetector(16).fit(torch.zeros(2, 3, 8, 8), torch.zeros(2)),
            "windows must be (N, 3, 16, 16), got (2, 3, 8, 8)",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
