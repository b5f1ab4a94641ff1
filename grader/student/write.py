"""From a value to a header and bytes, without asking the value anything.

A learner's class may answer every question as it pleases. So a value is the first of
its bases that is known here, and it is read by that base's own methods.
"""

import math
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .budget import INT_BITS, TENSOR_DTYPES, Budget, Refused, dtype_name, text_bytes

# taken from `type` itself, for a metaclass may have its own
bases_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
name_of: Callable[[type], str] = type.__dict__["__name__"].__get__


class Writer(Budget):
    """Turns values into nodes of the header, and keeps the bytes that go with them."""

    def __init__(self, limit: int, hold: Callable[[Any], Any] | None = None) -> None:
        super().__init__(limit)
        self.hold = hold
        self.buffers: list[bytes] = []
        self.writers = WRITERS | torch_writers()

    def part(self, value: Any, depth: int) -> Any:
        """The node of a value."""
        self.count(depth)
        for base in bases_of(type(value)):
            # by id, for a metaclass may have its own __hash__ and __eq__
            write = self.writers.get(id(base))
            if write is not None:
                return write(self, value, depth)
        if self.hold is not None:
            return ["held", self.part(self.hold(value), depth + 1)]
        raise Refused(
            f"a result of type {str.__str__(name_of(type(value)))[:60]} cannot be "
            "graded: return numbers, strings, arrays, tensors, or lists, tuples and "
            "dictionaries of them"
        )

    def items(self, kind: str, values: Iterable[Any], depth: int) -> list:
        """The node of a container."""
        return [kind, *(self.part(value, depth + 1) for value in values)]

    def members(self, kind: str, values: Iterable[Any], depth: int) -> list:
        """The node of a set."""
        return [kind, *(self.key(value, depth + 1) for value in values)]

    def pairs(self, pairs: Iterable[tuple[Any, Any]], depth: int) -> list:
        """The node of a dictionary, its keys and values by turns."""
        node = ["dict"]
        for key, value in pairs:
            node += self.key(key, depth + 1), self.part(value, depth + 1)
        return node

    def key(self, value: Any, depth: int) -> Any:
        """The node of what will be hashed."""
        before = self.parts, self.spent
        node = self.part(value, depth)
        self.weigh_key(node, *before)
        return node

    def raw(self, kind: str, raw: bytes) -> list:
        """The node of something that is written as so many bytes."""
        self.spend(len(raw))
        self.buffers.append(raw)
        return [kind, len(raw)]

    def whole(self, value: int) -> Any:
        """The node of a whole number."""
        if -(2**63) <= value < 2**63:
            return value
        if value.bit_length() > INT_BITS:
            raise Refused(
                "a whole number of more than 4,200 digits cannot be graded: "
                "return a float"
            )
        length = value.bit_length() // 8 + 1
        return self.raw("int", value.to_bytes(length, "little", signed=True))

    def fraction(self, value: float) -> Any:
        """The node of a float; JSON has no NaN, and a NaN has bits of its own."""
        if math.isfinite(value):
            return value
        return self.raw("float", struct.pack("<d", value))

    def text(self, kind: str, value: str) -> list:
        """The node of a string."""
        self.spend(len(value), "text")
        try:
            raw = value.encode()
        except UnicodeEncodeError:
            raise Refused(
                "a string with a lone surrogate is no text and cannot be graded"
            ) from None
        self.spend(text_bytes(raw) - len(value), "text")
        self.buffers.append(raw)
        return [kind, len(raw)]

    def array(self, kind: str, plain: np.ndarray) -> list:
        """The node of an array or, without axes, of one of NumPy's numbers."""
        self.spend_array(plain.shape, plain.itemsize)
        if plain.dtype.char in "gG":  # long doubles are not the same on every machine
            with np.errstate(all="ignore"):
                plain = plain.astype("f8" if plain.dtype.char == "g" else "c16")
        name = dtype_name(plain.dtype)
        self.buffers.append(plain.tobytes())
        return [kind, name, *plain.shape]

    def tensor(self, value: Any) -> list:
        """The node of a tensor, and of its gradient if it has one."""
        torch = sys.modules["torch"]
        grad = None
        with torch._C.DisableTorchFunction():
            if torch.Tensor.is_leaf.__get__(value):  # others warn when asked for it
                grad = torch.Tensor.grad.__get__(value)
        node = ["tensor", *self.cells(value)]
        return node if grad is None else ["gradient", node[1:], self.cells(grad)]

    def cells(self, value: Any) -> list:
        """What it holds. A subclass is not asked to do any step its own way."""
        torch = sys.modules["torch"]
        try:
            with torch._C.DisableTorchFunction():
                requires_grad = torch.Tensor.requires_grad.__get__(value)
                plain = torch.Tensor.detach(value)
                name = tensor_dtype_name(plain.dtype)
                self.spend_array(plain.shape, plain.dtype.itemsize)
                plain = plain.cpu().resolve_conj().resolve_neg().contiguous()
                raw = plain.reshape(-1).view(torch.uint8).numpy().tobytes()
        except Refused:
            raise
        except Exception:
            raise odd_tensor() from None
        self.buffers.append(raw)
        return [name, requires_grad, *plain.shape]


