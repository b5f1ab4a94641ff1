"""Answers on masks and landmarks: right ones and wrong ones."""

import math

import numpy as np


def point_by_point(x, box, spatial_scale, P, Q, points):
    C, H, W = x.shape
    x1, y1, x2, y2 = [v * spatial_scale - 0.5 for v in box]
    out = np.zeros((C, P, Q))
    for p in range(P):
        for q in range(Q):
            for i in range(points):
                for j in range(points):
                    r = y1 + (p + (i + 0.5) / points) * (y2 - y1) / P
                    c = x1 + (q + (j + 0.5) / points) * (x2 - x1) / Q
                    r, c = min(max(r, 0), H - 1), min(max(c, 0), W - 1)
                    for a in range(H):
                        for b in range(W):
                            near = max(0, 1 - abs(r - a)) * max(0, 1 - abs(c - b))
                            out[:, p, q] += near * x[:, a, b] / points**2
    return out


def by_two_matrices(x, box, spatial_scale, P, Q, points):
    def readers(low, high, bins, n):
        at = low + (np.arange(bins * points) + 0.5) * (high - low) / (bins * points)
        weights = np.clip(1 - abs(np.clip(at, 0, n - 1)[:, None] - np.arange(n)), 0, 1)
        return weights.reshape(bins, points, n).mean(axis=1)

    x1, y1, x2, y2 = np.asarray(box) * spatial_scale - 0.5
    rows, columns = readers(y1, y2, P, x.shape[1]), readers(x1, x2, Q, x.shape[2])
    return np.einsum("ph,chw,qw->cpq", rows, x, columns)


def flattened(x, box, spatial_scale, P, Q, points):
    return by_two_matrices(x, box, spatial_scale, P, Q, points).reshape(len(x), -1)


def a_little_more(x, box, spatial_scale, P, Q, points):
    return by_two_matrices(x, box, spatial_scale, P, Q, points) + 0.01


def pixel_by_pixel(logits, targets, labels):
    total = count = 0
    for z, t, label in zip(logits, targets, labels, strict=True):
        if label > 0:
            for a, b in zip(z[label].ravel(), t.ravel(), strict=True):
                total += max(a, 0) - a * b + math.log1p(math.exp(-abs(a)))
                count += 1
    return total / count if count else 0.0


def by_signs(logits, targets, labels):
    own = np.take_along_axis(logits, labels[:, None, None, None], 1)[:, 0]
    wrong = np.logaddexp(0, -own) * targets + np.logaddexp(0, own) * (1 - targets)
    found = wrong[labels > 0]
    return found.mean() if found.size else 0.0


def per_region(logits, targets, labels):
    own = np.take_along_axis(logits, labels[:, None, None, None], 1)[:, 0]
    wrong = np.logaddexp(0, own) - own * targets
    return wrong.mean(axis=(1, 2)) * (labels > 0)


def squared(logits, targets, labels):
    own = np.take_along_axis(logits, labels[:, None, None, None], 1)[:, 0]
    return float(((np.tanh(own / 2) / 2 + 0.5 - targets) ** 2).mean())


def one_by_one(logits, keypoints, boxes):
    N, K, H, W = logits.shape
    costs = []
    for n in range(N):
        x1, y1, x2, y2 = boxes[n]
        for k in range(K):
            x, y, seen = keypoints[n, k]
            if seen <= 0 or not (x1 <= x <= x2 and y1 <= y <= y2):
                continue
            column = min(int((x - x1) / (x2 - x1) * W), W - 1)
            row = min(int((y - y1) / (y2 - y1) * H), H - 1)
            z = logits[n, k]
            top = z.max()
            costs.append(top + math.log(np.exp(z - top).sum()) - z[row, column])
    return sum(costs) / len(costs) if costs else 0.0


def with_one_hot(logits, keypoints, boxes):
    _, _, H, W = logits.shape
    low, side = boxes[:, None, :2], (boxes[:, 2:] - boxes[:, :2])[:, None]
    share = (keypoints[..., :2] - low) / side
    counts = (share >= 0).all(-1) & (share <= 1).all(-1) & (keypoints[..., 2] > 0)
    cell = np.minimum(np.floor(share * [W, H]), [W - 1, H - 1])
    hot = (np.arange(W) == cell[..., :1])[:, :, None] & (
        np.arange(H)[:, None] == cell[..., 1:, None]
    )
    z = logits - logits.max(axis=(2, 3), keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=(2, 3), keepdims=True))
    return float(-(logp * hot).sum(axis=(2, 3))[counts].sum() / max(1, counts.sum()))


def likelihood(logits, keypoints, boxes):
    return -one_by_one(logits, keypoints, boxes)


def in_bits(logits, keypoints, boxes):
    return one_by_one(logits, keypoints, boxes) / math.log(2)


RIGHT = {
    "align_region": [point_by_point, by_two_matrices],
    "instance_mask_loss": [pixel_by_pixel, by_signs],
    "landmark_loss": [one_by_one, with_one_hot],
}
WRONG = {
    "align_region": [(flattened, "expected"), (a_little_more, "too large")],
    "instance_mask_loss": [(per_region, "expected"), (squared, "expected")],
    "landmark_loss": [(likelihood, "expected"), (in_bits, "expected")],
}
