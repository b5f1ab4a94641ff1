"""The record of the slices: complete, and what the page says of it is so."""

import json
from pathlib import Path
from statistics import mean

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/isbi.json").read_text("utf-8"))
WAYS, SLICES = ("none", "turns", "elastic"), (2, 6, 24)
ROWS = {(row["way"], row["slices"]): row for row in RECORD["rows"]}
CASES = [(way, n) for way in WAYS for n in SLICES]


def test_the_record_says_how_it_was_made():
    for key in ("command", "seeds", "hardware", "minutes", "date", "data", "training"):
        assert RECORD[key] not in (None, "")
    assert len(RECORD["seeds"]) >= 2


@pytest.mark.parametrize(("way", "slices"), CASES)
def test_every_training_is_there_with_its_spread(way, slices):
    runs = [r for r in RECORD["runs"] if (r["way"], r["slices"]) == (way, slices)]
    assert [run["seed"] for run in runs] == RECORD["seeds"]
    for measure in ("iou", "dice", "membrane_dice", "accuracy"):
        values = [run[measure] for run in runs]
        assert ROWS[way, slices][measure] == pytest.approx(mean(values), abs=1e-4)
        assert ROWS[way, slices][f"{measure}_deviation"] >= 0
    for run in runs:
        assert run["iou"] == pytest.approx(run["dice"] / (2 - run["dice"]), abs=1e-3)


@pytest.mark.parametrize("way", WAYS)
def test_cells_are_found(way):
    assert ROWS[way, 24]["dice"] >= 0.94


def test_bending_helps_where_slices_are_few_and_only_there():
    membranes = {key: row["membrane_dice"] for key, row in ROWS.items()}
    assert membranes["elastic", 2] > max(membranes[w, 2] for w in ("none", "turns"))
    for n in (6, 24):
        assert membranes["elastic", n] < min(membranes[w, n] for w in ("none", "turns"))
    assert min(membranes[w, 6] for w in WAYS) > max(membranes[w, 2] for w in WAYS)
