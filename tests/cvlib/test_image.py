"""cvlib.image: one form for every picture."""

import subprocess
import sys

import numpy as np
import pytest
import skimage.color
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from cvlib.image import load, resize, save, to_chw, to_float, to_gray, to_hwc, to_uint8
from cvlib.validate import ShapeError

pictures = hnp.arrays(
    np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))
)


@given(pictures)
def test_bytes_survive_the_way_to_floats_and_back(image):
    assert_array_equal(to_uint8(to_float(image)), image, strict=True)


def test_bytes_are_rounded_to_the_nearest():
    image = np.array([0.4, 0.6, 100.4, 100.6, 254.6]) / 255
    assert_array_equal(to_uint8(image), [0, 1, 100, 101, 255])


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (np.array([0, 255], np.uint8), [0.0, 1.0]),
        (np.array([0, 65535], np.uint16), [0.0, 1.0]),
        (np.array([False, True]), [0.0, 1.0]),
    ],
)
def test_every_stored_kind_becomes_zero_to_one(image, expected):
    assert_array_equal(to_float(image), np.array(expected), strict=True)


def test_a_float_image_keeps_its_type_and_values():
    image = np.array([0, 0.25, 1], dtype=np.float32)
    assert_array_equal(to_float(image), image, strict=True)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (
            np.array([0.0, 255]),
            r"image must hold floats in \[0, 1\], got 0 to 255; "
            r"did you mean image / 255\?",
        ),
        (
            np.array([-0.1, 0.9]),
            r"image must hold floats in \[0, 1\], got -0.1 to 0.9; "
            r"did you mean np.clip\(image, 0, 1\)\?",
        ),
        (np.array([0, np.nan]), r"image must hold floats in \[0, 1\], got nan to nan"),
        (
            np.array([0, 255]),
            r"image must be uint8, uint16, bool or float, got int64; if it holds 0 to "
            r"255, did you mean image.astype\(np.uint8\)\?",
        ),
    ],
)
def test_a_picture_on_another_scale_is_refused_in_one_sentence(image, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        to_float(image)


@given(pictures)
def test_gray_is_scikit_images_up_to_its_rounded_weights(image):
    assert_allclose(to_gray(image), skimage.color.rgb2gray(image), atol=3e-4)


@given(st.integers(0, 255))
def test_gray_of_gray_is_itself(level):
    image = np.full((2, 2, 3), level, np.uint8)
    assert_allclose(to_gray(image), level / 255, rtol=1e-12)
    assert to_gray(image).max() <= 1


def test_a_gray_picture_passes_through_to_gray():
    image = np.array([[0.2, 0.4]])
    assert_array_equal(to_gray(image), image, strict=True)


@given(pictures)
def test_a_png_loses_nothing(tmp_path_factory, image):
    path = tmp_path_factory.mktemp("png") / "picture.png"
    save(path, image)
    assert_array_equal(load(path), to_float(image), strict=True)


def test_load_gives_three_channels_from_gray_and_sixteen_bits(tmp_path):
    Image.fromarray(np.array([[0, 51]], np.uint8)).save(tmp_path / "gray.png")
    Image.fromarray(np.array([[0, 13107]], np.uint16)).save(tmp_path / "deep.png")
    expected = np.array([[[0.0] * 3, [0.2] * 3]])
    assert_array_equal(load(tmp_path / "gray.png"), expected, strict=True)
    assert_array_equal(load(tmp_path / "deep.png"), expected, strict=True)


def test_load_shows_white_through_transparent_pixels(tmp_path):
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0]]], np.uint8)
    Image.fromarray(rgba).save(tmp_path / "clear.png")
    assert_array_equal(load(tmp_path / "clear.png")[0], [[1, 0, 0], [1, 1, 1]])


