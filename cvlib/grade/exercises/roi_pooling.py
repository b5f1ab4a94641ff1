"""RoIPool and the pyramid it is one level of."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/regions/roi-pooling"


def nearest(value):
    """Halves upwards: boxes lie in the picture, so nothing is negative."""
    return int(np.floor(value + 0.5))


def outwards(n, bins):
    """Bins that leave no pixel out."""
    return [(i * n // bins, -(-(i + 1) * n // bins)) for i in range(bins)]


def downwards(n, bins):
    """Both ends rounded down."""
    return [(i * n // bins, (i + 1) * n // bins) for i in range(bins)]


def grid_of(region, P, Q, divide, reduce):
    """`reduce` on every bin of a P × Q grid."""
    _, h, w = region.shape
    rows, columns = divide(h, P), divide(w, Q)
    return np.array(
        [[[reduce(plane[a:b, c:d]) for c, d in columns] for a, b in rows]
         for plane in region]
    )  # fmt: skip


def pool_region(x, box, spatial_scale, P, Q):
    """The answer."""
    x1, y1, x2, y2 = (nearest(v * spatial_scale) for v in box)
    return grid_of(x[:, y1 : y2 + 1, x1 : x2 + 1], P, Q, outwards, np.max)


def last_pixel_left_out(x, box, spatial_scale, P, Q):
    """The region ends before its end."""
    x1, y1, x2, y2 = (nearest(v * spatial_scale) for v in box)
    region = x[:, y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
    return grid_of(region, P, Q, outwards, np.max)


def rest_left_out(x, box, spatial_scale, P, Q):
    """Equal bins; what is left over is not read."""
    x1, y1, x2, y2 = (nearest(v * spatial_scale) for v in box)
    region = x[:, y1 : y2 + 1, x1 : x2 + 1]
    _, h, w = region.shape
    a, b = max(h // P, 1), max(w // Q, 1)
    rows = [(min(p * a, h - 1), min(p * a, h - 1) + a) for p in range(P)]
    columns = [(min(q * b, w - 1), min(q * b, w - 1) + b) for q in range(Q)]
    return np.array(
        [[[plane[i:j, k:l].max() for k, l in columns] for i, j in rows]
         for plane in region]
    )  # fmt: skip


def ends_rounded_down(x, box, spatial_scale, P, Q):
    """Bins do not overlap."""
    x1, y1, x2, y2 = (nearest(v * spatial_scale) for v in box)
    region = x[:, y1 : y2 + 1, x1 : x2 + 1]

    def largest(window):
        return window.max() if window.size else 0.0

    return grid_of(region, P, Q, downwards, largest)


def to_even(x, box, spatial_scale, P, Q):
    """Python's round."""
    x1, y1, x2, y2 = (round(v * spatial_scale) for v in box)
    return grid_of(x[:, y1 : y2 + 1, x1 : x2 + 1], P, Q, outwards, np.max)


def cut_down(x, box, spatial_scale, P, Q):
    """Cut instead of rounded."""
    x1, y1, x2, y2 = (int(v * spatial_scale) for v in box)
    return grid_of(x[:, y1 : y2 + 1, x1 : x2 + 1], P, Q, outwards, np.max)


def averaged(x, box, spatial_scale, P, Q):
    """The mean of every bin."""
    x1, y1, x2, y2 = (nearest(v * spatial_scale) for v in box)
    return grid_of(x[:, y1 : y2 + 1, x1 : x2 + 1], P, Q, outwards, np.mean)


def axes_exchanged(x, box, spatial_scale, P, Q):
    """x taken for the row."""
    y1, x1, y2, x2 = (nearest(v * spatial_scale) for v in box)
    _, H, W = x.shape
    y1, x1 = min(y1, H - 1), min(x1, W - 1)
    return grid_of(x[:, y1 : y2 + 1, x1 : x2 + 1], P, Q, outwards, np.max)


