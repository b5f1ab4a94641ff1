"""The record of the ablation: its shape, what the page says of it, its networks."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/alexnet_ingredients.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def script():
    path = ROOT / "tools" / "experiments" / "alexnet_ingredients.py"
    spec = importlib.util.spec_from_file_location("alexnet_ingredients", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mean(name: str) -> tuple[float, float]:
    """Training and test accuracy at the end, over the seeds."""
    ends = [
        (run["train_accuracy"][-1], run["test_accuracy"])
        for run in RECORD["runs"]
        if run["name"] == name
    ]
    return tuple(np.mean(ends, axis=0))


def test_the_record_says_how_it_was_made(script):
    keys = {"command", "seeds", "hardware", "minutes", "date", "data", "epochs"}
    assert keys <= RECORD.keys()
    done = [(run["name"], run["seed"]) for run in RECORD["runs"]]
    wanted = {(name, seed) for name in script.VARIANTS for seed in RECORD["seeds"]}
    assert len(done) == len(set(done))
    assert set(done) == wanted
    for run in RECORD["runs"]:
        assert len(run["train_accuracy"]) == RECORD["epochs"]


def test_what_the_page_says_of_the_record_is_so(script):
    tests = {name: mean(name)[1] for name in script.VARIANTS}
    assert min(tests, key=tests.get) == "all"
    assert max(tests, key=tests.get) == "none"
    gaps = {name: np.subtract(*mean(name)) for name in script.VARIANTS}
    assert [name for name, gap in gaps.items() if gap > 0.06] == ["none"]


def test_a_variant_has_what_it_is_named_after(script):
    kinds = {
        name: {type(m) for m in script.small_alexnet(chosen)}
        for name, chosen in script.VARIANTS.items()
    }
    assert {nn.ReLU, nn.Dropout, nn.LocalResponseNorm} <= kinds["all"]
    assert nn.Tanh in kinds["without relu"]
    assert nn.Dropout not in kinds["without dropout"]
    assert nn.LocalResponseNorm not in kinds["without lrn"]
    assert not {nn.ReLU, nn.Dropout, nn.LocalResponseNorm} & kinds["none"]


def test_the_variants_have_the_same_weights_and_give_ten_scores(script):
    x = torch.rand(2, 3, script.SIZE, script.SIZE)
    counts = set()
    for chosen in script.VARIANTS.values():
        net = script.small_alexnet(chosen)
        assert net(x).shape == (2, 10)
        counts.add(sum(p.numel() for p in net.parameters()))
    assert len(counts) == 1
