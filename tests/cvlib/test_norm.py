"""Normalisation and dropout: definitions, torch, invariants, gradients, sentences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional

from cvlib import norm
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)
SHAPES = [(4, 3), (4, 3, 5), (2, 3, 4, 5)]


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def same(got, expected, **tolerance):
    """Equal values, shape and dtype, whether `expected` is NumPy's or torch's."""
    assert_allclose(got, np.asarray(expected), strict=True, **tolerance)


def layer(C=3, seed=1):
    """x's companions: running mean and variance, weight and bias."""
    mean, weight, bias = random(3, C, seed=seed)
    return mean, random(C, seed=seed + 1) ** 2 + 0.1, weight, bias


seeds = st.integers(0, 9999)
arrays = st.builds(
    lambda seed, shape, scale, shift: scale * random(*shape, seed=seed) + shift,
    seeds,
    st.sampled_from([*SHAPES, (2, 1), (1, 2, 2), (1, 2, 1, 3)]),
    st.sampled_from([1e-3, 1.0, 30.0]),
    st.sampled_from([0.0, -5.0, 100.0]),
)


# ---------------------------------------------------------- batch normalisation


@quick
@given(arrays, st.booleans(), st.booleans(), st.sampled_from([1e-5, 1e-3]))
def test_training_agrees_with_the_four_lines_and_with_torch(x, scaled, shifted, eps):
    mean, var, weight, bias = layer(x.shape[1])
    weight, bias = weight if scaled else None, bias if shifted else None
    expected = functional.batch_norm(
        torch.from_numpy(x),
        None,
        None,
        None if weight is None else torch.from_numpy(weight),
        None if bias is None else torch.from_numpy(bias),
        training=True,
        eps=eps,
    )
    got = norm.batch_norm(x, mean, var, weight, bias, training=True, eps=eps)
    same(got, expected, rtol=1e-9, atol=1e-9)
    by_definition = norm.batch_norm_by_definition(x, weight, bias, eps=eps)
    same(by_definition, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("momentum", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_training_changes_the_running_statistics_in_place_as_torch_does(
    shape, momentum
):
    mean, var, *_ = layer()
    torch_mean, torch_var = torch.tensor(mean), torch.tensor(var)
    for seed in range(3):
        x = 3 * random(*shape, seed=seed) + 1
        options = {"training": True, "momentum": momentum}
        norm.batch_norm(x, mean, var, **options)
        functional.batch_norm(torch.from_numpy(x), torch_mean, torch_var, **options)
    same(mean, torch_mean, rtol=1e-12)
    same(var, torch_var, rtol=1e-12)


def test_the_running_variance_is_unbiased_and_the_normalisation_biased():
    x, mean, var = np.array([[0.0], [2.0]]), np.zeros(1), np.ones(1)
    y = norm.batch_norm(x, mean, var, training=True, momentum=1.0, eps=1e-12)
    same(y, np.array([[-1.0], [1.0]]))  # divided by √1: the mean square deviation
    same(var, np.array([2.0]))  # the sum of squares 2 divided by m − 1 = 1
    same(mean, np.array([1.0]))


@pytest.mark.parametrize("shape", SHAPES)
def test_evaluation_agrees_with_torch_and_changes_nothing(shape):
    x, (mean, var, weight, bias) = random(*shape), layer()
    before = mean.copy(), var.copy(), x.copy()
    tensors = map(torch.from_numpy, (x, mean, var, weight, bias))
    same(norm.batch_norm(x, mean, var, weight, bias), functional.batch_norm(*tensors))
    for now, then in zip((mean, var, x), before, strict=True):
        same(now, then, rtol=0)


def test_in_evaluation_an_image_does_not_depend_on_its_neighbours_in_training_it_does():
    x, (mean, var, weight, bias) = random(4, 3, 2, 2), layer()
    whole = norm.batch_norm(x, mean, var, weight, bias)
    same(norm.batch_norm(x[:1], mean, var, weight, bias), whole[:1])
    whole = norm.batch_norm(x, None, None, training=True)
    alone = norm.batch_norm(x[:1], None, None, training=True)
    assert abs(alone - whole[:1]).max() > 0.1


@quick
@given(seeds, st.floats(0.5, 50), st.floats(-100, 100))
def test_scaling_and_shifting_a_channel_does_not_change_its_output(seed, scale, shift):
    x = random(3, 2, 4, seed=seed)
    options = {"training": True, "eps": 1e-12}
    y = norm.batch_norm(x, None, None, **options)
    moved = norm.batch_norm(scale * x + shift, None, None, **options)
    same(moved, y, atol=1e-7)


@quick
@given(seeds)
def test_every_channel_leaves_with_mean_beta_and_deviation_gamma(seed):
    x, (*_, weight, bias) = 5 * random(6, 3, 4, seed=seed) + 2, layer(seed=seed)
    y = norm.batch_norm(x, None, None, weight, bias, training=True, eps=1e-12)
    same(y.mean(axis=(0, 2)), bias, atol=1e-9)
    same(y.std(axis=(0, 2)), abs(weight), rtol=1e-9)


@quick
@given(seeds)
def test_the_order_of_the_images_does_not_matter(seed):
    x = random(5, 3, 2, seed=seed)
    order = np.random.default_rng(seed).permutation(5)
    y = norm.batch_norm(x, None, None, training=True)
    shuffled = norm.batch_norm(x[order], None, None, training=True)
    same(shuffled, y[order], atol=1e-12)


def test_it_can_learn_the_identity():
    x, eps = 4 * random(6, 3, 5) - 7, 1e-5
    axes = (0, 2)
    gamma, beta = np.sqrt(x.var(axis=axes) + eps), x.mean(axis=axes)
    same(norm.batch_norm(x, None, None, gamma, beta, training=True, eps=eps), x)
    same(norm.batch_norm_by_definition(x, gamma, beta, eps=eps), x)


def test_a_constant_channel_becomes_beta_not_nan():
    y = norm.batch_norm(
        np.full((4, 2), 3.0), None, None, np.ones(2), np.full(2, 0.5), training=True
    )
    same(y, np.full((4, 2), 0.5))


def test_batch_norm_keeps_the_dtype_whatever_the_running_statistics_have():
    x = random(4, 3).astype(np.float32)
    mean, var = np.zeros(3), np.ones(3)
    assert norm.batch_norm(x, mean, var, training=True).dtype == np.float32
    assert norm.batch_norm(x, mean, var).dtype == np.float32
    assert norm.batch_norm(x, mean, var, np.ones(3)).dtype == np.float64
    assert norm.batch_norm_by_definition(x).dtype == np.float32
    gradients = norm.batch_norm_backward(x, x)
    assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}


def test_batch_norm_of_large_half_precision_values_does_not_overflow():
    x = np.array([[-1000.0], [1000.0]], dtype=np.float16)
    same(norm.batch_norm(x, None, None, training=True), np.sign(x))


def numerical_gradient(function, x, grad_output, step=1e-6):
    """Central differences of Σ grad_output·function(x), one value at a time."""
    gradient = np.empty_like(x)
    for at in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[at] += step
        down[at] -= step
        change = function(up) - function(down)
        gradient[at] = (grad_output * change).sum() / (2 * step)
    return gradient


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_batch_norm_gradients_are_the_numerical_ones_and_autograds(shape, training):
    x, grad_output = 2 * random(*shape) + 1, random(*shape, seed=5)
    mean, var, weight, bias = layer()

    def forward(x, weight, bias):
        copies = mean.copy(), var.copy()
        return norm.batch_norm(x, *copies, weight, bias, training=training)

    running = {} if training else {"running_mean": mean, "running_var": var}
    got = norm.batch_norm_backward(grad_output, x, weight, training=training, **running)
    numerical = (
        numerical_gradient(lambda a: forward(a, weight, bias), x, grad_output),
        numerical_gradient(lambda a: forward(x, a, bias), weight, grad_output),
        numerical_gradient(lambda a: forward(x, weight, a), bias, grad_output),
    )
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, weight, bias)]
    running = [torch.tensor(mean), torch.tensor(var)]
    y = functional.batch_norm(tensors[0], *running, *tensors[1:], training=training)
    y.backward(torch.from_numpy(grad_output))
    for ours, slope, tensor in zip(got, numerical, tensors, strict=True):
        same(ours, slope, atol=1e-7)
        same(ours, tensor.grad, atol=1e-12)


