"""Objects written into a grid, read back, and lost for want of a place."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

# ---------------------------------------------------------------- encode


def yolo_encode(boxes, labels, grid, image_size, num_classes):
    """The answer."""
    return written(boxes, labels, grid, image_size, num_classes)


def written(boxes, labels, grid, image_size, num_classes, code=None):
    """The target, with the five numbers of an object made by `code`."""
    (rows, columns), (H, W) = grid, image_size
    target = np.zeros((rows, columns, 5 + num_classes))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        x, y = (x1 + x2) / 2 * columns / W, (y1 + y2) / 2 * rows / H
        j, i = int(x), int(y)
        w, h = (x2 - x1) * columns / W, (y2 - y1) * rows / H
        plain = [1.0, x - j, y - i, w, h]
        target[i, j, :5] = code(plain, (i, j), grid) if code else plain
        target[i, j, 4 + label] = 1
    return target


def by_upper_left(boxes, labels, grid, image_size, num_classes):
    """Choose the cell by the corner of the box."""
    (rows, columns), (H, W) = grid, image_size
    target = np.zeros((rows, columns, 5 + num_classes))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        x, y = x1 * columns / W, y1 * rows / H
        j, i = int(x), int(y)
        w, h = (x2 - x1) * columns / W, (y2 - y1) * rows / H
        target[i, j, :5] = 1, x - j, y - i, w, h
        target[i, j, 4 + label] = 1
    return target


def rows_and_columns_exchanged(boxes, labels, grid, image_size, num_classes):
    """Let x choose the row."""
    swapped = boxes[:, [1, 0, 3, 2]]
    target = written(swapped, labels, grid, image_size[::-1], num_classes)
    target[..., [1, 2, 3, 4]] = target[..., [2, 1, 4, 3]]
    return target


def size_of_the_picture(boxes, labels, grid, image_size, num_classes):
    """Measure sizes by the picture."""
    return written(
        boxes, labels, grid, image_size, num_classes,
        lambda c, _, g: [*c[:3], c[3] / g[1], c[4] / g[0]],
    )  # fmt: skip


def midpoint_of_the_picture(boxes, labels, grid, image_size, num_classes):
    """Measure the midpoint from the picture's corner."""
    return written(
        boxes, labels, grid, image_size, num_classes,
        lambda c, at, g: [1, (c[1] + at[1]) / g[1], (c[2] + at[0]) / g[0], *c[3:]],
    )  # fmt: skip


def size_clipped(boxes, labels, grid, image_size, num_classes):
    """Cut sizes off at one cell."""
    return written(
        boxes, labels, grid, image_size, num_classes,
        lambda c, *_: [*c[:3], min(c[3], 1), min(c[4], 1)],
    )  # fmt: skip


def class_from_zero(boxes, labels, grid, image_size, num_classes):
    """Give class 1 the place of class 2."""
    return np.roll(
        yolo_encode(boxes, labels, grid, image_size, num_classes), 1, axis=2
    ) * np.array([0] * 5 + [1] * num_classes) + yolo_encode(
        boxes, labels, grid, image_size, num_classes
    ) * np.array([1] * 5 + [0] * num_classes)


def every_cell_it_covers(boxes, labels, grid, image_size, num_classes):
    """Write p_c into all cells that the box touches."""
    target = yolo_encode(boxes, labels, grid, image_size, num_classes)
    (rows, columns), (H, W) = grid, image_size
    for x1, y1, x2, y2 in boxes:
        i1, i2 = int(y1 * rows / H), int(np.ceil(y2 * rows / H))
        j1, j2 = int(x1 * columns / W), int(np.ceil(x2 * columns / W))
        target[i1:i2, j1:j2, 0] = 1
    return target


