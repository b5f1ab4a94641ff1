"""Rows and their sum, shown as text, as HTML, or as a pandas table."""

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

HEADERS = {
    "name": "layer",
    "kind": "type",
    "shape": "output",
    "activations": "activations",
    "memory": "memory",
    "parameters": "parameters",
    "multiply_adds": "multiply-adds",
    "receptive_field": "field",
    "jump": "jump",
}
WORDS = {"name", "kind"}


@dataclass(frozen=True)
class Row:
    """One layer of the table.

    Attributes:
        name: the layer's name in the model.
        kind: its class.
        shape: of its output for one picture, (C, H, W).
        parameters: that no row above has counted.
        multiply_adds: for one picture.
        receptive_field: pixels of the input that one unit sees along an axis, or
            (height, width) if they differ; None where it is not defined.
        jump: pixels of the input between the fields of neighbouring units.
        item_size: bytes of one number.
        activations: numbers of the output; of a block, of all the layers in it.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    receptive_field: int | tuple[int, ...] | None
    jump: int | tuple[int, ...] | None
    item_size: int = 4
    activations: int = -1

    def __post_init__(self) -> None:
        if self.activations < 0:
            object.__setattr__(self, "activations", prod(self.shape))

    @property
    def memory(self) -> int:
        """Bytes of the activations."""
        return self.activations * self.item_size


class Summary:
    """The layer table of a model; in a notebook it shows itself as HTML.

    Attributes:
        rows: the rows, the input first.
        parameters: of the whole model.
        multiply_adds: of the whole model, for one picture.
        title: the model's name.
        notes: what the numbers leave out, a sentence each.
    """

    def __init__(
        self,
        rows: list[Row],
        *,
        parameters: int,
        multiply_adds: int,
        title: str = "",
        notes: list[str] | None = None,
    ) -> None:
        self.rows, self.title, self.notes = rows, title, notes or []
        self.parameters, self.multiply_adds = parameters, multiply_adds

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, which: int | str) -> Row:
        if not isinstance(which, str):
            return self.rows[which]
        names = [row.name for row in self.rows]
        if which not in names:
            raise KeyError(f"no row is called {which!r}; there are {', '.join(names)}")
        return self.rows[names.index(which)]

    @property
    def activations(self) -> int:
        """Numbers that the rows put out for one picture, the input's among them."""
        return sum(row.activations for row in self.rows)

    @property
    def memory(self) -> int:
        """Bytes of these numbers."""
        return sum(row.memory for row in self.rows)

    def column(self, name: str) -> list:
        """The values of one attribute of the rows, without their sum.

        Example:
            >>> from torch import nn
            >>> from cvlib.summary import summary
            >>> summary(nn.Linear(4, 2), (4,)).column("parameters")
            [0, 10]
        """
        return [getattr(row, name) for row in self.rows]

    def frame(self) -> "pandas.DataFrame":
        """The rows as a pandas table, the sum apart: `table.frame().sum()`."""
        import pandas as pd

        columns = [*HEADERS]
        rows = [asdict(row) | {"memory": row.memory} for row in self.rows]
        table = pd.DataFrame(rows, columns=columns).set_index("name")
        return table.convert_dtypes()  # None stays missing, whole numbers whole

    def cells(self) -> list[list[str]]:
        """The table as words: header, rows, and the sum last."""
        total = {
            "name": "sum",
            "activations": _whole(self.activations),
            "memory": _bytes(self.memory),
            "parameters": _whole(self.parameters),
            "multiply_adds": _whole(self.multiply_adds),
        }
        return [
            [*HEADERS.values()],
            *([_written(key, getattr(row, key)) for key in HEADERS] for row in self),
            [total.get(key, "") for key in HEADERS],
        ]

    def __repr__(self) -> str:
        from rich.console import Console

        console = Console(width=120, color_system=None, highlight=False)
        with console.capture() as capture:
            console.print(self)
        return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))

    def __rich__(self) -> object:
        from rich import box
        from rich.table import Table

        head, *rows, total = self.cells()
        table = Table(
            title=self.title or None,
            caption="\n".join(self.notes) or None,
            box=box.SIMPLE_HEAD,
            show_footer=True,
        )
        for key, name, foot in zip(HEADERS, head, total, strict=True):
            side = "left" if key in WORDS else "right"
            table.add_column(name, foot, justify=side, no_wrap=key != "kind")
        for row in rows:
            table.add_row(*row)
        return table

    def _repr_html_(self) -> str:
        head, *rows, total = self.cells()
        sides = ["left" if key in WORDS else "right" for key in HEADERS]

        def line(tag: str, cells: list[str], scope: str = "") -> str:
            return "".join(
                f'<{tag}{scope} style="text-align:{side}">'
                f"{html.escape(cell).replace(' × ', _TIMES)}</{tag}>"
                # an empty header would be read aloud as nothing
                if cell
                else "<td></td>"
                for cell, side in zip(cells, sides, strict=True)
            )

        body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
        notes = "".join(
            f'<p class="cv-muted">{html.escape(note)}.</p>' for note in self.notes
        )
        return (
            f'<div class="cv-table"><table class="table">'
            f"<caption>{html.escape(self.title)}</caption>"
            f"<thead><tr>{line('th', head, _COLUMN)}</tr></thead><tbody>{body}"
            f"</tbody><tfoot><tr>{line('th', total)}</tr></tfoot></table>{notes}</div>"
        )


_TIMES = "\u00a0×\u00a0"
_COLUMN = ' scope="col"'


def _written(key: str, value: object) -> str:
    if value is None:
        return "–"
    if key == "shape" or isinstance(value, tuple):
        return " × ".join(map(str, _last_channels(value) if key == "shape" else value))
    if key == "memory":
        return _bytes(value)
    return value if isinstance(value, str) else _whole(value)


def _last_channels(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Height × width × channels, as tables of networks write it."""
    return (*shape[1:], *shape[:1])


def _whole(n: int) -> str:
    """A whole number with thin spaces between the thousands."""
    return f"{n:,}".replace(",", "\u202f") if n >= 10_000 else str(n)


def _bytes(n: int) -> str:
    """Bytes in units of 1024."""
    for unit in ("B", "KiB", "MiB"):
        if n < 1024:
            return f"{n:.4g} {unit}"
        n /= 1024
    return f"{n:.4g} GiB"
