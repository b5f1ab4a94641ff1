"""The record of adversarial training says what the page says of it."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/adversarial_training.json").read_text("utf-8"))
NETS = {net["eps"]: net for net in RECORD["nets"]}
EIGHT = RECORD["radii"].index(8)


def test_the_record_says_how_it_was_made():
    for key in ("command", "seed", "hardware", "minutes", "date", "data", "net"):
        assert RECORD[key] not in (None, "")


def test_robustness_is_paid_with_accuracy():
    levels = sorted(NETS)
    assert levels[0] == 0
    clean = [NETS[level]["clean"] for level in levels]
    kept = [NETS[level]["many"][EIGHT] for level in levels]
    assert clean == sorted(clean, reverse=True)
    assert kept == sorted(kept)
    assert kept[0] < 0.02


@pytest.mark.parametrize("level", sorted(NETS))
def test_a_curve_falls_and_many_steps_leave_no_more_than_one(level):
    net = NETS[level]
    assert net["many"] == sorted(net["many"], reverse=True)
    pairs = zip(net["many"], net["one"], strict=True)
    assert all(many <= one + 0.01 for many, one in pairs)
