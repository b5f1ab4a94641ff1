"""The interactives' maths agrees with cvlib, and their modules are well formed."""

import importlib
import json
import re
import runpy
import subprocess
from pathlib import Path

import pytest

from cvlib import widgets
from cvlib.show import palette
from cvlib.widgets._base import HERE, Interactive, read

GOLDEN = Path(__file__).parent / "golden"
CLASSES = [getattr(widgets, name) for name in widgets.__all__ if name != "Interactive"]
MODULES = sorted(HERE.glob("*.js"))
pytestmark = pytest.mark.node


def run(*command: str, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(command, input=stdin, capture_output=True, text=True)


def stem(cls: type) -> str:
    return cls.__module__.rpartition(".")[2]


@pytest.mark.parametrize("cls", CLASSES, ids=stem)
def test_the_maths_in_the_page_is_the_maths_in_cvlib(cls, node):
    cases = runpy.run_path(str(GOLDEN / f"{stem(cls)}.py"))["golden"]()
    assert len(cases) >= 8, "too few golden cases to trust"
    module = HERE / f"{stem(cls)}.js"
    done = run(
        node, str(GOLDEN.parent / "run.mjs"), str(module), stdin=json.dumps(cases)
    )
    assert done.returncode == 0, done.stderr


def test_the_golden_runner_sees_a_wrong_number(node):
    case = {"fn": "fmt", "args": [-1.234], "expected": "−1.24"}
    runner = str(GOLDEN.parent / "run.mjs")
    done = run(node, runner, str(HERE / "kit.js"), stdin=json.dumps([case]))
    assert done.returncode == 1
    assert "fmt: got" in done.stderr


@pytest.mark.parametrize("cls", CLASSES, ids=stem)
def test_the_inlined_module_is_valid_javascript(cls, node, tmp_path):
    path = tmp_path / "module.mjs"
    path.write_text(cls._esm, encoding="utf-8")
    done = run(node, "--check", str(path))
    assert done.returncode == 0, done.stderr
    assert (
        "import " not in re.sub(r"//.*", "", cls._esm).split("export default")[0][:50]
    )
    assert not re.search(r"^import ", cls._esm, re.M), "an import is left over"


@pytest.mark.parametrize("cls", CLASSES, ids=stem)
def test_a_page_without_scripts_shows_a_still_picture(cls):
    still = example(cls).still()
    assert still.count("<script") == 0  # `in` would diff megabytes when it fails
    assert bool(re.search(r"<(svg|img|table|ul|ol|p)\b", still))


def test_a_still_of_the_wrong_way_round_counts_the_other_pairs():
    stills = [widgets.FaceThreshold(turned=turned).still() for turned in (False, True)]
    right, wrong = (int(re.search(r"(\d+)% of the pairs", s)[1]) for s in stills)
    assert right + wrong == 100


@pytest.mark.parametrize("cls", CLASSES, ids=stem)
def test_the_static_page_asks_nobody_for_anything(cls):
    html = example(cls)._static_html()
    foreign = re.findall(r"(?:src|href)=[\"'](?:https?:)?//[^\"']*", html)
    assert foreign == []
    assert len(re.findall(r"cv_\w+\(document\.getElementById", html)) == 1
    assert len(html) < 400_000, "too heavy for a page on a phone"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_a_module_stays_small_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_state_cannot_close_the_script_element():
    from cvlib.widgets import SlidingWindow

    html = SlidingWindow(label="</script><b>")._static_html()
    assert html.count("</script>") == 2
    assert "<\\/script>" in html


def test_figures_and_interactives_share_one_palette():
    light = read("kit.css").split("html[data-theme")[0]
    for colour, variable in palette.VARIABLES.items():
        assert f"{variable}: {colour};" in light, variable


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 between two hexadecimal colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in channels
        ]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_ink_is_readable_on_the_page_and_on_its_fill(theme):
    text = read("kit.css").split("html[data-theme")[theme == "dark"].split("}")[0]
    colours = dict(re.findall(r"(--cv-[\w-]+): (#\w{6})", text))
    for kind in ("input", "kernel", "output", "gradient", "hand"):
        ink = colours[f"--cv-{kind}-ink"]
        assert contrast(ink, colours["--cv-surface"]) >= 4.5, (theme, kind)
        assert contrast(ink, colours[f"--cv-{kind}-fill"]) >= 4.5, (theme, kind)
    for name in ("ink", "muted"):
        assert contrast(colours[f"--cv-{name}"], colours["--cv-surface"]) >= 4.5


def example(cls: type[Interactive]) -> Interactive:
    """One of the kind; `Question` needs a question."""
    make = getattr(importlib.import_module(cls.__module__), "example", cls)
    return make()
