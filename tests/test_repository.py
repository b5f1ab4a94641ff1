"""What may be committed: small, without outputs, and nobody's machine in it."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LARGEST = 2**20
TEXT = {".py", ".md", ".js", ".mjs", ".css", ".toml", ".txt", ".yml", ".json", ".ipynb",
        ".bib", ".csv", ".cfg", ".svg", ""}  # fmt: skip
# written in pieces, so that this file does not find itself
FOLDERS = ("home", "root", "work", "Users", "mnt", "tmp/[a-z]")
PATHS = re.compile("|".join(rf"(?<![\w.:/-])/{name}/[\w.-]" for name in FOLDERS))
HOSTS = re.compile(
    "|".join(
        rf"\b{name}\.{ending}\b"
        for name, ending in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("anaconda", "org"),
            ("debian", "org"),
        ]
    )
)


@pytest.fixture(scope="module")
def files(need) -> list[Path]:
    """What is committed, or would be by `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    need(done.returncode == 0, "a git checkout")
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_is_larger_than_a_mebibyte(files):
    # trained weights have a bound of their own in tests/cvlib/test_weights.py
    sizes = {p: p.stat().st_size for p in files if p.suffix != ".safetensors"}
    large = {str(p.relative_to(ROOT)): size for p, size in sizes.items()}
    assert {name: size for name, size in large.items() if size > LARGEST} == {}


def found(files: list[Path], pattern: re.Pattern) -> dict[str, str]:
    """The first match in each file, by the file's name."""
    matches = {}
    for path in files:
        if path.suffix in TEXT and path != Path(__file__):
            match = pattern.search(path.read_text(encoding="utf-8"))
            if match:
                matches[str(path.relative_to(ROOT))] = match[0]
    return matches


def test_no_file_knows_the_machine_it_was_written_on(files):
    assert found(files, PATHS) == {}


def test_no_file_names_a_package_registry(files):
    assert found(files, HOSTS) == {}


@pytest.mark.parametrize(
    ("pattern", "text", "seen"),
    [
        (PATHS, 'open("/ho' + 'me/ada/cat.png")', True),
        (PATHS, "see /wo" + "rk/notes", True),
        (PATHS, "https://example.org/ho" + "me/page", False),
        (PATHS, "a/wo" + "rk/b", False),
        (HOSTS, "https://registry.npm" + "js.org/x", True),
        (HOSTS, "https://docs.python.org", False),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern, text, seen):
    assert bool(pattern.search(text)) == seen


def test_a_committed_notebook_has_no_outputs(files):
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    assert {path.relative_to(ROOT).parts[0] for path in notebooks} <= {
        "exercises",
        "solutions",
    }
    dirty = []
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        ran = [c for c in cells if c.get("outputs") or c.get("execution_count")]
        dirty += [str(path.relative_to(ROOT))] * bool(ran)
    assert dirty == []


def test_the_lock_file_names_packages_and_hashes_only():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: p for name, p in lock["packages"].items() if name}
    assert packages
    assert [name for name, p in packages.items() if "resolved" in p] == []
    assert [name for name, p in packages.items() if "integrity" not in p] == []


def test_the_lock_file_fits_the_package_file():
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    locked = {name: lock["packages"][f"node_modules/{name}"] for name in wanted}
    assert {name: entry["version"] for name, entry in locked.items()} == wanted


def test_every_requirement_is_pinned_by_the_constraints():
    def names(path: str) -> set[str]:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        named = (re.match(r"[\w.-]+", line) for line in lines)
        return {re.sub(r"[-_.]+", "-", m[0]).lower() for m in named if m}

    assert names("requirements.txt") - names("constraints.txt") == set()


def test_the_readme_begins_with_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("make book", "make test"):
        assert re.search(rf"^{command}\b", readme, re.M), command
    named = re.findall(r"`make (\w+)", readme)
    targets = set(re.findall(r"^(\w+):", makefile, re.M))
    assert set(named) <= targets


def test_what_the_readme_points_at_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", readme)
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_code_and_text_carry_their_licences():
    assert "BSD 3-Clause" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (ROOT / "LICENSE-TEXT").read_text(encoding="utf-8")
