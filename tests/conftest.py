"""What every test may ask for. A missing tool skips locally and fails in CI."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """The first browser that is there."""
    names = filter(None, [os.environ.get("CHROMIUM"), *CHROMIUM])
    return next(filter(None, map(shutil.which, names)), None)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


@pytest.fixture(scope="session")
def need() -> Callable[[object, str], None]:
    """`need(found, what)`: without `what`, skip here and fail where CI is set."""

    def need(found: object, what: str) -> None:
        if found:
            return
        if in_ci():
            pytest.fail(f"missing in CI: {what}", pytrace=False)
        pytest.skip(f"missing: {what}")

    return need


@pytest.fixture(scope="session")
def node(need) -> str:
    """The path of Node.js."""
    path = shutil.which("node")
    need(path, "node (Debian: apt install nodejs npm)")
    return path


@pytest.fixture(scope="session")
def chromium(need) -> str:
    """The path of Chromium or Chrome; CHROMIUM names another one."""
    path = chromium_path()
    need(path, "Chromium (Debian: apt install chromium; or CHROMIUM=path)")
    return path


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator:
    """Headless Chromium: one for all tests of a process, as Playwright wants it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def bubblewrap(need) -> str:
    """The path of bubblewrap, able to make a sandbox on this machine."""
    path = shutil.which("bwrap")
    need(path, "bubblewrap (Debian: apt install bubblewrap)")
    trial = subprocess.run(
        [path, "--ro-bind", "/", "/", "--unshare-net", "true"], capture_output=True
    )
    need(trial.returncode == 0, "bubblewrap that may make namespaces on this machine")
    return path


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("nbval", default=False):
        run_notebooks_as_the_build_does()


def run_notebooks_as_the_build_does() -> None:
    """Give nbval the kernels and the cell history that the recorded outputs had."""
    from nbval.kernel import RunningKernel

    sys.path.insert(0, str(ROOT / "tools"))
    from bookkit import kernels

    start = RunningKernel.__init__

    def start_quietly(self: RunningKernel, *args, **options) -> None:
        before = dict(os.environ)
        kernels.use_quiet_kernels(ROOT / "_build")
        try:
            start(self, *args, **options)
        finally:
            os.environ.clear()
            os.environ.update(before)

    def execute(self: RunningKernel, source: str, allow_stdin: bool = False) -> str:
        # nbval turns history off, and without it IPython prints despite a final `;`
        return self.kc.execute(source, allow_stdin=allow_stdin, stop_on_error=False)

    RunningKernel.__init__ = start_quietly
    RunningKernel.execute_cell_input = execute