def boxes_on_maps(rng: np.random.Generator) -> Iterator[Case]:
    """Strides of 1 to 16, sizes that the grid does not divide, halves."""
    for stride, P, Q in [
        (1, 2, 2), (2, 2, 2), (4, 2, 3), (16, 3, 2), (8, 1, 2), (2, 3, 3), (16, 2, 2),
    ]:  # fmt: skip
        H, W = sizes(rng, 6, 10)
        x = numbers(rng, int(rng.integers(1, 3)), H, W) - 1
        x1, x2 = sorted(int(v) for v in rng.choice(W - 1, 2, replace=False))
        y1, y2 = sorted(int(v) for v in rng.choice(H - 1, 2, replace=False))
        shift = [0.0, 0.5, 0.25, 0.75][int(rng.integers(0, 4))]
        box = np.array([x1 + shift, y1 + shift, x2 + 0.5, y2 + 0.25]) * stride
        yield Case(x, box, 1 / stride, P, Q)
    yield Case(numbers(rng, 1, 5, 7), np.array([0.5, 1.5, 4.5, 3.5]), 1.0, 2, 2)
    yield Case(numbers(rng, 2, 4, 6), np.array([2.5, 0.5, 4.0, 2.5]), 1.0, 2, 2)
    yield Case(numbers(rng, 1, 5, 7) - 4, np.array([1.0, 1.0, 1.0, 3.0]), 1.0, 2, 3)


LECTURE = np.array(
    [[[1.0, 7, 2, 0, 3, 5], [4, 0, 6, 1, 2, 8], [9, 3, 5, 2, 7, 1], [2, 6, 0, 4, 1, 3]]]
)


# ---------------------------------------------------------------- the pyramid


def pyramid_pool(x, levels):
    """The answer."""
    grids = [grid_of(x, n, n, outwards, np.max).ravel() for n in levels]
    return np.concatenate(grids)


def pyramid_without_rest(x, levels):
    """Bins that do not overlap."""

    def largest(window):
        return window.max() if window.size else 0.0

    return np.concatenate(
        [grid_of(x, n, n, downwards, largest).ravel() for n in levels]
    )


def channels_last(x, levels):
    """Place by place, all channels together."""
    grids = [grid_of(x, n, n, outwards, np.max) for n in levels]
    return np.concatenate([g.transpose(1, 2, 0).ravel() for g in grids])


def channel_by_channel(x, levels):
    """All levels of the first channel, then the second."""
    return np.concatenate(
        [np.concatenate([grid_of(c[None], n, n, outwards, np.max).ravel()
                         for n in levels]) for c in x]
    )  # fmt: skip


def mean_pyramid(x, levels):
    """Means."""
    return np.concatenate([grid_of(x, n, n, outwards, np.mean).ravel() for n in levels])


def sorted_levels(x, levels):
    """From the coarsest, whatever is asked."""
    return pyramid_pool(x, sorted(levels))


