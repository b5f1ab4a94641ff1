"""Answers to the exercises on strides and dilation: right ones and wrong ones."""

from math import ceil, floor


def by_the_formula(n, f, p=0, s=1, d=1):
    return (n + 2 * p - d * (f - 1) - 1) // s + 1


def counted(n, f, p=0, s=1, d=1):
    last = n + p - d * (f - 1) - 1
    return sum(1 for _ in range(-p, last + 1, s))


def floored(n, f, p=0, s=1, d=1):
    reach = d * (f - 1) + 1
    return floor((n + 2 * p - reach) / s + 1)


def walked(n, f, p=0, s=1, d=1):
    start, places = 0, 0
    while start + d * (f - 1) < n + 2 * p:
        start, places = start + s, places + 1
    return places


def as_transcribed(n, f, p=0, s=1, d=1):
    return ceil((n + 2 * p) / s + 1)


def a_row_of_starts(n, f, p=0, s=1, d=1):
    return list(range(-p, n + p - d * (f - 1), s))


def two_of_them(n, f, p=0, s=1, d=1):
    size = by_the_formula(n, f, p, s, d)
    return size, size


def zeros_apart(n, f, p=0, s=1, d=1):
    return (n - d * (f - 1) - 1) // s + 1 + 2 * p // s


def one_more(n, f, p=0, s=1, d=1):
    return by_the_formula(n, f, p, s, d) + 1


RIGHT = {"output_size": [by_the_formula, counted, floored, walked]}
WRONG = {
    "output_size": [
        (as_transcribed, "is expected"),
        (a_row_of_starts, "a list, where a number is expected"),
        (two_of_them, "where a number is expected"),
        (zeros_apart, "is expected"),
        (one_more, "is expected"),
    ]
}