@quick
@given(seeds)
def test_the_training_gradient_never_pushes_a_whole_channel_up_or_apart(seed):
    x, grad_output = random(2, 5, 3, 2, seed=seed)
    grad_x, _, _ = norm.batch_norm_backward(grad_output, x, eps=1e-12)
    same(grad_x.sum(axis=(0, 2)), np.zeros(3), atol=1e-8)
    same((grad_x * x).sum(axis=(0, 2)), np.zeros(3), atol=1e-8)


# ------------------------------------------------- local response normalisation

pictures = st.builds(
    lambda seed, C, scale: scale * random(2, C, 2, 3, seed=seed),
    seeds,
    st.integers(1, 8),
    st.sampled_from([1.0, 50.0]),
)


@quick
@given(pictures, st.integers(1, 9), st.sampled_from([1e-4, 0.5]), st.floats(0.1, 2))
def test_lrn_agrees_with_its_definition_and_with_torch(x, size, alpha, beta):
    options = {"alpha": alpha, "beta": beta, "k": 1.5}
    expected = functional.local_response_norm(torch.from_numpy(x), size, **options)
    same(norm.local_response_norm(x, size, **options), expected, rtol=1e-10)
    same(norm.local_response_norm_loops(x, size, **options), expected, rtol=1e-10)


