"""The build of a small book: what runs again, what stops it, what it publishes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "tools" / "build_book.py"
CONFIG = {
    "title": "A small book",
    "only_build_toc_files": True,
    "execute": {"execute_notebooks": "cache", "timeout": 60},
    "sphinx": {"recursive_update": True, "config": {"nb_ipywidgets_js": {}}},
}
TOC = {"format": "jb-book", "root": "book/intro"}
PAGES = {
    "intro": "# A small book\n\nThe square is $a^2$.\n",
    "sum": """# A sum

```{code-cell} ipython3
print(sum(int(n) for n in open("data/numbers.csv").read().split(",")))
```
""",
    "twice": """# Twice

```{literalinclude} ../own/twice.py
:pyobject: twice
```

```{code-cell} ipython3
import os, sys
sys.path.insert(0, os.environ["TINY"])
from own.twice import twice
twice(21)
```
""",
}
FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
TWICE = "NOTHING = 0\n\n\ndef twice(x):\n    return 2 * x\n"


class TinyBook:
    """A book in a folder of its own, and the command that builds it."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "home"

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page(self, name: str, text: str) -> None:
        self.write(f"book/{name}.md", FRONT * ("code-cell" in text) + text)

    def contents(self, *names: str) -> None:
        chapters = [{"file": f"book/{name}"} for name in names]
        self.write("_toc.yml", yaml.safe_dump(TOC | {"chapters": chapters}))

    def read(self, name: str) -> str:
        return (self.root / "_build" / name).read_text(encoding="utf-8")

    def build(self, *options: str) -> subprocess.CompletedProcess:
        self.home.mkdir(exist_ok=True)
        own = {"HOME": str(self.home), "TINY": str(self.root)}
        jupyter = ("JUPYTER", "IPYTHON", "XDG_", "MPL")
        env = {k: v for k, v in os.environ.items() if not k.startswith(jupyter)}
        return subprocess.run(
            [sys.executable, str(BUILD), "--root", str(self.root), *options],
            env=env | own,
            capture_output=True,
            text=True,
        )

    def executed(self, *options: str) -> set[str]:
        done = self.build(*options)
        assert done.returncode == 0, done.stdout + done.stderr
        return set(re.findall(r"^  \[\d+/\d+\] book/(\w+)", done.stdout, re.M))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small book, built once."""
    book = TinyBook(tmp_path_factory.mktemp("book"))
    book.write("_config.yml", yaml.safe_dump(CONFIG))
    book.write("own/twice.py", TWICE)
    book.write("book/data/numbers.csv", "1,2,3")
    book.contents("sum", "twice")
    for name, text in PAGES.items():
        book.page(name, text)
    assert book.executed() == {"sum", "twice"}
    return book


@pytest.fixture
def book(built, tmp_path):
    """The built book again, to change."""
    root = tmp_path / "book"
    shutil.copytree(built.root, root)
    return TinyBook(root)


def outputs(book: TinyBook, page: str) -> str:
    notebook = json.loads(book.read(f"notebooks/book/{page}.ipynb"))
    return json.dumps([cell.get("outputs", []) for cell in notebook["cells"]])


def test_every_page_offers_itself_as_an_executed_notebook(built):
    for page in ("sum", "twice"):
        assert f'href="../_sources/book/{page}.ipynb"' in built.read(
            f"html/book/{page}.html"
        )
        assert built.read(f"html/_sources/book/{page}.ipynb") == built.read(
            f"notebooks/book/{page}.ipynb"
        )
    assert "42" in outputs(built, "twice")


def test_a_notebook_shows_the_code_that_its_page_includes(built):
    cells = json.loads(built.read("notebooks/book/twice.ipynb"))["cells"]
    text = "".join(cells[0]["source"])
    assert "```python\ndef twice(x):\n    return 2 * x\n```" in text
    assert "NOTHING" not in text


def test_a_build_writes_nothing_to_the_home_folder(built):
    assert not list(built.home.iterdir())


def test_a_notebook_differs_only_where_its_page_does(book):
    before = book.read("notebooks/book/twice.ipynb")
    book.page("sum", PAGES["sum"] + "\nMore.\n")
    book.build("--notebooks-only")
    assert book.read("notebooks/book/twice.ipynb") == before


def test_an_unchanged_book_executes_nothing(book):
    assert book.executed("--notebooks-only") == set()


def test_an_edit_of_prose_is_published_without_executing(book):
    book.page("sum", PAGES["sum"] + "\nSix is a perfect number.\n")
    assert book.executed() == set()
    assert "perfect number" in book.read("html/book/sum.html")


def test_an_edit_of_a_module_executes_the_pages_that_import_it(book):
    book.write("own/twice.py", TWICE.replace("2 * x", "x + x + 1"))
    assert book.executed() == {"twice"}
    assert "43" in outputs(book, "twice")
    assert re.search(r">43\s*<", book.read("html/book/twice.html"))


def test_an_edit_of_data_executes_the_pages_that_open_it(book):
    book.write("book/data/numbers.csv", "10,20")
    assert book.executed("--notebooks-only") == {"sum"}
    assert "30" in outputs(book, "sum")


def test_other_locked_versions_execute_everything(book):
    book.write("constraints.txt", "numpy==0\n")
    assert book.executed("--notebooks-only") == {"sum", "twice"}


def test_a_page_that_leaves_the_book_leaves_the_site(book):
    book.contents("twice")
    book.build()
    build = book.root / "_build"
    left = [*(build / "html").rglob("sum*"), *(build / "notebooks").rglob("sum*")]
    assert not left


def test_a_failing_cell_stops_the_build_and_is_shown(book):
    cell = "\n```{code-cell} ipython3\ndef f(x):\n    return 1 / x\n\nf(0)\n```\n"
    book.page("sum", PAGES["sum"] + cell)
    site = book.read("html/book/sum.html")
    done = book.build()
    assert done.returncode == 1
    assert "FAILED book/sum" in done.stdout
    assert "book/sum.md, cell at line 12" in done.stdout
    assert "ZeroDivisionError: division by zero" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "1 page failed, so nothing is published: book/sum" in done.stderr
    assert book.read("html/book/sum.html") == site
    assert book.build().returncode == 1, "a failure must not be forgotten"


def test_words_on_stderr_stop_the_build(book):
    cell = "\n```{code-cell} ipython3\nimport warnings; warnings.warn('hm')\n```\n"
    book.page("sum", PAGES["sum"] + cell)
    done = book.build("--notebooks-only")
    assert done.returncode == 1
    assert "it wrote to stderr, which readers would see:" in done.stdout
    assert "UserWarning: hm" in done.stdout


def test_a_warning_of_sphinx_stops_the_build_every_time(book):
    book.page("sum", PAGES["sum"] + "\n[nowhere](nowhere.md)\n")
    for _ in range(2):
        done = book.build()
        assert done.returncode == 1
        assert "cross-reference target not found: 'nowhere.md'" in done.stderr
        assert "a warning is an error here" in done.stderr


def test_a_page_that_is_not_there_is_named(book):
    book.contents("sum", "gone")
    done = book.build()
    assert done.returncode == 1
    assert "_toc.yml names pages that do not exist: book/gone" in done.stderr


def test_without_npm_the_build_says_what_is_lost(built):
    done = built.build()
    assert "mathematics comes from a CDN" in done.stdout
    assert "Install Node.js" in done.stdout
    assert "cdn.jsdelivr.net/npm/mathjax" in built.read("html/book/intro.html")


def test_with_npm_mathematics_and_typefaces_are_local(book, need):
    modules = ROOT / "node_modules"
    need((modules / "mathjax").exists(), "node_modules: run `make book` with npm")
    (book.root / "node_modules").symlink_to(modules)
    done = book.build()
    assert "the site works offline" in done.stdout
    page = book.read("html/book/sum.html") + book.read("html/book/intro.html")
    assert "_static/vendor/mathjax/tex-mml-chtml.js" in page
    assert "_static/vendor/fonts/fonts.css" in page
    assert "cdn.jsdelivr.net" not in page
    vendor = book.root / "_build/html/_static/vendor"
    sheet = (vendor / "fonts/fonts.css").read_text()
    for file in re.findall(r"url\(\./(.*?)\)", sheet):
        assert (vendor / "fonts" / file).stat().st_size > 1000


def test_the_lock_agrees_with_the_requirements():
    def pins(name):
        lines = (ROOT / name).read_text().splitlines()
        lines = [line for line in lines if line and not line.startswith("#")]
        return {re.sub(r"\[.*?\]", "", line).lower() for line in lines}  # of no extras

    missing = pins("requirements.txt") - pins("constraints.txt")
    assert not missing, "run `make lock`"
