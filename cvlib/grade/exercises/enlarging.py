"""Enlarging a map without weights: copies, nails, switches."""

from collections.abc import Iterator

import numpy as np

from cvlib import resample
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.pool import max_pool2d


def enlarge(x, factor, method):
    """The answer to the first."""
    if method == "nearest":
        return resample.nearest(x, scale_factor=factor)
    return resample.bed_of_nails(x, factor)


def nailed(x, factor, at):
    """A bed of nails whose nails stand at (at, at) of each block."""
    y = np.zeros((x.shape[0] * factor, x.shape[1] * factor))
    y[at::factor, at::factor] = x
    return y


def copied(x, factor):
    """Blocks of equal numbers."""
    return np.repeat(np.repeat(x, factor, axis=0), factor, axis=1)


def tiled(x, factor, method):
    """The whole map, several times side by side."""
    if method == "nearest":
        return np.tile(x, (factor, factor))
    return nailed(x, factor, 0)


def rows_only(x, factor, method):
    """Taller, and no wider."""
    if method == "nearest":
        return np.repeat(x, factor, axis=0)
    y = np.zeros((x.shape[0] * factor, x.shape[1]))
    y[::factor] = x
    return y


def exchanged(x, factor, method):
    """Each method where the other is asked for."""
    return nailed(x, factor, 0) if method == "nearest" else copied(x, factor)


