"""What a reader sees of an interactive, and the hands to move it with."""

from collections.abc import Iterable

from playwright.sync_api import Locator

from cvlib.show import number


def status(widget: Locator) -> str:
    """The first line that is read aloud when something changes."""
    return widget.locator(".cv-status").first.inner_text()


def printed(values: Iterable[float], digits: int = 2) -> list[str]:
    """Numbers as the book prints them: at most two decimals, a true minus sign."""
    return [number(value, digits) for value in values]


def slide_to(widget: Locator, label: str, value: float) -> None:
    """Drag the slider of this name to a value."""
    widget.get_by_label(label, exact=True).fill(str(value))


def choose(widget: Locator, name: str) -> None:
    """Press one of several in a strip."""
    widget.locator(".cv-strip").get_by_label(name, exact=True).click()


def sticks_out(widget: Locator) -> float:
    """By how many pixels the interactive is wider than its column, or the page."""
    return widget.evaluate(
        """e => Math.max(document.documentElement.scrollWidth - innerWidth,
                         e.scrollWidth - e.clientWidth)"""
    )
