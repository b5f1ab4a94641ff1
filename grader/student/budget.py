"""What a value may be and may cost. Writer and reader ask the same questions."""

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

LIMIT_BYTES = 64_000_000  # of arrays and text
PARTS = 500_000  # commas and brackets in the header
HEADER_BYTES = 32 * PARTS  # no part is written longer
MESSAGE_BYTES = 8 + HEADER_BYTES + LIMIT_BYTES  # so no message is longer
DEPTH = 50
INT_BITS = 14_000  # Python refuses to print more than 4,300 digits
# numbers can be chosen to have one hash, and then n keys cost n² comparisons
KEY_WEIGHT = 10_000
KEYS = {"int", "float", "complex", "str", "bytes", "np.str_", "np.bytes_", "scalar",
        "tuple", "frozenset"}  # fmt: skip
# what np.dtype may be asked for: no objects, no fields, no strings of no length
DTYPE = re.compile(
    r"[<>|](b1|[iu][1248]|f[248]|c8|c16|[SU][1-9]\d{0,7}"
    r"|[mM]8(\[([1-9]\d{0,5})?([YMWDhms]|[munpfa]s)\])?)"
)
TENSOR_DTYPES = {"bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16",
                 "int32", "int64", "float16", "bfloat16", "float32", "float64",
                 "complex64", "complex128"}  # fmt: skip


class Refused(ValueError):  # noqa: N818 - it is the sender who erred, or nobody
    """A value that cannot be sent, or bytes that are none; one sentence says why."""


def unreadable(why: str) -> Refused:
    """The error for bytes that no honest writer wrote."""
    return Refused(f"the result could not be read: its bytes are damaged ({why})")


def too_many() -> Refused:
    """The error for a list of lists of lists."""
    return Refused(
        f"the result has more than {PARTS:,} parts; return an array instead of lists"
    )


def check_header(header: bytes) -> None:
    """Refuse many parts before anything is made of them."""
    if len(header) > HEADER_BYTES or header.count(b",") + header.count(b"[") > PARTS:
        raise too_many()


def dtype_name(dtype: np.dtype) -> str:
    """How the header names a dtype, or a sentence on why it does not."""
    if dtype.hasobject:
        raise Refused(
            "an array of objects cannot be graded: make it an array of numbers, "
            "np.array(..., dtype=float)"
        )
    if not DTYPE.fullmatch(dtype.str):
        raise Refused(
            f"an array of dtype {str(dtype)[:60]} cannot be graded: "
            "return an array of numbers"
        )
    return dtype.str


def text_bytes(raw: bytes) -> int:
    """What text costs: one character beyond ASCII may widen all the others to four."""
    return len(raw) if raw.isascii() else 4 * len(raw)


class Budget:
    """What a value has cost so far."""

    def __init__(self, limit: int) -> None:
        self.limit, self.spent, self.parts, self.key_weight = limit, 0, 0, 0

    def count(self, depth: int) -> None:
        """One more part of the value, so deep inside it."""
        self.parts += 1
        if self.parts > PARTS:
            raise too_many()
        if depth > DEPTH:
            raise Refused(
                f"a result nested more than {DEPTH} deep cannot be graded; "
                "does a list contain itself?"
            )

    def spend(self, count: int, what: str = "numbers") -> None:
        """So many bytes more."""
        self.spent += count
        if self.spent > self.limit:
            large = self.spent >= 1e9
            size = self.spent / (1e9 if large else 1e6)
            raise Refused(
                f"the result holds {size:,.1f} {'GB' if large else 'MB'} of {what}; "
                f"at most {self.limit / 1e6:g} MB can be graded"
            )

    def spend_array(self, shape: Iterable[int], itemsize: int) -> None:
        """The bytes of an array; an axis of length 0 does not make the others free."""
        self.spend(math.prod(max(n, 1) for n in shape) * itemsize)

    def weigh_key(self, node: Any, parts: int, spent: int) -> None:
        """One more key or member of a set, given the counts from before it."""
        kind = node[0] if type(node) is list else "int"
        if kind not in KEYS:
            raise Refused(
                "a dictionary whose keys, or a set whose members, are not numbers, "
                "strings or tuples of them cannot be graded"
            )
        if kind in ("str", "bytes"):  # their hashes are salted: nobody can choose them
            return
        self.key_weight += self.parts - parts + (self.spent - spent) // 8
        if self.key_weight > KEY_WEIGHT:
            raise Refused(
                f"dictionaries and sets of more than {KEY_WEIGHT:,} numbers or tuples "
                "cannot be graded: return an array"
            )
