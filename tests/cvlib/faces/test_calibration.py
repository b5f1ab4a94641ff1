"""Windows are moved onto faces by the mean of likely mistakes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.faces.calibration import calibrate, calibration_patterns, displace, undo
from cvlib.validate import ShapeError

PATTERNS = calibration_patterns()
FACE = torch.tensor([[10.0, 20, 110, 120]])


def probabilities(*which: int, value: float = 0.5) -> torch.Tensor:
    p = torch.zeros(1, 45)
    p[0, list(which)] = value
    return p


def number(s: float, x: float, y: float) -> int:
    return (PATTERNS - torch.tensor([s, x, y])).abs().sum(1).argmin().item()


def test_there_are_five_sizes_and_nine_places():
    assert PATTERNS.shape == (45, 3)
    assert len(PATTERNS.unique(dim=0)) == 45
    assert (PATTERNS[22] == torch.tensor([1.0, 0, 0])).all()


@settings(deadline=None)
@given(k=st.integers(0, 44), x=st.floats(-50, 50), side=st.floats(5, 200))
def test_undo_undoes_every_mistake(k, x, side):
    face = torch.tensor([[x, 2 * x, x + side, 2 * x + 1.3 * side]])
    assert_close(
        undo(displace(face, PATTERNS[k]), PATTERNS[k]), face, atol=1e-3, rtol=0
    )


def test_shifts_are_in_sides_of_the_face_not_of_the_window():
    shifted = displace(FACE, torch.tensor([1.21, 0.17, 0.0]))
    middle = (shifted[0, 0] + shifted[0, 2]) / 2
    assert_close(middle.item(), 60 + 17.0)


def test_one_sure_pattern_is_undone():
    k = number(0.83, 0.17, -0.17)
    window = displace(FACE, PATTERNS[k])
    assert_close(calibrate(window, probabilities(k)), FACE)


def test_likely_patterns_are_averaged_alike_whatever_their_probability():
    left, right = number(1, -0.17, 0), number(1, 0.17, 0)
    p = probabilities(left, value=0.7)
    p[0, right] = 0.2
    assert_close(calibrate(FACE, p), FACE)


def test_unlikely_patterns_do_not_count():
    p = probabilities(22, value=0.9)
    p[0, 0] = 0.05
    assert_close(calibrate(FACE, p), FACE)
    assert not torch.allclose(calibrate(FACE, p, threshold=0.01), FACE)


def test_a_window_without_a_likely_mistake_stays():
    assert_close(calibrate(FACE, torch.full((1, 45), 1 / 45)), FACE)


def test_no_windows_give_no_windows():
    assert calibrate(torch.zeros(0, 4), torch.zeros(0, 45)).shape == (0, 4)


def test_arguments_that_do_not_fit_get_a_sentence():
    with pytest.raises(
        ShapeError, match=r"^probabilities must be \(1, 45\) to match boxes \(1, 4\)"
    ):
        calibrate(FACE, torch.zeros(2, 45))
