"""From a header and bytes to a value, believing nothing.

Whatever the bytes are, what comes of them is plain, costs no more than `budget` allows,
and is an error otherwise: any error, for `decode` makes one sentence of all of them.
"""

import json
import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .budget import (
    DTYPE,
    INT_BITS,
    TENSOR_DTYPES,
    Budget,
    check_header,
    text_bytes,
    unreadable,
)


class Reader(Budget):
    """Turns nodes of the header into values, and takes the bytes that go with them."""

    def __init__(
        self,
        data: bytes,
        limit: int,
        held: Callable[[Any], Any] | None = None,
        *,
        tensors: bool = True,
    ) -> None:
        super().__init__(limit)
        self.data, self.place = memoryview(data), 0
        self.readers = READERS if tensors else WITHOUT_TORCH
        if held is not None:
            self.readers = self.readers | {
                "held": lambda r, depth, node: held(r.part(node, depth + 1))
            }

    def message(self) -> Any:
        """The one value that the bytes are."""
        (length,) = struct.unpack("<Q", self.take(8))
        header = bytes(self.take(length))
        check_header(header)
        node = json.loads(
            header.decode("ascii"), parse_int=short_int, parse_constant=no_constant
        )
        value = self.part(node, 0)
        if self.place != len(self.data):
            raise unreadable("more of them than announced")
        return value

    def take(self, count: int) -> memoryview:
        """The next bytes."""
        if type(count) is not int or not 0 <= count <= len(self.data) - self.place:
            raise unreadable("fewer of them than announced")
        self.place += count
        return self.data[self.place - count : self.place]

    def part(self, node: Any, depth: int) -> Any:
        """The value of a node. Each reader takes as many arguments as its kind has."""
        self.count(depth)
        if node is None or type(node) in (bool, int, float):
            return node
        if type(node) is not list:
            raise unreadable("not a node")
        kind, *arguments = node
        return self.readers[kind](self, depth, *arguments)

    def items(self, nodes: Iterable[Any], depth: int) -> list:
        """The values in a container."""
        return [self.part(node, depth + 1) for node in nodes]

    def members(self, nodes: tuple[Any, ...], depth: int) -> set:
        """A set."""
        found = {self.key(node, depth + 1) for node in nodes}
        if len(found) != len(nodes):
            raise unreadable("a member twice")
        return found

    def pairs(self, nodes: tuple[Any, ...], depth: int) -> dict:
        """A dictionary, its keys and values by turns."""
        found = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            name = self.key(key, depth + 1)  # first: the buffers come in this order
            found[name] = self.part(value, depth + 1)
        if len(found) != len(nodes) // 2:
            raise unreadable("a key twice")
        return found

    def key(self, node: Any, depth: int) -> Any:
        """What will be hashed."""
        before = self.parts, self.spent
        value = self.part(node, depth)
        self.weigh_key(node, *before)
        return value

    def raw(self, count: int) -> bytes:
        """So many bytes."""
        raw = self.take(count)
        self.spend(len(raw))
        return bytes(raw)

    def whole(self, count: int) -> int:
        """A whole number too long for JSON."""
        if count > INT_BITS // 8 + 1:
            raise unreadable("too many digits")
        return int.from_bytes(self.raw(count), "little", signed=True)

    def text(self, count: int) -> str:
        """A string; strict UTF-8 has no lone surrogates."""
        raw = bytes(self.take(count))
        self.spend(text_bytes(raw), "text")
        return raw.decode()

    def cells(self, shape: tuple[int, ...], itemsize: int) -> memoryview:
        """The bytes of an array."""
        if not all(type(n) is int and n >= 0 for n in shape):
            raise unreadable("shape")
        self.spend_array(shape, itemsize)
        return self.take(int(np.prod(shape, dtype=object)) * itemsize)

    def array(self, name: str, *shape: int) -> np.ndarray:
        """An array of its own, with no values that its dtype does not have."""
        dtype = plain_dtype(name)
        given = np.ndarray(shape, dtype, self.cells(shape, dtype.itemsize))
        array = given.copy()
        if dtype.kind == "b":
            np.not_equal(array.view("u1"), 0, out=array)
        if dtype.kind == "U":
            codes = array.reshape(-1).view(dtype.str[0] + "u4")
            surrogate = (codes >= 0xD800) & (codes <= 0xDFFF)
            if surrogate.any() or codes.max(initial=0) > 0x10FFFF:
                raise unreadable("no text")
        return array

    def tensor(self, name: str, requires_grad: bool, *shape: int) -> Any:
        """A tensor of its own."""
        import torch

        dtype = tensor_dtype(name)
        cells = np.array(self.cells(shape, dtype.itemsize), "u1")
        if name == "bool":
            cells = cells != 0
        if not cells.size:
            return torch.empty(shape, dtype=dtype, requires_grad=requires_grad)
        tensor = torch.from_numpy(cells).view(dtype).reshape(shape)
        return tensor.requires_grad_(requires_grad)

    def gradient(self, tensor: list, grad: list) -> Any:
        """A tensor that has one, each told as `tensor` wants it."""
        made = self.tensor(*tensor)
        made.grad = self.tensor(*grad)
        return made

    def size(self, nodes: tuple[Any, ...], depth: int) -> Any:
        """The shape of a tensor."""
        import torch

        return torch.Size(self.items(nodes, depth))


