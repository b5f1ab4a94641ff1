"""HTML that can do nothing, because there is only one way to read it.

Cleaners fail where two programs read the same text differently: nbconvert, Beautiful
Soup and the browser all parse a page again. So the last word here has `harmless`, which
accepts a small grammar that no two parsers disagree on (each tag closed, each value in
double quotes, names from a list) and nothing else. `clean_html` asks bleach to turn
other HTML into that, and what is still not accepted is not shown as HTML at all.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from typing import Any

import tinycss2
from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner

from grader.drawings import DRAWING, PICTURE, is_harmless_picture, picture_of

VOID = frozenset(("br", "col", "hr", "img", "wbr"))
TAGS = VOID | frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote caption center code colgroup dd del details div dl dt em
        figcaption figure h1 h2 h3 h4 h5 h6 i ins kbd li mark ol p pre q s
        samp small span strike strong sub summary sup table tbody td tfoot
        th thead tr tt u ul var""",
    )
)
TAG = re.compile(
    r"<(/?)([a-z][a-z0-9]*+)"
    r'((?:\s++[a-z][a-z-]*+(?:="[^"<]*+")?+)*+)\s*+(/?)>'
)
ATTRIBUTE = re.compile(r'([a-z][a-z-]*+)(?:="([^"<]*+)")?')
# what nbconvert makes of "- [ ] to do": the only control that may stand in a page
CHECKBOX = re.compile(
    r'<input class="task-list-item-checkbox" type="checkbox" disabled( checked)?/>'
)

# Relative links lead to pages of the book only: formgrader serves the other files of a
# submission beside its notebook, and a learner's own HTML file may hold any script.
LINK = re.compile(
    r"https?://[^\s\"'<>\\`]+|mailto:[\w.+@-]+|#[^\s\"'<>\\`]*"
    r"|(?:\.\./)*(?:[\w-]+/)*[\w-]+\.md(?:#[\w-]*)?"
)
# Classes that colour code and tables; others would borrow the looks of the page around.
CLASS = re.compile(
    r"dataframe|highlight|harmless|task-list-item|language-[\w+#.-]+|[a-z]{1,2}\d?|err"
)
NUMBER, WORD = re.compile(r"\d{1,5}(?:px|%)?"), re.compile("[a-z]*")
TEXT = re.compile(r"[^<>]*")
CELL = {"colspan": NUMBER, "rowspan": NUMBER, "align": WORD, "scope": WORD}
ATTRIBUTES = {
    "*": {"title": TEXT, "aria-label": TEXT, "role": WORD},
    "a": {"href": LINK},
    "img": {"alt": TEXT, "width": NUMBER, "height": NUMBER},
    "td": CELL,
    "th": CELL,
    "ol": {"start": NUMBER},
    "table": {"border": NUMBER},
    "details": {"open": WORD},
}

# Properties that colour, size and arrange what is in a box. None takes it elsewhere.
PROPERTY = re.compile(
    r"background(-color)?|border(-[a-z]+)*|margin(-[a-z]+)?|padding(-[a-z]+)?"
    r"|font(-[a-z]+)*|(min-|max-)?(width|height)|flex(-[a-z]+)?|(align|justify)-[a-z]+"
    r"|grid-template-columns|(row-|column-)?gap|text-[a-z]+|overflow(-[a-z]+)?"
    r"|color|opacity|display|float|clear|box-sizing|caption-side|table-layout"
    r"|line-height|letter-spacing|word-spacing|word-break|white-space|vertical-align"
    r"|list-style-type"
)
FUNCTIONS = ("rgb", "rgba", "hsl", "hsla", "repeat", "minmax")

# characters that no text needs
ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# references to characters by number on which parsers crash or stop
BROKEN_REFERENCE = re.compile(r"&#(?!\d{1,7};|[xX][0-9a-fA-F]{1,6};)")
# TeX that MathJax turns into links, styles and attributes, or by which it loads more
TEX = re.compile(
    r"\\(?=(?:href|url|class|cssId|style|html[A-Za-z]*|require|bbox|mmlToken|csname"
    r"|includegraphics|special|unicode)(?![A-Za-z]))"
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|bsol);?")

NO_PICTURE = re.compile(r"<img\b(?![^<]*\ssrc=)[^<>]*>")

MAX_DEPTH = 100  # programs that walk a page may not go deeper
# bleach takes quadratic time on some input: these bounds keep it below a second
MAX_PAGE, MAX_TAGS, MAX_WORDS_IN_A_TAG = 100_000, 2_500, 1_000


def harmless(page: str) -> bool:
    """Whether a piece of HTML can neither act nor reach out, wherever it is put.

    Example:
        >>> harmless('<p style="color:red">Hello</p>')
        True
        >>> harmless('<p onclick="f()">Hello</p>'), harmless("<p>Hello")
        (False, False)
    """
    if ODD.search(page) or BROKEN_REFERENCE.search(page) or TEX.search(unescape(page)):
        return False
    page = CHECKBOX.sub("", page)
    if "<" in TAG.sub("", page):
        return False
    open_tags = []
    for end, tag, attributes, slash in TAG.findall(page):
        if tag not in TAGS:
            return False
        if end:
            if attributes or slash or not open_tags or open_tags.pop() != tag:
                return False
            continue
        pairs = ATTRIBUTE.findall(attributes)
        if not all(permitted(tag, name, unescape(value)) for name, value in pairs):
            return False
        if tag not in VOID:
            open_tags.append(tag)
            if slash or len(open_tags) > MAX_DEPTH:
                return False
    return not open_tags


