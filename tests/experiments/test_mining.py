"""The record of four ways to choose triplets: complete, and as the page says."""

import json
from pathlib import Path
from statistics import mean

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/mining.json").read_text("utf-8"))
RUNS = RECORD["runs"]
STRATEGIES = ("random", "hard", "semi_hard", "batch_hard")


def rows(strategy):
    return [run["rows"] for run in RUNS if run["mining"] == strategy]


def last(strategy, key):
    return mean(each[-1][key] for each in rows(strategy))


def test_the_record_says_how_it_was_made():
    for key in ("command", "hardware", "date", "data", "margin"):
        assert RECORD[key]
    found = {(run["mining"], run["seed"]) for run in RUNS}
    assert found == {(name, seed) for name in STRATEGIES for seed in (0, 1, 2)}


def test_all_took_the_same_steps():
    assert len({tuple(row["step"] for row in run["rows"]) for run in RUNS}) == 1


def test_random_triplets_have_less_and_less_to_teach():
    for each in rows("random"):
        assert each[-1]["active"] < each[0]["active"] / 2


@pytest.mark.parametrize("hardest", ["hard", "batch_hard"])
def test_the_hardest_from_the_start_press_faces_together(hardest):
    assert last(hardest, "spread") < last("semi_hard", "spread") / 4
    assert last(hardest, "loss") == pytest.approx(RECORD["margin"], abs=0.05)


def test_semi_hard_triplets_teach_most():
    errors = {name: last(name, "equal_error") for name in STRATEGIES}
    assert min(errors, key=errors.get) == "semi_hard"
