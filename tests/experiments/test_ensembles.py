"""The record of the ensembles: complete, and what the page says of it is so."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/ensembles.json").read_text("utf-8"))
ROWS = RECORD["rows"]
MEAN = {name: result["mean"] for name, result in RECORD["results"].items()}


def test_the_record_says_how_it_was_made():
    for key in ("command", "seeds", "hardware", "minutes", "date", "data", "training"):
        assert RECORD[key] not in (None, "")
    assert len(RECORD["seeds"]) >= 3
    assert list(ROWS) == [str(seed) for seed in RECORD["seeds"]]


@pytest.mark.parametrize("name", MEAN)
def test_a_mean_is_that_of_its_seeds(name):
    values = [row[name] for row in ROWS.values()]
    assert MEAN[name] == pytest.approx(sum(values) / len(values), abs=1e-4)


def test_any_ensemble_beats_a_single_network():
    for name in ("true average", "true vote", "snapshots average", "snapshots vote"):
        assert all(row[name] > row["single"] for row in ROWS.values())


@pytest.mark.parametrize("members", ["true", "snapshots"])
def test_an_average_is_a_little_ahead_of_a_vote(members):
    ahead = MEAN[f"{members} average"] - MEAN[f"{members} vote"]
    assert 0 < ahead < 0.01


def test_averaged_parameters_come_within_half_a_point():
    assert abs(MEAN["snapshots parameters"] - MEAN["snapshots average"]) < 0.005


def test_snapshots_are_behind_true_members_and_disagree_less():
    for row in ROWS.values():
        assert row["snapshots average"] < row["true average"] - 0.02
        assert row["snapshots disagreement"] < row["true disagreement"]
        assert row["one snapshot"] < row["single"] + 0.005


def test_one_network_trained_twice_as_long_does_as_well_as_the_snapshots():
    assert MEAN["single, twice as long"] > MEAN["snapshots average"] - 0.006


def test_more_true_members_are_better():
    for row in ROWS.values():
        first = row["average of the first"]
        assert len(first) == 10
        assert first[-1] > first[4] > first[0]