def permitted(tag: str, name: str, value: str) -> bool:
    """Whether an attribute with this value, entities resolved, may stand in a tag."""
    if name == "style":
        return harmless_style(value)
    if name == "class":
        return all(CLASS.fullmatch(word) for word in value.split())
    if (tag, name) == ("img", "src"):
        return is_harmless_picture(value)
    rule = ATTRIBUTES["*"].get(name) or ATTRIBUTES.get(tag, {}).get(name)
    return rule is not None and rule.fullmatch(value) is not None


@lru_cache(maxsize=4096)
def harmless_style(style: str) -> bool:
    """Whether every declaration of a style attribute is one we know."""
    return clean_style(style).replace(" ", "") == style.replace(" ", "").rstrip(";")


def clean_style(style: str) -> str:
    """The declarations of a style attribute that are harmless.

    Example:
        >>> clean_style("color:red; background:url(//evil.example); position:fixed")
        'color:red'
    """
    if "\\" in style:
        return ""
    kept = []
    for rule in tinycss2.parse_declaration_list(style, skip_comments=True):
        if rule.type != "declaration" or rule.important:
            continue
        if PROPERTY.fullmatch(rule.lower_name) and all(map(_plain, rule.value)):
            kept.append(f"{rule.lower_name}:{tinycss2.serialize(rule.value).strip()}")
    return ";".join(kept)


def _plain(token: Any) -> bool:
    """A word, a colour, a number that is not negative; url(…) is none of these."""
    if token.type == "function":
        return token.lower_name in FUNCTIONS and all(map(_plain, token.arguments))
    if token.type in ("number", "dimension", "percentage"):
        return 0 <= token.value <= 10_000
    if token.type == "literal":
        return token.value in (",", "/")
    return token.type in ("ident", "hash", "string", "whitespace")


def clean_html(page: str) -> str | None:
    """The same HTML without what is active; None if it is too strange to be mended.

    Scripts, style sheets, forms, frames and handlers go; links keep http, https and
    mailto; pictures must be in the page itself; drawings (SVG) become pictures.

    Example:
        >>> clean_html('<p onclick="f()">Hello <script>g()</script><b>you')
        '<p>Hello <b>you</b></p>'
    """
    page = BROKEN_REFERENCE.sub("&amp;#", ODD.sub("\ufffd", page))
    if harmless(page):
        return page
    page = _replace_pairs("style", lambda style: "", page)
    if harmless(page):  # a table of pandas, for example
        return page
    page = _replace_pairs("script", lambda script: "", page)
    page = _replace_pairs("svg", lambda svg: picture_of(svg[0]), page)
    page = CHECKBOX.sub(lambda box: "☑ " if box[1] else "☐ ", page)
    pictures: list[str] = []

    def set_aside(found: re.Match) -> str:
        pictures.append(found[0])
        return f"#picture-{len(pictures) - 1}"

    def put_back(found: re.Match) -> str:
        k = int(found[1])
        return f'src="{pictures[k]}"' if k < len(pictures) else ""

    page = re.sub(f"{PICTURE.pattern}|{DRAWING.pattern}", set_aside, page)
    if _too_much(page):
        return None
    try:
        page = _cleaner().clean(page)
    except Exception:  # whatever the parser stumbles over, nobody has to see it
        return None
    page = re.sub(r'src="#picture-(\d{1,6})"', put_back, page)
    page = tame_tex(NO_PICTURE.sub("(picture left out)", page))
    return page if harmless(page) else None


def _replace_pairs(tag: str, replace: Callable, page: str) -> str:
    """Replace each element of a kind. What is not found here is left for bleach."""
    ends = [found.end() for found in re.finditer(rf"</{tag}\s*>", page, re.IGNORECASE)]
    if not ends:
        return page
    # no further than the last end tag: a search without an end would be quadratic
    head, tail = page[: ends[-1]], page[ends[-1] :]
    pair = re.compile(rf"<{tag}\b.*?</{tag}\s*>", re.DOTALL | re.IGNORECASE)
    return pair.sub(replace, head) + tail


class _Declarations(CSSSanitizer):
    """Lets bleach ask `clean_style`."""

    def sanitize_css(self, style: str) -> str:
        return clean_style(unescape(style))


def _cleaner() -> Cleaner:
    """bleach with our rules, for pages whose pictures were set aside."""

    def keep(tag: str, name: str, value: str) -> bool:
        if name == "style":  # mended, not lost
            return True
        aside = (tag, name) == ("img", "src") and re.fullmatch(r"#picture-\d+", value)
        return bool(aside) or permitted(tag, name, unescape(value))

    protocols = ["http", "https", "mailto"]
    return Cleaner(TAGS, keep, protocols, strip=True, css_sanitizer=_Declarations())


def _too_much(page: str) -> bool:
    pieces = page.split("<")
    return (
        len(page) > MAX_PAGE
        or len(pieces) > MAX_TAGS
        or any(len(re.findall(r"[\s/\"'=]", p)) > MAX_WORDS_IN_A_TAG for p in pieces)
    )


def tame_tex(text: str) -> str:
    r"""Text in which MathJax finds no link, style or attribute.

    Example:
        >>> tame_tex(r"$\href{javascript:f()}{x}$").replace("\u200b", "_")
        '$\\_href{javascript:f()}{x}$'
    """

    def spell(reference: re.Match) -> str:
        sign = unescape(reference[0].rstrip(";") + ";")
        plain = len(sign) == 1 and sign.isascii() and sign.isprintable()
        return sign if plain and sign not in "<>&\"'" else reference[0]

    if TEX.search(unescape(BROKEN_REFERENCE.sub(" ", text))):
        text = TEX.sub("\\\\\u200b", ENTITY.sub(spell, text))
    return text
