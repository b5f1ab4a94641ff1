"""What happens in networks for maps: fused scores, cropped skips, bent labels."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

# ---------------------------------------------------------------- fusing scores


def stamped(coarse, kernel, *, add=True, flip=False):
    """A 4 × 4 stamp at every second place, one pixel off on each side: (K, 2h, 2w)."""
    K, h, w = coarse.shape
    stamp = kernel[::-1, ::-1] if flip else kernel
    out = np.zeros((K, 2 * h + 2, 2 * w + 2))
    for i in range(h):
        for j in range(w):
            window = out[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4]
            one = coarse[:, i, j, None, None] * stamp
            window[...] = window + one if add else one
    return out


def cut(out, skip):
    """As large as the finer map, from the top left."""
    return out[:, : skip.shape[1], : skip.shape[2]]


def fuse_scores(coarse, skip, kernel):
    """The answer."""
    return cut(stamped(coarse, kernel)[:, 1:-1, 1:-1], skip) + skip


def border_kept(coarse, skip, kernel):
    """The pixel on each side stays."""
    return cut(stamped(coarse, kernel), skip) + skip


def overwritten(coarse, skip, kernel):
    """Later stamps replace earlier ones."""
    return cut(stamped(coarse, kernel, add=False)[:, 1:-1, 1:-1], skip) + skip


def stamp_turned(coarse, skip, kernel):
    """The kernel, turned about."""
    return cut(stamped(coarse, kernel, flip=True)[:, 1:-1, 1:-1], skip) + skip


def cut_at_the_top(coarse, skip, kernel):
    """Cut off at the top and on the left."""
    out = stamped(coarse, kernel)[:, 1:-1, 1:-1]
    return out[:, out.shape[1] - skip.shape[1] :, out.shape[2] - skip.shape[2] :] + skip


def mean_of_both(coarse, skip, kernel):
    """Half of each."""
    return fuse_scores(coarse, skip, kernel) / 2


def larger_of_both(coarse, skip, kernel):
    """The maximum."""
    return np.maximum(cut(stamped(coarse, kernel)[:, 1:-1, 1:-1], skip), skip)


def skip_forgotten(coarse, skip, kernel):
    """Only enlarged."""
    return fuse_scores(coarse, 0 * skip, kernel)


TENT = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 16


def scores(rng: np.random.Generator) -> Iterator[Case]:
    """Even sizes and odd ones, bilinear stamps and others."""
    for i in range(7):
        h, w = sizes(rng, 1, 3)
        K, odd = int(rng.integers(1, 3)), rng.integers(0, 2, 2)
        kernel = TENT if i % 2 else numbers(rng, 4, 4)
        skip = numbers(rng, K, 2 * h - int(odd[0]), 2 * w - int(odd[1]))
        yield Case(numbers(rng, K, h, w), skip, kernel)
    yield Case(numbers(rng, 1, 2, 3) + 1, numbers(rng, 1, 3, 5) - 2, numbers(rng, 4, 4))
    yield Case(numbers(rng, 2, 3, 2) - 1, numbers(rng, 2, 5, 3) + 2, numbers(rng, 4, 4))


# ---------------------------------------------------------------- sizes of a U-Net


def sizes_down(n, depth, *, taken=4):
    """The side of the skipped map of each level, and of the bottom."""
    skips = []
    for _ in range(depth):
        n -= taken
        skips.append(n)
        n //= 2
    return skips, n - taken


def sizes_up(skips, n, *, taken=4):
    """The side of the answer, and what is cut off each side, from below."""
    crops = []
    for skip in reversed(skips):
        crops.append((skip - 2 * n) // 2)
        n = 2 * n - taken
    return n, crops


def unet_shapes(n, depth):
    """The answer."""
    return sizes_up(*sizes_down(n, depth))


def one_convolution(n, depth):
    """A level takes off 2."""
    return sizes_up(*sizes_down(n, depth, taken=2), taken=2)


def padded(n, depth):
    """Nothing is lost."""
    return n, [0] * depth


def both_sides_together(n, depth):
    """The whole difference."""
    side, crops = unet_shapes(n, depth)
    return side, [2 * c for c in crops]


def from_the_top(n, depth):
    """The order of the way down."""
    side, crops = unet_shapes(n, depth)
    return side, crops[::-1]


def up_takes_nothing(n, depth):
    """The convolutions of the way up are forgotten."""
    skips, side = sizes_down(n, depth)
    return sizes_up(skips, side, taken=0)


def cropped_after(n, depth):
    """The skipped map meets the one that the convolutions have left."""
    skips, side = sizes_down(n, depth)
    crops = []
    for skip in reversed(skips):
        side = 2 * side - 4
        crops.append((skip - side) // 2)
    return side, crops


def pictures_that_work(rng: np.random.Generator) -> Iterator[Case]:
    """From the answer up, so that every size works."""
    for depth in (1, 1, 1, 2, 2, 2, 3, 3, 4):
        n = int(rng.integers(5, 16)) + 4  # the bottom, before its convolutions
        for _ in range(depth):
            n = 2 * n + 4
        yield Case(n, depth)


# ---------------------------------------------------------------- labels that bend


def looked_up(labels, rows, columns, ignore):
    """The labels at whole places; `ignore` beyond the edge."""
    H, W = labels.shape
    inside = (rows >= 0) & (rows < H) & (columns >= 0) & (columns < W)
    found = labels[rows.clip(0, H - 1), columns.clip(0, W - 1)]
    return np.where(inside, found, ignore)


def places(labels, dy, dx):
    """Where each pixel looks."""
    i, j = np.indices(labels.shape)
    return i + dy, j + dx


def near(v):
    """The nearest whole number."""
    return np.floor(v + 0.5).astype(int)


def bend_labels(labels, dy, dx, ignore):
    """The answer."""
    y, x = places(labels, dy, dx)
    return looked_up(labels, near(y), near(x), ignore)


def mixed(labels, dy, dx, ignore):
    """Bilinear, rounded."""
    y, x = places(labels, dy, dx)
    H, W = labels.shape
    inside = (near(y) >= 0) & (near(y) < H) & (near(x) >= 0) & (near(x) < W)
    y, x = y.clip(0, H - 1), x.clip(0, W - 1)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    b, a = y - top, x - left
    down, right = np.minimum(top + 1, H - 1), np.minimum(left + 1, W - 1)
    upper = (1 - a) * labels[top, left] + a * labels[top, right]
    lower = (1 - a) * labels[down, left] + a * labels[down, right]
    return np.where(inside, near((1 - b) * upper + b * lower), ignore)


def other_way(labels, dy, dx, ignore):
    """Against the field."""
    return bend_labels(labels, -dy, -dx, ignore)


def axes_exchanged(labels, dy, dx, ignore):
    """dx down, dy to the right."""
    return bend_labels(labels, dx, dy, ignore)


def cut_off(labels, dy, dx, ignore):
    """The decimals are dropped."""
    y, x = places(labels, dy, dx)
    return looked_up(labels, np.floor(y).astype(int), np.floor(x).astype(int), ignore)


def edge_goes_on(labels, dy, dx, ignore):
    """Beyond the edge the last pixel."""
    y, x = places(labels, dy, dx)
    H, W = labels.shape
    return labels[near(y).clip(0, H - 1), near(x).clip(0, W - 1)]


def black_outside(labels, dy, dx, ignore):
    """Beyond the edge class 0."""
    return bend_labels(labels, dy, dx, 0)


def comes_in_again(labels, dy, dx, ignore):
    """Beyond the edge the other side."""
    y, x = places(labels, dy, dx)
    H, W = labels.shape
    return labels[near(y) % H, near(x) % W]


def bent(rng: np.random.Generator) -> Iterator[Case]:
    """Small maps of far apart classes; displacements in quarters, no halves."""
    steps = np.array([-1.25, -1, -0.75, -0.25, 0, 0.25, 0.75, 1, 1.25])
    for n in range(8):
        H, W = sizes(rng, 2, 4 if n < 5 else 5)
        labels = rng.choice([0, 2, 5, 9], (H, W))
        dy, dx = rng.choice(steps, (2, H, W))
        yield Case(labels, dy, dx, 255)


EXERCISES = (
    Exercise(
        name="fuse_scores",
        title="Coarse scores meet finer ones",
        reference=fuse_scores,
        visible=(
            Case(
                np.array([[[1.0]]]), np.zeros((1, 2, 2)), np.arange(16.0).reshape(4, 4)
            ),
            Case(np.array([[[16.0, 0.0]]]), np.ones((1, 2, 3)), TENT),
            Case(np.array([[[1.0], [3.0]]]), np.zeros((1, 3, 2)), TENT),
        ),
        generate=scores,
        misconceptions=(
            Misconception(
                "the border stays",
                border_kept,
                "Your enlarged map still has the pixel on each side that padding takes "
                "off: everything stands one row too low and one column too far right.",
            ),
            Misconception(
                "stamps overwrite",
                overwritten,
                "Where two stamps overlap you keep the later one. A transposed "
                "convolution adds them.",
            ),
            Misconception(
                "stamp turned about",
                stamp_turned,
                "You turned the kernel about. The stamp is laid down as it is.",
            ),
            Misconception(
                "cut at the wrong end",
                cut_at_the_top,
                "You cut off rows at the top or columns on the left. Rounding up "
                "happened at the bottom and on the right: there the map stands over.",
            ),
            Misconception(
                "the mean of both",
                mean_of_both,
                "You halve the sum. The scores are added: the network learns how much "
                "each of the two should say.",
            ),
            Misconception(
                "the larger of both",
                larger_of_both,
                "You take the larger score. Then the finer layer could never lower "
                "what the coarse one says; add the two.",
            ),
            Misconception(
                "the finer scores are missing",
                skip_forgotten,
                "That is the enlarged map alone. What makes it sharper are the finer "
                "scores, added to it.",
            ),
        ),
        page="book/segmenting/fcn",
        minutes=20,
        difficulty=3,
        points=3,
    ),
    Exercise(
        name="unet_shapes",
        title="Sizes in a U-Net without padding",
        reference=unet_shapes,
        visible=(Case(572, 4), Case(28, 1), Case(76, 2)),
        generate=pictures_that_work,
        misconceptions=(
            Misconception(
                "one convolution a level",
                one_convolution,
                "You take off 2 at each level. There are two 3 × 3 convolutions, and "
                "each takes one pixel off on both sides: 4 in all.",
            ),
            Misconception(
                "padded convolutions",
                padded,
                "You let the convolutions keep the size. Without padding each of them "
                "loses a pixel on every side.",
            ),
            Misconception(
                "both sides together",
                both_sides_together,
                "You give the whole difference. It is cut off in equal parts: half of "
                "it on each side.",
            ),
            Misconception(
                "from the top down",
                from_the_top,
                "Your numbers are right, but the first of them belongs to the deepest "
                "level: on the way up it is the first that is joined.",
            ),
            Misconception(
                "nothing lost on the way up",
                up_takes_nothing,
                "You double the map on the way up but forget the two convolutions "
                "after each joining; they take off 4 there too.",
            ),
            Misconception(
                "cropped after the convolutions",
                cropped_after,
                "You crop to the map behind the convolutions. The two maps are joined "
                "before them, right after the doubling.",
            ),
        ),
        page="book/segmenting/unet",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="bend_labels",
        title="Labels that bend with their picture",
        reference=bend_labels,
        visible=(
            Case(np.array([[0, 4, 9]]), np.zeros((1, 3)), np.ones((1, 3)), 255),
            Case(
                np.array([[0, 9], [0, 9]]),
                np.zeros((2, 2)),
                np.array([[0.25, 0.0], [0.75, -0.25]]),
                255,
            ),
            Case(
                np.array([[1, 2], [3, 4]]),
                np.array([[1.0, 1.0], [-1.0, -1.25]]),
                np.zeros((2, 2)),
                255,
            ),
        ),
        generate=bent,
        misconceptions=(
            Misconception(
                "mixed classes",
                mixed,
                "You mix labels as if they were colours. Between class 0 and class 9 "
                "there is no class 4: take the label of the nearest pixel.",
            ),
            Misconception(
                "the other way",
                other_way,
                "You move against the field. Pixel (i, j) shows what stands at "
                "(i + dy, j + dx); with the opposite sign the labels leave the "
                "picture.",
            ),
            Misconception(
                "axes exchanged",
                axes_exchanged,
                "dy belongs to the rows and dx to the columns; you have exchanged "
                "them.",
            ),
            Misconception(
                "decimals dropped",
                cut_off,
                "You drop the decimals, which moves everything by half a pixel on "
                "average. Nearest means floor(v + 0.5).",
            ),
            Misconception(
                "the edge goes on",
                edge_goes_on,
                "Beyond the edge you repeat the last label. Nobody knows what is "
                "there: such a pixel gets the label to ignore.",
            ),
            Misconception(
                "background outside",
                black_outside,
                "Beyond the edge you write class 0. That claims there is background; "
                "write the label to ignore.",
            ),
            Misconception(
                "comes in again",
                comes_in_again,
                "What leaves on one side comes in on the other. A negative index "
                "counts from the end in NumPy: ask first whether the place is inside.",
            ),
        ),
        page="book/segmenting/unet",
        minutes=20,
        difficulty=2,
        points=3,
    ),
)
