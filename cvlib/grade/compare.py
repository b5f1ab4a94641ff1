"""Whether two results are the same, and where they part.

Results may be numbers, arrays (NumPy's or torch's), strings, None, and tuples, lists or
dictionaries of them. The most basic difference is the one reported: there is no point
in comparing numbers whose shapes disagree.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"b": "booleans", "i": "whole numbers", "u": "whole numbers",
         "f": "fractions", "c": "complex numbers", "O": "Python objects"}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """The first thing that is wrong with an answer."""

    kind: str  # "type", "shape", "dtype", "nan" or "values"
    expected: Any  # the parts that disagree
    got: Any
    where: str = ""  # which part of a tuple or dictionary, "[1]"
    wrong: np.ndarray | None = None  # for "values" and "nan": True where they differ


def difference(
    expected: Any, got: Any, *, rtol=1e-6, atol=1e-9, exact=True, where=""
) -> Difference | None:
    """None if `got` will do for `expected`."""
    options = {"rtol": rtol, "atol": atol, "exact": exact}
    if isinstance(expected, dict):
        if not isinstance(got, dict) or expected.keys() != got.keys():
            return Difference("type", expected, got, where)
        pairs = [(f"{where}[{key!r}]", expected[key], got[key]) for key in expected]
    elif isinstance(expected, (tuple, list)):
        if not isinstance(got, (tuple, list)):
            return Difference("type", expected, got, where)
        if len(expected) != len(got):
            return Difference("shape", expected, got, where)
        pairs = [
            (f"{where}[{i}]", *both)
            for i, both in enumerate(zip(expected, got, strict=True))
        ]
    elif family(expected) in ("number", "array", "tensor"):
        return numbers_difference(expected, got, where, **options)
    else:
        if type(expected) is not type(got):
            return Difference("type", expected, got, where)
        return None if expected == got else Difference("values", expected, got, where)
    found = [difference(a, b, where=place, **options) for place, a, b in pairs]
    return next((part for part in found if part is not None), None)


def numbers_difference(expected, got, where, *, rtol, atol, exact) -> Difference | None:
    """The same for numbers and arrays: type, shape, kind of number, NaN, values."""
    if family(expected) != family(got):
        return Difference("type", expected, got, where)
    a, b = as_array(expected), as_array(got)
    if a.dtype.kind in KINDS and b.dtype.kind not in KINDS:
        return Difference("type", expected, got, where)
    if a.dtype.kind != "O" and b.dtype.kind == "O":
        return Difference("dtype", a, b, where)  # whatever `exact` says
    if a.shape != b.shape:
        return Difference("shape", a, b, where)
    if exact and KINDS.get(a.dtype.kind) != KINDS.get(b.dtype.kind):
        return Difference("dtype", a, b, where)
    if a.dtype.kind not in "fc" and b.dtype.kind not in "fc":
        wrong = np.asarray(a != b)
    else:
        bad = ~np.isfinite(b) & ~(np.isnan(a) & np.isnan(b)) & ~(a == b)
        if bad.any():
            return Difference("nan", a, b, where, bad)
        wrong = ~close(a, b, rtol, atol)
    return Difference("values", a, b, where, wrong) if wrong.any() else None


def close(a: np.ndarray, b: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """`np.isclose` that forgives single precision its rounding: it is still right."""
    if "f4" in (a.dtype.str[1:], b.dtype.str[1:]):
        scale = np.abs(a[np.isfinite(a)]).max(initial=0)
        rtol, atol = max(rtol, 1e-5), max(atol, 1e-5 * float(scale))
    return np.isclose(b, a, rtol=rtol, atol=atol, equal_nan=True)


def same(a: Any, b: Any) -> bool:
    """Exactly the same numbers; what holds none, say a generator, is not compared."""
    if isinstance(a, (tuple, list)):
        return (
            isinstance(b, (tuple, list)) and len(a) == len(b) and all(map(same, a, b))
        )
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(
            same(a[key], b[key]) for key in a
        )  # fmt: skip
    if isinstance(a, (str, bytes, set, frozenset)):
        return type(a) is type(b) and a == b
    if family(a) not in ("number", "array", "tensor"):
        return True
    if family(b) != family(a):
        return False
    a, b = as_array(a), as_array(b)
    nan = a.dtype.kind in "fc" and b.dtype.kind in "fc"
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=nan)


def family(value: Any) -> str:
    """What a value is, in the learner's words; an array of no axes is a number."""
    if type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach"):
        return "tensor"
    if isinstance(value, np.ndarray) and value.ndim:
        return "array"
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        return "number"
    return "None" if value is None else type(value).__name__


def as_array(value: Any) -> np.ndarray:
    """Its numbers, whatever class they came in."""
    if family(value) == "tensor":
        value = value.detach().cpu().numpy()
    # subok=False: a subclass may claim to equal everything
    return np.array(value, subok=False)
