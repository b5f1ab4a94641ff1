"""The record of the search in stages: complete, and what the page says of it is so."""

import json
from pathlib import Path

import pytest

from cvlib.train import Range, Trial, best, edge_optimum

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/coarse_to_fine.json").read_text("utf-8"))
STAGES = RECORD["stages"]


def trials(stage):
    return [
        Trial({"lr": r["lr"]}, float("nan") if r["stopped"] else r["val_accuracy"])
        for r in STAGES[stage]
    ]


def test_the_record_says_how_it_was_made():
    for key in ("command", "seed", "hardware", "minutes", "date", "data", "training"):
        assert RECORD[key] not in (None, "")


def test_the_stages_have_as_many_trials_as_the_lecture_prints():
    assert {k: len(v) for k, v in STAGES.items()} == {
        "coarse": 11, "fine": 22, "wider": 22,
    }  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_every_trial_lies_in_its_range(stage):
    for axis, (low, high) in RECORD["ranges"][stage].items():
        assert all(low <= r[axis] <= high for r in STAGES[stage])


def test_nothing_was_hidden_above_the_ceiling():
    """Every trial above it was stopped, and none well below it."""
    runs = [r for stage in STAGES.values() for r in stage]
    assert all(r["stopped"] for r in runs if r["lr"] > 9.5e-4)
    assert not any(r["stopped"] for r in runs if r["lr"] < 8.5e-4)


@pytest.mark.parametrize(("stage", "edge"), [("fine", {}), ("wider", {"lr": "low"})])
def test_only_the_wider_search_ends_at_an_edge(stage, edge):
    lr = Range(*RECORD["ranges"][stage]["lr"])
    assert edge_optimum(trials(stage), {"lr": lr}) == edge


def test_the_fine_stage_beats_the_coarse_one():
    assert best(trials("fine")).score > best(trials("coarse")).score