def test_lrn_has_torchs_defaults():
    x = 100 * random(1, 6, 2, 2)
    expected = functional.local_response_norm(torch.from_numpy(x), 5)
    same(norm.local_response_norm(x, 5), expected, rtol=1e-12)
    same(norm.local_response_norm_loops(x, 5), expected, rtol=1e-12)


@quick
@given(pictures, st.sampled_from([1, 3, 5, 7]), st.sampled_from([1e-4, 0.5]))
def test_alexnets_rule_is_the_papers_formula_and_torchs_with_alpha_times_size(
    x, size, alpha
):
    got = norm.local_response_norm_alexnet(x, size, alpha=alpha)
    slow = norm.local_response_norm_alexnet_loops(x, size, alpha=alpha)
    same(got, slow, rtol=1e-10)
    tensor = torch.from_numpy(x)
    expected = functional.local_response_norm(tensor, size, alpha * size, 0.75, 2.0)
    same(got, expected, rtol=1e-10)


def test_alexnets_rule_has_the_papers_constants_by_default():
    x = 100 * random(1, 6, 1, 1)
    constants = {"alpha": 1e-4, "beta": 0.75, "k": 2.0}
    same(
        norm.local_response_norm_alexnet(x),
        norm.local_response_norm_alexnet_loops(x, 5, **constants),
    )
    same(
        norm.local_response_norm_alexnet_loops(x),
        norm.local_response_norm_alexnet(x, 5, **constants),
    )


def test_the_two_rules_differ_with_the_same_alpha():
    x = 100 * random(1, 6, 1, 1)
    torchs = norm.local_response_norm(x, 5, k=2.0)
    assert abs(norm.local_response_norm_alexnet(x, 5) / torchs - 1).max() > 0.1


def test_a_strong_channel_quiets_its_neighbours_and_no_other():
    x = np.ones((1, 9, 1, 1))
    quiet = norm.local_response_norm_alexnet(x, 3, alpha=1.0).ravel()
    x[0, 4] = 10
    loud = norm.local_response_norm_alexnet(x, 3, alpha=1.0).ravel()
    assert (loud[[3, 5]] < 0.2 * quiet[[3, 5]]).all()
    same(loud[[0, 1, 2, 6, 7, 8]], quiet[[0, 1, 2, 6, 7, 8]])


def test_lrn_with_alpha_zero_and_k_one_is_the_identity():
    x = random(2, 4, 3, 3)
    same(norm.local_response_norm(x, 5, alpha=0.0), x)


def test_lrn_treats_every_pixel_alone():
    x = random(2, 4, 3, 3)
    flipped = norm.local_response_norm(x[..., ::-1], 3, alpha=1.0)
    same(flipped, norm.local_response_norm(x, 3, alpha=1.0)[..., ::-1])


def test_lrn_of_large_half_precision_values_does_not_overflow():
    x = np.full((1, 1, 1, 1), 1000, dtype=np.float16)
    y = norm.local_response_norm(x, 1, alpha=1.0, beta=0.5)
    same(y, np.ones((1, 1, 1, 1), dtype=np.float16), rtol=1e-3)


# ------------------------------------------------------------------------ dropout


def test_dropout_drops_a_share_of_p_and_scales_the_rest_by_one_over_one_minus_p():
    for p in (0.1, 0.5, 0.8):
        y = norm.dropout(np.ones(100_000), p=p, rng=np.random.default_rng(0))
        assert_allclose((y == 0).mean(), p, atol=0.01)
        assert_allclose(y[y > 0], 1 / (1 - p), rtol=1e-12)


