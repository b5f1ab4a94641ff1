"""The built site in headless Chromium: served on the loopback, or opened from disk."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"


def pages() -> list[str]:
    """The pages of the table of contents, as paths without ending."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def walk(entries: list[dict]) -> Iterator[str]:
        for entry in entries:
            yield entry["file"]
            yield from walk(entry.get("sections", []))

    found = [toc["root"]]
    for part in toc["parts"]:
        found += walk(part["chapters"])
    return found


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that writes nothing to the terminal."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(need) -> Path:
    need((SITE / "index.html").exists(), "the built book: run `make book` first")
    return SITE


@pytest.fixture(scope="session")
def base_url(site) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Visit:
    """A page that remembers what it asked for and what went wrong in it."""

    def __init__(self, page, base_url: str) -> None:
        self.page, self.base_url = page, base_url
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda m: self.errors.append(m.text) if m.type == "error" else None,
        )
        page.on("request", self._request)

    def _request(self, request) -> None:
        own = (self.base_url, "file:", "data:", "blob:")
        if not request.url.startswith(own):
            self.foreign.append(request.url)

    def open(self, name: str, *, dark: bool = False, disk: bool = False):
        """Go to a page of the book, by its path without ending."""
        self.page.add_init_script(
            f"localStorage.setItem('mode', '{'dark' if dark else 'light'}')"
        )
        site = SITE.as_uri() if disk else self.base_url
        self.page.goto(f"{site}/{name}.html", wait_until="load")
        self.page.wait_for_function("document.readyState === 'complete'")
        return self.page


@pytest.fixture
def visit(browser, base_url) -> Iterator[Visit]:
    """Open pages of the book at 1440 px; `visit.page.set_viewport_size` for others."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Visit(page, base_url)
    context.close()


@pytest.fixture
def phone(browser, base_url) -> Iterator[Visit]:
    """Open pages of the book on a phone: 390 px wide, touched, not pointed at."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Visit(page, base_url)
    context.close()
