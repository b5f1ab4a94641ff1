"""A quick question under a page: choose, type a number, or put things in order."""

import base64
import html
import json
import random
import re
from collections.abc import Collection, Mapping, Sequence

import traitlets as t

from cvlib.widgets._base import Interactive

GROUPING = re.compile(r"[\s_'’]")
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1,024: a thousand, or one?
THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+")
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.I)


class Question(Interactive):
    """A question that answers back: each wrong answer has a sentence of its own.

    Make one with `Question.choice`, `Question.number` or `Question.order`. What a
    reader answered stays in the reader's browser and goes nowhere else.

    Example:
        >>> Question.number("2 + 2", answer=4, explain="Two and two.").kind
        'number'
    """

    label = t.Unicode("A question to check yourself").tag(sync=True)
    kind = t.Unicode("choice").tag(sync=True)
    prompt = t.Unicode("").tag(sync=True)
    options = t.List(t.Unicode()).tag(sync=True)
    several = t.Bool(False).tag(sync=True)
    unit = t.Unicode("").tag(sync=True)
    key = t.Unicode("").tag(sync=True)
    """What is right and what to say, as base64: out of sight, not a secret."""

    @classmethod
    def choice(
        cls,
        prompt: str,
        options: Mapping[str, str],
        *,
        correct: str | Collection[str],
        explain: str,
    ) -> "Question":
        """One answer out of several, or several out of many.

        Args:
            prompt: the question; plain Unicode, `code` between backticks.
            options: text → what to say to somebody who chose it, in the order shown.
            correct: the right text, or a set of them (then boxes to tick are shown).
            explain: what to say when the answer is right.

        Raises:
            ValueError: `correct` is not among the options, or a wrong option has no
                sentence.
        """
        right = {correct} if isinstance(correct, str) else set(correct)
        texts = list(options)
        if not right or not right <= set(texts):
            raise ValueError(
                f"correct must be one of the options {texts}, got {correct!r}"
            )
        for text, sentence in options.items():
            if text not in right and not sentence:
                raise ValueError(
                    f"options must hold a sentence for every wrong answer, "
                    f"got none for {text!r}"
                )
        return cls(
            kind="choice",
            prompt=prompt,
            options=texts,
            several=not isinstance(correct, str),
            key=_hide(
                {
                    "correct": [k for k, text in enumerate(texts) if text in right],
                    "feedback": list(options.values()),
                    "explain": explain,
                }
            ),
        )

    @classmethod
    def number(
        cls,
        prompt: str,
        *,
        answer: float,
        explain: str,
        tolerance: float = 0,
        feedback: Mapping[float, str] | None = None,
        unit: str = "",
    ) -> "Question":
        """A number to type; a decimal comma, 61 706 and 1/9 are understood.

        Args:
            prompt: the question.
            answer: the right number.
            explain: what to say when the answer is right.
            tolerance: how far off an answer may be.
            feedback: wrong number → what to say to somebody who found it.
            unit: shown behind the field, such as "%"; may be typed or left out.

        Raises:
            ValueError: `feedback` scolds a number that counts as right.
        """
        pairs = [[float(v), text] for v, text in (feedback or {}).items()]
        for value, _ in pairs:
            if _near(value, answer, tolerance):
                raise ValueError(
                    f"feedback must be for wrong answers, got {value:g}, which is "
                    f"within {tolerance:g} of the answer {answer:g}"
                )
        return cls(
            kind="number",
            prompt=prompt,
            unit=unit,
            key=_hide(
                {
                    "answer": float(answer),
                    "tolerance": float(tolerance),
                    "feedback": pairs,
                    "unit": unit,
                    "explain": explain,
                }
            ),
        )

    @classmethod
    def order(
        cls,
        prompt: str,
        items: Sequence[str],
        *,
        explain: str,
        feedback: Mapping[tuple[int, int], str] | None = None,
    ) -> "Question":
        """Things to put in order; they start shuffled, each time in the same way.

        Args:
            prompt: the question.
            items: at least three different texts, in the right order.
            explain: what to say when the answer is right.
            feedback: (i, j) with i < j → what to say while items[j] still stands
                before items[i]; the first that applies is said.

        Raises:
            ValueError: too few items, or two alike.
        """
        if len(set(items)) < 3 or len(set(items)) < len(items):
            raise ValueError(
                f"items must be at least three different texts, got {list(items)}"
            )
        rng = random.Random(prompt)
        shown = list(range(len(items)))
        while shown == sorted(shown):
            rng.shuffle(shown)
        place = [shown.index(k) for k in range(len(items))]  # its place at first
        return cls(
            kind="order",
            prompt=prompt,
            options=[items[k] for k in shown],
            key=_hide(
                {
                    "correct": place,
                    "feedback": [
                        [place[i], place[j], text]
                        for (i, j), text in (feedback or {}).items()
                    ],
                    "explain": explain,
                }
            ),
        )

    def still(self) -> str:
        """The question and its options; not the answer."""
        items = "".join(f"<li>{_marked(text)}</li>" for text in self.options)
        return (
            f'<div class="cv cv-question"><p>{_marked(self.prompt)}</p>'
            + (f"<ul>{items}</ul>" if items else "")
            + '<p class="cv-muted">Turn on scripts to check your answer.</p></div>'
        )