def scenes(rng: np.random.Generator) -> Iterator[Case]:
    """Pictures that are not square, with at most one object a cell."""
    for k in range(9):
        rows, columns = int(rng.integers(2, 4)), int(rng.integers(4, 6))
        side = int(rng.choice([8, 16, 32]))
        H, W = rows * side, columns * side + (columns if k % 2 else 0)
        cells = rng.choice(rows * columns, min(k, 4), replace=False)
        boxes = np.array([in_cell(rng, divmod(int(c), columns), H / rows, W / columns,
                                  H, W) for c in cells]).reshape(-1, 4)  # fmt: skip
        C = int(rng.integers(2, 5))
        labels = rng.integers(1, C + 1, len(boxes))
        yield Case(boxes, labels, (rows, columns), (H, W), C)


def in_cell(rng, cell, height, width, H, W):
    """A box in the picture whose midpoint lies well inside the cell."""
    y = (cell[0] + float(rng.choice([0.25, 0.375, 0.75]))) * height
    x = (cell[1] + float(rng.choice([0.25, 0.375, 0.75]))) * width
    h = min(float(rng.uniform(0.2, 1.4)) * height, y, H - y)
    w = min(float(rng.uniform(0.2, 1.4)) * width, x, W - x)
    return [x - w, y - h, x + w, y + h]


# ---------------------------------------------------------------- decode


def yolo_decode(target, image_size, threshold):
    """The answer."""
    return read(target, image_size, threshold)


def read(target, image_size, threshold, *, score=None, box=None):
    """All rows that are sure enough; `score` and `box` may be made otherwise."""
    (rows, columns, _), (H, W) = target.shape, image_size
    found = []
    for i in range(rows):
        for j in range(columns):
            p, x, y, w, h, *classes = target[i, j].tolist()
            label = int(np.argmax(classes)) + 1
            s = score(p, classes) if score else p * max(classes)
            if s < threshold:
                continue
            if box:
                corners = box(x, y, w, h, i, j, rows, columns, H, W)
            else:
                x, y = (x + j) * W / columns, (y + i) * H / rows
                w, h = w * W / columns, h * H / rows
                corners = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
            found.append([*corners, s, label])
    return np.array(found, dtype=float).reshape(-1, 6)


def score_is_p(target, image_size, threshold):
    """Take p_c alone for the score."""
    return read(target, image_size, threshold, score=lambda p, _: p)


def score_is_class(target, image_size, threshold):
    """Take the class alone for the score."""
    return read(target, image_size, threshold, score=lambda _, c: max(c))


def cell_forgotten(target, image_size, threshold):
    """Leave every midpoint in the first cell."""

    def box(x, y, w, h, i, j, rows, columns, H, W):
        x, y, w, h = x * W / columns, y * H / rows, w * W / columns, h * H / rows
        return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]

    return read(target, image_size, threshold, box=box)


def whole_size_each_side(target, image_size, threshold):
    """Go the whole width to both sides."""

    def box(x, y, w, h, i, j, rows, columns, H, W):
        x, y = (x + j) * W / columns, (y + i) * H / rows
        w, h = w * W / columns, h * H / rows
        return [x - w, y - h, x + w, y + h]

    return read(target, image_size, threshold, box=box)


def midpoint_as_corner(target, image_size, threshold):
    """Take the midpoint for the upper left corner."""

    def box(x, y, w, h, i, j, rows, columns, H, W):
        x, y = (x + j) * W / columns, (y + i) * H / rows
        return [x, y, x + w * W / columns, y + h * H / rows]

    return read(target, image_size, threshold, box=box)


def sizes_of_the_picture(target, image_size, threshold):
    """Take b_w and b_h for shares of the picture."""

    def box(x, y, w, h, i, j, rows, columns, H, W):
        x, y = (x + j) * W / columns, (y + i) * H / rows
        w, h = w * W, h * H
        return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]

    return read(target, image_size, threshold, box=box)


def labels_from_zero(target, image_size, threshold):
    """Count classes from 0."""
    found = read(target, image_size, threshold)
    return found - np.array([0, 0, 0, 0, 0, 1])


