"""S: runs a learner's cells and calls what they define, one request after another.

Everything here is within the learner's reach once their code has run. Nothing depends
on its honesty: J believes no more than that these are the numbers this code gave.
"""

import contextlib
import io
import json
import linecache
import socket
import struct
from typing import Any

from student import codec
from student.changes import changed, snapshot
from student.shell import Shell

LONGEST = 4000  # characters of an error's message


def receive(line: socket.socket) -> bytes | None:
    """One message, or None when the other side has hung up."""
    head = exactly(line, 8)
    return None if head is None else exactly(line, struct.unpack("<Q", head)[0])


def exactly(line: socket.socket, count: int) -> bytes | None:
    """That many bytes."""
    parts = bytearray()
    while len(parts) < count:
        part = line.recv(min(count - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


class Student:
    """The learner's namespace, and the objects J holds on to by number."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.kept: dict[int, Any] = {}

    def serve(self, line: socket.socket) -> None:
        """Answer J until it hangs up."""
        while (data := receive(line)) is not None:
            request = codec.decode(data)
            answer = getattr(self, f"do_{request.pop('do')}")(**request)
            try:
                data = codec.encode(answer)
            except codec.Refused as problem:
                data = codec.encode({"refused": str(problem)})
            line.sendall(struct.pack("<Q", len(data)) + data)

    def do_run(self, source: str, count: int | None = None) -> dict:
        """Run a cell: its outputs, and which names there are now."""
        outputs = self.shell.run(source, count)
        names = [name for name in self.shell.namespace if not name.startswith("_")]
        # lone surrogates, which no notebook could hold
        text = json.dumps(outputs, ensure_ascii=False).encode("utf-8", "replace")
        return {"outputs": json.loads(text), "names": names}

    def do_find(self, name: str) -> dict:
        """The value of a name."""
        if name not in self.shell.namespace:
            return {"error": {"kinds": ["NameError"], "message": name, "line": ""}}
        return self.told(self.shell.namespace[name])

    def do_call(self, target: int, path: str, args: tuple, kwargs: dict) -> dict:
        """Call what J holds on to, or a method of it."""
        before = snapshot((args, kwargs))
        printed = io.StringIO()
        home = None
        try:
            thing = self.kept[target]
            for name in filter(None, path.split(".")):
                thing = getattr(thing, name)
            home = getattr(getattr(thing, "__code__", None), "co_filename", None)
            with contextlib.redirect_stdout(printed):
                value = thing(*args, **kwargs)
        except (Exception, SystemExit) as error:
            return {
                "error": described(error, home),
                "printed": whole(printed.getvalue()),
            }
        try:
            changes = changed(before)
        except codec.Refused as problem:
            return {"refused": str(problem)}
        return {
            **self.told(value),
            "changes": changes,
            "printed": whole(printed.getvalue()),
        }

    def told(self, value: Any) -> dict:
        """A value as data, or the number under which it is kept here."""
        try:
            codec.encode(value)
        except codec.Refused as problem:
            self.kept[len(self.kept)] = value
            return {
                "object": len(self.kept) - 1,
                "kind": type(value).__name__,
                "callable": callable(value),
                "why": str(problem),
            }
        return {"value": value}


def described(error: BaseException, home: str | None) -> dict:
    """An error as data, with the line of the learner's cell it came from."""
    kinds = [
        kind.__name__
        for kind in type(error).__mro__
        if kind not in (Exception, BaseException, object)
    ]
    line, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == home:
            text = linecache.getline(home, trace.tb_lineno).strip()
            line = f"line {trace.tb_lineno}" + (f", `{text}`" if text else "")
        trace = trace.tb_next
    return {
        "kinds": kinds or ["Exception"],
        "message": whole(str(error))[:LONGEST],
        "line": whole(line),
        "inside": bool(line) or home is None,
        "library": getattr(error, "name", "") if "NotAllowed" in kinds else "",
    }


def whole(text: str) -> str:
    """The text without lone surrogates, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()