def tensor_dtype_name(dtype: Any) -> str:
    """How the header names a dtype of torch."""
    name = str(dtype).removeprefix("torch.")
    if name not in TENSOR_DTYPES:
        raise odd_tensor()
    return name


def odd_tensor() -> Refused:
    """The error for a tensor that is not an array of numbers."""
    return Refused(
        "a tensor that is sparse, quantised or without data cannot be graded: "
        "return a dense tensor of numbers"
    )


def by_id(writers: dict[type, Callable]) -> dict[int, Callable]:
    """The table under the identity of its classes."""
    return {id(kind): write for kind, write in writers.items()}


ALL = slice(None)
WRITERS = by_id(
    {
        type(None): lambda w, v, depth: None,
        bool: lambda w, v, depth: v,
        int: lambda w, v, depth: w.whole(int.__index__(v)),
        float: lambda w, v, depth: w.fraction(float.__float__(v)),
        complex: lambda w, v, depth: w.raw("complex", complex_bytes(v)),
        str: lambda w, v, depth: w.text("str", str.__str__(v)),
        bytes: lambda w, v, depth: w.raw("bytes", bytes.__getitem__(v, ALL)),
        list: lambda w, v, depth: w.items("list", list.__iter__(v), depth),
        tuple: lambda w, v, depth: w.items("tuple", tuple.__iter__(v), depth),
        set: lambda w, v, depth: w.members("set", set.__iter__(v), depth),
        frozenset: lambda w, v, depth: w.members(
            "frozenset", frozenset.__iter__(v), depth
        ),
        dict: lambda w, v, depth: w.pairs(dict.items(v), depth),
        OrderedDict: lambda w, v, depth: w.pairs(in_order(v), depth),
        slice: lambda w, v, depth: w.items("slice", (v.start, v.stop, v.step), depth),
        range: lambda w, v, depth: w.items("range", (v.start, v.stop, v.step), depth),
        type(...): lambda w, v, depth: ["ellipsis"],
        np.ndarray: lambda w, v, depth: w.array("array", base_view(v)),
        np.generic: lambda w, v, depth: w.array("scalar", np.generic.__array__(v)),
        np.str_: lambda w, v, depth: w.text("np.str_", str.__str__(v)),
        np.bytes_: lambda w, v, depth: w.raw("np.bytes_", bytes.__getitem__(v, ALL)),
        np.dtype: lambda w, v, depth: ["dtype", dtype_name(v)],
    }
)


def complex_bytes(value: complex) -> bytes:
    """Both parts, bit by bit."""
    plain = complex.__pos__(value)  # `+value` of the base makes a plain one
    return struct.pack("<dd", plain.real, plain.imag)


def in_order(value: OrderedDict) -> Iterable[tuple[Any, Any]]:
    """The pairs in an order that the dict underneath does not know."""
    keys = OrderedDict.__iter__(value)
    return ((key, dict.__getitem__(value, key)) for key in keys)


def base_view(value: np.ndarray) -> np.ndarray:
    """The same numbers as a plain array."""
    return np.ndarray.view(value, np.ndarray)


def torch_writers() -> dict[int, Callable]:
    """Those of torch, if it has been imported: nobody else can have made a tensor."""
    torch = sys.modules.get("torch")
    if not hasattr(torch, "__version__"):  # not there, or a stand-in (`policy`)
        return {}
    return by_id(
        {
            torch.Tensor: lambda w, v, depth: w.tensor(v),
            torch.Size: lambda w, v, depth: w.items("size", tuple.__iter__(v), depth),
            torch.dtype: lambda w, v, depth: ["torch.dtype", tensor_dtype_name(v)],
        }
    )
