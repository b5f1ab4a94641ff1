"""The record of the tank experiment: its shape, its message, and a run of it."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "experiments" / "tank.py"
RUNS = json.loads((ROOT / "book" / "data" / "tank.json").read_text("utf-8"))["runs"]
LINKS = (0.5, 0.8, 0.95, 1.0)


def of(link: float, key: str) -> list[float]:
    return [run[key] for run in RUNS if run["link"] == link]


def test_there_are_three_seeds_of_each_link():
    tried = sorted((run["link"], run["seed"]) for run in RUNS)
    assert tried == [(link, seed) for link in LINKS for seed in (0, 1, 2)]


def test_the_script_would_run_what_is_recorded():
    script = runpy.run_path(str(SCRIPT))
    assert script["LINKS"] == LINKS
    assert script["SEEDS"] == (0, 1, 2)


@pytest.mark.parametrize("link", LINKS[1:])
def test_a_link_makes_the_net_follow_the_stamp(link):
    assert min(of(link, "train_accuracy")) > link - 0.05
    assert sum(of(link, "as_trained")) / 3 > 0.85
    assert sum(of(link, "swapped")) / 3 < 0.15
    assert all(0.4 < share < 0.65 for share in of(link, "without"))
    assert min(of(link, "cam_on_stamp")) > 8 * max(of(link, "stamp_area"))


def test_without_a_link_the_stamp_hardly_matters():
    assert sum(of(0.5, "without")) / 3 > 0.7
    helps, misleads = (sum(of(0.5, key)) / 3 for key in ("as_trained", "swapped"))
    assert abs(helps - misleads) < 0.1


@pytest.mark.slow
def test_a_quick_run_writes_a_record_of_the_same_shape(tmp_path):
    path = tmp_path / "tank.json"
    command = [sys.executable, str(SCRIPT), "--quick", "--record", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    runs = json.loads(path.read_text("utf-8"))["runs"]
    assert [run.keys() for run in runs] == [RUNS[0].keys()] * len(LINKS)
