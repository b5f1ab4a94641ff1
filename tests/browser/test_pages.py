"""Every page of the built book: served and light at a desk, dark on a phone."""

import json
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, pages

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = pages()


@pytest.fixture(scope="session")
def axe(need) -> str:
    need(AXE.exists(), "axe-core: install node and npm, then run `make book`")
    return AXE.read_text(encoding="utf-8")


def assert_sound(visit, axe: str) -> None:
    """Nothing wrong, nothing asked of strangers, nothing wider than the screen."""
    visit.page.wait_for_timeout(150)
    visit.page.evaluate(axe)
    # preload would ask for style sheets again, which a page on disk may not
    result = visit.page.evaluate(
        "axe.run(document, {preload: false, resultTypes: ['violations']})"
    )
    problems = [
        f"{v['id']}: {v['help']}\n    "
        + "\n    ".join(n["html"][:160] for n in v["nodes"])
        for v in result["violations"]
    ]
    assert not problems, "\n".join(problems)
    assert visit.errors == []
    assert visit.foreign == []
    wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} px wider than the screen"


# each page is opened twice: as differently as two visits can be
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_at_a_desk(visit, axe, name):
    page = visit.open(name)
    assert_sound(visit, axe)
    silent = page.evaluate(
        """[...document.querySelectorAll('.bd-article img, .cv-figure svg')]
        .filter(e => !(e.getAttribute('alt') || e.getAttribute('aria-label') ||
                       e.getAttribute('aria-hidden')))
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert silent == [], "a figure does not say in words what it shows"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_in_the_dark_on_a_narrow_screen_from_disk(visit, axe, name):
    visit.page.set_viewport_size({"width": 390, "height": 900})
    page = visit.open(name, dark=True, disk=True)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert_sound(visit, axe)
    hosts = page.locator(".cv-host").count()
    mounted = page.locator(".cv-host > .cv").count()
    assert mounted == hosts, "an interactive did not start"


def test_nothing_but_the_table_of_contents_is_published(site):
    published = {
        str(p.relative_to(site).with_suffix("")) for p in site.glob("**/*.html")
    }
    extra = published - set(PAGES) - {"index", "genindex", "search", "py-modindex"}
    assert {e for e in extra if not e.startswith("_static/")} == set()
    text = "".join(p.read_text("utf-8") for p in site.glob("**/*.ipynb"))
    assert "BEGIN HIDDEN TESTS" not in text
    assert "BEGIN SOLUTION" not in text


def test_every_link_inside_the_book_arrives(site):
    from html.parser import HTMLParser

    class Links(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.hrefs: list[str] = []
            self.ids: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list) -> None:
            values = dict(attrs)
            if tag == "a" and values.get("href"):
                self.hrefs.append(values["href"])
            if values.get("id"):
                self.ids.add(values["id"])

    parsed: dict[Path, Links] = {}
    for name in PAGES:
        links = Links()
        path = site / f"{name}.html"
        links.feed(path.read_text("utf-8"))
        parsed[path.resolve()] = links
    missing = []
    for path, links in parsed.items():
        for href in links.hrefs:
            if href.startswith(("http:", "https:", "mailto:", "javascript:")):
                continue
            target, _, anchor = href.partition("#")
            full = (path.parent / target).resolve() if target else path
            known = parsed.get(full)
            if not full.exists() or (anchor and known and anchor not in known.ids):
                missing.append(f"{path.name} → {href}")
    assert missing == [], json.dumps(missing, indent=1)
