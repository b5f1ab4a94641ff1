"""Make what a learner's notebook shows harmless to whoever opens it.

Outputs and text end up in the autograded notebook, in formgrader and in the feedback,
and a browser opens all three with the rights of its user. Sane text, tables, figures
and our own cards pass unchanged; what could act or call elsewhere does not.
"""

import re
from base64 import b64decode
from functools import lru_cache
from html import unescape
from typing import Any

from nbconvert.filters import strip_files_prefix
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.drawings import PICTURE, clean_svg
from grader.harmless import ODD, TAG, clean_html, harmless, tame_tex
from grader.repair import clean_metadata, name_cells

# Whatever stands in this box stays in it: it cannot cover the score beside it.
BOX = '<div class="harmless" style="overflow:auto">'
# the styles that need no box
PLAIN_STYLES = frozenset(
    ("text-align", "text-decoration", "color", "background-color", "font-weight",
     "font-style")
)  # fmt: skip

# TeX that puts things beside their place
MOVES = re.compile(
    r"\\(?=(?:[rR]ule|Space|raise|lower|move(?:left|right)|m?kern|[hm]skip|hspace|smash"
    r"|(?:math)?[rlc]lap)(?![A-Za-z]))"
)

COLOUR = re.compile(r"\x1b\[[0-9;]{0,40}m")
# ESC ] … (titles, links), ESC P … (devices), ESC [ … (cursor), ESC and one more letter
ESCAPE = re.compile(
    r"\x1b(?:[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~]?)"
)
# signs that make text run the other way, so that it reads as something else
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

MAX_TEXT = 100_000  # characters of one output
MAX_COLOURS = 2_000  # nbconvert's time grows with their square
MAX_TRACEBACK = 100  # entries, each with a frame of several lines
MAX_HTML = 4_000_000
MAX_PICTURE = 5_000_000  # characters of base64
MAX_PIXELS = 50_000_000
MAX_MARKDOWN = 10_000  # characters of a cell; nbconvert's time grows with their square
MAX_MARKDOWN_IN_ALL = 200_000

BASE64 = re.compile("[A-Za-z0-9+/]+={0,2}")
SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
# what `as_written` makes
AS_WRITTEN = re.compile(r"<pre>(?:[\w\s.,-]|&#\d{1,7};)*+</pre>")
BLANK_LINE = re.compile(r"\n(?=[^\S\n]*\n)")
NOT_SHOWN = "(an output that cannot be shown safely)"


class Sanitise(NbGraderPreprocessor):
    """Clean every cell; runs after execution, and before a page is made."""

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point."""
        clean_notebook(nb)
        return nb, resources


def clean_notebook(nb: NotebookNode) -> None:
    """Make a notebook harmless, in place."""
    clean_metadata(nb)
    name_cells(nb)
    room = MAX_MARKDOWN_IN_ALL
    for cell in nb.cells:
        if cell.cell_type == "code":
            count = cell.get("execution_count")
            cell.execution_count = count if type(count) is int else None
            clean_outputs(cell)
            continue
        cell.pop("outputs", None)
        attachments = clean_attachments(cell.pop("attachments", None))
        room -= len(cell.source)
        if cell.cell_type == "markdown" and room >= 0:
            cell.source = clean_markdown(cell.source, attachments)
            if attachments and "attachment:" in cell.source:
                cell.attachments = attachments
        elif cell.cell_type == "markdown" or not harmless(cell.source):
            cell.source = as_written(cell.source)


# ---------------------------------------------------------------------- outputs


def clean_outputs(cell: NotebookNode) -> None:
    """Replace a code cell's outputs by harmless ones, in place."""
    outputs = cell.get("outputs")
    cell.outputs = [
        NotebookNode(clean)
        for output in (outputs if isinstance(outputs, list) else [])
        if isinstance(output, dict) and (clean := _clean_output(output))
    ]


