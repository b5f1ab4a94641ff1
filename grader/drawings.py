"""Drawings (SVG) without scripts, links, animations and anything from elsewhere.

A browser runs nothing in a drawing that it shows as a picture, and as pictures they are
shown; but a picture can be opened in a tab of its own, so nothing active may remain.
"""

import re
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
DRAWING = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/]+={0,2})")

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
TAGS = frozenset(
    re.findall(
        r"\w+",
        """svg g defs symbol use path rect circle ellipse line polyline polygon text
        tspan textPath title desc clipPath mask linearGradient
        radialGradient stop pattern marker image style""",
    )
)
ACTIVE = re.compile(r"script:|url\s*\((?!\s*['\"]?#)|[@\\&<]|expression", re.IGNORECASE)
MAX_LENGTH, MAX_TAGS = 2_000_000, 50_000


@lru_cache(maxsize=64)
def clean_svg(text: str) -> str | None:
    """The drawing with what draws, and nothing else.

    Returns:
        SVG of which this function would change nothing; None if it is not XML.

    Example:
        >>> clean_svg('<svg><script>f()</script><path d="M0 0" onclick="f()"/></svg>')
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0" /></svg>'
    """
    if len(text) > MAX_LENGTH or text.count("<") > MAX_TAGS:
        return None
    try:
        root = SafeTree.fromstring(text)
        if _local(root.tag) != "svg":
            return None
        copy = _copied(root)
        copy.set("xmlns", SVG[1:-1])
        return ElementTree.tostring(copy, encoding="unicode")
    except (ElementTree.ParseError, DefusedXmlException, LookupError, ValueError):
        return None
    except RecursionError:
        return None


def picture_of(svg: str) -> str:
    """An inline drawing as an `<img>`; nothing if it cannot be made harmless."""
    drawing = clean_svg(svg)
    if drawing is None:
        return ""
    data = b64encode(drawing.encode()).decode()
    return f'<img alt="drawing" src="data:image/svg+xml;base64,{data}">'


def is_harmless_picture(url: str) -> bool:
    """Whether this is a data URL of a picture, or of a drawing `clean_svg` has made."""
    if not (match := DRAWING.fullmatch(url)):
        return PICTURE.fullmatch(url) is not None
    try:
        drawing = b64decode(match[1], validate=True).decode()
    except ValueError:
        return False
    return clean_svg(drawing) == drawing


def _local(tag: Any) -> str:
    """The name of an element of SVG; "" for comments and other people's elements."""
    return tag.removeprefix(SVG) if isinstance(tag, str) else ""


def _copied(node: ElementTree.Element) -> ElementTree.Element:
    """The node with those children and attributes that only draw."""
    copy = ElementTree.Element(_local(node.tag))
    copy.text = node.text
    if copy.tag == "style" and ACTIVE.search(node.text or ""):
        copy.text = None
    for name, value in node.attrib.items():
        name = name.removeprefix(XLINK)
        if _draws(name, value):
            copy.set(name, value)
    for child in node:
        if _local(child.tag) in TAGS:
            copy.append(_copied(child))
            copy[-1].tail = child.tail
    return copy


def _draws(name: str, value: str) -> bool:
    if name == "href":  # a part of the same drawing, or a picture within it
        url = re.sub(r"\s", "", value)
        return bool(re.fullmatch(r"#[\w.-]+", url) or PICTURE.fullmatch(url))
    plain = re.fullmatch(r"(?!on|xmlns)[a-zA-Z][\w-]*", name)
    return plain is not None and not ACTIVE.search(value)
