"""Numbers as small tables: one axis is a row, two a grid, more are several grids."""

from html import escape
from itertools import product
from typing import Any

import numpy as np

from cvlib.grade.compare import as_array, family
from cvlib.grade.sentences import number

SIDE, GRIDS = 10, 12  # the largest grid, and how many, that a reader can take in


def plain(value: Any) -> bool:
    """A list or tuple of a few simple things, better read in one line."""
    return isinstance(value, (tuple, list)) and all(
        not getattr(item, "shape", ()) and not isinstance(item, (tuple, list, dict))
        for item in value
    )


def too_large(value: Any) -> bool:
    """Whether an array is told rather than shown."""
    if family(value) not in ("array", "tensor"):
        return False
    shape = tuple(value.shape)
    grids = int(np.prod(shape[:-2])) if len(shape) > 2 else 1
    return max(shape[-2:], default=1) > SIDE or grids > GRIDS or 0 in shape


def html(
    value: Any, name: str, colour: str, wrong: np.ndarray | None = None, mark: str = ""
) -> str:
    """A value under its name, its `wrong` cells darker and followed by `mark`."""
    if isinstance(value, Exception):
        return line(str(value), name)
    if family(value) not in ("array", "tensor"):
        is_number = family(value) == "number" and not isinstance(value, complex)
        shown = number(as_array(value)[()]) if is_number else repr(value)
        return line(shown, name)
    array = as_array(value)
    if array.ndim == 0:
        return line(str(array), name)
    size = " × ".join(map(str, array.shape))
    if too_large(value):
        return line(f"{size} array of {array.dtype}", name)
    if wrong is not None and wrong.shape != array.shape:
        wrong = None
    words = written(array)
    if wrong is not None:  # more digits, so that what differs looks different
        words = np.where(wrong, written(array, 6), words)
    label = f"{name} ({size})".strip()
    if array.ndim <= 2:
        return table(words, label, colour, wrong, mark)
    tables = "".join(
        table(words[i], str(list(i)), colour, None if wrong is None else wrong[i], mark)
        for i in product(*map(range, array.shape[:-2]))
    )
    row = "display:flex;flex-wrap:wrap;gap:.1em .7em;align-items:flex-start"
    return (
        f'<div><div style="font-size:.8em;opacity:.8">{escape(label)}</div>'
        f'<div style="{row}">{tables}</div></div>'
    )


def line(text: str, name: str) -> str:
    """A value that needs no table."""
    label = f'<span style="opacity:.75">{escape(name)} = </span>' if name else ""
    style = "font-family:monospace;font-size:.95em;overflow-wrap:anywhere"
    return f'<div style="{style}">{label}{escape(text)}</div>'


def table(words: np.ndarray, label: str, colour: str, wrong: Any, mark: str) -> str:
    """One grid of at most two axes."""
    words = np.atleast_2d(words)
    bad = (
        np.zeros(words.shape, bool) if wrong is None else np.reshape(wrong, words.shape)
    )
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    cell = (
        "border:1px solid rgba(128,128,128,.35);padding:.12em .45em;text-align:center;"
        "min-width:1.5em;font-variant-numeric:tabular-nums;white-space:nowrap;"
    )
    rows = ""
    for word_row, bad_row in zip(words, bad, strict=True):
        cells = ""
        for word, is_bad in zip(word_row, bad_row, strict=True):
            tint = f"background:rgba({r},{g},{b},{'.34' if is_bad else '.1'})"
            inner = f"<strong>{escape(word)}{mark}</strong>" if is_bad else escape(word)
            cells += f'<td style="{cell}{tint}">{inner}</td>'
        rows += f'<tr style="background:transparent">{cells}</tr>'
    caption = (
        "caption-side:top;text-align:left;padding:0 0 .1em;font-size:.85em;opacity:.8;"
        "color:inherit;white-space:nowrap"
    )
    whole = (
        "border-collapse:collapse;margin:.1em 0;font-size:.9em;color:inherit;border:0"
    )
    return (
        f'<table style="{whole}"><caption style="{caption}">{escape(label)}</caption>'
        f"<tbody>{rows}</tbody></table>"
    )


def written(array: np.ndarray, most: int = 4) -> np.ndarray:
    """Every number as a person writes it: 3 for 3.0, else with `most` digits."""
    if array.dtype.kind != "f":
        return np.vectorize(str, otypes=[object])(array)
    whole = np.isfinite(array).all() and (array == np.round(array)).all()
    digits = (
        "{:.0f}" if whole and np.abs(array).max(initial=0) < 1e6 else f"{{:.{most}g}}"
    )

    def told(value: float) -> str:
        return digits.format(value + 0.0).replace("-", "−")

    return np.vectorize(told, otypes=[object])(array)


def summary(expected: np.ndarray, got: np.ndarray, wrong: np.ndarray) -> str:
    """What can be said of arrays that are too large to show."""
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    text = (
        f"{int(wrong.sum())} of {wrong.size} numbers differ. The first is at "
        f"{list(first)}: expected {expected[first]:.6g}, got {got[first]:.6g}"
    )
    if expected.dtype.kind == "b":
        return text + "."
    largest = np.nanmax(np.abs(expected.astype(float) - got.astype(float)))
    return f"{text}; the largest difference is {largest:.3g}."


def text(value: Any) -> str:
    """The value for a terminal."""
    if isinstance(value, Exception):
        return str(value)
    if family(value) == "number" and not isinstance(value, complex):
        return number(as_array(value)[()])
    if family(value) not in ("array", "tensor"):
        return repr(value)
    array = as_array(value)
    if too_large(value):
        return f"{' × '.join(map(str, array.shape))} array of {array.dtype}"
    if array.dtype.kind in "fc":
        array = array + 0.0  # −0 is a zero like another
    return np.array2string(array, precision=4, suppress_small=True)