def tensors(rng: np.random.Generator) -> Iterator[Case]:
    """What a network might say: some cells sure, some not, none exactly at the line."""
    for k in range(9):
        rows, columns = int(rng.integers(1, 4)), int(rng.integers(4, 6))
        C = int(rng.integers(2, 5))
        target = np.zeros((rows, columns, 5 + C))
        target[..., 0] = rng.choice([0.05, 0.1, 0.45, 0.7, 0.95], (rows, columns))
        target[..., 1:3] = rng.uniform(0, 1, (rows, columns, 2)).round(2)
        target[..., 3:5] = rng.uniform(0.2, 2.5, (rows, columns, 2)).round(2)
        chances = rng.uniform(0.1, 1, (rows, columns, C)) ** 4
        target[..., 5:] = chances / chances.sum(axis=2, keepdims=True)
        H, W = rows * 16, columns * (16 + k)
        threshold = float(rng.choice([0.25, 0.3, 0.4])) if k else 0.99
        yield Case(target, (H, W), threshold)


# ---------------------------------------------------------------- anchors


def lost_objects(boxes, grid, image_size, anchors):
    """The answer."""
    return lost(boxes, grid, image_size, anchors, best_shape)


def best_shape(box, anchors):
    """The anchor that overlaps a box most when both share a corner."""
    w, h = box[2] - box[0], box[3] - box[1]
    shared = np.minimum(anchors[:, 0], w) * np.minimum(anchors[:, 1], h)
    return int((shared / (anchors.prod(axis=1) + w * h - shared)).argmax())


def lost(boxes, grid, image_size, anchors, choose):
    """Who comes to a place that is taken."""
    (rows, columns), (H, W) = grid, image_size
    taken, late = set(), []
    for n, box in enumerate(boxes):
        j = int((box[0] + box[2]) / 2 * columns / W)
        i = int((box[1] + box[3]) / 2 * rows / H)
        place = i, j, choose(box, anchors)
        if place in taken:
            late.append(n)
        taken.add(place)
    return late


def without_anchors(boxes, grid, image_size, anchors):
    """Give a cell one place."""
    return lost(boxes, grid, image_size, anchors, lambda *_: 0)


def next_free_anchor(boxes, grid, image_size, anchors):
    """Let an object move on to another anchor."""
    (rows, columns), (H, W) = grid, image_size
    held, late = {}, []
    for n, box in enumerate(boxes):
        j = int((box[0] + box[2]) / 2 * columns / W)
        i = int((box[1] + box[3]) / 2 * rows / H)
        held[i, j] = held.get((i, j), 0) + 1
        if held[i, j] > len(anchors):
            late.append(n)
    return late


def by_area(boxes, grid, image_size, anchors):
    """Choose the anchor of the nearest area."""

    def choose(box, anchors):
        area = (box[2] - box[0]) * (box[3] - box[1])
        return int(np.abs(anchors.prod(axis=1) - area).argmin())

    return lost(boxes, grid, image_size, anchors, choose)


def by_distance(boxes, grid, image_size, anchors):
    """Choose the anchor by the distance of widths and heights."""

    def choose(box, anchors):
        return int(np.abs(anchors - (box[2:] - box[:2])).sum(axis=1).argmin())

    return lost(boxes, grid, image_size, anchors, choose)


def by_intersection(boxes, grid, image_size, anchors):
    """Forget the union."""

    def choose(box, anchors):
        return int(np.minimum(anchors, box[2:] - box[:2]).prod(axis=1).argmax())

    return lost(boxes, grid, image_size, anchors, choose)


def by_corner_cell(boxes, grid, image_size, anchors):
    """Choose the cell by the upper left corner."""
    moved = boxes.copy()
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    moved[:, :2], moved[:, 2:] = boxes[:, :2] - half, boxes[:, 2:] - half
    return lost(moved, grid, image_size, anchors, best_shape)


