"""The record of degradation on photographs: complete, and as the page says."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/degradation.json").read_text("utf-8"))
RUNS = {run["name"]: run for run in RECORD["runs"]}


def train_error(name, epoch=-1):
    return 1 - RUNS[name]["epochs"][epoch]["train_accuracy"]


def test_the_record_says_how_it_was_made():
    for key in ("command", "seed", "hardware", "minutes", "date", "data"):
        assert RECORD[key] not in (None, "")


def test_every_net_went_through_the_same_epochs():
    assert set(RUNS) == {"plain20", "plain56", "residual20", "residual56"}
    assert {len(run["epochs"]) for run in RUNS.values()} == {8}


@pytest.mark.parametrize("depth", [20, 56])
def test_twins_have_equally_many_parameters(depth):
    assert RUNS[f"plain{depth}"]["parameters"] == RUNS[f"residual{depth}"]["parameters"]


def test_the_deeper_plain_net_is_far_behind_on_its_own_training_images():
    assert train_error("plain56") > 2 * train_error("plain20")


def test_it_stays_behind_in_every_epoch():
    for epoch in range(8):
        assert train_error("plain56", epoch) > train_error("plain20", epoch)


def test_the_deeper_residual_net_is_not_behind():
    assert train_error("residual56") < train_error("residual20") + 0.02
    assert train_error("residual56") < train_error("plain56") / 2