def check_choice(chosen: Sequence[int], key: Mapping) -> dict:
    """Whether exactly the right options were chosen, and what to say.

    Example:
        >>> key = {"correct": [1], "feedback": ["Too small.", ""], "explain": "Two."}
        >>> check_choice([0], key)
        {'right': False, 'say': 'Too small.'}
    """
    correct = set(key["correct"])
    if set(chosen) == correct:
        return {"right": True, "say": key["explain"]}
    said = [key["feedback"][k] for k in sorted(chosen) if k not in correct]
    if correct - set(chosen) and len(correct) > 1:
        said.append("Something that belongs here is not ticked yet.")
    return {"right": False, "say": " ".join(said)}


def check_number(text: str, key: Mapping) -> dict:
    """Whether what was typed is the number, and what to say; None if it is no number.

    Example:
        >>> key = {"answer": 0.5, "tolerance": 0, "feedback": [], "unit": ""}
        >>> check_number("0,25", key | {"explain": ""})
        {'right': False, 'say': 'That is too small.'}
    """
    values = parse_number(text, key.get("unit", ""))
    if not values:
        return {"right": None, "say": "Write a number, such as 24, 0.5 or 1/9."}
    if any(_near(v, key["answer"], key["tolerance"]) for v in values):
        return {"right": True, "say": key["explain"]}
    for wrong, sentence in key["feedback"]:
        if any(_near(v, wrong, 0) for v in values):
            return {"right": False, "say": sentence}
    size = "large" if values[0] > key["answer"] else "small"
    return {"right": False, "say": f"That is too {size}."}


def check_order(order: Sequence[int], key: Mapping) -> dict:
    """Whether the items stand in the right order, and what to say.

    Example:
        >>> check_order([1, 0, 2], {"correct": [0, 1, 2], "feedback": []})
        {'right': False, 'say': '1 of 3 stands where it should.'}
    """
    if list(order) == list(key["correct"]):
        return {"right": True, "say": key["explain"]}
    for first, second, sentence in key["feedback"]:
        if order.index(second) < order.index(first):
            return {"right": False, "say": sentence}
    good = sum(a == b for a, b in zip(order, key["correct"], strict=True))
    does = "stands where it should" if good == 1 else "stand where they should"
    return {"right": False, "say": f"{good} of {len(order)} {does}."}


def parse_number(text: str, unit: str = "") -> list[float]:
    """The numbers that a typed text may mean: none, one, or two for "1,024".

    Example:
        >>> parse_number("0,5"), parse_number("61 706"), parse_number("1,024")
        ([0.5], [61706.0], [1.024, 1024.0])
    """
    text = GROUPING.sub("", text.replace("−", "-"))
    unit = GROUPING.sub("", unit)
    if unit and text.endswith(unit):
        text = text[: -len(unit)]
    if text.count("/") == 1:
        tops, bottoms = (parse_number(part) for part in text.split("/"))
        return [a / b for a in tops[:1] for b in bottoms[:1] if b]
    if AMBIGUOUS.fullmatch(text):
        return [float(text.replace(",", ".")), float(re.sub(r"[.,]", "", text))]
    last = max(text.rfind(","), text.rfind("."))
    if last >= 0:
        mark = text[last]
        whole = re.sub(r"[.,]", "", text[:last])
        if text.count(mark) > 1:  # 1,281,167 but not 1.2.3
            text = whole + text[last + 1 :] if THOUSANDS.fullmatch(text) else ""
        else:
            text = f"{whole}.{text[last + 1 :]}"
    return [float(text)] if PLAIN.fullmatch(text) else []


def _near(value: float, wanted: float, tolerance: float) -> bool:
    return abs(value - wanted) <= tolerance + 1e-9 * max(1.0, abs(wanted))


def _hide(key: dict) -> str:
    text = json.dumps(key, ensure_ascii=False)
    return base64.b64encode(text.encode()).decode()


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def example() -> Question:
    """A question for tests and previews."""
    return Question.choice(
        "How many numbers has a 3 × 3 kernel?",
        {"3": "That is one row.", "9": "", "27": "That would be three channels."},
        correct="9",
        explain="Three rows of three.",
    )
