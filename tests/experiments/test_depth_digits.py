"""The record of twelve trainings on digits: its shape, what the book says, a rerun."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/depth_digits.json").read_text("utf-8"))
DEPTHS = (8, 14, 20, 32, 44, 56)


@pytest.fixture(scope="module")
def script():
    path = ROOT / "tools" / "experiments" / "depth_digits.py"
    spec = importlib.util.spec_from_file_location("depth_digits", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def errors(part: str) -> dict[tuple[bool, int], float]:
    """Percent of images wrong at the end, by kind and depth."""
    return {
        (run["residual"], run["depth"]): 100
        * (1 - run["epochs"][-1][f"{part}_accuracy"])
        for run in RECORD["runs"]
    }


def test_the_record_says_how_it_was_made():
    keys = {"command", "seed", "hardware", "minutes", "date", "data", "runs"}
    assert keys <= RECORD.keys()
    assert set(errors("train")) == {(r, d) for r in (False, True) for d in DEPTHS}
    for run in RECORD["runs"]:
        kind = "residual" if run["residual"] else "plain"
        assert run["name"] == f"{kind}{run['depth']}"
        assert [e["epoch"] for e in run["epochs"]] == list(range(1, 21))


def test_twins_have_as_many_weights():
    weights = {(r["residual"], r["depth"]): r["parameters"] for r in RECORD["runs"]}
    assert all(weights[True, d] == weights[False, d] for d in DEPTHS)


def test_what_the_page_says_of_the_plain_nets_is_so():
    train = errors("train")
    plain = [train[False, d] for d in DEPTHS]
    assert plain == sorted(plain)
    assert plain[1] < 5  # with 14 layers little happens
    assert plain[2] > 4 * plain[0]  # with 20, several times as many mistakes
    assert 40 < plain[3] < 60  # with 32, about half
    assert plain[5] > 75  # with 56 it hardly learns


def test_no_deeper_plain_net_ever_reaches_where_the_shallowest_ends():
    goal = errors("train")[False, 8]
    for run in RECORD["runs"]:
        if not run["residual"] and run["depth"] > 8:
            best = max(epoch["train_accuracy"] for epoch in run["epochs"])
            assert 100 * (1 - best) > goal


def test_what_the_page_says_of_the_residual_nets_is_so():
    train = errors("train")
    *residual, deepest = [train[True, d] for d in DEPTHS]
    assert max(residual) - min(residual) < 1  # up to 44 layers within a point
    assert max(residual) < deepest < 4
    assert train[False, 56] > 80


def test_nothing_here_is_overfitting():
    train, test = errors("train"), errors("test")
    assert all(test[key] - train[key] < 8 for key in train)


@pytest.mark.parametrize("residual", [False, True])
def test_a_rerun_of_the_shallowest_goes_the_same_way(script, residual):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    run = script.train(8, residual, epochs=3, seed=RECORD["seed"])
    torch.set_num_threads(threads)
    logged = next(r for r in RECORD["runs"] if r["name"] == run["name"])
    for now, then in zip(run["epochs"], logged["epochs"], strict=False):
        for key in ("train_accuracy", "test_accuracy"):
            assert now[key] == pytest.approx(then[key], abs=0.03)
