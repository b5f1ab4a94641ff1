"""Formulas that a browser shows by itself: MathML, made when the page is made.

MathJax would have to come from somewhere, and a feedback page asks nobody. docutils,
which the book is built with, knows enough TeX for what our statements say. Whatever it
does not know is shown as it was written.
"""

import re
from functools import lru_cache
from html import escape
from itertools import accumulate

from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml

LONGEST, DEEPEST = 2_000, 60  # characters, and elements within one another
SIGNS = str.maketrans({"·": r"\cdot ", "−": "-", "×": r"\times ", "…": r"\ldots "})
TAG = re.compile(
    r"</?(?:math|m(?:row|i|n|o|text|sup|sub|subsup|over|under|underover|frac|sqrt|root"
    r"|table|tr|td|space|style|padded|phantom|enclose))"
    r'(?: (?:xmlns="http://www\.w3\.org/1998/Math/MathML"|[a-z]+="[\w.% -]*"))*/?>'
)
NAMED = re.compile(r'\b(?!xmlns)(\w+)="')
HARMLESS = {
    "display", "width", "height", "depth", "stretchy", "form", "accent",
    "movablelimits", "lspace", "rspace", "mathvariant", "columnalign",
    "columnspacing", "rowspacing",
    "displaystyle", "scriptlevel", "fence", "separator", "linethickness", "maxsize",
    "minsize", "symmetric", "largeop",
}  # fmt: skip


@lru_cache(maxsize=4096)  # every learner hands in the same statements
def mathml(tex: str, *, block: bool) -> str:
    r"""A formula as HTML.

    Example:
        >>> "<msup><mi>x</mi><mn>2</mn></msup>" in mathml("x^2", block=False)
        True
        >>> print(mathml(r"\class{<b>}", block=False))
        <code>\class{&lt;b&gt;}</code>
    """
    try:
        if len(tex) > LONGEST:
            raise MathError("too long")
        made = tex2mathml(tex.translate(SIGNS).strip(), as_block=block)
        made = re.sub(r"\n\s*", "", made)
        if is_harmless(made):
            return f'<span class="formula">{made}</span>' if block else made
    except Exception:  # of a provisional parser, on text that anybody may have written
        pass
    code = f"<code>{escape(tex.strip())}</code>"
    return f'<span class="formula">{code}</span>' if block else code


def is_harmless(made: str) -> bool:
    """Whether MathML holds nothing but elements and attributes that only draw.

    Example:
        >>> is_harmless("<math><mi>x</mi></math>"), is_harmless("<math href='x'/>")
        (True, False)
    """
    tags = re.findall("<[^>]*>", made)
    deep = list(accumulate(-1 if tag[1] == "/" else tag[-2] != "/" for tag in tags))
    return (
        "<" not in TAG.sub("", made)
        and set(NAMED.findall("".join(tags))) <= HARMLESS
        and max(deep, default=0) <= DEEPEST
    )