def _clean_output(output: dict) -> dict | None:
    """One output with the fields that nbformat knows, each of its type."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {
            "output_type": kind,
            "name": name,
            "text": clean_text(output.get("text")),
        }
    if kind == "error":
        traceback = output.get("traceback")
        lines = traceback if isinstance(traceback, list) else []
        return {
            "output_type": kind,
            "ename": plain(output.get("ename", "Error")),
            "evalue": clean_text(output.get("evalue", "")),
            "traceback": [clean_text(line) for line in lines[:MAX_TRACEBACK]],
        }
    if kind not in ("display_data", "execute_result"):
        return None
    data = clean_data(output.get("data"))
    clean = {
        "output_type": kind,
        "data": data,
        "metadata": _sizes(output.get("metadata"), data),
    }
    if kind == "execute_result":
        count = output.get("execution_count")
        clean["execution_count"] = count if type(count) is int else None
    return clean


def clean_data(data: Any) -> dict[str, str]:
    """The representations of an output that are known to be harmless.

    What is dropped (scripts, widgets, unknown kinds) leaves the others to be shown.
    """
    kept: dict[str, str] = {}
    for kind, value in data.items() if isinstance(data, dict) else ():
        if isinstance(kind, str) and (clean := _clean_value(kind, _text(value))):
            kept[kind] = clean
    return kept or {"text/plain": NOT_SHOWN}


def _clean_value(kind: str, value: str) -> str | None:
    if kind == "text/plain":
        return clean_text(value)
    if kind == "text/latex":
        return MOVES.sub("\\\\\u200b", tame_tex(clean_text(value)))
    if kind == "text/markdown":
        return clean_markdown(value)
    if kind == "text/html":
        return boxed(value)
    if kind == "image/svg+xml":
        return clean_svg(value)
    if kind in SIGNATURES:
        return clean_picture(kind, value)
    return None


def boxed(page: str) -> str | None:
    """HTML that is harmless and stays in its place; None if nothing is left to see."""
    if len(page) > MAX_HTML:
        return None
    inner = page
    if page.startswith(BOX) and page.endswith("</div>"):
        inner = page[len(BOX) : -len("</div>")]
    clean = clean_html(inner)
    if clean is None or not (TAG.sub("", clean).strip() or "<img" in clean):
        return None
    return f"{BOX}{clean}</div>"


def clean_picture(kind: str, value: str) -> str | None:
    """Base64 that is what it says it is, and that a browser can unpack."""
    value = re.sub(r"\s", "", value)
    fits = 32 < len(value) <= MAX_PICTURE and len(value) % 4 == 0
    if not fits or not BASE64.fullmatch(value):
        return None
    head = b64decode(value[:32])
    if not head.startswith(SIGNATURES[kind]):
        return None
    if kind == "image/png":
        width, height = (int.from_bytes(head[i : i + 4], "big") for i in (16, 20))
        if width * height > MAX_PIXELS:
            return None
    return value


def _sizes(metadata: Any, data: dict[str, str]) -> dict[str, dict[str, int]]:
    """The sizes of pictures: templates write other metadata into tags unquoted."""
    kept = {}
    for kind in data:
        of_kind = metadata.get(kind) if isinstance(metadata, dict) else None
        if isinstance(of_kind, dict):
            sizes = {
                name: size
                for name in ("width", "height")
                if type(size := of_kind.get(name)) is int and 0 < size <= 10_000
            }
            if sizes:
                kept[kind] = sizes
    return kept


# ------------------------------------------------------------------------- text


def _text(value: Any) -> str:
    """A string, or nbformat's list of its lines; anything else is nothing."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def clean_text(value: Any) -> str:
    r"""Text as a terminal shows it: colours stay, whatever else moves or hides goes.

    Example:
        >>> clean_text("10 %\r90 %\n\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07link")
        '90 %\n\x1b[31mred\x1b[0m link'
    """
    text = _text(value)
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}\n… ({len(text) - MAX_TEXT} more characters)"
    colours = len(COLOUR.findall(text)) <= MAX_COLOURS
    text = ESCAPE.sub(
        lambda e: e[0] if colours and COLOUR.fullmatch(e[0]) else "", text
    )
    # of a line that was written over, like a progress bar, the last version stays
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    parts = re.split(f"({COLOUR.pattern})", text)
    parts[::2] = [BIDI.sub("\ufffd", ODD.sub("\ufffd", part)) for part in parts[::2]]
    return "".join(parts)


