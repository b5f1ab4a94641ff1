"""The record of augmentation: complete, and what the page says of it is so."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/augmentation.json").read_text("utf-8"))
RESULTS = RECORD["results"]
KEYS = ("train", "one", "two", "ten")


def test_the_record_says_how_it_was_made():
    for key in ("command", "seeds", "hardware", "minutes", "date", "data", "epochs"):
        assert RECORD[key] not in (None, "")
    assert len(RECORD["seeds"]) >= 3


def test_every_training_is_there_with_its_spread():
    assert list(RESULTS) == ["none", "mirror", "crop", "colour", "all"]
    for result in RESULTS.values():
        for key in KEYS:
            runs = result[key]["runs"]
            assert len(runs) == len(RECORD["seeds"])
            assert result[key]["mean"] == pytest.approx(sum(runs) / len(runs), abs=1e-4)


def test_without_augmentation_the_pictures_are_learned_by_heart():
    assert RESULTS["none"]["train"]["mean"] > 0.97
    assert RESULTS["none"]["one"]["mean"] < 0.5


@pytest.mark.parametrize("name", ["mirror", "crop", "all"])
def test_moving_the_picture_helps(name):
    assert RESULTS[name]["one"]["mean"] > RESULTS["none"]["one"]["mean"] + 0.01
    assert RESULTS[name]["train"]["mean"] < RESULTS["none"]["train"]["mean"]


def test_colour_alone_does_not_help_here():
    assert RESULTS["colour"]["one"]["mean"] < RESULTS["none"]["one"]["mean"] + 0.01


def test_ten_looks_help_every_network_and_most_those_that_saw_nothing_moved():
    gain = {n: r["ten"]["mean"] - r["one"]["mean"] for n, r in RESULTS.items()}
    assert min(gain.values()) > 0
    still = min(gain["none"], gain["colour"])
    assert still > max(gain["mirror"], gain["crop"], gain["all"])


def test_after_ten_looks_the_five_lie_close_together():
    ten = [r["ten"]["mean"] for r in RESULTS.values()]
    one = [r["one"]["mean"] for r in RESULTS.values()]
    assert max(ten) - min(ten) < 0.5 * (max(one) - min(one))
