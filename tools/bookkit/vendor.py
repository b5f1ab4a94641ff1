"""Copy what npm installed into the site: mathematics and typefaces without a CDN."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .book import Book, tree_digest

# the bundle a page loads, and what MathJax fetches later from beside it: its fonts,
# TeX extensions named by a formula, and the menu's screen-reader tools
MATHJAX = (
    "tex-mml-chtml.js",
    "output/chtml/fonts/woff-v2",
    "input/tex/extensions",
    "a11y",
    "ui",
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
)
FONTS = ("source-serif-4", "source-code-pro")
STYLESHEETS = ("wght.css", "wght-italic.css")
ALPHABETS = ("latin", "latin-ext", "greek")  # what the book is written in
FACE = re.compile(r"/\* (?P<name>[\w-]+) \*/\s*@font-face \{.*?\}\s*", re.DOTALL)
FONT_FILE = re.compile(r"url\(\./(files/[^)]+)\)")


@dataclass(frozen=True)
class Vendor:
    """What the site serves itself, as settings for Sphinx and words for people."""

    static: list[str]
    css: list[str]
    mathjax: str | None

    @property
    def words(self) -> str:
        if self.mathjax and self.css:
            return "Mathematics and typefaces are local: the site works offline."
        lost = [] if self.mathjax else ["mathematics comes from a CDN (not offline)"]
        lost += [] if self.css else ["text is set in the reader's system fonts"]
        return (
            f"Note: {' and '.join(lost)}, because node_modules is missing."
            " Install Node.js with npm and run make again."
        )


def vendor(book: Book) -> Vendor:
    """Fill `_build/vendor` with what of it node_modules holds."""
    modules = book.root / "node_modules"
    folder = book.out / "vendor"
    target = folder / "vendor"  # Sphinx copies what is in the outer folder
    mathjax = modules / "mathjax" / "es5"
    fonts = [modules / "@fontsource-variable" / name for name in FONTS]
    has_mathjax = (mathjax / MATHJAX[0]).exists()
    has_fonts = all((font / STYLESHEETS[0]).exists() for font in fonts)

    lock = modules / ".package-lock.json"
    stamp = folder / ".stamp"
    wanted = tree_digest(*filter(Path.exists, [lock, Path(__file__)]))
    wanted += f" {has_mathjax} {has_fonts}"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        target.mkdir(parents=True)
        if has_mathjax:
            copy_mathjax(mathjax, target / "mathjax")
        if has_fonts:
            copy_fonts(fonts, target / "fonts")
        stamp.write_text(wanted)
    return Vendor(
        static=[str(folder)],
        css=["vendor/fonts/fonts.css"] if has_fonts else [],
        mathjax=f"vendor/mathjax/{MATHJAX[0]}" if has_mathjax else None,
    )


def copy_mathjax(source: Path, target: Path) -> None:
    for name in MATHJAX:
        if not (source / name).exists():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (source / name).is_dir() else shutil.copyfile
        copy(source / name, target / name)
    shutil.copyfile(source.parent / "LICENSE", target / "LICENSE")


def copy_fonts(sources: list[Path], target: Path) -> None:
    """Write one stylesheet with the faces of our alphabets, and their files."""
    (target / "files").mkdir(parents=True)
    rules = []
    for source in sources:
        for sheet in STYLESHEETS:
            for face in FACE.finditer((source / sheet).read_text("utf8")):
                alphabet = re.sub(rf"^{source.name}-|-wght-\w+$", "", face["name"])
                if alphabet in ALPHABETS:
                    rules.append(face[0].strip())
                    file = FONT_FILE.search(face[0])[1]
                    shutil.copyfile(source / file, target / file)
        shutil.copyfile(source / "LICENSE", target / f"LICENSE.{source.name}")
    (target / "fonts.css").write_text("\n\n".join(rules) + "\n", "utf8")
