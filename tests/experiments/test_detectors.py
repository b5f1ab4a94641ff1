"""The record of all detectors: complete, and the lectures' order of speed holds."""

import json
from pathlib import Path

import pytest

from cvlib import weights

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/detectors.json").read_text("utf-8"))
ROWS = {row["name"]: row for row in RECORD["detectors"]}
FILES = {
    "R-CNN": "rcnn_scenes",
    "Fast R-CNN": "fast_scenes",
    "Faster R-CNN": "faster_scenes",
    "YOLO": "yolo_scenes",
}


def test_the_record_says_how_it_was_made():
    for key in ("command", "seed", "hardware", "minutes", "date", "data"):
        assert RECORD[key] not in (None, "")


@pytest.mark.parametrize("name", FILES)
def test_accuracies_are_those_of_the_shipped_weights(name):
    assert ROWS[name]["map"] == weights.manifest()[FILES[name]]["value"]


def test_hundred_to_ten_to_one():
    own = {name: row["seconds"] for name, row in ROWS.items()}
    assert own["R-CNN"] >= 100 * own["Faster R-CNN"]
    assert own["Fast R-CNN"] >= 10 * own["Faster R-CNN"]
    assert own["YOLO"] < own["Faster R-CNN"]


def test_proposals_are_what_fast_spends_its_time_on():
    assert RECORD["proposals"]["seconds"] > 0.5 * ROWS["Fast R-CNN"]["seconds"]


def test_a_detector_without_a_network_finds_little():
    [before] = [row for name, row in ROWS.items() if name not in FILES]
    assert before["map"] < 0.3
