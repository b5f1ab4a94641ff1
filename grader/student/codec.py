"""Plain values as bytes, between two processes of which one is not trusted.

A message is the length of a header, the header, and the raw bytes of arrays and text in
the order in which the header mentions them. The header is JSON: null, true, false and
ordinary numbers stand for themselves, everything else is a list such as
`["list", 1, 2]` or `["array", "<f8", 2, 3]`. No class is looked up by name, nothing is
called, and no bytes can be used twice.

What is no plain value stays where it is. Either side may hold on to such things: `hold`
says what to write in place of one, and `held` finds it again.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

from .budget import LIMIT_BYTES, MESSAGE_BYTES, Refused, check_header, unreadable
from .read import Reader
from .write import Writer, name_of

__all__ = ["LIMIT_BYTES", "MESSAGE_BYTES", "Refused", "decode", "encode"]


def encode(
    value: Any,
    *,
    limit: int = LIMIT_BYTES,
    hold: Callable[[Any], Any] | None = None,
) -> bytes:
    """Write a value as bytes.

    A subclass arrives as its base: a namedtuple as a tuple, a masked array as its data.
    What two processes cannot share arrives plain: arrays writable and in C order, long
    doubles as doubles, a parameter as a tensor, an object mentioned twice as two.

    Args:
        value: numbers, strings, arrays, tensors, or containers of them.
        limit: how many bytes of arrays and text it may hold.
        hold: gives a plain value that stands for something of no plain type, or
            raises Refused; without it, such things are refused.

    Returns:
        What `decode` reads.

    Raises:
        Refused: the value is of another kind, or too large.

    Example:
        >>> decode(encode({"box": (0, 0, 4, 3), "scores": [0.5, 1e-3]}))
        {'box': (0, 0, 4, 3), 'scores': [0.5, 0.001]}
    """
    writer = Writer(limit, hold)
    try:
        node = writer.part(value, 0)
    except Refused:
        raise
    except Exception as error:  # there are ways to lie that even a base class believes
        name = str.__str__(name_of(type(error)))
        raise Refused(
            f"the result cannot be read: reading it ended in {name}"
        ) from None
    header = json.dumps(node, separators=(",", ":"), allow_nan=False).encode("ascii")
    check_header(header)
    return b"".join([struct.pack("<Q", len(header)), header, *writer.buffers])


def decode(
    data: bytes,
    *,
    limit: int = LIMIT_BYTES,
    held: Callable[[Any], Any] | None = None,
    tensors: bool = True,
) -> Any:
    """Read a value from bytes that anybody may have written.

    Args:
        data: one message, whole.
        limit: how many bytes of arrays and text it may hold.
        held: gives what a plain value from `hold` stands for, and should believe
            nothing; whatever it raises means that the bytes cannot be read.
        tensors: False where there can be none, so that torch is not imported for
            somebody who claims to send one.

    Returns:
        The value; every object in it is of a plain type, and new.

    Raises:
        Refused: the bytes are not what `encode` writes, or hold too much.
    """
    try:
        return Reader(data, limit, held, tensors=tensors).message()
    except Refused:
        raise
    except Exception as error:  # whatever goes wrong in reading is the sender's doing
        raise unreadable(type(error).__name__) from None
