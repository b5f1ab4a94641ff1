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


def test_at_small_radii_the_networks_in_between_are_ahead():
    for radius, ahead in ((2, 2), (4, 4), (8, 8), (16, 8)):
        at = RECORD["radii"].index(radius)
        assert max(NETS, key=lambda level: NETS[level]["many"][at]) == ahead


def test_the_figures_words_are_the_records():
    plain, hardened = (NETS[level]["many"] for level in (0, 8))
    assert f"{plain[0]:.2f}" == "0.70"
    assert plain[RECORD["radii"].index(6)] < 0.005
    assert [f"{hardened[k]:.2f}" for k in (0, -1)] == ["0.45", "0.16"]


@pytest.mark.parametrize("level", sorted(NETS))
def test_a_curve_falls_and_many_steps_leave_no_more_than_one(level):
    net = NETS[level]
    assert net["many"] == sorted(net["many"], reverse=True)
    pairs = zip(net["many"], net["one"], strict=True)
    assert all(many <= one + 0.01 for many, one in pairs)
