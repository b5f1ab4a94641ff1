"""The two tables of the page on proposals: whole, and what the page says of them."""

import csv
import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "book" / "data"
STARS = ("repeatability", "recall", "detection")


@pytest.fixture(scope="module")
def methods():
    path = DATA / "proposal_methods.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def record():
    return json.loads((DATA / "proposals.json").read_text(encoding="utf-8"))


def test_there_are_twelve_methods_and_four_baselines(methods):
    assert len(methods) == 16
    assert sum(row["approach"] == "baseline" for row in methods) == 4
    assert all(row["source"] and None not in row.values() for row in methods)


def test_stars_are_few_and_gaps_are_said(methods):
    for row in methods:
        for column in STARS:
            assert row[column] in {"", "0", "1", "2", "3", "not measured"}


def test_the_slowest_takes_over_a_thousand_times_as_long_as_the_fastest(methods):
    seconds = {row["method"]: float(row["seconds"]) for row in methods}
    assert seconds["CPMC"] == max(seconds.values()) == 250
    assert seconds["CPMC"] / seconds["Bing"] == pytest.approx(1250)


def test_the_script_would_make_what_is_recorded(record):
    script = runpy.run_path(str(ROOT / "tools" / "experiments" / "proposals.py"))
    assert record["limits"] == list(script["LIMITS"])
    counts = {split: len(images) for split, images in record["images"].items()}
    assert counts == script["IMAGES"]
    for split, images in record["images"].items():
        assert script["summary"](images) == record["summary"][split]


@pytest.mark.parametrize("split", ["test", "crowded"])
def test_what_the_page_reads_off(record, split):
    found = record["summary"][split]
    at = {
        name: dict(zip(record["limits"], method["recall_50"], strict=True))
        for name, method in found.items()
    }
    eight, one = at["selective search"], at["one scale, one colour space"]
    segments = at["segments without merging"]
    assert 0.4 < segments[2000] < 0.6  # about half, however many
    assert segments[500] == segments[2000]
    enough = {"test": 200, "crowded": 500}[split]
    assert eight[enough] > 0.9
    assert one[100] > eight[100]  # variety pays only at the end
    average = {name: method["average_recall"][-1] for name, method in found.items()}
    assert average["selective search"] > average["one scale, one colour space"] + 0.05


def test_recall_never_falls_with_more_boxes(record):
    for found in record["summary"].values():
        for method in found.values():
            for key in ("recall_50", "recall_70", "average_recall"):
                assert method[key] == sorted(method[key])
