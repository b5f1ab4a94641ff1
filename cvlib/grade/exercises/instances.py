"""Cutting objects out: a region not rounded, the losses of masks and landmarks."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

ALIGN_PAGE = "book/instances/roi-align"
MASK_PAGE = "book/instances/mask-rcnn"
POSE_PAGE = "book/instances/poses"


# ---------------------------------------------------------------- RoIAlign


def between(x, row, column):
    """Bilinear, clamped at the border."""
    _, H, W = x.shape
    row, column = min(max(row, 0), H - 1), min(max(column, 0), W - 1)
    i, j = int(row), int(column)
    below, right = min(i + 1, H - 1), min(j + 1, W - 1)
    v, u = row - i, column - j
    upper = (1 - u) * x[:, i, j] + u * x[:, i, right]
    lower = (1 - u) * x[:, below, j] + u * x[:, below, right]
    return (1 - v) * upper + v * lower


def read_bins(x, box, P, Q, points, *, at=between, reduce=np.mean, place=None):
    """`reduce` of `points` × `points` readings in every bin; box in cells."""
    x1, y1, x2, y2 = box
    place = place or (lambda i: (i + 0.5) / points)
    out = np.empty((len(x), P, Q))
    for p in range(P):
        for q in range(Q):
            rows = [y1 + (p + place(i)) * (y2 - y1) / P for i in range(points)]
            columns = [x1 + (q + place(j)) * (x2 - x1) / Q for j in range(points)]
            values = [at(x, row, column) for row in rows for column in columns]
            out[:, p, q] = reduce(values, axis=0)
    return out


def align_region(x, box, spatial_scale, P, Q, points):
    """The answer."""
    box = np.asarray(box) * spatial_scale - 0.5
    return read_bins(x, box, P, Q, points)


def half_a_cell_off(x, box, spatial_scale, P, Q, points):
    """Corners taken for centres."""
    return read_bins(x, np.asarray(box) * spatial_scale, P, Q, points)


def half_a_pixel_of_the_image(x, box, spatial_scale, P, Q, points):
    """Half a pixel taken off before scaling."""
    return read_bins(x, (np.asarray(box) - 0.5) * spatial_scale, P, Q, points)


def corners_rounded(x, box, spatial_scale, P, Q, points):
    """The box is rounded to cells first."""
    box = np.floor(np.asarray(box) * spatial_scale + 0.5) - 0.5
    return read_bins(x, box, P, Q, points)


def nearest_cell(x, box, spatial_scale, P, Q, points):
    """The nearest cell instead of the four around."""

    def at(x, row, column):
        _, H, W = x.shape
        i = min(max(int(np.floor(row + 0.5)), 0), H - 1)
        j = min(max(int(np.floor(column + 0.5)), 0), W - 1)
        return x[:, i, j]

    box = np.asarray(box) * spatial_scale - 0.5
    return read_bins(x, box, P, Q, points, at=at)


def largest_point(x, box, spatial_scale, P, Q, points):
    """The maximum of the points."""
    box = np.asarray(box) * spatial_scale - 0.5
    return read_bins(x, box, P, Q, points, reduce=np.max)


def from_edge_to_edge(x, box, spatial_scale, P, Q, points):
    """Points at the left and upper end of each share of a bin."""
    box = np.asarray(box) * spatial_scale - 0.5
    return read_bins(x, box, P, Q, points, place=lambda i: i / points)


def axes_exchanged(x, box, spatial_scale, P, Q, points):
    """x taken for the row."""
    y1, x1, y2, x2 = np.asarray(box) * spatial_scale - 0.5
    return read_bins(x, (x1, y1, x2, y2), P, Q, points)


def boxes_between_cells(rng: np.random.Generator) -> Iterator[Case]:
    """Strides of 1 to 16; corners on quarters of a cell, never all on cells."""
    for stride, P, Q, points in [
        (1, 1, 1, 1), (4, 2, 2, 1), (2, 2, 2, 2), (16, 1, 2, 2), (8, 2, 3, 1),
        (4, 2, 2, 2), (2, 3, 2, 2),
    ]:  # fmt: skip
        H, W = sizes(rng, 5, 9)
        x = 3 * numbers(rng, int(rng.integers(1, 3)), H, W)
        x1, y1 = rng.integers(0, 2, 2) + rng.choice([0.25, 0.5, 0.75], 2)
        width = rng.integers(2, W - 2) + rng.choice([0.0, 0.25])
        height = rng.integers(2, H - 2) + rng.choice([0.0, 0.25])
        box = np.array([x1, y1, x1 + width, y1 + height]) * stride
        yield Case(x, box, 1 / stride, P, Q, points)
    edge = np.array([0.0, 0.0, 2.25, 3.25]) * 4
    yield Case(3 * numbers(rng, 1, 5, 6), edge, 0.25, 2, 2, 2)


RAMP = np.array([[[0.0, 1, 2, 3, 4, 5]] * 4])
MAP = np.array(
    [[[1.0, 7, 2, 0, 3, 5], [4, 0, 6, 1, 2, 8], [9, 3, 5, 2, 7, 1], [2, 6, 0, 4, 1, 3]]]
)


# ---------------------------------------------------------------- loss of a mask


def _binary(z, target):
    """log(1 + e^z) − t z, without overflow."""
    return np.logaddexp(0, z) - target * z


def instance_mask_loss(logits, targets, labels):
    """The answer."""
    found = np.flatnonzero(labels > 0)
    if not len(found):
        return 0.0
    own = logits[found, labels[found]]
    return float(_binary(own, targets[found]).mean())


def all_maps(logits, targets, labels):
    """Every map is trained towards the mask."""
    found = labels > 0
    if not found.any():
        return 0.0
    return float(_binary(logits[found], targets[found][:, None]).mean())


def others_towards_nothing(logits, targets, labels):
    """The maps of other classes should be empty."""
    found = np.flatnonzero(labels > 0)
    if not len(found):
        return 0.0
    wanted = np.zeros_like(logits[found])
    wanted[np.arange(len(found)), labels[found]] = targets[found]
    return float(_binary(logits[found], wanted).mean())


def likeliest_map(logits, targets, labels):
    """The map with the most evidence, whatever the label."""
    found = np.flatnonzero(labels > 0)
    if not len(found):
        return 0.0
    best = logits[found].mean(axis=(2, 3)).argmax(axis=1)
    return float(_binary(logits[found, best], targets[found]).mean())


def softmax_over_classes(logits, targets, labels):
    """Classes compete for each pixel."""
    found = np.flatnonzero(labels > 0)
    if not len(found):
        return 0.0
    z = logits[found]
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    own = p[np.arange(len(found)), labels[found]]
    t = targets[found]
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = -(t * np.log(own + 1e-12) + (1 - t) * np.log(1 - own + 1e-12))
    return float(loss.mean())


def with_background(logits, targets, labels):
    """Background is trained as a class."""
    own = logits[np.arange(len(labels)), labels]
    return float(_binary(own, targets).mean())


def over_all_regions(logits, targets, labels):
    """Divided by all regions, the background too."""
    found = np.flatnonzero(labels > 0)
    loss = _binary(logits[found, labels[found]], targets[found]).mean(axis=(1, 2))
    return float(loss.sum() / len(labels))


def summed_pixels(logits, targets, labels):
    """A sum over the pixels."""
    found = np.flatnonzero(labels > 0)
    if not len(found):
        return 0.0
    own = logits[found, labels[found]]
    return float(_binary(own, targets[found]).sum(axis=(1, 2)).mean())


def overflowing(logits, targets, labels):
    """The logarithm of a probability that has become 0 or 1."""
    found = np.flatnonzero(labels > 0)
    if not len(found):
        return 0.0
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-logits[found, labels[found]]))
        t = targets[found]
        loss = -(t * np.log(p) + (1 - t) * np.log(1 - p))
        return float(loss.mean())


def regions_with_masks(rng: np.random.Generator) -> Iterator[Case]:
    """Objects and background; a batch of background; very sure logits."""
    for N, K, m in [(2, 2, 2), (3, 3, 2), (4, 2, 2), (3, 2, 3), (5, 3, 2), (2, 3, 3)]:
        labels = rng.integers(0, K + 1, N)
        labels[0], labels[1] = rng.integers(1, K + 1), 0
        targets = rng.integers(0, 2, (N, m, m)).astype(float)
        yield Case(2 * numbers(rng, N, K + 1, m, m), targets, labels)
    yield Case(numbers(rng, 2, 3, 2, 2), np.ones((2, 2, 2)), np.zeros(2, dtype=int))
    sure = np.where(rng.random((2, 2, 2, 2)) < 0.5, -60.0, 60.0)
    sure[1, 1, 0] = [60.0, -60.0]
    targets = rng.integers(0, 2, (2, 2, 2)).astype(float)
    targets[1, 0] = [0.0, 1.0]
    yield Case(sure, targets, np.array([1, 1]))


# ---------------------------------------------------------------- loss of a landmark


def cells_of(keypoints, boxes, H, W, *, snap=np.floor):
    """Column, row and whether it counts, of every landmark."""
    x1, y1, x2, y2 = (boxes[:, i][:, None] for i in range(4))
    u, v = (keypoints[..., 0] - x1) / (x2 - x1), (keypoints[..., 1] - y1) / (y2 - y1)
    counts = (u >= 0) & (u <= 1) & (v >= 0) & (v <= 1) & (keypoints[..., 2] > 0)
    column = np.clip(snap(u * W), 0, W - 1).astype(int)
    row = np.clip(snap(v * H), 0, H - 1).astype(int)
    return column, row, counts


def log_softmax(z):
    """Over the last axis."""
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _pick(logp, places, counts):
    chosen = np.take_along_axis(logp, places[..., None], axis=-1)[..., 0]
    return float(-chosen[counts].mean()) if counts.any() else 0.0


def landmark_loss(logits, keypoints, boxes):
    """The answer."""
    N, K, H, W = logits.shape
    column, row, counts = cells_of(keypoints, boxes, H, W)
    return _pick(log_softmax(logits.reshape(N, K, H * W)), row * W + column, counts)


def every_pixel_for_itself(logits, keypoints, boxes):
    """A binary loss for each place."""
    N, K, H, W = logits.shape
    column, row, counts = cells_of(keypoints, boxes, H, W)
    if not counts.any():
        return 0.0
    wanted = np.arange(H * W) == (row * W + column)[..., None]
    loss = _binary(logits.reshape(N, K, H * W), wanted).mean(axis=-1)
    return float(loss[counts].mean())


def landmarks_compete(logits, keypoints, boxes):
    """A softmax over the landmarks at each place."""
    N, K, H, W = logits.shape
    column, row, counts = cells_of(keypoints, boxes, H, W)
    logp = log_softmax(logits.reshape(N, K, H * W).transpose(0, 2, 1))
    return _pick(logp.transpose(0, 2, 1), row * W + column, counts)


def rows_for_columns(logits, keypoints, boxes):
    """x counts the rows."""
    N, K, H, W = logits.shape
    column, row, counts = cells_of(keypoints, boxes, H, W)
    places = np.minimum(column, H - 1) * W + np.minimum(row, W - 1)
    return _pick(log_softmax(logits.reshape(N, K, H * W)), places, counts)


def hidden_ones_too(logits, keypoints, boxes):
    """Landmarks that cannot be seen are asked for."""
    N, K, H, W = logits.shape
    seen = keypoints.copy()
    seen[..., 2] = 1
    column, row, counts = cells_of(seen, boxes, H, W)
    return _pick(log_softmax(logits.reshape(N, K, H * W)), row * W + column, counts)


def outside_clamped(logits, keypoints, boxes):
    """Landmarks outside the box are moved to its border."""
    N, K, H, W = logits.shape
    column, row, _ = cells_of(keypoints, boxes, H, W)
    seen = keypoints[..., 2] > 0
    return _pick(log_softmax(logits.reshape(N, K, H * W)), row * W + column, seen)


def rounded_places(logits, keypoints, boxes):
    """The nearest corner of a cell instead of the cell it lies in."""
    N, K, H, W = logits.shape
    column, row, counts = cells_of(keypoints, boxes, H, W, snap=np.rint)
    return _pick(log_softmax(logits.reshape(N, K, H * W)), row * W + column, counts)


def object_by_object(logits, keypoints, boxes):
    """The mean over all K landmarks, whether they count or not."""
    N, K, H, W = logits.shape
    column, row, counts = cells_of(keypoints, boxes, H, W)
    logp = log_softmax(logits.reshape(N, K, H * W))
    chosen = np.take_along_axis(logp, (row * W + column)[..., None], -1)[..., 0]
    return float(-(chosen * counts).sum() / (N * K))


def posed_objects(rng: np.random.Generator) -> Iterator[Case]:
    """Seen, hidden, outside, on the far edge; one batch in which nothing counts."""
    for N, K, H, W in [
        (1, 3, 2, 3), (2, 3, 3, 2), (1, 4, 3, 4), (2, 4, 4, 2), (1, 3, 4, 3),
        (2, 3, 2, 4),
    ]:  # fmt: skip
        corner = rng.integers(0, 40, (N, 2)).astype(float)
        side = np.array([W, H]) * rng.choice([2.0, 4.0, 8.0], (N, 1))
        boxes = np.concatenate([corner, corner + side], axis=1)
        share = (rng.integers(0, [W, H], (N, K, 2)) + 0.75) / [W, H]
        points = corner[:, None] + share * side[:, None]
        seen = np.ones((N, K, 1))
        seen[0, 0] = 0
        points[0, 1] = corner[0] + side[0] * [1.5, 0.25]  # beside the box
        yield Case(
            2 * numbers(rng, N, K, H, W), np.concatenate([points, seen], 2), boxes
        )
    edge = np.array([[[8.0, 4, 1], [2, 3, 1], [9, 1, 1], [3, 1, 0]]])
    box = np.array([[0.0, 0, 8, 4]])
    yield Case(2 * numbers(rng, 1, 4, 2, 4), edge, box)
    yield Case(numbers(rng, 1, 4, 2, 4), edge * [1, 1, 0], box)


FIRST_POSE = np.array([[[11.0, 6, 1], [15, 9, 1], [13, 7, 0]]])
FIRST_BOX = np.array([[10.0, 5, 16, 11]])

EXERCISES = (
    Exercise(
        name="align_region",
        title="A region that nobody rounded",
        reference=align_region,
        visible=(
            Case(RAMP, np.array([6.0, 2, 14, 10]), 0.25, 1, 2, 1),
            Case(MAP, np.array([1.0, 1, 4, 3]), 1.0, 2, 2, 1),
            Case(MAP, np.array([6.0, 2, 18, 13]), 0.25, 2, 2, 2),
        ),
        generate=boxes_between_cells,
        misconceptions=(
            Misconception(
                "half a cell off",
                half_a_cell_off,
                "Your region lies half a cell too far to the right and below. The "
                "centre of the first cell is 0.5 in a box and 0 in an array: take 0.5 "
                "off after scaling.",
            ),
            Misconception(
                "half a pixel of the image",
                half_a_pixel_of_the_image,
                "You take half a pixel of the image off. It is half a cell of the map: "
                "scale the box first, then subtract 0.5.",
            ),
            Misconception(
                "corners rounded",
                corners_rounded,
                "You round the box to whole cells. That is RoIPool, and what RoIAlign "
                "is there to avoid: leave every coordinate as it is.",
            ),
            Misconception(
                "nearest cell",
                nearest_cell,
                "You read the nearest cell. A point lies between four cells, and each "
                "counts by how near it is: interpolate bilinearly.",
            ),
            Misconception(
                "maximum of the points",
                largest_point,
                "You keep the largest of a bin's points. RoIAlign takes their mean, so "
                "that the answer moves smoothly with the box.",
            ),
            Misconception(
                "points at the start of their share",
                from_edge_to_edge,
                "Your points lie at the beginning of their share of a bin. They belong "
                "into the middle: (i + 0.5) / points of the bin.",
            ),
            Misconception(
                "rows and columns exchanged",
                axes_exchanged,
                "You take x for the row. A box is (x1, y1, x2, y2), an array is "
                "indexed [channel, row, column]: y first.",
            ),
        ),
        page=ALIGN_PAGE,
        minutes=30,
        difficulty=3,
        points=3,
    ),
    Exercise(
        name="instance_mask_loss",
        title="Only the mask of the true class",
        reference=instance_mask_loss,
        visible=(
            Case(
                np.array([[[[0.0]], [[2.0]], [[-1.0]]], [[[3.0]], [[0.5]], [[1.0]]]]),
                np.array([[[1.0]], [[0.0]]]),
                np.array([1, 2]),
            ),
            Case(
                np.array([[[[0.0, 1]], [[2.0, -2]]], [[[3.0, 1]], [[0.5, 1]]]]),
                np.array([[[1.0, 0]], [[0.0, 1]]]),
                np.array([1, 0]),
            ),
            Case(
                np.array([[[[0.0, 0]], [[60.0, -60]]]]),
                np.array([[[0.0, 1]]]),
                np.array([1]),
            ),
        ),
        generate=regions_with_masks,
        misconceptions=(
            Misconception(
                "all maps",
                all_maps,
                "You train the maps of all classes towards the mask. Only the map of "
                "the region's own class is looked at: logits[n, labels[n]].",
            ),
            Misconception(
                "others towards nothing",
                others_towards_nothing,
                "You train the maps of the other classes to be empty. Nobody will ask "
                "for them in this region, so they cost nothing: the box head has "
                "already said which class it is.",
            ),
            Misconception(
                "likeliest map",
                likeliest_map,
                "You take the map with the largest logits. In training the label is "
                "known: the map of the true class is the one to train.",
            ),
            Misconception(
                "classes compete",
                softmax_over_classes,
                "You take a softmax over the classes at each pixel. Here each map is a "
                "yes or no of its own, a sigmoid: classes do not compete for pixels.",
            ),
            Misconception(
                "background trained",
                with_background,
                "Regions of background count in your loss. There is no mask that they "
                "should have: leave label 0 out.",
            ),
            Misconception(
                "divided by all regions",
                over_all_regions,
                "You divide by all regions. The mean is over the regions with an "
                "object, or a picture with few of them would hardly train the masks.",
            ),
            Misconception(
                "sum over the pixels",
                summed_pixels,
                "You add the pixels of a mask up. The loss is their mean, so that a "
                "finer grid does not weigh more.",
            ),
            Misconception(
                "logarithm of zero",
                overflowing,
                "Your loss becomes infinite or NaN for a sure and wrong pixel, since "
                "the sigmoid of 60 is 1 to the last digit. Use the logits themselves: "
                "log(1 + e^z) − t z, by `np.logaddexp(0, z)`.",
            ),
        ),
        page=MASK_PAGE,
        minutes=20,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="landmark_loss",
        title="One place among all",
        reference=landmark_loss,
        visible=(
            Case(np.zeros((1, 3, 2, 3)), FIRST_POSE, FIRST_BOX),
            Case(np.arange(18.0).reshape(1, 3, 2, 3) % 5, FIRST_POSE, FIRST_BOX),
            Case(
                np.arange(12.0).reshape(1, 2, 2, 3) % 7,
                np.array([[[16.0, 11, 1], [17, 6, 1]]]),
                FIRST_BOX,
            ),
        ),
        generate=posed_objects,
        misconceptions=(
            Misconception(
                "every place for itself",
                every_pixel_for_itself,
                "You ask each place yes or no. A landmark is at exactly one place, so "
                "the places of its map compete: a softmax over all H · W of them.",
            ),
            Misconception(
                "landmarks compete",
                landmarks_compete,
                "You take the softmax over the landmarks at each place. Two landmarks "
                "may lie in one cell: each has a softmax of its own, over the places.",
            ),
            Misconception(
                "x for the row",
                rows_for_columns,
                "You take x for the row. x counts columns: the place is row · W + "
                "column, with the row from y.",
            ),
            Misconception(
                "hidden landmarks",
                hidden_ones_too,
                "Landmarks that cannot be seen count in your loss. Where the third "
                "number is 0 nobody knows the place: leave them out.",
            ),
            Misconception(
                "outside moved to the border",
                outside_clamped,
                "A landmark outside the box is counted at the border of the grid. The "
                "grid does not cover its place: leave it out.",
            ),
            Misconception(
                "rounded to the nearest",
                rounded_places,
                "You round to the nearest number. Cell i covers i to i + 1, so a "
                "landmark at 2.75 lies in cell 2: round down.",
            ),
            Misconception(
                "divided by all landmarks",
                object_by_object,
                "You divide by all N · K landmarks. The mean is over those that count: "
                "seen, and inside the box.",
            ),
        ),
        page=POSE_PAGE,
        minutes=25,
        difficulty=3,
        points=3,
    ),
)
