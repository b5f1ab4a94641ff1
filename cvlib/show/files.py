"""A table that is kept as a file, with its columns and cells in words."""

import csv
import re
import textwrap
from collections.abc import Iterable

from cvlib.show.tables import Table

LONG = 60  # letters, from which a cell is set in lines of its own
LINE = 20  # letters of such a line
WORDS = {
    "coco": "COCO", "fps": "pictures a second", "gatys": "Gatys", "johnson": "Johnson",
    "map": "mAP", "ms": "in ms", "mult": "factor", "percent": "in %",
    "pixel1": "Pixel 1", "s": "in s", "speedup": "speed-up", "svd": "with SVD",
    "top1": "top-1", "top5": "top-5", "voc": "VOC", "voc2007": "VOC 2007",
    "voc2010": "VOC 2010",
}  # fmt: skip


def csv_table(lines: Iterable[str]) -> Table:
    """The table that the lines of a CSV file hold, without its column `source`.

    An empty cell is a dash. Where two lectures print the same row, a first column says
    which lecture it is from.

    Args:
        lines: a header and rows; `source` may name a lecture, such as (003).

    Raises:
        ValueError: there is no row.

    Example:
        >>> csv_table(["net,top5_error_percent,weights", "VGG-16,7.3,138357544"])
        net     top-5 error in %      weights
        VGG-16  7.3               138 357 544
    """
    rows = list(csv.DictReader(lines))
    if not rows:
        raise ValueError("lines must hold a header and at least one row, got no row")
    names = [name for name in rows[0] if name != "source"]
    heads = [_head(name) for name in names]
    cells = [tuple(_cell(row[name]) for name in names) for row in rows]
    lectures = re.findall(
        r"\((00\d)\)", " ".join(row.get("source", "") for row in rows)
    )
    if len(set(cells)) < len(cells) == len(lectures) and len(set(lectures)) > 1:
        heads = ["lecture", *heads]
        cells = [(n, *line) for n, line in zip(lectures, cells, strict=True)]
    return Table(heads, cells)


def _head(name: str) -> str:
    words = " ".join(WORDS.get(word, word) for word in name.split("_"))
    return words.replace("multiply ", "multiply-")


def _cell(text: str) -> str | int:
    """A cell as it is read: signs for letters, and a whole number as a number."""
    text = re.sub(r"(?<=\d)x(?=\d|$)", "×", text or "–").replace("10^9", "10⁹")
    text = re.sub(r"(\.\d{3})000$", r"\1", text)  # 0.412000
    text = re.sub(r"(?<=\de)-(?=\d)", "−", text)  # no line ends in 1e-4
    if len(text) > LONG:
        lines = textwrap.wrap(text, LINE)
        text = " ".join(line.replace(" ", "\u00a0") for line in lines)
    whole = text.replace(",", "")
    return int(whole) if whole.isdigit() and text[0] != "0" else text
