"""Answers on fused scores, cropped skips and bent labels: right ones and wrong ones."""

import numpy as np


def tap_by_tap(coarse, skip, kernel):
    K, h, w = coarse.shape
    out = np.zeros((K, 2 * h + 2, 2 * w + 2))
    for a in range(4):
        for b in range(4):
            out[:, a : a + 2 * h : 2, b : b + 2 * w : 2] += kernel[a, b] * coarse
    H, W = skip.shape[1:]
    return out[:, 1 : 1 + H, 1 : 1 + W] + skip


def looking_back(coarse, skip, kernel):
    out = skip.astype(float)
    _, h, w = coarse.shape
    for (k, y, x), _ in np.ndenumerate(skip):
        for i in range(h):
            for j in range(w):
                a, b = y + 1 - 2 * i, x + 1 - 2 * j
                if 0 <= a < 4 and 0 <= b < 4:
                    out[k, y, x] += coarse[k, i, j] * kernel[a, b]
    return out


def not_cropped(coarse, skip, kernel):
    h, w = coarse.shape[1:]
    return tap_by_tap(coarse, np.zeros((len(skip), 2 * h, 2 * w)), kernel)


def stacked(coarse, skip, kernel):
    return np.concatenate([skip, tap_by_tap(coarse, 0 * skip, kernel)])


def level_by_level(n, depth):
    down = [n - 4]
    for _ in range(depth):
        down.append(down[-1] // 2 - 4)
    side, crops = down.pop(), []
    while down:
        side *= 2
        crops.append((down.pop() - side) // 2)
        side -= 4
    return side, crops


def called_again(n, depth):
    if depth == 0:
        return n - 4, []
    inner, crops = called_again((n - 4) // 2, depth - 1)
    return 2 * inner - 4, [*crops, (n - 4 - 2 * inner) // 2]


def side_only(n, depth):
    return called_again(n, depth)[0]


def crops_only(n, depth):
    return called_again(n, depth)[1]


def one_by_one(labels, dy, dx, ignore):
    H, W = labels.shape
    out = np.full((H, W), ignore)
    for i in range(H):
        for j in range(W):
            y, x = round(i + dy[i, j]), round(j + dx[i, j])
            if 0 <= y < H and 0 <= x < W:
                out[i, j] = labels[y, x]
    return out


def with_a_frame(labels, dy, dx, ignore):
    wide = np.pad(labels, 9, constant_values=ignore)
    i, j = np.indices(labels.shape) + 9
    return wide[np.rint(i + dy).astype(int), np.rint(j + dx).astype(int)]


def as_floats(labels, dy, dx, ignore):
    return one_by_one(labels, dy, dx, ignore) / 1.0


def rows_only(labels, dy, dx, ignore):
    return one_by_one(labels, dy, 0 * dx, ignore)


RIGHT = {
    "fuse_scores": [tap_by_tap, looking_back],
    "unet_shapes": [level_by_level, called_again],
    "bend_labels": [one_by_one, with_a_frame],
}
WRONG = {
    "fuse_scores": [(not_cropped, "expected"), (stacked, "shape")],
    "unet_shapes": [(side_only, "expected"), (crops_only, "expected")],
    "bend_labels": [(as_floats, "expected"), (rows_only, "expected")],
}
