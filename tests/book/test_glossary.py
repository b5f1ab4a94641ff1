"""Each term of the glossary once, in order, and explained where it says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPENDIX = ROOT / "book" / "appendix"
TEXT = (APPENDIX / "glossary.md").read_text(encoding="utf-8")
BODY = TEXT.partition("```{glossary}\n")[2].partition("\n```")[0]
TERMS = [entry.split("\n", 1) for entry in BODY.split("\n\n")]
LINK = re.compile(r"\[\]\(([^)]+\.md)\)$")
IN_OTHER_WORDS = {
    "adversarial example": "adversarial",
    "bilinear interpolation": "bilinear",
    "bounding box": "box",
    "bounding-box regression": "regressor",
    "checkerboard artefact": "checkerboard",
    "confusion matrix": "confusion_matrix",
    "depthwise convolution": "depthwise",
    "Dice coefficient": "dice",
    "early stopping": "stop",
    "face verification": "verif",
    "gradient clipping": "clipping",
    "ground truth": "truth",
    "k-fold": "kfold",
    "one-shot learning": "one example",
    "output padding": "output_padding",
    "parameter sharing": "shared",
    "pointwise convolution": "pointwise",
    "skip connection": "across",
}
"""Terms that their page paraphrases: what stands there instead."""


def page_of(definition: str) -> Path:
    return (APPENDIX / LINK.search(definition)[1]).resolve()


def ids(entry: list[str]) -> str:
    return entry[0]


def test_terms_stand_once_and_in_order():
    names = [name.lower() for name, _ in TERMS]
    assert len(names) >= 120
    assert names == sorted(set(names))


@pytest.mark.parametrize("entry", TERMS, ids=ids)
def test_a_term_has_a_sentence_and_a_page(entry):
    _, definition = entry
    assert re.fullmatch(r"  [A-Z].*[.] \[\]\([^)]+\)", definition)
    assert page_of(definition).is_file()


@pytest.mark.parametrize("entry", TERMS, ids=ids)
def test_the_page_of_a_term_speaks_of_it(entry):
    name, definition = entry
    words = re.sub(r"[*\s]+", " ", page_of(definition).read_text(encoding="utf-8"))
    short = re.search(r"\((.+)\)", name)
    known = IN_OTHER_WORDS.get(name) or re.sub(r" \(.*|'s kernel", "", name)
    spellings = {known, known.replace("-", " "), known.replace(" ", "-")}
    spellings |= {short[1]} if short else set()
    assert any(s.lower() in words.lower() for s in spellings), sorted(spellings)


def test_no_paraphrase_is_stale():
    assert IN_OTHER_WORDS.keys() <= {name for name, _ in TERMS}