def plain(value: Any, length: int = 200) -> str:
    r"""One line without colours, for a table, a log or a terminal.

    Example:
        >>> plain("two\n lines \x1b[31mred\x1b[0m")
        'two lines red'
    """
    line = " ".join(COLOUR.sub("", clean_text(value)).split())
    return line if len(line) <= length else line[: length - 1] + "…"


# --------------------------------------------------------------------- markdown


def clean_markdown(text: str, attachments: dict | None = None) -> str:
    """Markdown whose page, as nbconvert makes it, is harmless.

    Honest text is returned as it is. Of other text the harmless part of its page is
    returned, as HTML, and if that fails, too, the text as it was written.

    Example:
        >>> clean_markdown("Hello, *you* $x$")
        'Hello, *you* $x$'
        >>> clean_markdown("[x](javascript:f())")
        '<div class="harmless" style="overflow:auto"><p><a>x</a></p>\\n</div>'
    """
    if attachments and "attachment:" in text:
        return _clean_markdown.__wrapped__(text, attachments)
    return _clean_markdown(text, None)


@lru_cache(maxsize=2048)  # every learner hands in the same statements and hints
def _clean_markdown(text: str, attachments: dict | None) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = BIDI.sub("\ufffd", ODD.sub("\ufffd", text))
    page = _page(text, attachments)
    if page is not None and _stays(page):
        return text
    if page is not None and (clean := clean_html(page)):
        # a line without anything would end the HTML, and start markdown again
        block = BLANK_LINE.sub("&#10;", f"{BOX}{clean}</div>")
        page = _page(block, None)
        if page is not None and _stays(page):
            return block
    return as_written(text)


def _page(text: str, attachments: dict | None) -> str | None:
    """What nbgrader's templates make of markdown; None if they fail or take long."""
    length = len(PICTURE.sub("", text))
    if length > MAX_MARKDOWN and not (_is_written(text) or _is_block(text)):
        return None
    renderer = IPythonRenderer(
        escape=False, attachments=attachments, exclude_anchor_links=True
    )
    try:
        page = MarkdownWithMath(renderer=renderer).render(text)
    except Exception:  # a missing attachment, a recursion: the page could not be made
        return None
    if any(line.count("[") * len(line) > 1e8 for line in page.split("\n")):
        return None  # what follows takes so many steps
    return strip_files_prefix(page)


def _is_block(text: str) -> bool:
    """Whether markdown is one box of HTML, which needs no parsing."""
    return (
        text.startswith(BOX)
        and text.endswith("</div>")
        and len(text) <= MAX_HTML
        and not BLANK_LINE.search(text)
    )


def _stays(page: str) -> bool:
    """Whether a page is harmless and does not leave its place."""
    if not harmless(page):
        return False
    page = page.strip()
    if page.startswith(BOX) and page.endswith("</div>"):
        return harmless(page[len(BOX) : -len("</div>")])
    if MOVES.search(unescape(page)):
        return False
    declarations = ";".join(re.findall('style="([^"]*)"', page)).split(";")
    names = {declaration.partition(":")[0].strip() for declaration in declarations}
    return names <= PLAIN_STYLES | {""}


def as_written(text: str) -> str:
    """Text as text: markdown in which no sign has a meaning."""
    if _is_written(text):
        return text
    if len(text) > MAX_MARKDOWN:
        text = f"{text[:MAX_MARKDOWN]}\n…"
    text = tame_tex(BIDI.sub("\ufffd", ODD.sub("\ufffd", text)))
    quoted = re.sub(r"[^\w\s.,-]", lambda sign: f"&#{ord(sign[0])};", text)
    return f"<pre>{BLANK_LINE.sub('&#10;', quoted)}</pre>"


def _is_written(text: str) -> bool:
    short = len(text) <= 11 * MAX_MARKDOWN
    return short and AS_WRITTEN.fullmatch(text) is not None


def clean_attachments(attachments: Any) -> dict[str, dict[str, str]]:
    """The pictures among what was dropped into a text cell."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for kind, value in bundle.items() if isinstance(bundle, dict) else ():
            if kind in SIGNATURES and (clean := clean_picture(kind, _text(value))):
                kept.setdefault(ODD.sub("\ufffd", str(name)), {})[kind] = clean
    return kept
