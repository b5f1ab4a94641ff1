"""Answers to the exercises on R-CNN: right ones and wrong ones."""

import math

import numpy as np


def window_by_margins(boxes, S, p):
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    across, down = w * p / (S - 2 * p), h * p / (S - 2 * p)  # one pixel is w/(S−2p)
    return boxes + np.stack([-across, -down, across, down], axis=1)


def window_by_loops(boxes, S, p):
    out = []
    for x1, y1, x2, y2 in boxes:
        cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
        half_w = (x2 - x1) * S / (S - 2 * p) / 2
        half_h = (y2 - y1) * S / (S - 2 * p) / 2
        out.append([cx - half_w, cy - half_h, cx + half_w, cy + half_h])
    return np.array(out)


def shrunk(boxes, S, p):
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return boxes + np.stack([w, h, -w, -h], axis=1) * p / S


def rounded(boxes, S, p):
    return np.round(window_by_margins(boxes, S, p))


def whole_square(boxes, S, p):
    return np.array([[0.0, 0.0, 227.0, 227.0]])


def encoded_by_columns(truth, proposals):
    gx1, gy1, gx2, gy2 = truth.T
    px1, py1, px2, py2 = proposals.T
    w, h = px2 - px1, py2 - py1
    dx = (gx1 + gx2 - px1 - px2) / (2 * w)
    dy = (gy1 + gy2 - py1 - py2) / (2 * h)
    return np.stack([dx, dy, np.log(gx2 - gx1) - np.log(w),
                     np.log(gy2 - gy1) - np.log(h)], axis=1)  # fmt: skip


def encoded_one_by_one(truth, proposals):
    out = np.empty((len(truth), 4))
    for n, (g, p) in enumerate(zip(truth, proposals, strict=True)):
        for a in (0, 1):
            side = p[a + 2] - p[a]
            out[n, a] = ((g[a] + g[a + 2]) / 2 - (p[a] + p[a + 2]) / 2) / side
            out[n, a + 2] = math.log((g[a + 2] - g[a]) / side)
    return out


def base_two(truth, proposals):
    codes = encoded_by_columns(truth, proposals)
    codes[:, 2:] /= np.log(2)
    return codes


def shift_only(truth, proposals):
    return encoded_by_columns(truth, proposals)[:, :2]


def already_right(truth, proposals):
    return np.zeros((len(truth), 4))


def decoded_by_columns(codes, proposals):
    dx, dy, dw, dh = codes.T
    x1, y1, x2, y2 = proposals.T
    w, h = x2 - x1, y2 - y1
    cx, cy = x1 + (0.5 + dx) * w, y1 + (0.5 + dy) * h
    w, h = w * np.minimum(np.exp(dw), 62.5), h * np.minimum(np.exp(dh), 62.5)
    return np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)


def decoded_one_by_one(codes, proposals):
    out = []
    for (dx, dy, dw, dh), (x1, y1, x2, y2) in zip(codes, proposals, strict=True):
        w, h = x2 - x1, y2 - y1
        cx, cy = (x1 + x2) / 2 + dx * w, (y1 + y2) / 2 + dy * h
        w *= math.exp(min(dw, math.log(1000 / 16)))
        h *= math.exp(min(dh, math.log(1000 / 16)))
        out.append([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
    return np.array(out)


def cut_at_a_thousand(codes, proposals):
    x1, y1, x2, y2 = proposals.T
    size = np.stack([x2 - x1, y2 - y1], axis=1)
    middle = np.stack([x1 + x2, y1 + y2], axis=1) / 2 + codes[:, :2] * size
    half = size * np.minimum(np.exp(codes[:, 2:]), 1000) / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def proposals_again(codes, proposals):
    return proposals.copy()


def steps_by_recursion(needs, changed):
    def stale(thing):
        if thing == changed:
            return True
        return thing in needs and any(stale(part) for part in needs[thing])

    order = []

    def run(step):
        if step == changed or step in order or step not in needs:
            return
        for part in needs[step]:
            run(part)
        if stale(step):
            order.append(step)

    for step in needs:
        run(step)
    return order


def steps_by_rounds(needs, changed):
    stale = {changed}
    while more := {s for s in needs if s not in stale and stale & {*needs[s]}}:
        stale |= more
    left = [s for s in reversed(needs) if s in stale and s != changed]
    order = []
    while left:
        ready = [s for s in left if not any(part in left for part in needs[s])]
        order += ready
        left = [s for s in left if s not in ready]
    return tuple(order)


def last_first(needs, changed):
    return steps_by_recursion(needs, changed)[::-1]


def twice(needs, changed):
    return 2 * steps_by_recursion(needs, changed)


def how_many(needs, changed):
    return len(steps_by_recursion(needs, changed))


def five_words(needs, changed):
    return ["classifier", "network", "features", "machines", "regressors"]


RIGHT = {
    "context_window": [window_by_margins, window_by_loops],
    "encode_boxes": [encoded_by_columns, encoded_one_by_one],
    "decode_boxes": [decoded_by_columns, decoded_one_by_one],
    "order_of_steps": [steps_by_recursion, steps_by_rounds],
}
WRONG = {
    "context_window": [
        (shrunk, "expected"),
        (rounded, "expected"),
        (whole_square, "expected"),
    ],
    "encode_boxes": [
        (base_two, "expected"),
        (shift_only, "shape"),
        (already_right, "zeros"),
    ],
    "decode_boxes": [(cut_at_a_thousand, "expected"), (proposals_again, "expected")],
    "order_of_steps": [
        (last_first, "expected"),
        (twice, "parts"),
        (how_many, "list"),
        (five_words, "expected"),
    ],
}