def windows_by_the_paper(x, levels):
    """Window ⌈a/n⌉ and stride ⌊a/n⌋, as many as fit."""
    parts = []
    for n in levels:
        _, H, W = x.shape
        a, b = -(-H // n), -(-W // n)
        s, t = max(H // n, 1), max(W // n, 1)
        grid = [[[plane[i : i + a, j : j + b].max() for j in range(0, W - b + 1, t)]
                 for i in range(0, H - a + 1, s)] for plane in x]  # fmt: skip
        parts.append(np.array(grid).ravel())
    return np.concatenate(parts)


def maps(rng: np.random.Generator) -> Iterator[Case]:
    """Maps of all sizes, also smaller than a grid; one level, several levels."""
    for levels in [(1,), (2, 1), (4, 2, 1), (3,), (1, 2, 3), (3, 2), (5, 1)]:
        H, W = sizes(rng, 3, 9)
        yield Case(numbers(rng, int(rng.integers(1, 4)), H, W) - 1, list(levels))
    yield Case(numbers(rng, 2, 7, 10), [4, 2])
    yield Case(numbers(rng, 1, 2, 3), [4, 1])
    yield Case(numbers(rng, 2, 8, 4), [4, 1, 2])


EXERCISES = (
    Exercise(
        name="pool_region",
        title="A region of any size, a grid of one",
        reference=pool_region,
        visible=(
            Case(LECTURE, np.array([0.0, 0, 5, 3]), 1.0, 2, 2),
            Case(LECTURE, np.array([16.0, 0, 64, 32]), 1 / 16, 2, 2),
            Case(LECTURE, np.array([8.0, 8, 72, 40]), 1 / 16, 2, 2),
        ),
        generate=boxes_on_maps,
        misconceptions=(
            Misconception(
                "last pixel left out",
                last_pixel_left_out,
                "Your region ends one pixel early. Its last row and column belong to "
                "it: from 0 to 3 there are four rows, end − start + 1.",
            ),
            Misconception(
                "rest left out",
                rest_left_out,
                "Where the grid does not divide the region you leave its rest unread. "
                "Bin p runs from ⌊p · h / P⌋ to ⌈(p + 1) · h / P⌉, so that the bins "
                "cover everything and may overlap.",
            ),
            Misconception(
                "both ends rounded down",
                ends_rounded_down,
                "Both ends of your bins are rounded down, so they do not overlap and "
                "may be empty. The end is rounded up: ⌈(p + 1) · h / P⌉.",
            ),
            Misconception(
                "halves to the even number",
                to_even,
                "Python's `round` takes 2.5 to 2. RoIPool rounds halves upwards: "
                "int(v + 0.5) for what is not negative.",
            ),
            Misconception(
                "cut instead of rounded",
                cut_down,
                "You cut the coordinates off. They are rounded to the nearest pixel of "
                "the map.",
            ),
            Misconception(
                "mean instead of maximum",
                averaged,
                "You take the mean of every bin. RoIPool is a max pooling: the largest "
                "value of the bin comes out.",
            ),
            Misconception(
                "rows and columns exchanged",
                axes_exchanged,
                "You take x for the row. A box is (x1, y1, x2, y2), an array is "
                "indexed [channel, row, column]: y first.",
            ),
        ),
        page=PAGE,
        minutes=25,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="pyramid_pool",
        title="One length for maps of every size",
        reference=pyramid_pool,
        visible=(
            Case(LECTURE, [2]),
            Case(LECTURE, [2, 1]),
            Case(
                np.array(
                    [
                        [[1.0, 2, 3], [4, 5, 6], [7, 8, 9]],
                        [[9.0, 1, 0], [2, 3, 1], [0, 2, 5]],
                    ]
                ),
                [2, 1],
            ),
        ),
        generate=maps,
        misconceptions=(
            Misconception(
                "bins without the rest",
                pyramid_without_rest,
                "Both ends of your bins are rounded down. The end is rounded up, "
                "⌈(i + 1) · H / n⌉, so that no bin is empty and no pixel is lost.",
            ),
            Misconception(
                "place by place",
                channels_last,
                "You write all channels of a bin side by side. The order asked for is "
                "level, then channel, then row, then column: a (C, n, n) grid, "
                "flattened.",
            ),
            Misconception(
                "channel by channel",
                channel_by_channel,
                "You finish one channel over all levels before the next. Levels come "
                "first: all channels of the first grid, then the second.",
            ),
            Misconception(
                "mean instead of maximum",
                mean_pyramid,
                "You take the mean of every bin. The pyramid takes the "
                "largest value of "
                "each.",
            ),
            Misconception(
                "levels sorted",
                sorted_levels,
                "You sort the levels. Keep the order in which they are given: the "
                "weights behind expect it.",
            ),
            Misconception(
                "window and stride",
                windows_by_the_paper,
                "You slide a window of ⌈H / n⌉ by ⌊H / n⌋. That does not always give "
                "n bins: 7 pixels and n = 4 give 6. Compute the two ends of each bin.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
