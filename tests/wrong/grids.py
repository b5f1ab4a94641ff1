"""Answers to the exercises on grids: right ones and wrong ones."""

import numpy as np

# ---------------------------------------------------------------- encode


def encode_by_index(boxes, labels, grid, image_size, num_classes):
    rows, columns = grid
    cell = np.array([image_size[1] / columns, image_size[0] / rows])
    target = np.zeros((rows, columns, 5 + num_classes))
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 / cell
    j, i = np.floor(middle).astype(int).T
    target[i, j, 0] = 1
    target[i, j, 1:3] = middle % 1
    target[i, j, 3:5] = (boxes[:, 2:] - boxes[:, :2]) / cell
    target[i, j, 4 + labels] = 1
    return target


def encode_in_loops(boxes, labels, grid, image_size, num_classes):
    height, width = image_size[0] / grid[0], image_size[1] / grid[1]
    target = np.zeros((*grid, 5 + num_classes))
    for box, label in zip(boxes, labels, strict=True):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        i, j = int(y // height), int(x // width)
        target[i, j, 0] = 1.0
        target[i, j, 1] = x / width - j
        target[i, j, 2] = y / height - i
        target[i, j, 3] = (box[2] - box[0]) / width
        target[i, j, 4] = (box[3] - box[1]) / height
        target[i, j, 4 + label] = 1.0
    return target


def channels_first(boxes, labels, grid, image_size, num_classes):
    target = encode_in_loops(boxes, labels, grid, image_size, num_classes)
    return target.transpose(2, 0, 1)


def one_row_too_low(boxes, labels, grid, image_size, num_classes):
    target = encode_in_loops(boxes, labels, grid, image_size, num_classes)
    return np.roll(target, 1, axis=0)


# ---------------------------------------------------------------- decode


def decode_at_once(target, image_size, threshold):
    rows, columns, _ = target.shape
    cell = np.array([image_size[1] / columns, image_size[0] / rows])
    i, j = np.indices((rows, columns))
    middle = (target[..., 1:3] + np.stack([j, i], axis=-1)) * cell
    half = target[..., 3:5] * cell / 2
    scores = target[..., 0] * target[..., 5:].max(axis=-1)
    labels = target[..., 5:].argmax(axis=-1) + 1
    found = np.concatenate(
        [middle - half, middle + half, scores[..., None], labels[..., None]], axis=-1
    )
    return found[scores >= threshold]


def decode_in_loops(target, image_size, threshold):
    found = []
    height, width = image_size[0] / len(target), image_size[1] / len(target[0])
    for (i, j), p in np.ndenumerate(target[:, :, 0]):
        x, y, w, h = target[i, j, 1:5]
        classes = list(target[i, j, 5:])
        score = p * max(classes)
        if score >= threshold:
            x1, y1 = (x + j - w / 2) * width, (y + i - h / 2) * height
            x2, y2 = x1 + w * width, y1 + h * height
            found.append([x1, y1, x2, y2, score, classes.index(max(classes)) + 1])
    return np.array(found, dtype=float).reshape(len(found), 6)


def column_after_column(target, image_size, threshold):
    found = decode_at_once(target, image_size, threshold)
    return found[np.argsort(found[:, 0], kind="stable")]


def without_threshold(target, image_size, threshold):
    return decode_at_once(target, image_size, 0.0)


# ---------------------------------------------------------------- anchors


def lost_by_a_table(boxes, grid, image_size, anchors):
    table = np.zeros((*grid, len(anchors)), dtype=bool)
    late = []
    for n, (x1, y1, x2, y2) in enumerate(boxes):
        i = int((y1 + y2) / 2 / image_size[0] * grid[0])
        j = int((x1 + x2) / 2 / image_size[1] * grid[1])
        best, slot = -1.0, 0
        for b, (w, h) in enumerate(anchors):
            shared = min(w, x2 - x1) * min(h, y2 - y1)
            value = shared / (w * h + (x2 - x1) * (y2 - y1) - shared)
            if value > best:
                best, slot = value, b
        if table[i, j, slot]:
            late.append(n)
        table[i, j, slot] = True
    return late


def lost_by_counting(boxes, grid, image_size, anchors):
    sizes = boxes[:, 2:] - boxes[:, :2]
    shared = np.minimum(sizes[:, None], anchors).prod(axis=2)
    union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1) - shared
    slots = (shared / union).argmax(axis=1)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    cells = (middle * [grid[1], grid[0]] / [image_size[1], image_size[0]]).astype(int)
    places = [(*cell, slot) for cell, slot in zip(cells.tolist(), slots, strict=True)]
    return [n for n, place in enumerate(places) if place in places[:n]]


def how_many(boxes, grid, image_size, anchors):
    return len(lost_by_a_table(boxes, grid, image_size, anchors))


def the_kept(boxes, grid, image_size, anchors):
    late = lost_by_a_table(boxes, grid, image_size, anchors)
    return [n for n in range(len(boxes)) if n not in late]


# ---------------------------------------------------------------- predict


