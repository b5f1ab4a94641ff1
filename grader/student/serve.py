"""S: runs a learner's cells and calls what they define, one request after another.

Everything here is within the learner's reach once their code has run. Nothing depends
on its honesty: J believes no more than that these are the numbers this code gave.
"""

import builtins
import contextlib
import io
import json
import linecache
import socket
import struct
from typing import Any

from student import codec
from student.changes import changed, snapshot
from student.held import VERBS, Held, Whole
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


def send(line: socket.socket, data: bytes) -> None:
    """One message."""
    line.sendall(struct.pack("<Q", len(data)) + data)


class Student:
    """The learner's namespace, and the objects J holds on to by number."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.held = Held(self.ask)
        self.line: socket.socket | None = None

    def serve(self, line: socket.socket) -> None:
        """Answer J until it hangs up."""
        self.line = line
        while (data := receive(line)) is not None:
            request = codec.decode(data, held=self.held.found)
            answer = getattr(self, f"do_{request.pop('do')}")(**request)
            send(line, self.written(answer))
            self.held.over()

    def written(self, answer: dict) -> bytes:
        """An answer as bytes; a value that cannot be sent stays here as a whole."""
        for _ in range(2):
            try:
                return codec.encode(answer, hold=self.held.hold)
            except codec.Refused as problem:
                why = str(problem)
                answer = answer | {"value": Whole(answer.get("value"), why)}
        return codec.encode({"refused": why})

    def ask(self, number: int, args: tuple, kwargs: dict) -> Any:
        """Have J call a function that it has lent."""
        question = {"callback": number, "args": args, "kwargs": kwargs}
        send(self.line, codec.encode(question, hold=self.held.hold))
        data = receive(self.line)
        if data is None:
            raise EOFError("nobody is there any more")
        answer = codec.decode(data, held=self.held.found)
        if "error" not in answer:
            return answer["value"]
        kind = getattr(builtins, answer["error"], None)
        known = isinstance(kind, type) and issubclass(kind, Exception)
        raise (kind if known else RuntimeError)(answer["message"])

    def do_run(self, source: str, count: int | None = None) -> dict:
        """Run a cell: its outputs as JSON, and which names there are now."""
        outputs = self.shell.run(source, count)
        names = [name for name in self.shell.namespace if not name.startswith("_")]
        # lone surrogates, which no notebook could hold
        text = json.dumps(outputs, ensure_ascii=False)
        return {"outputs": whole(text), "names": names}

    def do_find(self, name: str) -> dict:
        """The value of a name."""
        if name not in self.shell.namespace:
            return {"error": {"kinds": ["NameError"], "message": name, "line": ""}}
        return {"value": self.shell.namespace[name]}

    def do_call(self, verb: str, target: Any, args: tuple, kwargs: dict) -> dict:
        """Do what a verb says with something of the learner's."""
        before = snapshot((args, kwargs), apart=self.held.apart)
        printed = io.StringIO()
        home = None
        try:
            home = getattr(getattr(target, "__code__", None), "co_filename", None)
            with contextlib.redirect_stdout(printed):
                value = VERBS[verb](target, *args, **kwargs)
        except BaseException as error:  # KeyboardInterrupt is a learner's, too
            told = {"error": described(error, home)}
        else:
            try:
                told = {"value": value, "changes": changed(before)}
            except codec.Refused as problem:
                return {"refused": str(problem)}
        return told | {"printed": whole(printed.getvalue())}


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
        "message": message_of(error)[:LONGEST],
        "line": whole(line),
        "inside": bool(line) or home is None,
        "library": getattr(error, "name", "") if "NotAllowed" in kinds else "",
    }


def message_of(error: BaseException) -> str:
    """What an error says, if it can be asked."""
    try:
        return whole(str(error))
    except BaseException as problem:
        return f"(its message ends in {type(problem).__name__})"


def whole(text: str) -> str:
    """The text without lone surrogates, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()
