"""Content, Gram matrices, style, total variation: definitions, factors, invariances."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cvlib.style import (
    content_loss,
    gram_loss,
    gram_matrix,
    layer_style_loss,
    style_loss,
    tv_loss,
)
from cvlib.validate import ShapeError


def maps(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def gram_by_definition(features: np.ndarray) -> np.ndarray:
    """Four loops: for all pairs of channels, over all rows and columns."""
    C, H, W = features.shape
    gram = np.zeros((C, C))
    for i in range(C):
        for j in range(C):
            for y in range(H):
                for x in range(W):
                    gram[i, j] += features[i, y, x] * features[j, y, x]
    return gram


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_the_gram_matrix_is_its_definition(C, H, W, seed):
    features = maps(2, C, H, W, seed=seed)
    for name, divisor in (("sum", 1), ("mean", H * W), ("size", C * H * W)):
        expected = [gram_by_definition(f.numpy()) / divisor for f in features]
        got = gram_matrix(features, normalization=name)
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_a_gram_matrix_is_symmetric_with_no_negative_eigenvalue():
    gram = gram_matrix(maps(3, 6, 2, 2))
    assert torch.equal(gram, gram.mT)
    assert torch.linalg.eigvalsh(gram).min() > -1e-9


@settings(deadline=None)
@given(st.integers(0, 999))
def test_places_may_be_shuffled_but_channels_only_together(seed):
    features = maps(1, 4, 5, 6, seed=seed)
    order = torch.randperm(30, generator=torch.Generator().manual_seed(seed))
    shuffled = features.flatten(2)[..., order].reshape(features.shape)
    torch.testing.assert_close(gram_matrix(shuffled), gram_matrix(features))
    assert content_loss(shuffled, features) > 0
    alone = features.clone()
    alone[:, 0] = shuffled[:, 0]
    assert (gram_matrix(alone) - gram_matrix(features)).abs().max() > 1e-3


def test_the_paper_s_style_loss_is_ours():
    F, P = maps(1, 5, 4, 3), maps(1, 5, 4, 3, seed=1)
    G, A = gram_matrix(F), gram_matrix(P)
    N, M = 5, 12
    expected = (G - A).square().sum() / (4 * N**2 * M**2)
    torch.testing.assert_close(layer_style_loss(F, P), expected)


def test_johnson_s_is_the_squared_norm_of_grams_of_size_and_four_times_gatys():
    F, P = maps(1, 5, 4, 3), maps(1, 5, 4, 3, seed=1)
    G, A = (gram_matrix(f, normalization="size") for f in (F, P))
    johnson = layer_style_loss(F, P, normalization="johnson")
    torch.testing.assert_close(johnson, torch.linalg.norm(G - A).square())
    torch.testing.assert_close(johnson, 4 * layer_style_loss(F, P))


def test_a_relative_loss_does_not_know_how_loud_a_layer_is():
    F, P = maps(1, 5, 4, 3), maps(1, 5, 4, 3, seed=1)
    for loss in (content_loss, layer_style_loss):
        soft, loud = (loss(k * F, k * P, normalization="relative") for k in (1, 50))
        torch.testing.assert_close(soft, loud)
        flat = P.mean((2, 3), keepdim=True).expand_as(P)
        assert content_loss(flat, P, normalization="relative").item() == pytest.approx(
            1
        )


def test_pictures_of_two_sizes_can_be_compared():
    small = maps(1, 3, 4, 4).abs()
    large = small.repeat(1, 1, 2, 2)  # four times as many places, the same texture
    assert layer_style_loss(large, small) < 1e-20
    assert (gram_matrix(large) - gram_matrix(small)).abs().max() > 1


def test_the_losses_of_a_batch_are_means_of_those_alone():
    F, P = maps(3, 4, 5, 5), maps(3, 4, 5, 5, seed=1)
    for loss in (content_loss, layer_style_loss):
        for how in ("gatys", "johnson", "relative"):
            alone = [
                loss(f[None], p[None], normalization=how)
                for f, p in zip(F, P, strict=True)
            ]
            torch.testing.assert_close(
                loss(F, P, normalization=how), torch.stack(alone).mean()
            )
    torch.testing.assert_close(
        tv_loss(F), torch.stack([tv_loss(f[None]) for f in F]).mean()
    )


def test_content_loss_by_hand():
    F, P = torch.tensor([[[[1.0, 2], [3, 4]]]]), torch.tensor([[[[1.0, 0], [0, 4]]]])
    assert content_loss(F, P).item() == 6.5  # (2² + 3²) / 2
    assert content_loss(F, P, normalization="johnson").item() == 3.25
    # the target varies by 1 + 1 + 9 about its mean of 5/4: Σ = 17 − 4 · 25/16
    relative = content_loss(F, P, normalization="relative").item()
    assert relative == pytest.approx(13 / (17 - 25 / 4))


def test_total_variation_by_hand_and_by_loops():
    x = maps(1, 3, 4, 5)
    expected = 0.0
    for c in range(3):
        for i in range(4):
            for j in range(5):
                expected += (x[0, c, i, j] - x[0, c, i + 1, j]) ** 2 if i < 3 else 0
                expected += (x[0, c, i, j] - x[0, c, i, j + 1]) ** 2 if j < 4 else 0
    torch.testing.assert_close(tv_loss(x), torch.as_tensor(expected))
    torch.testing.assert_close(tv_loss(x, reduction="mean"), tv_loss(x) / 60)
    assert tv_loss(torch.ones(1, 3, 1, 1)) == 0


def test_the_gradients_are_right():
    F, P = maps(1, 3, 3, 4).requires_grad_(), maps(1, 3, 3, 4, seed=1)
    for how in ("gatys", "johnson", "relative"):
        for loss in (content_loss, layer_style_loss):
            assert torch.autograd.gradcheck(
                lambda f, loss=loss, how=how: loss(f, P, normalization=how), F
            )
    assert torch.autograd.gradcheck(tv_loss, F)


def test_the_gradient_of_the_style_loss_is_the_paper_s():
    F, P = maps(1, 3, 4, 5).requires_grad_(), maps(1, 3, 4, 5, seed=1)
    (grad,) = torch.autograd.grad(layer_style_loss(F, P), F)
    G, A = gram_matrix(F)[0], gram_matrix(P)[0]
    expected = ((G - A) @ F[0].flatten(1)) / (3**2 * 20**2)  # Gatys 2016, equation 6
    torch.testing.assert_close(grad[0].flatten(1), expected)


def test_layers_are_added_with_their_weights():
    F = {"a": maps(1, 2, 3, 3), "b": maps(1, 4, 2, 2)}
    P = {"a": maps(1, 2, 3, 3, seed=1), "b": maps(1, 4, 2, 2, seed=1)}
    expected = (
        2 * layer_style_loss(F["a"], P["a"]) + layer_style_loss(F["b"], P["b"]) / 2
    )
    torch.testing.assert_close(style_loss(F, P, {"a": 2, "b": 0.5}), expected)


@pytest.mark.parametrize("side", [3, 5, 13, 200])
@pytest.mark.parametrize("level", [0.07, 0.1, 0.9832203, 3e4])
def test_a_flat_target_gets_the_mean_square_though_its_mean_is_rounded(side, level):
    flat = torch.full((1, 2, side, side), level)
    found = content_loss(flat * 1.1, flat, normalization="relative")
    expected = content_loss(flat * 1.1, flat, normalization="johnson")
    torch.testing.assert_close(found, expected)


def test_a_faint_pattern_is_no_flat_map():
    faint = 1 + 1e-5 * maps(1, 2, 8, 8)
    mean = faint.mean((2, 3), keepdim=True).expand_as(faint)
    found = content_loss(mean, faint, normalization="relative")
    torch.testing.assert_close(found.item(), 1.0, rtol=1e-3, atol=0)


def test_an_empty_target_gives_no_nan():
    zero = torch.zeros(1, 2, 3, 3)
    assert content_loss(zero, zero, normalization="relative") == 0
    assert layer_style_loss(zero, zero, normalization="relative") == 0
    assert content_loss(zero + 1, zero, normalization="relative") == 1


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: content_loss(torch.zeros(1, 2, 3, 3), torch.zeros(1, 3, 3, 2)),
            ShapeError,
            "target must be (1, 2, 3, 3) to match features (1, 2, 3, 3), got "
            "(1, 3, 3, 2); did you mean target.movedim(-1, -3)?",
        ),
        (
            lambda: gram_matrix(torch.zeros(2, 3, 3)),
            ShapeError,
            "features must be (N, C, H, W), got (2, 3, 3); did you mean "
            "features[None]?",
        ),
        (
            lambda: gram_matrix(torch.zeros(1, 2, 3, 3), normalization="sums"),
            ValueError,
            "normalization must be 'sum', 'mean' or 'size', got 'sums'; did you mean "
            "'sum'?",
        ),
        (
            lambda: gram_loss(torch.zeros(1, 2, 2), torch.zeros(1, 3, 3)),
            ShapeError,
            "target must be (1, 2, 2) to match gram (1, 2, 2), got (1, 3, 3)",
        ),
        (
            lambda: style_loss({"a": maps(1, 1, 2, 2)}, {}, {"b": 1}),
            ValueError,
            "a layer of weights must be 'a', got 'b'",
        ),
        (
            lambda: style_loss({}, {}, {}),
            ValueError,
            "weights must name at least one layer, got none",
        ),
        (
            lambda: tv_loss(torch.zeros(1, 3, 4, 4).int()),
            TypeError,
            "x must be floating point, got int32: integer arithmetic would overflow; "
            "divide by 255 or use x.float()",
        ),
    ],
)  # fmt: skip
def test_every_guard_says_what_is_wanted(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
