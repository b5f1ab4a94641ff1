"""The gradient of conv2d against torch's autograd and against small differences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional

from cvlib.conv import conv2d, conv2d_backward, conv_transpose2d
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)


@st.composite
def forward_passes(draw):
    size, kernel, stride, padding, dilation = [], [], [], [], []
    for _ in range(2):
        k, s, p, d = (draw(st.integers(low, 3)) for low in (1, 1, 0, 1))
        size.append(max(1, d * (k - 1) + 1 - 2 * p) + draw(st.integers(0, 4)))
        for values, value in [
            (kernel, k),
            (stride, s),
            (padding, p),
            (dilation, d),
        ]:
            values.append(value)
    groups, c, f = (draw(st.integers(1, 2)) for _ in range(3))
    batch = draw(st.sampled_from([(), (0,), (2,)]))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    x = rng.normal(size=(*batch, groups * c, *size))
    w = rng.normal(size=(groups * f, c, *kernel))
    options = dict(stride=tuple(stride), padding=tuple(padding))
    return x, w, {**options, "dilation": tuple(dilation), "groups": groups}


def by_autograd(grad_output, x, w, **options):
    x, w = (torch.tensor(a, requires_grad=True) for a in (x, w))
    b = torch.zeros(len(w), dtype=w.dtype, requires_grad=True)
    functional.conv2d(x, w, b, **options).backward(torch.tensor(grad_output))
    return [a.grad.numpy() for a in (x, w, b)]


@given(forward_passes())
@quick
def test_gradients_are_autograds(case):
    x, w, options = case
    grad_output = np.cos(3 * conv2d(x, w, **options))
    ours = conv2d_backward(grad_output, x, w, **options)
    theirs = by_autograd(grad_output, x, w, **options)
    for mine, torchs in zip(ours, theirs, strict=True):
        assert_allclose(mine, torchs, atol=1e-10, strict=True)


def small_differences(loss, a, step=1e-6):
    gradient = np.empty_like(a)
    for i in np.ndindex(a.shape):
        there, back = a.copy(), a.copy()
        there[i] += step
        back[i] -= step
        gradient[i] = (loss(there) - loss(back)) / (2 * step)
    return gradient


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"padding": "same"},
        {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2},
    ],
)
def test_gradients_are_small_differences(rng, options):
    groups = options.get("groups", 1)
    x, w = rng.normal(size=(2, 2, 6, 5)), rng.normal(size=(4, 2 // groups, 2, 3))
    b, v = rng.normal(size=4), rng.normal(size=conv2d(x, w, **options).shape)
    grad_x, grad_w, grad_b = conv2d_backward(v, x, w, **options)

    def loss(x=x, w=w, b=b):
        return (v * conv2d(x, w, b, **options)).sum()

    near = {"rtol": 1e-6, "atol": 1e-7, "strict": True}
    assert_allclose(grad_x, small_differences(lambda a: loss(x=a), x), **near)
    assert_allclose(grad_w, small_differences(lambda a: loss(w=a), w), **near)
    assert_allclose(grad_b, small_differences(lambda a: loss(b=a), b), **near)


def test_the_gradient_of_the_input_is_a_transposed_convolution(rng):
    x, w = rng.normal(size=(2, 3, 7, 7)), rng.normal(size=(4, 3, 3, 3))
    g = rng.normal(size=(2, 4, 4, 4))
    grad_x, _, _ = conv2d_backward(g, x, w, stride=2, padding=1)
    wanted = conv_transpose2d(g, w, stride=2, padding=1)
    assert_allclose(grad_x, wanted, atol=1e-12, strict=True)


def test_a_batch_adds_up_its_images_gradients(rng):
    x, w = rng.normal(size=(3, 2, 5, 5)), rng.normal(size=(4, 2, 3, 3))
    g = rng.normal(size=(3, 4, 3, 3))
    grad_x, grad_w, grad_b = conv2d_backward(g, x, w)
    alone = [conv2d_backward(*pair, w) for pair in zip(g, x, strict=True)]
    assert_allclose(grad_x, np.stack([a for a, _, _ in alone]), strict=True)
    assert_allclose(grad_w, sum(a for _, a, _ in alone), strict=True)
    assert_allclose(grad_b, sum(a for _, _, a in alone), strict=True)


def test_gradients_have_the_dtype_of_what_they_belong_to():
    x, w = np.ones((1, 3, 3), np.float32), np.ones((1, 1, 2, 2), np.float32)
    for gradient in conv2d_backward(np.ones((1, 2, 2), np.float32), x, w):
        assert gradient.dtype == np.float32


def test_a_gradient_of_another_output_is_refused(says):
    with says(
        ShapeError,
        "grad_output must be (2, 4, 3, 3) to match conv2d(x, w, …), got (2, 4, 5, 5)",
    ):
        conv2d_backward(
            np.zeros((2, 4, 5, 5)), np.zeros((2, 3, 5, 5)), np.zeros((4, 3, 3, 3))
        )
