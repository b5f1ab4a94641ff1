"""What a learner calls: the result as a card, and one sentence if it is wrong."""

import sys
from textwrap import fill
from typing import Any

from cvlib.grade.judge import Result, judge


class WrongAnswer(AssertionError):  # noqa: N818 - what the learner reads
    """An answer is not right yet. Its traceback is one sentence, none of our code."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.sentence)
        self.result = result

    def _render_traceback_(self, *_: Any) -> list[str]:
        """What IPython prints in place of the traceback; nothing else wraps it."""
        return fill(f"WrongAnswer: {self}", 80, break_long_words=False).split("\n")


class Checked(Result):
    """A result that has been shown already, so the notebook need not show it again."""

    def _ipython_display_(self) -> None:
        """Show nothing: the card is above."""


def check(name: str, answer: Any, *, seed: int | None = None) -> Result:
    """Check an answer and say what is wrong with it.

    Args:
        name: the exercise, by the name of what you define.
        answer: what you defined.
        seed: None for the visible cases; a number for as many hidden ones again.

    Returns:
        The result, as data, if the answer is right.

    Raises:
        WrongAnswer: it is not; the sentence says why.
        KeyError: there is no such exercise.

    Example:
        >>> check("scale_to_unit", lambda image: image / 255).passed
        ✓ From bytes to brightness (scale_to_unit): right
        Right in 3 small cases.
        True
    """
    from cvlib.grade import get

    result = judge(get(name), answer, seed)
    show(result)
    if not result.passed:
        raise WrongAnswer(result) from None
    return Checked(**vars(result))


def show(result: Result) -> None:
    """Display the card: rich in a notebook, text elsewhere."""
    if notebook():
        from IPython.display import display

        text, html = repr(result), result._repr_html_()
        display({"text/plain": text, "text/html": html}, raw=True)
    else:
        print(repr(result))


def notebook() -> bool:
    """Whether someone is there to see HTML; IPython is not imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
