"""All windows of a picture: as many as three loops find, and where they find them."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.localize import sliding_windows, sliding_windows_loops

SCALES = st.lists(
    st.sampled_from([0.3, 0.5, 0.75, 1.0, 1.7, 2.0]), min_size=1, max_size=3
)


@settings(deadline=None)
@given(
    st.tuples(st.integers(8, 30), st.integers(8, 30)),
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    st.integers(1, 9),
    SCALES,
)
def test_it_counts_and_places_what_the_loops_do(size, window, stride, scales):
    windows = sliding_windows(size, window, stride=stride, scales=scales)
    loops = sliding_windows_loops(size, window, stride=stride, scales=scales)
    assert len(windows) == len(loops)
    assert_close(windows.boxes(), torch.tensor(loops).reshape(-1, 4))


def test_one_window_is_the_one_of_the_list():
    windows = sliding_windows((40, 50), 16, stride=8, scales=(1, 0.5, 0.3))
    boxes = windows.boxes()
    for n in range(len(windows)):
        assert_close(windows[n], boxes[n])
    assert_close(windows[-1], boxes[-1])
    assert_close(torch.stack(list(windows)), boxes)


def test_a_window_cuts_out_what_its_box_says():
    image = torch.rand(3, 20, 30)
    windows = sliding_windows((20, 30), (6, 8), stride=(3, 5))
    crops = torch.cat(list(windows.crops(image, batch_size=7)))
    assert len(crops) == len(windows)
    for crop, box in zip(crops, windows.boxes().long(), strict=True):
        x1, y1, x2, y2 = box.tolist()
        assert_close(crop, image[:, y1:y2, x1:x2])


def test_a_batch_never_holds_two_scales():
    windows = sliding_windows((20, 20), 8, stride=4, scales=(1, 0.5))
    sizes = [len(c) for c in windows.crops(torch.rand(1, 20, 20), batch_size=10)]
    assert sizes == [10, 6, 1]


def test_a_million_windows_cost_no_memory():
    windows = sliding_windows((2000, 2000), 64, stride=1, scales=(1, 0.5, 0.25))
    assert len(windows) == 1937**2 + 937**2 + 437**2
    assert windows[len(windows) - 1].tolist() == [1744, 1744, 2000, 2000]


def test_a_scale_at_which_nothing_fits_counts_nothing():
    windows = sliding_windows((20, 20), 12, stride=4, scales=(0.5, 1))
    assert [len(level) for level in windows.levels] == [0, 9]
    assert sliding_windows(10, 12, stride=1).boxes().shape == (0, 4)
    assert list(sliding_windows(10, 12, stride=1).crops(torch.rand(1, 10, 10))) == []


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: sliding_windows(20, 8, stride=0),
            "stride must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            lambda: sliding_windows(20, 8, stride=1, scales=()),
            "scales must hold at least one number, got none",
        ),
        (
            lambda: sliding_windows(20, 8, stride=1, scales=(-1,)),
            "scales must leave at least one pixel of 20 × 20, got -1",
        ),
        (
            lambda: next(sliding_windows(20, 8, stride=1).crops(torch.zeros(3, 9, 9))),
            "image must be (C, 20, 20) to match size (20, 20), got (3, 9, 9)",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


def test_there_is_no_window_after_the_last():
    with pytest.raises(IndexError, match="there are 9 windows, got index 9"):
        sliding_windows(10, 8, stride=1)[9]
