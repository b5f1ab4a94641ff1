"""J's end of the line to a student: whole messages, within a time and a size."""

import socket
import struct
import time
from collections.abc import Iterable

from grader.student.codec import Refused


def send(line: socket.socket, messages: Iterable[bytes], until: float) -> None:
    """Some messages, all at once.

    Raises:
        TimeoutError: the other side has not taken it in time.
    """
    line.settimeout(max(until - time.monotonic(), 0.001))
    line.sendall(b"".join(struct.pack("<Q", len(data)) + data for data in messages))


def receive(line: socket.socket, until: float, most: int) -> bytes:
    """One message.

    Raises:
        TimeoutError: the time is over.
        EOFError: the other side has ended.
        Refused: it claims to send too much.
    """
    size = struct.unpack("<Q", exactly(line, 8, until))[0]
    if size > most:
        raise Refused("the message is too long")
    return exactly(line, size, until)


def exactly(line: socket.socket, count: int, until: float) -> bytes:
    """That many bytes."""
    parts = bytearray()
    while len(parts) < count:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        part = line.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