def test_the_p_of_dropout_is_torchs_the_probability_of_dropping():
    torch.manual_seed(0)
    dropped = (functional.dropout(torch.ones(100_000), p=0.8) == 0).double().mean()
    y = norm.dropout(np.ones(100_000), p=0.8, rng=np.random.default_rng(0))
    assert_allclose((y == 0).mean(), dropped.item(), atol=0.01)


@quick
@given(seeds, st.sampled_from([0.0, 0.2, 0.5, 0.9]))
def test_dropout_keeps_the_expectation(seed, p):
    x = random(3, seed=seed)
    rng = np.random.default_rng(seed)
    mean = norm.dropout(np.tile(x, (20_000, 1)), p=p, rng=rng).mean(axis=0)
    assert_allclose(mean, x, atol=5 * abs(x).max() * np.sqrt(p / (1 - p) / 20_000))


def test_without_rescaling_the_mean_shrinks_to_keep_prob_and_evaluation_matches():
    x = np.full(100_000, 2.0)
    y = norm.dropout_keep(x, keep_prob=0.8, rng=np.random.default_rng(0))
    assert set(np.unique(y)) == {0.0, 2.0}
    assert_allclose(y.mean(), 1.6, atol=0.02)
    same(norm.dropout_keep(x, keep_prob=0.8, training=False), np.full(100_000, 1.6))


@quick
@given(seeds, st.sampled_from([0.125, 0.25, 0.5, 0.75]), st.booleans())
def test_keeping_with_q_is_q_times_dropping_with_one_minus_q(seed, q, training):
    x = random(4, 5, seed=seed)
    kept, dropped = (np.random.default_rng(seed) for _ in range(2))
    same(
        norm.dropout_keep(x, keep_prob=q, training=training, rng=kept),
        q * norm.dropout(x, p=1 - q, training=training, rng=dropped),
        rtol=1e-12,
    )


def test_evaluation_returns_a_copy_and_draws_nothing():
    x, rng = random(5), np.random.default_rng(0)
    y, mask = norm.dropout(x, training=False, rng=rng, return_mask=True)
    same(y, x, rtol=0)
    same(mask, np.ones(5))
    assert y is not x
    assert not np.shares_memory(x, y)
    assert rng.random() == np.random.default_rng(0).random()


def test_the_extremes_drop_nothing_and_everything():
    x = random(50)
    same(norm.dropout(x, p=0), x, rtol=0)
    same(norm.dropout(x, p=1), np.zeros(50))
    same(norm.dropout_keep(x, keep_prob=1), x, rtol=0)
    same(norm.dropout_keep(x, keep_prob=0), np.zeros(50))


def test_a_seed_repeats_the_draw_and_a_generator_goes_on():
    x = np.ones(64)
    first = norm.dropout(x, rng=np.random.default_rng(7))
    rng = np.random.default_rng(7)
    same(norm.dropout(x, rng=rng), first, rtol=0)
    assert (norm.dropout(x, rng=rng) != first).any()
    assert (norm.dropout(x) != norm.dropout(x)).any()


@pytest.mark.parametrize("function", [norm.dropout, norm.dropout_keep])
def test_the_mask_is_the_gradient(function):
    x = random(4, 5)
    y, mask = function(x, rng=np.random.default_rng(3), return_mask=True)
    same(x * mask, y, rtol=0)
    grad_output = random(4, 5, seed=1)
    numerical = numerical_gradient(
        lambda a: function(a, rng=np.random.default_rng(3)), x, grad_output
    )
    same(grad_output * mask, numerical, atol=1e-8)


def test_dropout_and_lrn_keep_the_dtype_and_leave_their_input_alone():
    x = random(1, 4, 2, 2).astype(np.float32)
    before = x.copy()
    for y in (
        norm.dropout(x, p=0.3),
        norm.dropout_keep(x, keep_prob=0.3),
        norm.dropout_keep(x, keep_prob=0.3, training=False),
        norm.local_response_norm(x, 3),
        norm.local_response_norm_loops(x, 3),
        norm.local_response_norm_alexnet(x),
        norm.local_response_norm_alexnet_loops(x),
    ):
        assert y.dtype == np.float32
    same(x, before, rtol=0)


# ---------------------------------------------------------------------- sentences

