"""Edges: how strong they are, and a kernel with a hole."""

from collections.abc import Iterator

import numpy as np

from cvlib.conv import cross_correlate2d
from cvlib.filters import SCHARR_AS_TRANSCRIBED, SCHARR_X, SOBEL_X, SOBEL_Y
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def sobel_magnitude(image):
    """The answer."""
    across = cross_correlate2d(image, SOBEL_X)
    return np.hypot(across, cross_correlate2d(image, SOBEL_Y))


def across_only(image):
    """One kernel of the two."""
    return np.abs(cross_correlate2d(image, SOBEL_X))


def down_only(image):
    """The other one."""
    return np.abs(cross_correlate2d(image, SOBEL_Y))


def sum_of_sizes(image):
    """Walk along the streets instead of as the crow flies."""
    across = np.abs(cross_correlate2d(image, SOBEL_X))
    return across + np.abs(cross_correlate2d(image, SOBEL_Y))


def signs_cancel(image):
    """Add first, then take the absolute value."""
    return np.abs(cross_correlate2d(image, SOBEL_X + SOBEL_Y))


def no_root(image):
    """Leave out the root."""
    across = cross_correlate2d(image, SOBEL_X)
    return across**2 + cross_correlate2d(image, SOBEL_Y) ** 2


def black_frame(image):
    """Pad by zeros."""
    across = cross_correlate2d(image, SOBEL_X, mode="same")
    return np.hypot(across, cross_correlate2d(image, SOBEL_Y, mode="same"))


def equal_weights(image):
    """Prewitt's kernels: 1, 1, 1 where Sobel has 1, 2, 1."""
    kernel = np.array([[1.0, 0, -1]] * 3)
    across = cross_correlate2d(image, kernel)
    return np.hypot(across, cross_correlate2d(image, kernel.T))


def same_kernel_twice(image):
    """Forget to turn the second kernel."""
    across = cross_correlate2d(image, SOBEL_X)
    return np.hypot(across, across)


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures, some of a single window, and steps and slopes of every kind."""
    for k in range(9):
        yield Case(numbers(rng, *sizes(rng, 3, 4 + k // 2)))
    step = np.where(np.arange(5) < rng.integers(1, 5), 1.0, 0.0)
    yield Case(np.tile(step, (4, 1)) * rng.integers(2, 9))
    yield Case(np.tile(step[:, None], (1, 4)) * rng.integers(2, 9))
    yield Case(np.add.outer(np.arange(4.0), -2 * np.arange(5.0)) + rng.integers(9))
    yield Case(np.full((3, 4), float(rng.integers(1, 9))))


def repair_scharr(kernel):
    """The answer: opposite each weight stands the same with the other sign."""
    across = not kernel[:, 1].any()
    opposite = -kernel[:, ::-1] if across else -kernel[::-1]
    return np.where(kernel == 0, opposite + 0.0, kernel)


def upright(kernel):
    """The kernel so that it looks left and right, and a way to turn a kernel back."""
    if kernel[:, 1].any():
        return kernel.T, lambda other: other.T
    return kernel, lambda other: other


def sign_forgotten(kernel):
    """Copy the opposite weight with its sign."""
    k, back = upright(kernel)
    return back(np.where(k == 0, k[:, ::-1], k))


def into_the_middle(kernel):
    """Balance the row by its middle weight."""
    k, back = upright(kernel)
    k = k.copy()
    k[:, 1] = -k.sum(axis=1)
    return back(k)


def spread_out(kernel):
    """Subtract the mean of each row."""
    k, back = upright(kernel)
    return back(k - k.mean(axis=1, keepdims=True))


def into_the_centre(kernel):
    """Balance the whole kernel at its centre."""
    kernel = kernel.copy()
    kernel[1, 1] -= kernel.sum()
    return kernel


def left_and_right_only(kernel):
    """Compare left and right in every kernel."""
    return np.where(kernel == 0, -kernel[:, ::-1] + 0.0, kernel)


def by_heart(kernel):
    """Scharr's numbers, whatever the others are."""
    return SCHARR_X.copy()


def first_column_only(kernel):
    """Write the left column anew, and the top row: what if the other side is broken?"""
    k, back = upright(kernel)
    k = k.copy()
    k[:, 0] = -k[:, 2]
    return back(k)


def last_column_only(kernel):
    """The same from the other side."""
    k, back = upright(kernel)
    k = k.copy()
    k[:, 2] = -k[:, 0]
    return back(k)


