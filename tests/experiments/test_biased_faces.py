"""The record of a biased training set: complete, and what the page says of it."""

import json
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/biased_faces.json").read_text("utf-8"))
RUNS = RECORD["runs"]


def average(share, group, key="false_accept"):
    return mean(run[group][key] for run in RUNS if run["share"] == share)


def test_the_record_says_how_it_was_made():
    for key in ("command", "hardware", "date", "data"):
        assert RECORD[key]
    found = {(run["share"], run["seed"]) for run in RUNS}
    assert found == {(share, seed) for share in (1.0, 0.9, 0.5) for seed in (0, 1, 2)}


def test_at_the_threshold_both_mistakes_are_equally_frequent():
    for run in RUNS:
        groups = run["pale"], run["deep"]
        accepted = mean(group["false_accept"] for group in groups)
        refused = mean(group["false_refusal"] for group in groups)
        assert abs(accepted - refused) < 0.01


def test_whoever_is_not_in_the_training_set_is_mistaken_more_often():
    for key in ("false_accept", "equal_error"):
        assert average(1.0, "deep", key) > 1.2 * average(1.0, "pale", key)


def test_the_difference_shrinks_with_the_mixture():
    gaps = [average(s, "deep") - average(s, "pale") for s in (1.0, 0.9, 0.5)]
    assert gaps == sorted(gaps, reverse=True)
