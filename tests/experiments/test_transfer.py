"""The record of transfer: complete, and what the page says of it is so."""

import json
from pathlib import Path

import pytest

from cvlib import weights
from cvlib.summary import num_parameters

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/transfer.json").read_text("utf-8"))
SIZES = (10, 30, 100, 300, 1000)
REGIMES = ("features", "top", "all", "scratch")
ROWS = {(row["regime"], row["images"]): row for row in RECORD["rows"]}


def test_the_record_says_how_it_was_made():
    for key in ("command", "seeds", "hardware", "minutes", "date", "data", "source"):
        assert RECORD[key] not in (None, "")
    assert len(RECORD["seeds"]) >= 3


@pytest.mark.parametrize("regime", REGIMES)
def test_every_training_is_there_with_its_spread(regime):
    for n in SIZES:
        row = ROWS[regime, n]
        assert len(row["runs"]) == len(RECORD["seeds"])
        assert row["mean"] == pytest.approx(
            sum(row["runs"]) / len(row["runs"]), abs=1e-4
        )
        assert row["deviation"] >= 0


def test_the_regimes_train_as_many_parameters_as_they_say():
    net = weights.load("resnet20_cifar10")
    head, top = num_parameters(net.fc), num_parameters(net.layer3)
    trained = {regime: ROWS[regime, 10]["trained"] for regime in REGIMES}
    assert trained == {
        "features": head,
        "top": head + top,
        "all": num_parameters(net),
        "scratch": num_parameters(net),
    }


@pytest.mark.parametrize("n", SIZES)
def test_every_borrowed_start_beats_a_random_one(n):
    scratch = ROWS["scratch", n]["mean"]
    assert all(ROWS[regime, n]["mean"] > scratch for regime in REGIMES[:3])


def test_training_everything_is_not_behind_with_ten_labels_and_leads_with_more():
    assert ROWS["all", 10]["mean"] >= ROWS["features", 10]["mean"] - 0.02
    assert ROWS["all", 300]["mean"] > ROWS["features", 300]["mean"] + 0.02