def everyone_there(boxes, grid, image_size, anchors):
    """Call the first one lost as well."""
    (rows, columns), (H, W) = grid, image_size
    wanted = [
        (int((b[1] + b[3]) / 2 * rows / H), int((b[0] + b[2]) / 2 * columns / W),
         best_shape(b, anchors))
        for b in boxes
    ]  # fmt: skip
    return [n for n, place in enumerate(wanted) if wanted.count(place) > 1]


ANCHORS = np.array([[20.0, 60.0], [60.0, 20.0], [30.0, 30.0]])


SQUARES = np.array([[10.0, 10.0], [40.0, 40.0]])


def squares(*sides):
    """Squares round one place."""
    half = np.array(sides)[:, None] / 2
    return np.concatenate([30 - half, 30 - half, 30 + half, 30 + half], axis=1)


def crowds(rng: np.random.Generator) -> Iterator[Case]:
    """Many objects on few cells, their shapes near one of the anchors or between."""
    yield Case(np.zeros((0, 4)), (2, 3), (120, 180), ANCHORS)
    small, between = float(rng.integers(10, 13)), float(rng.integers(21, 24))
    yield Case(squares(small, between), (1, 1), (60, 60), SQUARES)
    for k in range(9):
        N, B = 3 + k, 2 + k % 2
        rows, columns = (1, 2) if k < 4 else (2, 3)
        H, W = 100 * rows, 120 * columns
        anchors = ANCHORS[:B] * float(rng.uniform(0.8, 1.25))
        sizes = ANCHORS[rng.integers(3, size=N)] * rng.uniform(0.5, 1.6, (N, 2))
        if k > 5:
            sizes *= 0.6  # all smaller than the anchors
        middle = rng.uniform(0.02, 0.98, (N, 2)) * (W, H)
        boxes = np.concatenate([middle - sizes / 2, middle + sizes / 2], axis=1)
        yield Case(boxes.round(1), (rows, columns), (H, W), anchors.round(1))


CAR = np.array([[40.0, 45, 80, 65]])

