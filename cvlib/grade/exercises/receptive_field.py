"""How many pixels one number of a deep layer has seen."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.spec import Case, Exercise, Misconception


def receptive_field(layers):
    """The answer."""
    fields = conv.receptive_field([(k, s, 0, d) for k, s, d in layers])
    return (fields[-1].size, fields[-1].jump) if fields else (1, 1)


def jump_forgotten(layers):
    """Every layer widens the field as if it stood on the picture."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        size += (kernel_size - 1) * dilation
        jump *= stride
    return size, jump


def jump_too_early(layers):
    """Let the layer's own stride spread its taps."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        jump *= stride
        size += (kernel_size - 1) * dilation * jump
    return size, jump


def stride_below_only(layers):
    """Take the stride of the layer below for the jump."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        size += (kernel_size - 1) * dilation * jump
        jump = stride
    return size, jump


def dilation_forgotten(layers):
    """Take the taps as neighbours."""
    size, jump = 1, 1
    for kernel_size, stride, _ in layers:
        size += (kernel_size - 1) * jump
        jump *= stride
    return size, jump


def taps_times_dilation(layers):
    """Let a kernel span k · d pixels."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        size += (kernel_size * dilation - 1) * jump
        jump *= stride
    return size, jump


def kernels_added(layers):
    """Add k where k − 1 is meant."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        size += kernel_size * dilation * jump
        jump *= stride
    return size, jump


def kernels_multiplied(layers):
    """Multiply the sizes."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        size *= (kernel_size - 1) * dilation + 1
        jump *= stride
    return size, jump


def from_the_wrong_end(layers):
    """The rule for going down, applied going up."""
    size, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        size = (size - 1) * stride + (kernel_size - 1) * dilation + 1
        jump *= stride
    return size, jump


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """From no layer to five; plain ones, pools, dilated ones and mixtures."""
    yield Case([])
    for depth in (1, 2, 2, 3, 3, 4, 4, 5, 5):
        layers = []
        for _ in range(depth):
            kernel_size = int(rng.choice([1, 2, 3, 3, 5, 7]))
            stride, dilation = int(rng.integers(1, 4)), int(rng.integers(1, 4))
            layers.append((kernel_size, stride, dilation))
        yield Case(layers)
    k, d = int(rng.choice([2, 3, 5])), int(rng.integers(2, 5))
    yield Case([(k, 2, 1), (3, 3, 1), (k, 1, 1)])
    yield Case([(3, 1, 1), (k, 2, 1), (2, 2, 1), (3, 1, d)])
    yield Case([(k, 3, 1), (3, 1, d), (k, 2, d + 1)])


EXERCISES = (
    Exercise(
        name="receptive_field",
        title="How far back a unit sees",
        reference=receptive_field,
        visible=(
            Case([]),
            Case([(3, 1, 1), (3, 1, 1)]),
            Case([(3, 1, 1), (2, 2, 1), (3, 1, 1)]),
            Case([(3, 1, 1), (3, 1, 2), (3, 1, 4)]),
            Case([(5, 2, 1), (3, 2, 1), (3, 1, 1)]),
        ),
        generate=stacks,
        misconceptions=(
            Misconception(
                "every layer widens by k − 1 pixels",
                jump_forgotten,
                "You widen the field as if every layer stood on the picture. After a "
                "stride of 2, neighbouring units lie two pixels apart, so each "
                "further tap adds two: multiply by the jump.",
            ),
            Misconception(
                "own stride too early",
                jump_too_early,
                "You multiply the jump by a layer's stride before you use it. The "
                "taps of a layer lie on the units below it, so they are spread by the "
                "strides below, not by its own.",
            ),
            Misconception(
                "stride of one layer only",
                stride_below_only,
                "You take the jump from one layer's stride. Strides multiply: two of "
                "2, one above the other, make neighbours lie 4 pixels apart.",
            ),
            Misconception(
                "forgot the dilation",
                dilation_forgotten,
                "The dilation is not used. The taps of a dilated kernel are "
                "`dilation` units apart, so three of them with dilation 2 span 5.",
            ),
            Misconception(
                "kernel times dilation",
                taps_times_dilation,
                "You let a dilated kernel span k · d units. Between k taps there are "
                "only k − 1 gaps, and only the gaps grow: it spans (k − 1) · d + 1.",
            ),
            Misconception(
                "added k instead of k − 1",
                kernels_added,
                "You add the whole kernel for every layer. One of its taps lies on "
                "what was already seen: two 3 × 3 layers see 5 pixels, not 7.",
            ),
            Misconception(
                "multiplied the kernels",
                kernels_multiplied,
                "You multiply the sizes, as if the windows of neighbouring units did "
                "not overlap. They do: two 3 × 3 layers see 5 pixels, not 9.",
            ),
            Misconception(
                "layers from the wrong end",
                from_the_wrong_end,
                "(size − 1) · stride + k is the rule for going down, from the last "
                "layer to the picture. You apply it from the picture up: go through "
                "the layers in reverse, or use the jump.",
            ),
        ),
        page="book/sizes/receptive-field",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
