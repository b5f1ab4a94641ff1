"""Answers to the exercises of `start`: right ones and wrong ones."""

import numpy as np


def by_a_product(image):
    return image * (1 / 255)


def single_precision(image):
    return image.astype(np.float32) / np.float32(255)


def pixel_by_pixel(image):
    out = np.zeros(image.shape)
    for place in np.ndindex(image.shape):
        out[place] = image[place] / 255
    return out


def as_a_list(image):
    return (image / 255).tolist()


def upside_down(image):
    return 1 - image / 255


def into_bytes(image):
    out = np.zeros_like(image)
    out[:] = image / 255
    return out


RIGHT = {"scale_to_unit": [by_a_product, single_precision, pixel_by_pixel]}
WRONG = {
    "scale_to_unit": [
        (as_a_list, "a list"),
        (upside_down, "numbers are wrong"),
        (into_bytes, "so does an array of whole numbers"),
    ]
}