X = np.zeros((2, 3))
PICTURE = np.zeros((1, 4, 2, 2))
WRONG = {
    "one value per channel in training": (
        lambda: norm.batch_norm(X[:1], None, None, training=True),
        ValueError,
        "x must have more than one value per channel in training, got (1, 3); "
        "the variance of one value is 0, use a larger batch or training=False",
    ),
    "one value per channel, by definition": (
        lambda: norm.batch_norm_by_definition(X[:1]),
        ValueError,
        "x must have more than one value per channel in training, got (1, 3); "
        "the variance of one value is 0, use a larger batch or training=False",
    ),
    "one value per channel, backward": (
        lambda: norm.batch_norm_backward(X[:1], X[:1]),
        ValueError,
        "x must have more than one value per channel in training, got (1, 3); "
        "the variance of one value is 0, use a larger batch or training=False",
    ),
    "evaluation without statistics": (
        lambda: norm.batch_norm(X, None, None),
        ValueError,
        "running_mean and running_var must be arrays in evaluation, got None; "
        "did you mean training=True?",
    ),
    "swapped statistics": (
        lambda: norm.batch_norm(X, np.ones(3), np.array([0.5, -2, 1])),
        ValueError,
        "running_var must not be negative, got -2; "
        "are running_mean and running_var swapped?",
    ),
    "a weight for other channels": (
        lambda: norm.batch_norm(X, np.zeros(3), np.ones(3), np.ones(2)),
        ShapeError,
        "weight must be (3,) to match the channels of x (2, 3), got (2,)",
    ),
    "running statistics of integers": (
        lambda: norm.batch_norm(X, np.zeros(3, dtype=int), np.ones(3), training=True),
        TypeError,
        "running_mean must be floating point, got int64: integer arithmetic would "
        "overflow; divide by 255 or use running_mean.astype(float)",
    ),
    "a vector": (
        lambda: norm.batch_norm(X[0], None, None, training=True),
        ShapeError,
        "x must be (N, C) or (N, C, L) or (N, C, H, W), got (3,); "
        "did you mean x[None]?",
    ),
    "eps of zero": (
        lambda: norm.batch_norm(X, None, None, training=True, eps=0),
        ValueError,
        "eps must be above 0, got 0; without it a constant channel is 0/0, "
        "use the default 1e-5",
    ),
    "momentum above one": (
        lambda: norm.batch_norm(X, None, None, training=True, momentum=1.5),
        ValueError,
        "momentum must be between 0 and 1, got 1.5",
    ),
    "a gradient of another shape": (
        lambda: norm.batch_norm_backward(X.T, X),
        ShapeError,
        "grad_output must be (2, 3) to match x (2, 3), got (3, 2); "
        "did you mean grad_output.T?",
    ),
    "LRN of an unbatched image": (
        lambda: norm.local_response_norm(PICTURE[0], 5),
        ShapeError,
        "x must be (N, C, H, W), got (4, 2, 2); did you mean x[None]?",
    ),
    "LRN over no channel": (
        lambda: norm.local_response_norm(PICTURE, 0),
        ValueError,
        "size must be a positive integer, got 0; the smallest allowed is 1",
    ),
    "AlexNet's LRN with an even size": (
        lambda: norm.local_response_norm_alexnet(PICTURE, 4),
        ValueError,
        "size must be odd, got 4: the paper looks as far up as down; did you mean 5?",
    ),
    "LRN with a negative alpha": (
        lambda: norm.local_response_norm(PICTURE, 5, alpha=-1),
        ValueError,
        "alpha must be at least 0, got -1",
    ),
    "a percentage": (
        lambda: norm.dropout(X, p=50),
        ValueError,
        "p must be between 0 and 1, got 50",
    ),
    "a keep probability that is none": (
        lambda: norm.dropout_keep(X, keep_prob=-0.1),
        ValueError,
        "keep_prob must be between 0 and 1, got -0.1",
    ),
    "a seed in place of a generator": (
        lambda: norm.dropout(X, rng=0),
        TypeError,
        "rng must be a NumPy Generator, got 0; make one outside the loop: "
        "rng = np.random.default_rng(0)",
    ),
    "a list": (
        lambda: norm.dropout([1.0, 2.0]),
        TypeError,
        "x must be an array, got list; did you mean np.array(x, dtype=float)?",
    ),
    "dropout of integers": (
        lambda: norm.dropout(X.astype(int)),
        TypeError,
        "x must be floating point, got int64: integer arithmetic would overflow; "
        "divide by 255 or use x.astype(float)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_sentence_for(name):
    call, error, sentence = WRONG[name]
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == sentence


def test_a_refused_call_leaves_the_running_statistics_alone():
    mean, var = np.zeros(3), np.ones(3)
    with pytest.raises(ShapeError, match="bias"):
        norm.batch_norm(random(4, 3), mean, var, None, np.ones(2), training=True)
    same(mean, np.zeros(3))
    same(var, np.ones(3))
