"""cvlib.filters: kernels made by hand, and the one that is learned."""

import time

import numpy as np
import pytest
import scipy.ndimage
import skimage.filters
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from cvlib import filters
from cvlib.data.photos import photo
from cvlib.filters import (
    EMBOSS,
    HORIZONTAL,
    IDENTITY,
    SCHARR_AS_TRANSCRIBED,
    SCHARR_X,
    SHARPEN,
    SOBEL_X,
    SOBEL_Y,
    VERTICAL,
    box,
    filter_image,
    gaussian,
    gradient_direction,
    gradient_magnitude,
    kernel_gradient,
    laplacian,
    learn_kernel,
    prewitt,
    scharr,
    separate,
    sobel,
)
from cvlib.image import to_gray
from cvlib.validate import ShapeError

EDGES = [f(axis) for f in (sobel, scharr, prewitt) for axis in (0, 1)]
values = st.floats(0, 1, width=16)
grays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2), elements=values
)


def valid(x, w):
    """Slide `w` over `x`, by SciPy."""
    rows, columns = (n - k + 1 for n, k in zip(x.shape, w.shape, strict=True))
    origin = [-(k // 2) if k % 2 == 0 else 0 for k in w.shape]
    full = scipy.ndimage.correlate(x, w, mode="constant", origin=origin)
    top, left = ((k - 1) // 2 + o for k, o in zip(w.shape, origin, strict=True))
    top, left = max(top, 0), max(left, 0)
    return full[top : top + rows, left : left + columns]


def test_the_lectures_kernels_are_as_printed():
    assert_array_equal(VERTICAL, [[1, 0, -1]] * 3)
    assert_array_equal(HORIZONTAL, [[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    assert_array_equal(SOBEL_X, [[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    assert_array_equal(SCHARR_X, [[3, 0, -3], [10, 0, -10], [3, 0, -3]])


@pytest.mark.parametrize("kernel", [*EDGES, laplacian(4), laplacian(8)])
def test_an_edge_kernel_sees_nothing_in_a_flat_picture(kernel):
    assert_array_equal(filter_image(np.full((5, 6), 0.7), kernel).round(12), 0)


def test_scharr_as_transcribed_sees_edges_in_a_flat_picture():
    assert_array_equal((SCHARR_AS_TRANSCRIBED != SCHARR_X).sum(), 1)
    flat = filter_image(np.ones((5, 6)), SCHARR_AS_TRANSCRIBED)
    assert_array_equal(flat, np.full((5, 6), -10.0), strict=True)


@pytest.mark.parametrize(
    "kernel", [IDENTITY, SHARPEN, EMBOSS, box(5), gaussian(7, 1.3)]
)
def test_other_kernels_leave_a_flat_picture_as_it_is(kernel):
    assert_allclose(filter_image(np.full((5, 6), 0.7), kernel), 0.7, rtol=1e-12)


def test_light_left_of_dark_is_positive_and_the_reverse_negative():
    light_left = np.tile([1.0, 1, 1, 0, 0, 0], (6, 1))
    assert filter_image(light_left, VERTICAL)[3].tolist() == [0, 0, 3, 3, 0, 0]
    assert filter_image(1 - light_left, VERTICAL)[3].tolist() == [0, 0, -3, -3, 0, 0]
    assert_allclose(filter_image(light_left, HORIZONTAL), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("kernel", "library", "scale"),
    [(sobel, skimage.filters.sobel, 4), (scharr, skimage.filters.scharr, 16)],
)
@pytest.mark.parametrize("axis", [0, 1])
def test_edge_kernels_agree_with_scikit_image_up_to_scale_and_sign(
    kernel, library, scale, axis
):
    image = to_gray(photo("camera", 64))
    ours = filter_image(image, kernel(axis))
    assert_allclose(ours[1:-1, 1:-1] / -scale, library(image, axis=axis)[1:-1, 1:-1],
                    atol=1e-12)  # fmt: skip


def test_laplacian_is_zero_on_a_slope_and_agrees_with_scipy():
    slope = np.add.outer(np.arange(5.0), 2 * np.arange(6.0))
    for neighbours in (4, 8):
        assert_allclose(filter_image(slope, laplacian(neighbours))[1:-1, 1:-1], 0)
    image = to_gray(photo("camera", 32))
    expected = scipy.ndimage.laplace(image, mode="nearest")
    assert_allclose(filter_image(image, laplacian()), expected, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.5])
def test_gaussian_agrees_with_scipy_where_nothing_is_cut_off(sigma):
    size = 2 * int(6 * sigma) + 1
    image = to_gray(photo("camera", 48))
    expected = scipy.ndimage.gaussian_filter(
        image, sigma, mode="nearest", radius=size // 2
    )
    assert_allclose(filter_image(image, gaussian(size, sigma)), expected, atol=1e-12)


def test_a_wide_gaussian_becomes_a_box():
    assert_allclose(gaussian(5, 1e4), box(5), rtol=1e-6)


@given(grays, hnp.arrays(np.float64, (3, 5), elements=st.integers(-3, 3)))
def test_filter_image_agrees_with_scipy(image, kernel):
    expected = scipy.ndimage.correlate(image, kernel, mode="nearest")
    assert_allclose(filter_image(image, kernel), expected, atol=1e-9, strict=True)


def test_filter_image_treats_each_channel_alone():
    image = photo("chelsea", 40)
    filtered = filter_image(image, SOBEL_Y)
    for c in range(3):
        assert_allclose(filtered[..., c], filter_image(image[..., c], SOBEL_Y))


@given(grays, st.sampled_from(["sobel", "scharr", "prewitt"]))
def test_gradients_turn_with_the_picture(image, kernel):
    turned = np.rot90(image)
    magnitude = gradient_magnitude(image, kernel=kernel)
    assert_allclose(
        gradient_magnitude(turned, kernel=kernel), np.rot90(magnitude), atol=1e-9
    )
    clear = np.rot90(magnitude) > 0.01
    turn = gradient_direction(turned, kernel=kernel) - np.rot90(
        gradient_direction(image, kernel=kernel)
    )
    # a quarter turn to the left, where angles grow to the right
    assert_allclose(np.exp(1j * turn[clear]), np.exp(-0.5j * np.pi), atol=1e-6)


@pytest.mark.parametrize("degrees", [0, 45, 90, 135, 180, -90])
def test_the_direction_points_to_the_brighter_side(degrees):
    angle = np.deg2rad(degrees)
    y, x = np.mgrid[:9, :9] - 4
    slope = 0.5 + 0.05 * (x * np.cos(angle) + y * np.sin(angle))
    found = gradient_direction(slope)[1:-1, 1:-1]
    assert_allclose(np.exp(1j * found), np.exp(1j * angle), atol=1e-9)


def test_the_direction_of_a_flat_picture_is_zero():
    assert_array_equal(gradient_direction(np.full((4, 4), 0.5)), 0.0)


def test_a_colour_picture_is_taken_as_gray():
    image = photo("coffee", 40)
    assert_array_equal(gradient_magnitude(image), gradient_magnitude(to_gray(image)))


@pytest.mark.parametrize("kernel", [*EDGES, box(3), gaussian(5, 1.0)])
def test_separate_gives_a_column_and_a_row_that_do_the_same(kernel):
    column, row = separate(kernel)
    assert_allclose(np.outer(column, row), kernel, atol=1e-12)
    image = to_gray(photo("camera", 32))
    in_two = filter_image(filter_image(image, column[:, None][:, [0]]), row[None])
    assert_allclose(in_two, filter_image(image, kernel), atol=1e-12)


@given(
    hnp.arrays(np.float64, st.integers(1, 6), elements=st.integers(-9, 9)),
    hnp.arrays(np.float64, st.integers(1, 6), elements=st.integers(-9, 9)),
)
def test_separate_undoes_an_outer_product(column, row):
    kernel = np.outer(column, row)
    if not kernel.any():
        with pytest.raises(ValueError, match="got rank 0"):
            separate(kernel)
        return
    found_column, found_row = separate(kernel)
    assert_allclose(np.outer(found_column, found_row), kernel, atol=1e-9)
    assert_allclose(found_row.max(), 1)


@pytest.mark.parametrize("kernel", [laplacian(4), laplacian(8), EMBOSS, SHARPEN])
def test_separate_says_when_there_is_no_column_and_row(kernel):
    with pytest.raises(
        ValueError,
        match=r"^kernel must have rank 1 to be a column times a row, "
        r"got rank [23] \(singular values [\d., e-]+\)$",
    ):
        separate(kernel)


@pytest.mark.parametrize("size", [(3, 3), (2, 5), (1, 1)])
def test_the_kernels_gradient_is_what_finite_differences_find(size):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(7, 8)), rng.normal(size=size)
    y = rng.normal(size=(8 - size[0], 9 - size[1]))

    def loss(w):
        return np.mean((valid(x, w) - y) ** 2)

    numerical = np.empty(size)
    for index in np.ndindex(size):
        nudge = np.zeros(size)
        nudge[index] = 1e-5
        numerical[index] = (loss(w + nudge) - loss(w - nudge)) / 2e-5
    assert_allclose(kernel_gradient(x, w, y), numerical, rtol=1e-7, strict=True)


@pytest.mark.parametrize("kernel", [SOBEL_X, SCHARR_X, EMBOSS, gaussian(3, 1.0)])
def test_gradient_descent_finds_the_kernel_in_noise(kernel):
    x = np.random.default_rng(0).uniform(size=(32, 32))
    learned, losses = learn_kernel(x, valid(x, kernel), 3, steps=200, momentum=0.9)
    assert_allclose(learned, kernel, atol=1e-3)
    assert losses.shape == (200,)
    assert losses[-1] < 1e-6 * losses[0]


def test_gradient_descent_finds_sobel_in_a_photograph_within_two_seconds():
    x = to_gray(photo("camera", 64))
    start = time.process_time()
    learned, losses = learn_kernel(x, valid(x, SOBEL_X), 3)
    assert time.process_time() - start < 2  # however busy the machine is
    assert_allclose(learned, SOBEL_X, atol=1e-3)
    assert (np.diff(np.minimum.accumulate(losses)[::100]) < 0).all()


def test_a_kernel_of_even_sides_can_be_learned_too():
    rng = np.random.default_rng(0)
    x, kernel = rng.uniform(size=(20, 20)), rng.normal(size=(2, 4))
    learned, _ = learn_kernel(x, valid(x, kernel), (2, 4))
    assert_allclose(learned, kernel, atol=1e-4)


def test_a_step_too_long_is_named_with_a_shorter_one():
    x = np.ones((8, 8))
    with pytest.raises(
        ValueError,
        match=r"^lr must be smaller: the error grew from 1 to \S+ in \d+ steps, "
        r"got lr=4; try 1$",
    ):
        learn_kernel(x, np.ones((6, 6)), 3, lr=4)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: sobel(2),
            ValueError,
            r"axis must be 0 \(change down the rows\) or 1 \(change across the "
            r"columns\), got 2",
        ),
        (lambda: laplacian(6), ValueError, "neighbours must be 4 or 8, got 6"),
        (
            lambda: gaussian(4, 1),
            ValueError,
            r"size must be odd so that there is a centre pixel, got 4; "
            r"did you mean 5\?",
        ),
        (
            lambda: gaussian(3, 0),
            ValueError,
            "sigma must be above 0, got 0; use IDENTITY for no blur",
        ),
        (
            lambda: filter_image(np.zeros((5, 5)), np.ones((2, 3))),
            ShapeError,
            r"kernel must have odd sides to keep the image's size, got \(2, 3\); for "
            r"even ones use cvlib.conv.conv2d, which makes the result smaller",
        ),
        (
            lambda: filter_image(np.zeros((5, 5), np.uint8), IDENTITY),
            TypeError,
            r"image must be floating point, got uint8: integer arithmetic would "
            r"overflow; divide by 255 or use image.astype\(float\)",
        ),
        (
            lambda: gradient_magnitude(np.zeros((5, 5)), kernel="sobl"),
            ValueError,
            r"kernel must be 'prewitt', 'sobel' or 'scharr', got 'sobl'; "
            r"did you mean 'sobel'\?",
        ),
        (
            lambda: learn_kernel(np.zeros((5, 5)), np.zeros((5, 5)), 3),
            ShapeError,
            r"y must be \(3, 3\) to match x \(5, 5\) and 3×3, got \(5, 5\)",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=f"^{sentence}$"):
        call()


def test_shared_kernels_cannot_be_overwritten_but_copies_can():
    for name in filters.__dict__:
        if name.isupper() and not name.startswith("_"):
            assert not getattr(filters, name).flags.writeable, name
    sobel()[0, 0] = 5
    assert SOBEL_X[0, 0] == 1