EXERCISES = (
    Exercise(
        name="yolo_encode",
        title="Objects into a grid",
        reference=yolo_encode,
        visible=(
            Case(CAR, np.array([2]), (3, 3), (100, 100), 3),
            Case(np.array([[10.0, 10, 30, 90]]), np.array([1]), (2, 4), (100, 160), 2),
        ),
        generate=scenes,
        misconceptions=(
            Misconception(
                "cell by the corner",
                by_upper_left,
                "You choose the cell by the upper left corner of the box. The cell "
                "that holds the midpoint is responsible: (x1 + x2) / 2, (y1 + y2) / 2.",
            ),
            Misconception(
                "row and column exchanged",
                rows_and_columns_exchanged,
                "Row and column are exchanged. y chooses the row, the first axis of "
                "the target, and x the column.",
            ),
            Misconception(
                "size in pictures",
                size_of_the_picture,
                "Your b_w and b_h are shares of the picture. Here they count cells: "
                "a box two cells wide has b_w = 2.",
            ),
            Misconception(
                "midpoint in pictures",
                midpoint_of_the_picture,
                "Your b_x and b_y are measured from the corner of the picture. They "
                "say where in its own cell the midpoint lies: subtract the cell's "
                "column and row.",
            ),
            Misconception(
                "sizes cut off at 1",
                size_clipped,
                "You cut b_w and b_h off at 1. Only b_x and b_y lie between 0 and 1; a "
                "box may be wider than its cell.",
            ),
            Misconception(
                "classes one place late",
                class_from_zero,
                "The class is one place off. Class 1 stands right behind the five "
                "numbers of the box, at index 5 = 4 + label.",
            ),
            Misconception(
                "every cell it covers",
                every_cell_it_covers,
                "You set p_c in every cell that the box touches. Only the cell of the "
                "midpoint is responsible; the others hold zeros.",
            ),
        ),
        page="book/grids/grid-target",
        minutes=15,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="yolo_decode",
        title="Boxes out of a grid",
        reference=yolo_decode,
        visible=(
            Case(
                np.array([[[0.9, 0.5, 0.5, 2, 1, 0.9, 0.1], [0.1] + [0.5] * 6]]),
                (10, 20),
                0.5,
            ),
            Case(
                np.array(
                    [
                        [[0.6, 0.25, 0.5, 1, 3, 0.2, 0.8]],
                        [[0.8, 0.75, 0.5, 0.5, 1, 0.9, 0.1]],
                    ]
                ),
                (40, 30),
                0.4,
            ),
        ),
        generate=tensors,
        misconceptions=(
            Misconception(
                "score is p_c",
                score_is_p,
                "Your score is p_c alone. Multiply by the chance of the class: being "
                "sure that there is something is not yet knowing what.",
            ),
            Misconception(
                "score is the class",
                score_is_class,
                "Your score is the chance of the class alone. In an empty cell the "
                "classes still sum to 1; only p_c says that nothing is there.",
            ),
            Misconception(
                "cell forgotten",
                cell_forgotten,
                "All your boxes lie at the upper left. b_x and b_y count from the "
                "cell's own corner: add its column and row before you scale.",
            ),
            Misconception(
                "whole size to each side",
                whole_size_each_side,
                "Your boxes are twice as large as they should be. From the midpoint it "
                "is half of the width to either side.",
            ),
            Misconception(
                "midpoint as corner",
                midpoint_as_corner,
                "You use the midpoint as the upper left corner. Step back half of the "
                "width and half of the height.",
            ),
            Misconception(
                "sizes in pictures",
                sizes_of_the_picture,
                "You take b_w and b_h for shares of the picture. They count cells.",
            ),
            Misconception(
                "labels from zero",
                labels_from_zero,
                "Your labels begin at 0, which is the background. The first class is "
                "1: argmax plus one.",
            ),
        ),
        page="book/grids/grid-target",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="lost_objects",
        title="Two for one place",
        reference=lost_objects,
        visible=(
            Case(
                np.array([[40.0, 20, 60, 80], [20.0, 42, 80, 58], [42.0, 22, 60, 78]]),
                (3, 3),
                (100, 100),
                ANCHORS[:2],
            ),
            Case(np.array([[5.0, 5, 25, 25]]), (1, 1), (60, 60), ANCHORS),
        ),
        generate=crowds,
        misconceptions=(
            Misconception(
                "one place a cell",
                without_anchors,
                "You give a cell one place. With anchors it has one for each of them: "
                "a tall and a wide object share a cell.",
            ),
            Misconception(
                "the next free anchor",
                next_free_anchor,
                "You let an object move to another anchor when its own is taken. YOLO "
                "does not: the object belongs to the anchor whose shape is most like "
                "its own, or is lost.",
            ),
            Misconception(
                "anchor by area",
                by_area,
                "You choose the anchor of the nearest area. A tall and a wide box may "
                "have the same area; compare shapes by IoU.",
            ),
            Misconception(
                "anchor by distance",
                by_distance,
                "You choose the anchor by differences of width and height. Ten pixels "
                "are much for a small box and little for a large one; IoU, with the "
                "two laid corner on corner, is a ratio.",
            ),
            Misconception(
                "intersection alone",
                by_intersection,
                "You compare intersections without dividing by the union, so the "
                "largest anchor wins nearly always.",
            ),
            Misconception(
                "cell by the corner",
                by_corner_cell,
                "You choose the cell by the upper left corner. It is the midpoint that "
                "decides.",
            ),
            Misconception(
                "the first one too",
                everyone_there,
                "You count everybody who wants a place that is wanted twice. The first "
                "one has it; only those who come later are lost.",
            ),
        ),
        page="book/grids/anchors",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
