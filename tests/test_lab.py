"""JupyterLab as `make lab` starts it: pages, nbgrader's tools, an untouched home."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from grader import course

pytestmark = pytest.mark.slow
TOKEN = "for-this-test-only"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def lab(home):
    """The address of a running JupyterLab, started in a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, course.ROOT / "tools" / "lab.py", "--no-browser"]
    command += [f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={TOKEN}"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        command.append("--allow-root")
    server = subprocess.Popen(
        command, env=os.environ | {"HOME": str(home)}, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while True:
        try:
            get(url, "/api/status")
            break
        except urllib.error.URLError:
            assert server.poll() is None, "JupyterLab ended"
            assert time.monotonic() < deadline, "JupyterLab took more than 20 s"
            time.sleep(0.2)
    yield url
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:  # a kernel that was busy starting
        server.kill()
        server.wait()


def get(url, path):
    request = urllib.request.Request(f"{url}{path}")
    request.add_header("Authorization", f"token {TOKEN}")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def test_lab_the_formgrader_and_the_pages_answer(lab):
    assert "<title>JupyterLab</title>" in get(lab, "/lab")
    assert "formgrade" in get(lab, "/formgrader/")
    names = {
        entry["name"] for entry in json.loads(get(lab, "/api/contents"))["content"]
    }
    assert {"book", "exercises", "solutions"} <= names


def test_the_assignment_list_finds_the_exchange(lab):
    answer = json.loads(get(lab, "/assignments?course_id=cvbook"))
    assert answer["success"], answer["value"]


@pytest.fixture(scope="module")
def page(lab, browser):
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{lab}/lab?token={TOKEN}&reset")
    yield page
    page.close()


def open_by_double_click(page, lab, path):
    folder, name = Path(path).parent.as_posix(), Path(path).name
    page.goto(f"{lab}/lab/tree/{folder}?reset")
    page.locator(".jp-DirListing-item", has_text=name).dblclick(timeout=60_000)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)


@pytest.mark.browser
def test_a_page_opens_as_a_notebook_on_double_click(page, lab):
    open_by_double_click(page, lab, "book/convolution/sliding-window.md")
    assert page.locator(".jp-Notebook h1").inner_text().startswith("A window")


@pytest.mark.browser
def test_an_exercise_has_a_validate_button(page, lab):
    open_by_double_click(page, lab, "exercises/convolution/convolution.ipynb")
    button = page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate")
    button.wait_for(timeout=20_000)
    assert button.is_visible()


def test_after_all_that_nothing_lies_in_the_users_home(lab, home):
    assert list(home.rglob("*")) == []
