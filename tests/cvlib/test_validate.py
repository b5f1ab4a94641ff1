"""Each sentence in full: the message is what the reader works with."""

import re

import numpy as np
import pytest
import torch

from cvlib.validate import (
    ShapeError,
    check_choice,
    check_floating,
    check_int,
    check_no_nan,
    check_number,
    check_positive,
    check_shape,
    ntuple,
    pair,
)


def says(error, sentence):
    """Expect `error` with exactly this sentence."""
    return pytest.raises(error, match=f"^{re.escape(sentence)}$")


@pytest.mark.parametrize("array", [np.zeros((8, 3, 5, 7)), torch.zeros(8, 3, 5, 7)])
def test_a_good_shape_comes_back_to_be_unpacked(array):
    assert check_shape("x", array, "N C H W", C=3) == (8, 3, 5, 7)


def test_any_alternative_will_do():
    assert check_shape("x", np.zeros((3, 5, 7)), "N C H W | C H W") == (3, 5, 7)


def test_three_dots_stand_for_any_axes_before():
    for shape in [(4,), (2, 4), (5, 2, 4)]:
        assert check_shape("boxes", np.zeros(shape), "... 4") == shape
    with says(ShapeError, "boxes must be (…, 4), got (2, 5)"):
        check_shape("boxes", np.zeros((2, 5)), "... 4")


def test_one_letter_twice_means_equal_lengths():
    assert check_shape("m", np.zeros((3, 3)), "K K") == (3, 3)
    with says(ShapeError, "m must be (K, K), got (2, 3)"):
        check_shape("m", np.zeros((2, 3)), "K K")


def test_a_scalar_has_no_axes():
    assert check_shape("loss", np.array(1.0), "") == ()


@pytest.mark.parametrize(
    ("name", "shape", "spec", "sizes", "sentence"),
    [
        (
            "scores",
            (120, 1),
            "N",
            {"N": 120},
            "scores must be (120,), got (120, 1); did you mean scores[:, 0]?",
        ),
        (
            "x",
            (32, 32, 3),
            "N C H W | C H W",
            {"C": 3},
            "x must be (N, 3, H, W) or (3, H, W), got (32, 32, 3); "
            "did you mean np.moveaxis(x, -1, -3)?",
        ),
        ("x", (3, 2), "N 3", {}, "x must be (N, 3), got (3, 2); did you mean x.T?"),
        ("x", (1, 5), "N", {}, "x must be (N,), got (1, 5); did you mean x[0]?"),
        ("x", (4,), "N 4", {}, "x must be (N, 4), got (4,); did you mean x[None]?"),
        (
            "x",
            (5, 7),
            "N C H W",
            {},
            "x must be (N, C, H, W), got (5, 7); did you mean x[None, None]?",
        ),
        ("x", (2, 2, 2), "N", {}, "x must be (N,), got (2, 2, 2)"),
    ],
)
def test_the_usual_slip_is_named(name, shape, spec, sizes, sentence):
    with says(ShapeError, sentence):
        check_shape(name, np.zeros(shape), spec, **sizes)


def test_the_hint_speaks_torch_to_a_tensor():
    with says(
        ShapeError,
        "x must be (3, H, W), got (8, 9, 3); did you mean x.movedim(-1, -3)?",
    ):
        check_shape("x", torch.zeros(8, 9, 3), "C H W", C=3)


def test_the_sentence_says_what_the_sizes_come_from():
    with says(
        ShapeError,
        "scores must be (120,) to match boxes (120, 4), got (120, 1); "
        "did you mean scores[:, 0]?",
    ):
        check_shape("scores", np.zeros((120, 1)), "N", N=120, to_match="boxes (120, 4)")


def test_a_list_is_not_an_array():
    with says(
        TypeError,
        "x must be an array, got list; did you mean np.array(x, dtype=float)?",
    ):
        check_shape("x", [1.0, 2.0], "N")


def test_a_shape_error_is_a_value_error():
    assert issubclass(ShapeError, ValueError)


@pytest.mark.parametrize(
    "x", [np.zeros(2), np.zeros(2, np.float16), torch.zeros(2), torch.zeros(2).half()]
)
def test_floating_point_passes(x):
    check_floating("x", x)


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        (
            np.zeros(2, np.uint8),
            "got uint8: integer arithmetic would overflow; "
            "divide by 255 or use x.astype(float)",
        ),
        (
            torch.zeros(2, dtype=torch.int64),
            "got int64: integer arithmetic would overflow; "
            "divide by 255 or use x.float()",
        ),
        (np.zeros(2, bool), "got bool; use x.astype(float)"),
        (torch.zeros(2, dtype=torch.bool), "got bool; use x.float()"),
        (np.zeros(2, complex), "got complex128; use x.real"),
    ],
)
def test_anything_else_is_refused(x, sentence):
    with says(TypeError, f"x must be floating point, {sentence}"):
        check_floating("x", x)


