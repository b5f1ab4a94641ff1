"""What one cell shows, as nbformat 4 stores it, and never more than there is room for.

Order is Jupyter's: a display stands where it happened, and what was printed between two
displays is one text per stream, stdout before stderr.
"""

import base64
import json
import numbers
from collections.abc import Iterable
from typing import Any

LONGEST = 20_000  # characters of one line of a traceback, or of an error's message
LINES = 100  # of a traceback; the middle of a longer one is left out
RICHER = 10  # pictures, HTML and the like may be so many times as long as text


class Outputs:
    """The outputs of one cell, in order.

    Args:
        max_output: bytes of text; `RICHER` times that for all else.
        max_displays: results, displays and errors; the last error always stays.
    """

    def __init__(self, max_output: int, max_displays: int) -> None:
        self.max_output, self.max_displays = max_output, max_displays
        self._clear()

    def _clear(self) -> None:
        self._items: list[dict] = []
        self._printed: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._named: dict[str, list[dict]] = {}  # by display_id
        self._shown, self._last_error = 0, None
        self._room, self._rich_room = self.max_output, RICHER * self.max_output
        self._full = False  # whether something was cut
        self._stale = False  # whether the next output replaces all of these

    def clear(self, wait: bool = False) -> None:
        """`clear_output()`: forget everything, now or before the next output."""
        if wait:
            self._stale = True
        else:
            self._clear()

    def _clear_if_stale(self) -> None:
        if self._stale:
            self._clear()

    def write(self, name: str, text: str) -> None:
        """Add what was printed to "stdout" or "stderr"."""
        if not text:
            return
        self._clear_if_stale()
        if text := self._fit(text):
            self._printed[name].append(text)

    def display(
        self, data: dict, metadata: dict, name: str | None = None, update: bool = False
    ) -> None:
        """Add a display; all of the same name in this cell then show the same.

        An update of what an earlier cell displayed is a display of its own here.
        """
        self._clear_if_stale()
        known = self._named.get(name, [])
        for output in known:
            self._release(output["data"])
        parts = {"data": self._bundle(data), "metadata": plain(metadata)}
        for output in known:
            output.update(parts)
        if update and known:
            return
        output = {"output_type": "display_data", **parts}
        if self._add(output) and name is not None:
            self._named.setdefault(name, []).append(output)

    def result(self, data: dict, metadata: dict, count: int) -> None:
        """Add the value of the last line."""
        self._clear_if_stale()
        self._add(
            {
                "output_type": "execute_result",
                "data": self._bundle(data),
                "metadata": plain(metadata),
                "execution_count": count,
            }
        )

    def error(self, error: BaseException, lines: Iterable[str]) -> None:
        """Add an error; `lines` is the traceback as it should be shown."""
        self._clear_if_stale()
        lines = [lines] if isinstance(lines, str) else list(lines or ())
        if len(lines) > LINES:
            lines[LINES // 2 : -LINES // 2] = ["…"]
        try:
            message = short(error)
        except BaseException:  # it is the error's own code that runs here
            message = "<exception str() failed>"
        self._add(
            {
                "output_type": "error",
                "ename": short(type(error).__name__),
                "evalue": message,
                "traceback": [short(line) for line in lines],
            }
        )

    @property
    def failed(self) -> bool:
        """Whether there is an error among the outputs."""
        kinds = {output["output_type"] for output in self._items}
        return "error" in kinds or self._last_error is not None

    def finish(self) -> list[dict]:
        """All of it."""
        self._end_of_texts()
        if self._last_error is not None:
            self._items.append(self._last_error)
            self._last_error = None
        return self._items

    def _add(self, output: dict) -> bool:
        """Append an output if there may be one more, or if it is the last error."""
        if output.get("data") == {} and self._full:
            return False
        self._shown += 1
        if self._shown <= self.max_displays:
            self._end_of_texts()
            self._items.append(output)
            return True
        if self._shown == self.max_displays + 1:
            note = f"… cut: this cell displayed more than {self.max_displays} things\n"
            self._printed["stderr"].append(note)
        if output["output_type"] == "error":
            self._last_error = output
        return False

    def _end_of_texts(self) -> None:
        for name, texts in self._printed.items():
            if texts:
                output = {"output_type": "stream", "name": name, "text": "".join(texts)}
                self._items.append(output)
                texts.clear()

    def _fit(self, text: str) -> str:
        """As much of a text as there is room for, and, once, a line that says so."""
        # one more than fits shows that it does not; the rest is never copied
        head = text[: self._room + 1].encode("utf-8", "replace")
        if len(head) <= self._room:
            self._room -= len(head)
            return head.decode()
        kept, self._room = head[: self._room].decode("utf-8", "ignore"), 0
        if not self._full:
            kept += f"\n… cut: this cell printed more than {amount(self.max_output)}\n"
        self._full = True
        return kept

    def _bundle(self, data: dict) -> dict:
        """The representations of a thing as plain data, without those too big."""
        kept, too_big = {}, []
        for mime, value in data.items():
            if mime == "text/plain":
                text = self._fit(value if isinstance(value, str) else str(value))
                if text or not self._full:
                    kept[mime] = text
                continue
            if not isinstance(value, str | bytes | list) and "json" not in str(mime):
                value = str(value)
            if (size := length(value)) > self._rich_room:
                too_big.append(f"… cut: {mime} of {amount(size)}")
            else:
                self._rich_room -= size
                kept[str(mime)] = plain(value)
        if too_big:
            lines = [*filter(None, [kept.get("text/plain")]), *too_big]
            kept["text/plain"] = "\n".join(lines)
        return kept

    def _release(self, data: dict) -> None:
        """Take back the room of a display that is about to change."""
        for mime, value in data.items():
            if mime == "text/plain":
                self._room += length(value)
            else:
                self._rich_room += length(value)


def plain(value: Any) -> Any:
    """What JSON keeps of a value; bytes become base64, NaN a word.

    Raises:
        TypeError: JSON cannot hold it.
    """
    text = json.dumps(value, default=_for_json, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"), parse_constant=str)


def _for_json(value: Any) -> Any:
    """The types that displays contain and JSON does not know."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"{type(value).__name__} cannot be displayed: it is not JSON")


def length(value: Any) -> int:
    """How much room a value takes, in bytes."""
    if isinstance(value, str) and not value.isascii():
        return len(value.encode("utf-8", "replace"))
    if isinstance(value, str | bytes):
        return len(value)
    return len(json.dumps(value, default=_for_json))


def amount(count: int) -> str:
    """A number of bytes in words."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count:,} bytes"


def short(value: Any) -> str:
    """A value as a text of bearable length that every file can hold."""
    text = str(value)
    if len(text) > LONGEST:
        text = text[:LONGEST] + " …"
    return text.encode("utf-8", "replace").decode()
