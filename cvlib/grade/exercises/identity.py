"""A deeper network that computes what the shallow one does."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def identity_kernel(channels, size):
    """Each map copied: a 1 in the middle of its own window, 0 elsewhere."""
    kernel = np.zeros((channels, channels, size, size))
    kernel[range(channels), range(channels), size // 2, size // 2] = 1
    return kernel


def deepen(kernels, n):
    """The answer."""
    filters, _, size, _ = kernels[-1].shape
    return [*kernels, *(identity_kernel(filters, size) for _ in range(n))]


def all_zero(kernels, n):
    """Layers of zeros, which only a shortcut makes the identity."""
    filters, _, size, _ = kernels[-1].shape
    added = [np.zeros((filters, filters, size, size)) for _ in range(n)]
    return [*kernels, *added]


def all_one(kernels, n):
    """Layers of ones."""
    filters, _, size, _ = kernels[-1].shape
    return [*kernels, *(np.ones((filters, filters, size, size)) for _ in range(n))]


def channels_mixed(kernels, n):
    """A 1 in the middle of every window, whichever map it reads."""
    filters, _, size, _ = kernels[-1].shape
    kernel = np.zeros((filters, filters, size, size))
    kernel[:, :, size // 2, size // 2] = 1
    return [*kernels, *(kernel.copy() for _ in range(n))]


def in_the_corner(kernels, n):
    """The 1 at [0, 0] of the window."""
    filters, _, size, _ = kernels[-1].shape
    kernel = np.zeros((filters, filters, size, size))
    kernel[range(filters), range(filters), 0, 0] = 1
    return [*kernels, *(kernel.copy() for _ in range(n))]


def identity_in_the_window(kernels, n):
    """An identity matrix along the wrong axes: the window's diagonal."""
    filters, _, size, _ = kernels[-1].shape
    kernel = np.zeros((filters, filters, size, size))
    kernel[:, :] = np.eye(size)
    return [*kernels, *(kernel.copy() for _ in range(n))]


def own_map_everywhere(kernels, n):
    """The right map, but every pixel of the window."""
    filters, _, size, _ = kernels[-1].shape
    kernel = np.zeros((filters, filters, size, size))
    kernel[range(filters), range(filters)] = 1
    return [*kernels, *(kernel.copy() for _ in range(n))]


def last_repeated(kernels, n):
    """The last layer once more."""
    return [*kernels, *(kernels[-1].copy() for _ in range(n))]


def at_the_bottom(kernels, n):
    """The new layers in front, where their ReLU meets the picture."""
    _, channels, size, _ = kernels[0].shape
    return [*(identity_kernel(channels, size) for _ in range(n)), *kernels]


def one_only(kernels, n):
    """A single layer, however many are asked for."""
    filters, _, size, _ = kernels[-1].shape
    return [*kernels, identity_kernel(filters, size)]


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """Stacks of one to three layers whose widths change."""
    for depth, n in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (2, 4), (3, 2), (3, 3)):
        widths = [int(rng.integers(1, 4))]
        while len(widths) <= depth:
            widths.append(int(rng.choice([w for w in (2, 3, 4) if w != widths[-1]])))
        shapes = [(f, c) for c, f in pairwise(widths)]
        kernels = [numbers(rng, *s, *[int(rng.choice([3, 3, 5]))] * 2) for s in shapes]
        yield Case(kernels, n)
    yield Case([numbers(rng, 3, 2, 1, 1)], int(rng.integers(2, 5)))
    yield Case([numbers(rng, 2, 3, 3, 3)], 0)


EXERCISES = (
    Exercise(
        name="deepen",
        title="Deeper, and no worse",
        reference=deepen,
        visible=(
            Case([numbers(np.random.default_rng(1), 2, 1, 3, 3)], 1),
            Case([numbers(np.random.default_rng(2), 3, 2, 1, 1)], 2),
            Case([numbers(np.random.default_rng(3), 2, 1, 5, 5)], 0),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "zeros",
                all_zero,
                "Your new layers are all zeros, so they answer zero to everything. "
                "Zeros are the identity only beside a shortcut, where the input is "
                "added; these layers have none.",
            ),
            Misconception(
                "ones",
                all_one,
                "Your new layers are all ones: each output sums the whole window over "
                "all maps. To copy a map, one weight of its kernel is 1 and every "
                "other is 0.",
            ),
            Misconception(
                "mixes the maps",
                channels_mixed,
                "The middle pixel is right, but every filter reads it in every map, "
                "so each output is the sum of all maps. Filter f must look at map f "
                "alone: `kernel[f, f]`, not `kernel[f, :]`.",
            ),
            Misconception(
                "the corner of the window",
                in_the_corner,
                "Your 1 stands at [0, 0], the corner of the window. With padding, the "
                "output then is the picture, moved one pixel down and to the right "
                "for a 3 × 3 kernel. Put it in the middle.",
            ),
            Misconception(
                "np.eye in the window",
                identity_in_the_window,
                "You laid the identity matrix over the pixels of the window. What must "
                "be an identity is the pair of channel axes: filter f reads map f, at "
                "one pixel.",
            ),
            Misconception(
                "the whole window",
                own_map_everywhere,
                "Each filter reads its own map, which is right, but it sums the whole "
                "window: a blur. Only the middle pixel may have weight.",
            ),
            Misconception(
                "the last layer again",
                last_repeated,
                "You repeat the last layer. Its weights would work on their own "
                "output, which changes it, and the channels need not even fit. The "
                "new layers must copy what they get.",
            ),
            Misconception(
                "in front",
                at_the_bottom,
                "You put the new layers in front. There each is followed by ReLU like "
                "all layers, and cuts every negative number of the input. After a ReLU "
                "nothing is negative: add them behind.",
            ),
            Misconception(
                "one layer only",
                one_only,
                "You add one layer whatever `n` is. The new network must be `n` layers "
                "deeper, and `n` may be 0.",
            ),
        ),
        page="book/deeper/degradation",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