def short_int(text: str) -> int:
    """Reading many digits takes long."""
    if len(text) > 20:
        raise unreadable("too many digits")
    return int(text)


def no_constant(text: str) -> None:
    """Python's JSON has NaN; ours does not."""
    raise unreadable(text)


def plain_dtype(name: str) -> np.dtype:
    """The dtype of a name that can only be plain."""
    if not DTYPE.fullmatch(name):
        raise unreadable("dtype")
    return np.dtype(name)


def tensor_dtype(name: str) -> Any:
    """The same for torch."""
    import torch

    if name not in TENSOR_DTYPES:
        raise unreadable("dtype")
    return getattr(torch, name)


READERS = {
    "list": lambda r, depth, *nodes: r.items(nodes, depth),
    "tuple": lambda r, depth, *nodes: tuple(r.items(nodes, depth)),
    "set": lambda r, depth, *nodes: r.members(nodes, depth),
    "frozenset": lambda r, depth, *nodes: frozenset(r.members(nodes, depth)),
    "dict": lambda r, depth, *nodes: r.pairs(nodes, depth),
    "int": lambda r, depth, count: r.whole(count),
    "float": lambda r, depth, count: struct.unpack("<d", r.raw(count))[0],
    "complex": lambda r, depth, count: complex(*struct.unpack("<dd", r.raw(count))),
    "str": lambda r, depth, count: r.text(count),
    "bytes": lambda r, depth, count: r.raw(count),
    "slice": lambda r, depth, *nodes: slice(*r.items(nodes, depth)),
    "range": lambda r, depth, *nodes: range(*r.items(nodes, depth)),
    "ellipsis": lambda r, depth: ...,
    "array": lambda r, depth, name, *shape: r.array(name, *shape),
    "scalar": lambda r, depth, name: r.array(name)[()],
    "np.str_": lambda r, depth, count: np.str_(r.text(count)),
    "np.bytes_": lambda r, depth, count: np.bytes_(r.raw(count)),
    "dtype": lambda r, depth, name: plain_dtype(name),
    "tensor": lambda r, depth, name, *rest: r.tensor(name, *rest),
    "gradient": lambda r, depth, tensor, grad: r.gradient(tensor, grad),
    "size": lambda r, depth, *nodes: r.size(nodes, depth),
    "torch.dtype": lambda r, depth, name: tensor_dtype(name),
}
WITHOUT_TORCH = {
    kind: read
    for kind, read in READERS.items()
    if kind not in ("tensor", "gradient", "size", "torch.dtype")
}
