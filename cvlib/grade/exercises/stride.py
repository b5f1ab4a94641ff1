"""How many places a window has."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.spec import Case, Exercise, Misconception


def output_size(n, f, p=0, s=1, d=1):
    """The answer."""
    return conv.output_size(n, f, padding=p, stride=s, dilation=d)


def rounded_up(n, f, p=0, s=1, d=1):
    """Let the last window hang over the edge."""
    return -(-(n + 2 * p - d * (f - 1) - 1) // s) + 1


def rounded_to_nearest(n, f, p=0, s=1, d=1):
    """Up or down, whichever is nearer."""
    return round((n + 2 * p - d * (f - 1) - 1) / s) + 1


def padding_once(n, f, p=0, s=1, d=1):
    """Count the zeros of one side."""
    return (n + p - d * (f - 1) - 1) // s + 1


def steps_not_places(n, f, p=0, s=1, d=1):
    """Forget the first window."""
    return (n + 2 * p - d * (f - 1) - 1) // s


def one_before_dividing(n, f, p=0, s=1, d=1):
    """Divide the number of places at stride 1."""
    return (n + 2 * p - d * (f - 1)) // s


def without_dilation(n, f, p=0, s=1, d=1):
    """Take the kernel for one without holes."""
    return (n + 2 * p - f) // s + 1


def gap_after_the_last(n, f, p=0, s=1, d=1):
    """d · f pixels for f taps."""
    return (n + 2 * p - d * f) // s + 1


def one_pixel_short(n, f, p=0, s=1, d=1):
    """Take the gaps for the reach."""
    return (n + 2 * p - d * (f - 1)) // s + 1


def without_the_kernel(n, f, p=0, s=1, d=1):
    """Divide the padded length."""
    return (n + 2 * p) // s


def not_floored(n, f, p=0, s=1, d=1):
    """Use / and leave the fraction."""
    return (n + 2 * p - d * (f - 1) - 1) / s + 1


def stride_left_out(n, f, p=0, s=1, d=1):
    """The formula for stride 1."""
    return n + 2 * p - d * (f - 1)


def layers(rng: np.random.Generator) -> Iterator[Case]:
    """Every stride and dilation up to 4; exact fits, and every rest."""
    for s in (1, 2, 3, 4):
        for d in (1, 2, 3):
            f, p, places = (int(k) for k in rng.integers([2, 1, 2], [6, 4, 9]))
            span = d * (f - 1) + 1
            n = span + s * (places - 1) + (s - 1) * (d % 2) - 2 * p
            p = p if n > 0 else 0
            n = n if n > 0 else span + s * (places - 1) + (s - 1) * (d % 2)
            yield Case(n, f, p, s, d)
    n = int(rng.integers(8, 40))
    yield Case(n, int(rng.integers(2, 8)))
    yield Case(n, 3, 1)
    yield Case(n, 2, 0, 2)
    yield Case(n, 1, 0, int(rng.integers(2, 5)))
    yield Case(5, 3, 0, 2, 2)
    # zeros whose number the stride does not divide count all the same
    yield Case(3 * int(rng.integers(2, 9)) + 2, 3, 2, 3)


EXERCISES = (
    Exercise(
        name="output_size",
        title="How many windows fit?",
        reference=output_size,
        visible=(
            Case(7, 3),
            Case(8, 3, 1, 2),
            Case(9, 3, 1, 2),
            Case(227, 11, 0, 4),
            Case(16, 3, 0, 3, 4),
        ),
        generate=layers,
        misconceptions=(
            Misconception(
                "rounded up",
                rounded_up,
                "Where the stride does not divide evenly you round up, so your last "
                "window hangs over the edge. It must fit: round down.",
            ),
            Misconception(
                "rounded to the nearest",
                rounded_to_nearest,
                "You round to the nearest whole number. A jump that is only started "
                "leads nowhere, however little is missing: round down.",
            ),
            Misconception(
                "padding counted once",
                padding_once,
                "You count the padding once. It lies on both sides, so the window "
                "slides over n + 2p pixels.",
            ),
            Misconception(
                "forgot the first window",
                steps_not_places,
                "You count the jumps of the window, not its places. Before the first "
                "jump it already stands somewhere: that is one place more.",
            ),
            Misconception(
                "one added before the division",
                one_before_dividing,
                "You added the 1 before you divided by the stride. Divide what is "
                "left beyond the first window by s, round down, and add that window "
                "at the end.",
            ),
            Misconception(
                "forgot the dilation",
                without_dilation,
                "The dilation is not used. With d pixels from one tap to the next, f "
                "taps reach over d(f − 1) + 1 pixels, and that takes the place of f.",
            ),
            Misconception(
                "a gap after the last tap",
                gap_after_the_last,
                "You let the kernel reach over d · f pixels, as if a gap followed the "
                "last tap. Between f taps there are f − 1 gaps: d(f − 1) + 1 pixels.",
            ),
            Misconception(
                "reach too short by one",
                one_pixel_short,
                "You let the kernel reach over d(f − 1) pixels. That is from the first "
                "tap to the last; the first one needs a pixel as well: d(f − 1) + 1.",
            ),
            Misconception(
                "size divided by the stride",
                without_the_kernel,
                "You divide the padded size by the stride, as if a window could start "
                "on the last pixel. It starts where all of it still fits: subtract "
                "its reach first.",
            ),
            Misconception(
                "fraction left",
                not_floored,
                "You return a fraction: `/` always does. Windows are counted in whole "
                "numbers: `//` divides and rounds down.",
            ),
            Misconception(
                "forgot the stride",
                stride_left_out,
                "The stride is not used: you count the windows that start on every "
                "pixel. Only every s-th of them is taken.",
            ),
        ),
        page="book/sizes/stride-and-dilation",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