def test_load_obeys_the_cameras_rotation_tag(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    Image.new("RGB", (4, 2)).save(tmp_path / "turned.jpg", exif=exif)
    assert load(tmp_path / "turned.jpg").shape == (4, 2, 3)


def test_load_says_when_a_file_is_no_picture(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("not a picture")
    with pytest.raises(
        ValueError, match=r"^path must name a picture file that Pillow can read, got '"
    ):
        load(path)


def test_load_of_a_missing_file_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.png"):
        load(tmp_path / "nothing.png")


@pytest.mark.parametrize(
    ("size", "expected"),
    [((10, 30), (10, 30)), (10, (10, 15)), (40, (40, 60)), (1, (1, 2))],
)
def test_resize_takes_height_and_width_or_the_shorter_side(size, expected):
    image = np.full((20, 30, 3), 0.3)
    assert_allclose(resize(image, size), np.full((*expected, 3), 0.3), strict=True)
    assert resize(image[..., 0], size).shape == expected


def test_resize_does_not_turn_fine_stripes_into_coarse_ones():
    stripes = np.tile([[0.0, 1.0]], (60, 30))
    small = resize(stripes, 17)
    assert_allclose(small[:, 1:-1], 0.5, atol=0.1)


def test_resize_keeps_the_type_and_the_range():
    image = np.random.default_rng(0).uniform(size=(7, 9)).astype(np.float32)
    bigger = resize(image, 31)
    assert bigger.dtype == np.float32
    assert bigger.min() >= 0
    assert bigger.max() <= 1


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (0, "size must be a positive integer, got 0; the smallest allowed is 1"),
        ((4, 5, 3), r"size must be one integer or 2 of them.*got \(4, 5, 3\)"),
    ],
)
def test_resize_refuses_a_size_that_is_none(size, sentence):
    with pytest.raises(ValueError, match=sentence):
        resize(np.zeros((4, 4)), size)


@given(pictures)
def test_channels_first_and_last_are_each_others_inverse(image):
    first = to_chw(image)
    assert first.shape == (3, *image.shape[:2])
    assert first.flags.c_contiguous
    assert_array_equal(to_hwc(first), image, strict=True)
    assert_array_equal(to_hwc(to_chw(image[..., 0])), image[..., 0], strict=True)
    batch = np.stack([image, image])
    assert_array_equal(to_chw(batch)[1], first, strict=True)
    assert_array_equal(to_hwc(to_chw(batch)), batch, strict=True)


@pytest.mark.parametrize(
    ("function", "shape", "sentence"),
    [
        (
            to_chw,
            (3, 8, 7),
            r"image must be \(H, W\), \(H, W, C\) or \(N, H, W, C\) with 1, 3 or 4 "
            r"channels, got \(3, 8, 7\); its channels seem to come first already",
        ),
        (
            to_hwc,
            (8, 7, 3),
            r"image must be \(C, H, W\) or \(N, C, H, W\) with 1, 3 or 4 channels, "
            r"got \(8, 7, 3\); its channels seem to come last already",
        ),
        (
            to_gray,
            (3, 8, 7),
            r"image must be \(H, W, 3\) or \(H, W\), got \(3, 8, 7\); "
            r"did you mean to_hwc\(image\)\?",
        ),
        (
            to_gray,
            (8, 7, 4),
            r"image must be \(H, W, 3\) or \(H, W\), got \(8, 7, 4\); "
            r"drop the transparency with image\[..., :3\]",
        ),
        (
            to_gray,
            (2, 8, 7, 3),
            r"image must be \(H, W, 3\) or \(H, W\), got \(2, 8, 7, 3\); "
            r"one image at a time, as image\[0\]",
        ),
    ],
)
def test_a_wrong_order_of_axes_is_named(function, shape, sentence):
    with pytest.raises(ShapeError, match=f"^{sentence}$"):
        function(np.zeros(shape))


def test_pictures_need_neither_matplotlib_nor_torch():
    code = (
        "import cvlib.image, cvlib.filters, cvlib.data.scenes, cvlib.data.digits, sys;"
        "print({'matplotlib', 'torch', 'anywidget'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
