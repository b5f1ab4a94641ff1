"""A printed table beside the computed one, with marks where they differ."""

import re
from collections.abc import Mapping, Sequence
from math import floor, log10
from numbers import Real
from typing import NamedTuple

from cvlib.show.tables import Table
from cvlib.validate import check_choice

NUMBER = re.compile(r"(\d+\.?\d*)([KMG]?)")
POWER = {"": 0, "K": 1, "M": 2, "G": 3}
SAME, NEAR, OTHER = "✓", "≈", "≠"
NEARLY = 0.01  # of the value


class Printed(NamedTuple):
    """What a printed number says: mantissa · unit, with so many digits that count."""

    mantissa: float
    unit: float
    digits: int


def readings(printed: str) -> list[Printed]:
    """What a printed number may mean; nothing, if it is not a number.

    "2.7K" is 2700 or 2.7 · 1024. The zeros at the end of "800K" do not count: they may
    be there only to fill the place.

    Example:
        >>> for reading in readings("2.7K"):
        ...     print(reading)
        Printed(mantissa=2.7, unit=1000.0, digits=2)
        Printed(mantissa=2.7, unit=1024.0, digits=2)
        >>> readings("3.8×10^9")
        [Printed(mantissa=3.8, unit=1000000000.0, digits=2)]
    """
    text = re.sub(r"[,\s\u202f\u00a0]", "", printed)
    mantissa, _, exponent = re.sub(r"[×x·]10\^?", "e", text).partition("e")
    found = NUMBER.fullmatch(mantissa)
    if not found or (exponent and not exponent.isdigit()):
        return []
    digits = len(found[1].replace(".", "").strip("0")) or 1
    unit, letter = 10.0 ** int(exponent or 0), POWER[found[2]]
    bases = (1000, 1024) if letter else (1000,)
    return [Printed(float(found[1]), unit * base**letter, digits) for base in bases]


def agreement(printed: str, computed: object) -> str:
    """How well a computed value agrees with a printed word.

    Words are compared without spaces; numbers to the digits that were printed, whether
    they were rounded or cut off, with K for 1000 or 1024.

    Returns:
        "✓" if the value could have been printed so, "≈" if it misses that by less than
        a hundredth of itself, "≠" if it is another.

    Example:
        >>> agreement("3.8×10^9", 3_858_000_000), agreement("55x55x96", "55 × 55 × 96")
        ('✓', '✓')
        >>> agreement("437K", 448_512), agreement("463K", 509_440)
        ('≈', '≠')
    """
    if not isinstance(computed, Real):
        return SAME if _plain(printed) == _plain(str(computed)) else OTHER
    meant = readings(printed)
    if any(_rounds_to(reading, float(computed)) for reading in meant):
        return SAME
    near = (abs(m * unit - computed) <= NEARLY * computed for m, unit, _ in meant)
    return NEAR if any(near) else OTHER


def _plain(words: str) -> str:
    return re.sub(r"[\s\u00a0]", "", words).replace("×", "x").lower()


def _rounds_to(printed: Printed, computed: float) -> bool:
    mantissa, unit, digits = printed
    value = computed / unit
    if not mantissa:
        return value == 0
    last = 10.0 ** (floor(log10(mantissa)) - digits + 1)  # worth of the last digit
    # one digit alone may hide much: what is rounded to it is still within a twentieth
    near = abs(value - mantissa) <= mantissa / 20
    return near and -0.5 <= (value - mantissa) / last < 1


class Comparison(Table):
    """A table with a printed, a computed and a marked column for each quantity.

    Attributes:
        marks: for (row, quantity) of every printed entry, "✓", "≈" or "≠"; rows are
            numbered from 0, for several may share a name.
    """

    marks: Mapping[tuple[int, str], str]

    @property
    def disagree(self) -> list[tuple[str, str]]:
        """The row and the quantity of every entry that was printed otherwise."""
        wrong = [entry for entry, mark in self.marks.items() if mark == OTHER]
        return [(self.rows[row][0], quantity) for row, quantity in wrong]

    def _numeric(self) -> list[bool]:
        pairs = zip(super()._numeric(), self.columns, strict=True)
        return [
            real or (name != "" and any(map(readings, map(str, self.column(name)))))
            for real, name in pairs
        ]


def compare(
    rows: Sequence[str],
    quantities: Mapping[str, tuple[Sequence[str], Sequence[object]]],
    *,
    label: str = "",
    caption: str = "",
    where: str = "printed",
) -> Comparison:
    """A table of a lecture or a paper beside the same table as we compute it.

    Read the printed one from its CSV as it stands, every entry a word; compute a value
    for each row; give both, quantity by quantity. After each pair stands a mark: ✓ if
    the computed value, rounded or cut off, could have been printed so, ≈ if it misses
    that by less than one per cent, ≠ if it is another; none if nothing was printed.

        lines = list(csv.DictReader(open("../data/alexnet.csv", encoding="utf-8")))
        table = summary(alexnet_lecture(), (3, 227, 227))
        printed = [line["output"] for line in lines]
        computed = ["×".join(map(str, (*row.shape[1:], row.shape[0]))) for row in table]
        show.compare([line["layer"] for line in lines], {"output": (printed, computed)})

    Numbers may be printed as 2359296, 2,359,296, 2.359M, 800K or 3.8×10^9, with K for
    1000 or 1024; words such as 55x55x96 are compared without their spaces.

    Args:
        rows: the name of each row.
        quantities: for each, the printed words and the computed values, a pair a row.
        label: what the rows are, written above their names.
        caption: what the table shows.
        where: "printed" or "lecture" or "paper": the header of the printed columns.

    Returns:
        A table; its `disagree` lists the rows and quantities with a ≠.

    Raises:
        ValueError: a quantity does not have one printed word and one value a row.

    Example:
        >>> table = compare(["a", "b"], {"params": (["2.7K", "463K"], [2740, 9408])})
        >>> table
           params, printed  params, computed
        a             2.7K              2740  ✓
        b             463K              9408  ≠
        >>> table.disagree
        [('b', 'params')]
    """
    check_choice("where", where, ["printed", "lecture", "paper"])
    marks, columns, cells = {}, [label], [[row] for row in rows]
    for name, (printed, computed) in quantities.items():
        if not len(rows) == len(printed) == len(computed):
            raise ValueError(
                f"quantities[{name!r}] must have {len(rows)} printed words and as many "
                f"values, one a row, got {len(printed)} and {len(computed)}"
            )
        columns += [f"{name}, {where}", f"{name}, computed", ""]
        for row, (word, value) in enumerate(zip(printed, computed, strict=True)):
            mark = ""
            if word:
                mark = marks[row, name] = agreement(word, value)
            cells[row] += [word, value, mark]
    table = Comparison(columns, cells, caption)
    table.marks = marks
    return table