def overlap(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    size = [(r[2] - r[0]) * (r[3] - r[1]) for r in (a, b)]
    return w * h / (sum(size) - w * h)


def predict_in_loops(prediction, cell, score_threshold, iou_threshold):
    rows, columns, B, _ = prediction.shape
    rest = []
    for i in range(rows):
        for j in range(columns):
            for b in range(B):
                p, x, y, w, h, *classes = prediction[i, j, b].tolist()
                score = p * max(classes)
                if score < score_threshold:
                    continue
                x, y, w, h = (x + j) * cell, (y + i) * cell, w * cell, h * cell
                label = classes.index(max(classes)) + 1
                rest.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2, score, label])
    rest.sort(key=lambda row: -row[4])
    kept = []
    while rest:
        best = rest.pop(0)
        kept.append(best)
        rest = [
            row
            for row in rest
            if row[5] != best[5] or overlap(row, best) <= iou_threshold
        ]
    return np.array(kept, dtype=float).reshape(-1, 6)


def predict_class_by_class(prediction, cell, score_threshold, iou_threshold):
    rows, columns, _, _ = prediction.shape
    i, j = np.indices((rows, columns))[..., None]
    middle = (prediction[..., 1:3] + np.stack([j, i], axis=-1)) * cell
    half = prediction[..., 3:5] * cell / 2
    boxes = np.concatenate([middle - half, middle + half], axis=-1).reshape(-1, 4)
    chances = prediction[..., 5:].reshape(len(boxes), -1)
    scores = prediction[..., 0].ravel() * chances.max(axis=1)
    labels = chances.argmax(axis=1) + 1
    found = []
    for label in np.unique(labels):
        own = np.flatnonzero((labels == label) & (scores >= score_threshold))
        own = own[np.argsort(-scores[own])]
        while len(own):
            found.append([*boxes[own[0]], scores[own[0]], label])
            far = [k for k in own[1:] if overlap(boxes[k], boxes[own[0]])
                   <= iou_threshold]  # fmt: skip
            own = np.array(far, dtype=int)
    return np.array(found, dtype=float).reshape(-1, 6)


def mean_ap(found, truth):
    """As it is given to the learner."""
    aps = []
    for label in np.unique(truth[:, 5]):
        objects = truth[truth[:, 5] == label]
        own = found[found[:, 6] == label]
        own = own[np.argsort(-own[:, 5], kind="stable")]
        free, hits = [True] * len(objects), []
        for row in own:
            fits = [overlap(row[1:5], o[1:5]) * (o[0] == row[0]) for o in objects]
            n = int(np.argmax(fits))
            hits.append(fits[n] > 0.5 and free[n])
            free[n] = free[n] and fits[n] <= 0.5
        precision = np.cumsum(hits) / (np.arange(len(hits)) + 1)
        best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
        aps.append(best_from_here[np.array(hits, dtype=bool)].sum() / len(objects))
    return float(np.mean(aps))


def in_all(predict, predictions, truth, *settings):
    rows = [
        np.insert(predict(p, *settings), 0, n, 1) for n, p in enumerate(predictions)
    ]
    found = np.concatenate(rows)
    return len(found), mean_ap(found, truth)


def map_in_loops(predictions, truth, cell, score_threshold, iou_threshold):
    settings = cell, score_threshold, iou_threshold
    return in_all(predict_in_loops, predictions, truth, *settings)


def map_class_by_class(predictions, truth, cell, score_threshold, iou_threshold):
    settings = cell, score_threshold, iou_threshold
    return list(in_all(predict_class_by_class, predictions, truth, *settings))


def map_only(predictions, truth, cell, score_threshold, iou_threshold):
    return map_in_loops(predictions, truth, cell, score_threshold, iou_threshold)[1]


def first_picture(predictions, truth, cell, score_threshold, iou_threshold):
    settings = cell, score_threshold, iou_threshold
    return map_in_loops(predictions[:1], truth, *settings)


# ---------------------------------------------------------------- the front


def front_by_sorting(fps, mean_ap):
    front, best = [], float("-inf")
    for f in sorted(set(fps), reverse=True):
        equal = [n for n in range(len(fps)) if fps[n] == f]
        top = max(mean_ap[n] for n in equal)
        if top > best:
            front += [n for n in equal if mean_ap[n] == top]
            best = top
    return sorted(front)


def front_with_arrays(fps, mean_ap):
    figures = np.stack([fps, mean_ap], axis=1)
    as_good = (figures[:, None] >= figures).all(axis=2)
    better = (figures[:, None] > figures).any(axis=2)
    return [int(n) for n in np.flatnonzero(~(as_good & better).any(axis=0))]


def as_booleans(fps, mean_ap):
    front = front_by_sorting(fps, mean_ap)
    return [n in front for n in range(len(fps))]


def fastest_first(fps, mean_ap):
    return front_by_sorting(fps, mean_ap)[::-1]


RIGHT = {
    "yolo_encode": [encode_by_index, encode_in_loops],
    "yolo_decode": [decode_at_once, decode_in_loops],
    "lost_objects": [lost_by_a_table, lost_by_counting],
    "yolo_map": [map_in_loops, map_class_by_class],
    "pareto_front": [front_by_sorting, front_with_arrays],
}
WRONG = {
    "yolo_encode": [(channels_first, "shape"), (one_row_too_low, "expected")],
    "yolo_decode": [(column_after_column, "expected"), (without_threshold, "expected")],
    "lost_objects": [(how_many, "expected"), (the_kept, "expected")],
    "yolo_map": [(map_only, "expected"), (first_picture, "expected")],
    "pareto_front": [(as_booleans, "expected"), (fastest_first, "expected")],
}
