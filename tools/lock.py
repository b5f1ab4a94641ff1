"""Write constraints.txt from what is installed (make lock).

It locks requirements.txt and all that it brings along, and nothing else that happens to
be installed. A local build such as `2.13.0+cpu` becomes `2.13.0`, which both that build
and the package index satisfy.
"""

from importlib.metadata import distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
HEADER = """\
# Every package of the environment, the indirect ones too, at one version.
# Written by `make lock`: change requirements.txt, run it, commit both.
"""


def requirements() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text("utf8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def closure(wanted: list[Requirement]) -> dict[str, str]:
    """Name and version of every package that `wanted` brings along on this machine."""
    locked: dict[str, str] = {}
    done: set[tuple[str, str]] = set()
    todo = [(need, extra) for need in wanted for extra in ("", *need.extras)]
    while todo:
        need, extra = todo.pop()
        name = canonicalize_name(need.name)
        if (name, extra) in done:
            continue
        done.add((name, extra))
        locked[distribution(name).name] = version(name).split("+")[0]
        for line in distribution(name).requires or ():
            child = Requirement(line)
            if child.marker is None or child.marker.evaluate({"extra": extra}):
                todo += [(child, e) for e in ("", *child.extras)]
    return locked


def main() -> None:
    locked = closure(requirements())
    lines = [f"{name}=={locked[name]}\n" for name in sorted(locked, key=str.lower)]
    (ROOT / "constraints.txt").write_text(HEADER + "".join(lines), "utf8")
    print(f"constraints.txt locks {len(lines)} packages")


if __name__ == "__main__":
    main()
