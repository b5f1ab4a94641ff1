"""The notation [(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K,SOFTMAX: reading and writing it.

`parse` reads a line into a tree, `write` writes the tree back, `expand` lists the
layers, `compress` finds the shortest line for a list. Nothing here needs torch.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from cvlib.validate import check_int

LAYERS = ("CONV", "RELU", "POOL", "FC", "SOFTMAX")
CLOSING = {"(": ")", "[": "]"}


class GrammarError(ValueError):
    """The line cannot be read; `position` is the place of the first wrong character."""

    def __init__(self, sentence: str, text: str, position: int) -> None:
        self.position = position
        where = f"{sentence} at character {position + 1}"
        super().__init__(f"{where}\n    {text}\n    {' ' * position}^")


@dataclass(frozen=True)
class Layer:
    """One layer, perhaps left out: `POOL?`."""

    name: str
    optional: bool = False


@dataclass(frozen=True)
class Repeat:
    """A layer or a row of layers, several times; `times` may be a letter for now."""

    items: "Row"
    times: int | str


Row = tuple[Layer | Repeat, ...]


class _Reader:
    """Reads a line from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        pattern = r"\s*([A-Za-z]+|\d+|\S)"
        self.tokens = [(m[1], m.start(1)) for m in re.finditer(pattern, text)]
        self.at = 0

    @property
    def token(self) -> str:
        """The next token; "" at the end."""
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, int]:
        """The next token and its place, and go on."""
        found = self.token, self.position()
        self.at += 1
        return found

    def position(self) -> int:
        """Where the next token stands."""
        ahead = self.tokens[self.at : self.at + 1]
        return ahead[0][1] if ahead else len(self.text)

    def fail(self, wanted: str, position: int | None = None) -> GrammarError:
        """The error that something else was wanted here."""
        got = repr(self.token) if self.token else "the end"
        place = self.position() if position is None else position
        return GrammarError(f"text must have {wanted}, got {got}", self.text, place)

    def row(self) -> Row:
        """item - item - item, and a comma before SOFTMAX."""
        items = [*self.item()]
        while self.token in ("-", ","):
            comma, place = self.take()
            if comma == "," and self.token != "SOFTMAX":
                raise self.fail(
                    "SOFTMAX after the comma; '-' joins other layers", place
                )
            items += self.item()
        return tuple(items)

    def item(self) -> Row:
        """A layer or a row in brackets, perhaps repeated."""
        items = self.bracket() if self.token in CLOSING else (self.layer(),)
        if self.token != "*":
            return items
        self.take()
        return (Repeat(items, self.times()),)

    def bracket(self) -> Row:
        """A row between brackets of the same kind."""
        opening, _ = self.take()
        items = self.row()
        if self.token != CLOSING[opening]:
            raise self.fail(f"'-' or {CLOSING[opening]!r} here")
        self.take()
        return items

    def layer(self) -> Layer:
        """A known name, perhaps with a question mark."""
        if self.token not in LAYERS:
            close = get_close_matches(self.token.upper(), LAYERS, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise self.fail(f"a layer or a bracket here{hint}")
        name, _ = self.take()
        if self.token != "?":
            return Layer(name)
        self.take()
        return Layer(name, optional=True)

    def times(self) -> int | str:
        """What follows a star."""
        if not self.token.isalnum():
            raise self.fail("a whole number or a letter after '*'")
        found, _ = self.take()
        return int(found) if found.isdigit() else found


def parse(text: str) -> Row:
    """Read a line of the grammar into a tree of layers and repetitions.

    A row is items joined by `-`; an item is CONV, RELU, POOL or FC, perhaps with `?`,
    or a row in brackets; `*` and a whole number or a letter repeat it. `,SOFTMAX` may
    end the line. Blanks do not matter.

    Args:
        text: the line.

    Returns:
        The row: layers, and repetitions of rows.

    Raises:
        GrammarError: a character is in the wrong place; the message points at it.

    Example:
        >>> parse("(CONV-RELU)*2-POOL?")  # doctest: +NORMALIZE_WHITESPACE
        (Repeat(items=(Layer(name='CONV', optional=False),
                       Layer(name='RELU', optional=False)), times=2),
         Layer(name='POOL', optional=True))
        >>> parse("(CONV-RELU)*-POOL")
        Traceback (most recent call last):
        cvlib.nets.notation.GrammarError: text must have a whole number or a letter \
after '*', got '-' at character 13
            (CONV-RELU)*-POOL
                        ^
    """
    reader = _Reader(text)
    row = reader.row()
    if reader.token:
        raise reader.fail("'-' or the end here")
    place = text.find("SOFTMAX")
    if 0 <= place < len(text.rstrip()) - len("SOFTMAX"):
        raise GrammarError("text must have SOFTMAX at its end only", text, place)
    return row


def write(row: Row) -> str:
    """The line that `parse` reads as this row: square brackets around round ones.

    Example:
        >>> write(parse("( (CONV - RELU) * N - POOL? ) * 3 , SOFTMAX"))
        '[(CONV-RELU)*N-POOL?]*3,SOFTMAX'
    """
    return "-".join(map(_written, row)).replace("-SOFTMAX", ",SOFTMAX")


def _written(item: Layer | Repeat) -> str:
    if isinstance(item, Layer):
        return item.name + "?" * item.optional
    inner = write(item.items)
    nested = any(isinstance(part, Repeat) for part in item.items)
    if len(item.items) > 1 or nested:
        inner = f"[{inner}]" if nested else f"({inner})"
    return f"{inner}*{item.times}"


def expand(text: str, *, optional: bool = True, **letters: int) -> list[str]:
    """The names of the layers, one after another, everything written out.

    Args:
        text: a line of the grammar.
        optional: whether layers with a question mark are there.
        **letters: what each letter stands for, `N=2`.

    Raises:
        GrammarError: the line cannot be read.
        ValueError: a letter of the line has no value, or a negative one.

    Example:
        >>> expand("[(CONV-RELU)*N-POOL]*1-FC", N=2)
        ['CONV', 'RELU', 'CONV', 'RELU', 'POOL', 'FC']
    """
    return _expanded(parse(text), optional, letters)


def _expanded(row: Row, optional: bool, letters: dict[str, int]) -> list[str]:
    names = []
    for item in row:
        if isinstance(item, Repeat):
            inner = _expanded(item.items, optional, letters)
            names += _number(item.times, letters) * inner
        elif optional or not item.optional:
            names.append(item.name)
    return names


def _number(times: int | str, letters: dict[str, int]) -> int:
    if isinstance(times, int):
        return times
    if times not in letters:
        raise ValueError(f"{times} must be given a value, got none; add {times}=2")
    return check_int(times, letters[times], minimum=0)


def compress(names: Sequence[str]) -> str:
    """The shortest line that `expand` turns into these layers.

    Every stretch is either two shorter ones side by side or a repetition of one; the
    best of each is kept, so a stretch is looked at once.

    Example:
        >>> compress(["CONV", "RELU", "CONV", "RELU", "POOL"])
        '(CONV-RELU)*2-POOL'
    """

    @cache
    def best(start: int, stop: int) -> Row:
        part = names[start:stop]
        if len(part) == 1:
            return (Layer(part[0]),)
        rows = [best(start, cut) + best(cut, stop) for cut in range(start + 1, stop)]
        for period in range(1, len(part) // 2 + 1):
            times, rest = divmod(len(part), period)
            if not rest and part == times * part[:period]:
                rows.append((Repeat(best(start, start + period), times),))
        return min(rows, key=lambda row: (len(write(row)), write(row)))

    names = tuple(names)
    return write(best(0, len(names)))
