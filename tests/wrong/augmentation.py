"""Answers to the exercises on augmentation: right ones and wrong ones."""

import numpy as np


def by_np_cov(images, alpha):
    cov = np.cov(np.moveaxis(images, 1, 0).reshape(3, -1))
    values, vectors = np.linalg.eigh(cov)
    vectors = vectors * np.sign(vectors.sum(0))
    return cov, vectors[:, ::-1] @ (values[::-1] * np.array(alpha))


def by_svd(images, alpha):
    pixels = images.transpose(0, 2, 3, 1).reshape(-1, 3)
    d = pixels - pixels.mean(0)
    _, s, rows = np.linalg.svd(d, full_matrices=False)
    values = s**2 / (len(d) - 1)
    shift = np.zeros(3)
    for a, value, row in zip(alpha, values, rows, strict=True):
        shift += a * value * (row if row.sum() > 0 else -row)
    return [d.T @ d / (len(d) - 1), shift]


def shifted_images(images, alpha):
    cov, shift = by_np_cov(images, alpha)
    return cov, images + shift[:, None, None]


def by_columns(image, boxes):
    W = image.shape[2]
    moved = np.array(boxes, dtype=float)
    moved[:, 0], moved[:, 2] = W - boxes[:, 2], W - boxes[:, 0]
    return np.flip(image, -1), moved


def by_centres(image, boxes):
    x = (boxes[:, 0] + boxes[:, 2]) / 2
    half = (boxes[:, 2] - boxes[:, 0]) / 2
    x = image.shape[-1] - x
    columns = [x - half, boxes[:, 1], x + half, boxes[:, 3]]
    return np.stack([row[:, ::-1] for row in image]), np.stack(columns, axis=1)


def boxes_alone(image, boxes):
    return by_columns(image, boxes)[1]


def by_hand(H, W, h, w):
    b, r, m, c = H - h, W - w, (H - h) // 2, (W - w) // 2
    return [
        (0, 0, False), (0, r, False), (b, 0, False), (b, r, False), (m, c, False),
        (0, r, True), (0, 0, True), (b, r, True), (b, 0, True), (m, c, True),
    ]  # fmt: skip


def by_pictures(H, W, h, w):
    place = np.arange(H * W).reshape(H, W)
    found = []
    for flag, picture in ((False, place), (True, place[:, ::-1])):
        corners = [(t, l_) for t in (0, H - h) for l_ in (0, W - w)]
        for t, l_ in [*corners, ((H - h) // 2, (W - w) // 2)]:
            first = int(picture[t : t + h, l_ : l_ + w].min())
            found.append((first // W, first % W, flag))
    return found


def places_alone(H, W, h, w):
    return [place[:2] for place in by_hand(H, W, h, w)]


RIGHT = {
    "colour_shift": [by_np_cov, by_svd],
    "flip_with_boxes": [by_columns, by_centres],
    "ten_crops": [by_hand, by_pictures],
}
WRONG = {
    "colour_shift": [(shifted_images, "expected")],
    "flip_with_boxes": [(boxes_alone, "expected")],
    "ten_crops": [(places_alone, "expected")],
}
