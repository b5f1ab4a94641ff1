"""Tables that a reader can read: words to the left, numbers to the right."""

import html
from collections.abc import Sequence
from numbers import Integral, Real


class Table:
    """Rows under a header; shows itself as HTML in a notebook, as text elsewhere."""

    def __init__(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        caption: str = "",
    ) -> None:
        wrong = next((row for row in rows if len(row) != len(columns)), None)
        if wrong is not None:
            raise ValueError(
                f"every row must have {len(columns)} entries, one a column, got {wrong}"
            )
        self.columns, self.rows, self.caption = list(columns), list(rows), caption

    def column(self, name: str) -> list:
        """The entries under one header."""
        return [row[self.columns.index(name)] for row in self.rows]

    def __repr__(self) -> str:
        cells = [self.columns, *([_text(v) for v in row] for row in self.rows)]
        wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join(
                cell.rjust(w) if right else cell.ljust(w)
                for cell, w, right in zip(line, wide, self._numeric(), strict=True)
            ).rstrip()
            for line in cells
        )

    def _numeric(self) -> list[bool]:
        return [
            any(isinstance(v, Real) for v in column)
            for column in (self.column(name) for name in self.columns)
        ]

    def _repr_html_(self) -> str:
        sides = ["right" if n else "left" for n in self._numeric()]

        def line(tag: str, cells: Sequence[str]) -> str:
            return "".join(
                _cell(tag, cell, side) for cell, side in zip(cells, sides, strict=True)
            )

        caption = f"<caption>{html.escape(self.caption)}</caption>" * bool(self.caption)
        body = "".join(
            f"<tr>{line('td', [_text(v) for v in row])}</tr>" for row in self.rows
        )
        return (
            f'<div class="cv-table"><table class="table">{caption}<thead><tr>'
            f"{line('th', self.columns)}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
        )


def table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, caption: str = ""
) -> Table:
    """A table of words and numbers; whole numbers get thin spaces in thousands.

    Args:
        columns: the header.
        rows: one sequence a row.
        caption: what the table shows.

    Example:
        >>> table(["layer", "parameters"], [("conv1", 280), ("fc", 19610)])
        layer  parameters
        conv1         280
        fc         19 610
    """
    return Table(columns, rows, caption)


def _cell(tag: str, cell: str, side: str) -> str:
    """One cell; a header without words is none: it would be read out as nothing."""
    if not cell:
        tag = "td"
    scope = ' scope="col"' if tag == "th" else ""
    return f'<{tag}{scope} style="text-align:{side}">{_whole(cell)}</{tag}>'


def _whole(cell: str) -> str:
    """A cell as HTML in which no line ends inside 2 × 2 or 50 ± 1."""
    for sign in "×±":
        cell = cell.replace(f" {sign} ", f"\u00a0{sign}\u00a0")
    return html.escape(cell)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    if isinstance(value, Integral):
        digits = f"{int(value):,}".replace(",", "\u202f")
        return (digits if abs(int(value)) >= 10_000 else str(int(value))).replace(
            "-", "−"
        )
    return f"{float(value):.4g}".replace("-", "−")