def in_the_middle(x, factor, method):
    """Nails in the middle of their blocks."""
    if method == "nearest":
        return copied(x, factor)
    return nailed(x, factor, factor // 2)


def in_the_last_corner(x, factor, method):
    """Nails at the lower right."""
    if method == "nearest":
        return copied(x, factor)
    return nailed(x, factor, factor - 1)


def shared_out(x, factor, method):
    """A block that adds up to the number it came from."""
    if method == "nearest":
        return copied(x, factor) / factor**2
    return nailed(x, factor, 0)


def zeros_between_only(x, factor, method):
    """No zeros behind the last nail."""
    if method == "nearest":
        return copied(x, factor)
    return nailed(x, factor, 0)[: 1 - factor or None, : 1 - factor or None]


def always_two(x, factor, method):
    """Twice, whatever the factor."""
    return copied(x, 2) if method == "nearest" else nailed(x, 2, 0)


def maps(rng: np.random.Generator) -> Iterator[Case]:
    """Small maps, no two sides alike, by both methods and every factor."""
    for factor in (1, 2, 3, 3, 4, 2):
        for method in ("nearest", "nails"):
            yield Case(numbers(rng, *sizes(rng, 1, 4)), factor, method)


def unpool(values, switches, size):
    """The answer to the second."""
    H, W = size
    y = np.zeros((len(values), H * W))
    places = switches.reshape(len(values), -1)
    np.put_along_axis(y, places, values.reshape(places.shape), axis=1)
    return y.reshape(-1, H, W)


def into_corners(values, switches, size):
    """A bed of nails: the switches are not read."""
    (C, P, Q), (H, W) = values.shape, size
    y = np.zeros((C, H, W))
    y[:, : P * (H // P) : H // P, : Q * (W // Q) : W // Q] = values
    return y


def blocks_filled(values, switches, size):
    """Nearest neighbour: every place of the window."""
    (_, P, Q), (H, W) = values.shape, size
    y = np.repeat(np.repeat(values, H // P, axis=1), W // Q, axis=2)
    return np.pad(y, [(0, 0), (0, H - y.shape[1]), (0, W - y.shape[2])])


def switches_of_the_first(values, switches, size):
    """One channel's places for all."""
    return unpool(values, np.broadcast_to(switches[0], switches.shape), size)


def all_in_the_first(values, switches, size):
    """Every channel written into the first."""
    y = np.zeros(len(values) * size[0] * size[1])
    y[switches.ravel()] = values.ravel()
    return y.reshape(-1, *size)


def column_by_column(values, switches, size):
    """Places counted down the columns."""
    H, W = size
    return unpool(values, switches, (W, H)).transpose(0, 2, 1)


def counted_from_one(values, switches, size):
    """Every number one place too early."""
    return unpool(values, switches - 1, size)


def height_for_width(values, switches, size):
    """The two sides of the result exchanged."""
    return unpool(values, switches, size[::-1])


def switches_returned(values, switches, size):
    """The places in place of the values."""
    return unpool(1.0 * switches, switches, size)


def pooled(rng: np.random.Generator) -> Iterator[Case]:
    """Maps that were pooled, and other numbers to put back; some with a rest."""
    for factor, channels, rest in [
        (2, 1, 0), (2, 2, 0), (2, 3, 1), (3, 2, 0), (3, 2, 2), (2, 2, 1), (3, 1, 1),
        (2, 2, 0), (2, 3, 0), (3, 2, 0),
    ]:  # fmt: skip
        P, Q = sizes(rng, 1, 3)
        size = P * factor + rest, Q * factor + rest
        before = rng.permutation(channels * size[0] * size[1]) * 1.0
        _, switches = max_pool2d(
            before.reshape(channels, *size), factor, return_indices=True
        )
        values = numbers(rng, channels, P, Q)
        values[values == 0] = 1.5  # what is 0 could stand anywhere
        yield Case(values, switches, size)


LECTURE = np.array([[1.0, 2], [3, 4]])

EXERCISES = (
    Exercise(
        name="enlarge",
        title="Copies or nails",
        reference=enlarge,
        visible=(
            Case(LECTURE, 2, "nearest"),
            Case(LECTURE, 2, "nails"),
            Case(np.array([[1.0, 2, 3]]), 3, "nearest"),
            Case(np.array([[1.0, 2, 3]]), 3, "nails"),
        ),
        generate=maps,
        misconceptions=(
            Misconception(
                "tiled the map",
                tiled,
                "You set the whole map several times side by side. Nearest neighbour "
                "keeps the picture and repeats each *number*: 1, 2 becomes 1, 1, 2, "
                "2, not 1, 2, 1, 2. `np.repeat` does that, `np.tile` does not.",
            ),
            Misconception(
                "one axis only",
                rows_only,
                "Your map grows taller, not wider. A factor of f goes for both axes, "
                "so that every number becomes a block of f × f.",
            ),
            Misconception(
                "methods exchanged",
                exchanged,
                "You leave zeros where copies are asked for, and copy where zeros are. "
                "“nearest” fills the block; “nails” leaves it empty but for a corner.",
            ),
            Misconception(
                "nails in the middle",
                in_the_middle,
                "Your nails stand in the middle of their blocks. In a bed of nails "
                "they stand in the upper left corner: number (i, j) goes to "
                "(i · factor, j · factor).",
            ),
            Misconception(
                "nails in the last corner",
                in_the_last_corner,
                "Your nails stand in the lower right corner of their blocks. Start at "
                "the first pixel: number (i, j) goes to (i · factor, j · factor).",
            ),
            Misconception(
                "shared the number out",
                shared_out,
                "Your copies are divided by the size of the block, so that they add "
                "up to the number. Nothing is shared out here: each copy is the "
                "number itself.",
            ),
            Misconception(
                "no zeros after the last nail",
                zeros_between_only,
                "You put zeros between the nails and none behind the last one. Every "
                "number owns a whole block, also the last: the result is factor times "
                "as tall and as wide.",
            ),
            Misconception(
                "factor of 2 only",
                always_two,
                "Your map is always twice as large. The factor is an argument, and it "
                "may be 1, 3 or anything else.",
            ),
        ),
        page="book/upsampling/three-ways",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="unpool",
        title="Back to where they came from",
        reference=unpool,
        visible=(
            Case(LECTURE[None], np.array([[[5, 2], [12, 15]]]), (4, 4)),
            Case(
                np.array([[[1.0, 2]], [[3, 4]]]),
                np.array([[[0, 7]], [[5, 2]]]),
                (2, 4),
            ),
            Case(np.array([[[1.0], [2]]]), np.array([[[4], [9]]]), (5, 3)),
        ),
        generate=pooled,
        misconceptions=(
            Misconception(
                "a bed of nails",
                into_corners,
                "You put each value into the corner of its window and never look at "
                "`switches`. They say where the maximum stood, and that is where the "
                "value belongs.",
            ),
            Misconception(
                "filled the window",
                blocks_filled,
                "You write the value into every place of its window. Unpooling writes "
                "it into one, the switch, and leaves the others 0.",
            ),
            Misconception(
                "one channel's switches for all",
                switches_of_the_first,
                "You use the switches of the first channel for all of them. Every "
                "channel was pooled alone and has maxima of its own.",
            ),
            Misconception(
                "all channels in one map",
                all_in_the_first,
                "All your values are in the first channel. A switch counts places "
                "inside its own channel, from 0; take the channels one at a time.",
            ),
            Misconception(
                "counted down the columns",
                column_by_column,
                "You count places down the columns. They are counted along the rows: "
                "place 5 of a map of width 4 is row 1, column 1, "
                "`divmod(place, width)`.",
            ),
            Misconception(
                "counted from one",
                counted_from_one,
                "Your values stand one place too early. Places are counted from 0, so "
                "there is nothing to subtract.",
            ),
            Misconception(
                "height and width exchanged",
                height_for_width,
                "Your result is as wide as it should be tall. `size` is (height, "
                "width), as in every shape in this book.",
            ),
            Misconception(
                "switches for values",
                switches_returned,
                "Your result holds the switches themselves. They are addresses; what "
                "is written there are the `values`.",
            ),
        ),
        page="book/upsampling/three-ways",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