@pytest.mark.parametrize("library", [np.array, torch.tensor])
def test_nan_is_counted_and_refused(library):
    check_no_nan("x", library([[1.0, np.inf]]))
    with says(
        ValueError,
        "x must not contain NaN, got 2 of 4 values; "
        "find the operation that made them, often 0/0 or log(0)",
    ):
        check_no_nan("x", library([[1.0, np.nan], [np.nan, 0.0]]))


@pytest.mark.parametrize(
    "two", [2, np.int64(2), np.uint8(2), np.array(2), torch.tensor(2)]
)
def test_any_kind_of_two_becomes_a_python_int(two):
    assert type(check_positive("stride", two)) is int
    assert check_positive("stride", two) == 2
    assert pair("stride", two) == (2, 2)


@pytest.mark.parametrize(
    ("value", "error", "got"),
    [
        (0, ValueError, "got 0; the smallest allowed is 1"),
        (-3, ValueError, "got -3; the smallest allowed is 1"),
        (True, TypeError, "got True; did you mean 1?"),
        (np.True_, TypeError, "got np.True_; did you mean 1?"),
        (torch.tensor(True), TypeError, "got tensor(True); did you mean 1?"),
        (2.0, TypeError, "got 2.0; did you mean 2?"),
        (float("nan"), TypeError, "got nan"),
        (float("inf"), TypeError, "got inf"),
        ("3", TypeError, "got '3'"),
        ((1, 2), TypeError, "got (1, 2)"),
        (None, TypeError, "got None"),
    ],
)
def test_what_is_not_a_positive_integer_is_refused(value, error, got):
    with says(error, f"stride must be a positive integer, {got}"):
        check_positive("stride", value)


def test_other_minimums_are_named():
    assert check_int("shift", -4) == -4
    assert check_int("padding", 0, minimum=0) == 0
    sentence = "padding must be an integer ≥ 0, got -1; the smallest allowed is 0"
    with says(ValueError, sentence):
        check_int("padding", -1, minimum=0)
    with says(
        ValueError, "size must be an integer ≥ 3, got 2; the smallest allowed is 3"
    ):
        check_int("size", 2, minimum=3)


@pytest.mark.parametrize(
    "value", [(1, 2), [1, 2], np.array([1, 2]), torch.tensor([1, 2])]
)
def test_a_pair_may_be_any_sequence_of_two(value):
    assert pair("padding", value) == (1, 2)


@pytest.mark.parametrize("value", [(1,), (1, 2, 3), "same"])
def test_a_pair_has_two_entries(value):
    with says(
        ValueError,
        f"stride must be one integer or 2 of them, one per axis, got {value!r}",
    ):
        pair("stride", value)


def test_each_entry_of_a_pair_is_checked():
    with says(
        ValueError,
        "stride must be a positive integer, got 0; the smallest allowed is 1",
    ):
        pair("stride", (1, 0))


def test_three_axes_take_three_entries():
    assert ntuple("padding", 0, 3, minimum=0) == (0, 0, 0)
    assert ntuple("padding", (1, 2, 3), 3) == (1, 2, 3)


def test_bounds_of_a_number_are_closed():
    for p in [0, 1, 0.5, np.float32(0.5)]:
        assert check_number("p", p, minimum=0, maximum=1) == p


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_a_number_out_of_bounds_is_refused(value):
    with says(ValueError, f"p must be between 0 and 1, got {value}"):
        check_number("p", value, minimum=0, maximum=1)


def test_a_number_may_have_one_bound_or_none():
    with says(ValueError, "eps must be at least 0, got -1"):
        check_number("eps", -1, minimum=0)
    with says(ValueError, "x must be at most 3, got 4"):
        check_number("x", 4, maximum=3)
    with says(ValueError, "x must be a number, got nan"):
        check_number("x", float("nan"))


@pytest.mark.parametrize("value", ["0.5", True, None])
def test_what_is_not_a_number_is_refused(value):
    with says(TypeError, f"p must be a number, got {value!r}"):
        check_number("p", value)


def test_a_near_miss_of_a_word_is_guessed():
    words = ["valid", "same", "full"]
    assert check_choice("mode", "same", words) == "same"
    with says(
        ValueError,
        "mode must be 'valid', 'same' or 'full', got 'Smae'; did you mean 'same'?",
    ):
        check_choice("mode", "Smae", words)
    with says(ValueError, "mode must be 'valid', 'same' or 'full', got 3"):
        check_choice("mode", 3, words)
    with says(ValueError, "mode must be 'valid', got 'x'"):
        check_choice("mode", "x", ["valid"])
