"""cvlib.data.lecture: the numbers that the lectures print."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from cvlib.conv import conv2d, conv2d_loops
from cvlib.data import lecture

SECOND = [[-4, -5, -1], [-6, -7, -3], [-3, -4, -4]]


def maps(conv=conv2d):
    return conv(
        lecture.VOLUME, lecture.FILTERS, lecture.BIASES,
        stride=lecture.STRIDE, padding=lecture.PADDING,
    )  # fmt: skip


def test_the_first_filter_gives_the_nine_printed_outputs():
    assert_array_equal(maps()[0], lecture.FIRST_MAP, strict=True)


def test_the_second_map_is_the_one_the_page_shows():
    assert_array_equal(maps()[1], SECOND)


def test_the_loops_and_torch_agree_on_both_maps():
    assert_array_equal(maps(conv2d_loops), maps())
    theirs = torch.nn.functional.conv2d(
        *(torch.tensor(a) for a in (lecture.VOLUME, lecture.FILTERS, lecture.BIASES)),
        stride=lecture.STRIDE, padding=lecture.PADDING,
    )  # fmt: skip
    assert_array_equal(theirs.numpy(), maps())


def test_the_padded_volume_is_seven_by_seven_by_three():
    p = lecture.PADDING
    padded = np.pad(lecture.VOLUME, [(0, 0), (p, p), (p, p)])
    assert padded.shape == (3, 7, 7)


@pytest.mark.parametrize("name", ["VOLUME", "FILTERS", "BIASES", "FIRST_MAP"])
def test_nobody_can_change_the_constants(name):
    with pytest.raises(ValueError, match="read-only"):
        getattr(lecture, name)[0] = 7
