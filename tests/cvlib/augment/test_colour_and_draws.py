"""Colour, random draws and chains: definitions, torch, determinism, sentences."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib import augment
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=30)
seeds = st.integers(0, 9999)
PCA = augment.PCA(torch.tensor([0.2, 0.02, 0.005]), torch.eye(3))
RANDOM = {
    "flip": augment.random_horizontal_flip,
    "crop": partial(augment.random_crop, size=8, padding=2),
    "resized": partial(augment.random_resized_crop, size=6),
    "rotation": partial(augment.random_rotation, degrees=30),
    "elastic": partial(augment.random_elastic, alpha=20, sigma=2),
    "shift": partial(augment.random_rgb_shift, limit=0.2),
    "pca": partial(augment.random_pca_colour, pca=PCA),
    "jitter": partial(
        augment.random_jitter, brightness=0.3, contrast=0.3, saturation=0.3
    ),
    "channels": augment.random_channel_permutation,
    "standard": augment.standard_cifar,
    "chain": augment.Compose(augment.random_horizontal_flip, augment.random_rgb_shift),
}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def rand(*shape, seed=0):
    return torch.rand(*shape, generator=seeded(seed))


# ----------------------------------------------------------------------- colour


@quick
@given(seeds)
def test_the_principal_colours_are_those_of_the_covariance(seed):
    mix = rand(3, 3, seed=seed)
    images = torch.einsum("cd,ndhw->nchw", mix / 3, rand(4, 3, 5, 6, seed=seed + 1))
    values, vectors = augment.fit_pca_colour(images.double())
    cov = np.cov(images.double().permute(1, 0, 2, 3).reshape(3, -1).numpy())
    assert_close(vectors @ values.diag() @ vectors.T, torch.from_numpy(cov))
    assert_close(vectors.T @ vectors, torch.eye(3, dtype=torch.float64))
    assert (values.diff() <= 0).all()
    assert (vectors.sum(0) >= 0).all()


def test_a_shift_is_p_alpha_lambda_added_to_every_pixel():
    images = 0.4 + 0.2 * rand(2, 3, 4, 5)
    pca = augment.fit_pca_colour(rand(3, 3, 8, 8))
    alpha = torch.tensor([[1.0, -0.5, 0.3], [-1.0, 0.2, 0.1]])
    got = augment.pca_colour(images, pca, alpha)
    for n in range(2):
        shift = sum(
            pca.eigenvectors[:, i] * alpha[n, i] * pca.eigenvalues[i] for i in range(3)
        )
        assert_close(got[n], images[n] + shift[:, None, None])


def test_the_eigenvalues_are_squares_so_bytes_would_be_shifted_too_far():
    images = rand(2, 3, 8, 8)
    one, bytes_ = augment.fit_pca_colour(images), augment.fit_pca_colour(images * 255)
    assert_close(bytes_.eigenvalues, one.eigenvalues * 255**2, rtol=1e-4, atol=0)


@quick
@given(seeds, st.floats(0, 3))
def test_brightness_contrast_and_saturation_by_definition(seed, factor):
    image = rand(3, 6, 7, seed=seed)
    assert_close(augment.adjust_brightness(image, factor), (image * factor).clamp(0, 1))
    r, g, b = image
    mean = (0.2989 * r + 0.587 * g + 0.114 * b).mean()
    expected = (mean + factor * (image - mean)).clamp(0, 1)
    assert_close(augment.adjust_contrast(image, factor), expected, atol=1e-5, rtol=0)
    grey = 0.2989 * r + 0.587 * g + 0.114 * b
    expected = (grey + factor * (image - grey)).clamp(0, 1)
    assert_close(augment.adjust_saturation(image, factor), expected, atol=1e-5, rtol=0)


def test_parameters_that_change_no_colour():
    images = rand(2, 3, 5, 5)
    for same in (
        augment.rgb_shift(images, (0, 0, 0)),
        augment.adjust_brightness(images, 1),
        augment.adjust_contrast(images, 1),
        augment.adjust_saturation(images, 1),
        augment.pca_colour(images, PCA, (0, 0, 0)),
        augment.random_rgb_shift(images, limit=0),
        augment.random_pca_colour(images, pca=PCA, std=0),
        augment.random_jitter(images),
    ):
        assert_close(same, images, atol=1e-6, rtol=0)


# ------------------------------------------------------------------------ draws


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_decides_and_another_seed_decides_otherwise(name):
    images, step = rand(16, 3, 8, 8), RANDOM[name]
    first, again, other = (step(images, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("name", RANDOM)
def test_every_image_has_its_own_draw_and_the_input_stays(name):
    image = rand(3, 8, 8)
    batch = image.repeat(16, 1, 1, 1)
    moved = RANDOM[name](batch, seeded(3))
    assert not all(torch.equal(m, moved[0]) for m in moved)
    assert torch.equal(batch, image.repeat(16, 1, 1, 1))
    assert moved.min() >= 0
    assert moved.max() <= 1 + 1e-5


@pytest.mark.parametrize("name", RANDOM)
def test_an_image_an_empty_batch_and_no_generator_are_welcome(name):
    step = RANDOM[name]
    expected = (3, 6, 6) if name == "resized" else (3, 8, 8)
    assert step(rand(3, 8, 8), seeded()).shape == expected
    assert step(rand(2, 3, 8, 8)).shape == (2, *expected)
    assert len(step(torch.zeros(0, 3, 8, 8), seeded())) == 0


def test_channels_come_in_all_six_orders_equally_often():
    images = torch.tensor([0.1, 0.2, 0.3]).reshape(3, 1, 1).expand(6000, 3, 1, 1)
    moved = augment.random_channel_permutation(images, seeded()).flatten(1)
    orders, counts = moved.unique(dim=0, return_counts=True)
    assert len(orders) == 6
    assert (counts - 1000).abs().max() < 120


def test_random_crops_take_every_place_equally_often():
    images = torch.arange(36.0).reshape(1, 6, 6).expand(9000, 1, 6, 6)
    corners = augment.random_crop(images, seeded(), size=4)[:, 0, 0, 0]
    places, counts = corners.unique(return_counts=True)
    assert places.tolist() == [0, 1, 2, 6, 7, 8, 12, 13, 14]
    assert (counts - 1000).abs().max() < 130


def test_a_random_crop_is_a_window_of_the_padded_picture():
    images = rand(20, 2, 6, 5)
    padded = torch.nn.functional.pad(images, (2,) * 4)
    for padded_one, got in zip(
        padded,
        augment.random_crop(images, seeded(), size=(6, 5), padding=2),
        strict=True,
    ):
        places = [
            torch.equal(padded_one[:, i : i + 6, j : j + 5], got)
            for i in range(5)
            for j in range(5)
        ]
        assert any(places)


def test_half_of_the_images_are_mirrored_and_none_is_mixed():
    images = torch.arange(2.0).expand(2000, 1, 1, 2)
    moved = augment.random_horizontal_flip(images, seeded())
    flipped = moved[:, 0, 0, 0] == 1
    assert 900 < flipped.sum() < 1100
    assert augment.random_horizontal_flip(images, p=1.0)[:, 0, 0, 0].min() == 1


def test_the_windows_of_a_resized_crop_keep_to_area_and_shape():
    from cvlib.augment.draws import draw_window

    generator = seeded()
    for _ in range(300):
        t, l_, h, w = draw_window((60, 80), (0.2, 0.5), (0.5, 2.0), generator)
        assert 0 <= t <= 60 - h
        assert 0 <= l_ <= 80 - w
        assert 0.19 < h * w / 4800 < 0.52
        assert 0.47 < w / h < 2.1
    assert draw_window((10, 100), (1.0, 1.0), (0.75, 4 / 3), generator) == (
        0,
        43,
        10,
        13,
    )


def test_a_sample_goes_through_a_chain_as_its_image_would():
    chain = augment.Compose(
        partial(augment.random_crop, size=20, padding=3),
        augment.random_horizontal_flip,
        partial(augment.random_rotation, degrees=20),
        partial(augment.random_elastic, alpha=10, sigma=4),
    )
    boxes = torch.tensor([[5.0, 6, 12, 14]])
    sample = augment.Sample(rand(3, 20, 20), boxes)
    moved = chain(sample, seeded(4))
    assert torch.equal(moved.image, chain(sample.image, seeded(4)))
    assert moved.boxes.shape == (1, 4)


def test_standard_cifar_serves_pictures_of_any_size():
    assert augment.standard_cifar(rand(4, 1, 8, 10), seeded()).shape == (4, 1, 8, 10)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: augment.rgb_shift(rand(1, 4, 4), (0, 0, 0)),
            ShapeError,
            "images must be (N, 3, H, W) or (3, H, W), got (1, 4, 4)",
        ),
        (
            lambda: augment.rgb_shift(rand(2, 3, 4, 4), torch.zeros(5, 3)),
            ShapeError,
            "shift must be (3,) or (2, 3) to match images (2, 3, 4, 4), got (5, 3)",
        ),
        (
            lambda: augment.adjust_contrast(rand(3, 4, 4), -1),
            ValueError,
            "contrast_factor must be at least 0, got -1",
        ),
        (
            lambda: augment.fit_pca_colour(rand(3, 1, 1)),
            ValueError,
            "images must hold at least two pixels: one alone has no variance; "
            "got (3, 1, 1)",
        ),
        (
            lambda: augment.random_crop(rand(3, 4, 4), size=6),
            ValueError,
            "size must fit into pictures of 4 × 4, got 6 × 6; pad or resize them first",
        ),
        (
            lambda: augment.random_resized_crop(
                rand(3, 4, 4), size=4, scale=(0.5, 0.2)
            ),
            ValueError,
            "scale must be (low, high) with 0 < low ≤ high, got (0.5, 0.2)",
        ),
        (
            lambda: augment.random_horizontal_flip(rand(3, 4, 4), p=2),
            ValueError,
            "p must be between 0 and 1, got 2",
        ),
        (
            lambda: augment.Compose(3),
            TypeError,
            "steps must be functions of (images, generator), got int; "
            "bind options with functools.partial",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
