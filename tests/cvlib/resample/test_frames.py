"""The fifteen cases: the guide's sizes, and frames that compute what torch computes."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch.nn import functional

from cvlib.resample import CASES, Arithmetic, conv_frames

GUIDE = {
    "no padding": (4, 2),
    "padding": (5, 6),
    "half padding": (5, 5),
    "full padding": (5, 7),
    "stride": (5, 2),
    "stride, padding": (5, 3),
    "stride, padding, odd": (6, 3),
    "no padding, transposed": (2, 4),
    "padding, transposed": (6, 5),
    "half padding, transposed": (5, 5),
    "full padding, transposed": (7, 5),
    "stride, transposed": (2, 5),
    "stride, padding, transposed": (3, 5),
    "stride, padding, odd, transposed": (3, 6),
    "dilation": (7, 3),
}
"""Input and output of each of the guide's animations."""


def by_torch(case, x, w):
    options = dict(stride=case.stride, padding=case.padding, dilation=case.dilation)
    x, w = torch.tensor(x)[None, None], torch.tensor(w)[None, None]
    if case.transposed:
        options["output_padding"] = case.output_padding
        return functional.conv_transpose2d(x, w, **options)[0, 0].numpy()
    return functional.conv2d(x, w, **options)[0, 0].numpy()


def test_there_are_the_guides_fifteen_cases():
    assert {n: (c.size, c.output_size) for n, c in CASES.items()} == GUIDE


@pytest.mark.parametrize(
    "case",
    [
        *CASES.values(),
        Arithmetic(3, 2, stride=3, output_padding=2, transposed=True),
        Arithmetic(3, 3, stride=2, padding=1, dilation=2, transposed=True),
    ],
)
def test_the_frames_of_a_case_compute_it(case):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(case.size,) * 2), rng.normal(size=(case.kernel_size,) * 2)
    drawn = np.zeros((case.drawn,) * 2)
    drawn[case.real()] = x.ravel()
    slid = w[::-1, ::-1] if case.transposed else w  # backwards the kernel is turned
    y = np.full((case.output_size,) * 2, np.nan)
    for frame in conv_frames(case):
        rows, columns = frame.taps.T
        y[frame.row, frame.column] = drawn[rows, columns] @ slid.ravel()
    assert_allclose(y, by_torch(case, x, w), atol=1e-12, strict=True)


@pytest.mark.parametrize("name", CASES)
def test_a_frame_names_the_pixels_that_it_reads(name):
    case = CASES[name]
    real = case.real()
    x = np.arange(case.size**2).reshape(case.size, -1)
    drawn = np.full(real.shape, -1)
    drawn[real] = x.ravel()
    for frame in conv_frames(case):
        under = drawn[tuple(frame.taps.T)]
        assert sorted(under[under >= 0]) == sorted(x[tuple(frame.read.T)])


def test_a_transposed_case_undoes_the_size_of_its_twin():
    for name, case in CASES.items():
        if f"{name}, transposed" in CASES:
            twin = CASES[f"{name}, transposed"]
            assert (twin.size, twin.output_size) == (case.output_size, case.size)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            dict(size=4, kernel_size=3, output_padding=1),
            "output_padding must be 0 in a convolution that is not transposed, got 1; "
            "did you mean transposed=True?",
        ),
        (
            dict(size=4, kernel_size=3, padding=3, transposed=True),
            "padding must be at most 2 to be drawn, the span of the kernel less one, "
            "got 3",
        ),
        (
            dict(size=0, kernel_size=3),
            "size must be a positive integer, got 0; the smallest allowed is 1",
        ),
    ],
)
def test_a_case_that_cannot_be_gets_a_whole_sentence(arguments, sentence):
    with pytest.raises(ValueError) as error:
        Arithmetic(**arguments)
    assert str(error.value) == sentence


def test_a_kernel_larger_than_the_input_is_no_case():
    with pytest.raises(ValueError, match="must span at most the padded input"):
        Arithmetic(2, 3)