def holed(rng: np.random.Generator) -> Iterator[Case]:
    """Each of the six weights lost, looking across and down, either sign."""
    for place in rng.permutation(12):
        outer, middle = sizes(rng, 1, 12)
        kernel = np.outer([outer, middle, outer], [1.0, 0, -1]) * rng.choice([-1, 1])
        kernel[place % 3, 2 * (place // 3 % 2)] = 0
        yield Case(kernel + 0.0 if place < 6 else kernel.T + 0.0)


EXERCISES = (
    Exercise(
        name="sobel_magnitude",
        title="How strong is the edge?",
        reference=sobel_magnitude,
        visible=(
            Case(np.array([[0.0, 0, 1, 1]] * 3)),
            Case(np.array([[0.0, 0, 0], [0, 0, 0], [1, 1, 1], [1, 1, 1]])),
            Case(np.array([[0.0, 1, 2], [1.5, 2.5, 3.5], [3, 4, 5]])),
            Case(np.array([[0.0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 1]])),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "across only",
                across_only,
                "You looked across only, so an edge between light above and dark "
                "below goes unseen. Slide the transposed kernel as well, and combine "
                "the two.",
            ),
            Misconception(
                "down only",
                down_only,
                "You looked down only, so an upright edge goes unseen. Slide the "
                "transposed kernel as well, and combine the two.",
            ),
            Misconception(
                "sum of absolute values",
                sum_of_sizes,
                "You added the two changes, signs aside. They stand at right angles "
                "to each other, so the length of the arrow follows from Pythagoras: a "
                "slope of 3 across and 4 down is 5, not 7.",
            ),
            Misconception(
                "opposite signs cancel",
                signs_cancel,
                "You added the two changes before you took the absolute value, so an "
                "edge on which one is positive and one negative vanishes. Square each "
                "first.",
            ),
            Misconception(
                "missing root",
                no_root,
                "You return the square of the length. Take the square root at the "
                "end, or a step twice as high would count as an edge four times as "
                "strong.",
            ),
            Misconception(
                "black frame",
                black_frame,
                "You surrounded the picture with zeros, and its border is now an edge "
                "that is not in it. Use only the windows that fit: the result has two "
                "rows and two columns fewer.",
            ),
            Misconception(
                "equal weights",
                equal_weights,
                "Your kernels give the three rows equal weights: those are Prewitt's. "
                "Sobel counts the middle one twice: 1, 2, 1.",
            ),
            Misconception(
                "the same kernel twice",
                same_kernel_twice,
                "You used the same kernel twice. The second one must look down "
                "instead of across: it is the transpose of the first.",
            ),
        ),
        page="book/convolution/edges",
        minutes=15,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="repair_scharr",
        title="A kernel with a hole",
        reference=repair_scharr,
        visible=(
            Case(SCHARR_AS_TRANSCRIBED.copy()),
            Case(np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, 0]])),
            Case(np.array([[-4.0, 0, 4], [-7, 0, 0], [-4, 0, 4]])),
        ),
        generate=holed,
        misconceptions=(
            Misconception(
                "sign forgotten",
                sign_forgotten,
                "You copied the weight from the opposite side with its sign. The "
                "kernel subtracts one side from the other, so opposite 10 stands −10.",
            ),
            Misconception(
                "put into the middle",
                into_the_middle,
                "Your row sums to 0, but you put the number into the middle. The "
                "weights in the middle are 0 in every kernel of this kind: the lost "
                "one stood at the end, opposite the one that is left.",
            ),
            Misconception(
                "deficit spread out",
                spread_out,
                "You subtracted the mean, which makes the sum 0 but changes weights "
                "that were right. One weight is missing, and only that one may "
                "change.",
            ),
            Misconception(
                "balanced at the centre",
                into_the_centre,
                "The kernel sums to 0 as a whole, but you wrote the number into its "
                "centre. The centre is 0 in a kernel that compares two sides; find "
                "the weight that has lost its opposite.",
            ),
            Misconception(
                "left and right only",
                left_and_right_only,
                "You compare left and right in every kernel. One whose middle row is "
                "zero compares above and below: there the columns must sum to 0.",
            ),
            Misconception(
                "Scharr's numbers by heart",
                by_heart,
                "You return Scharr's kernel, whichever kernel was damaged. The "
                "weights that are left tell what is missing: look at the one opposite "
                "the hole.",
            ),
            Misconception(
                "one side only",
                first_column_only,
                "You always rewrite the first side, so when the hole is on the other, "
                "you copy it over the weight that was left. Find out first where the "
                "hole is.",
            ),
            Misconception(
                "the other side only",
                last_column_only,
                "You always rewrite the last side, so when the hole is on the other, "
                "you copy it over the weight that was left. Find out first where the "
                "hole is.",
            ),
        ),
        page="book/convolution/edges",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
