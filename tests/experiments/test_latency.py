"""The record of times: complete, in agreement with the networks, and what pages say."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch

from cvlib.conv import separable_multiply_adds
from cvlib.summary import multiply_adds, num_parameters

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/latency.json").read_text("utf-8"))
NETWORKS = {network["title"]: network for network in RECORD["networks"]}


@pytest.fixture(scope="module")
def script():
    path = ROOT / "tools/experiments/latency.py"
    spec = importlib.util.spec_from_file_location("latency", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_record_says_how_it_was_made():
    for key in ("command", "seed", "hardware", "minutes", "date", "data", "rounds"):
        assert RECORD[key] not in (None, "")


@pytest.mark.parametrize("title", NETWORKS)
def test_the_counts_are_those_of_the_networks(title, script):
    with torch.device("meta"):
        net = script.build(title)
    network = NETWORKS[title]
    assert network["parameters"] == num_parameters(net)
    assert network["multiply_adds"] == multiply_adds(net, (3, 224, 224))
    assert network["ms_low"] <= network["ms"] <= network["ms_high"]


def test_every_network_of_the_script_is_recorded(script):
    assert list(NETWORKS) == list(script.NETS)


def test_the_kinds_add_up_to_the_network():
    total = sum(kind["multiply_adds"] for kind in RECORD["mobilenet_v2"])
    assert total == NETWORKS["MobileNet V2"]["multiply_adds"]


def test_the_layers_are_counted_right():
    for layer in RECORD["layers"]:
        c, f, size = (layer[k] for k in ("in_channels", "out_channels", "size"))
        cost = separable_multiply_adds(c, f, 3, size)
        assert layer["multiply_adds"] == [cost.standard, cost.separable]


def test_what_the_page_says_of_the_times_is_so():
    v2, v1, vgg = (NETWORKS[t] for t in ("MobileNet V2", "MobileNet V1", "VGG-16"))
    assert v2["multiply_adds"] < 0.6 * v1["multiply_adds"]
    assert 0.8 < v2["ms"] / v1["ms"] < 1.25  # about as long
    assert vgg["multiply_adds"] / v2["multiply_adds"] > 3 * vgg["ms"] / v2["ms"]
    kinds = {kind["kind"]: kind for kind in RECORD["mobilenet_v2"]}
    time = sum(kind["ms"] for kind in kinds.values())
    depthwise = kinds["depthwise 3 × 3"]
    work = depthwise["multiply_adds"] / v2["multiply_adds"]
    assert work == pytest.approx(1 / 14, rel=0.05)
    assert depthwise["ms"] / time == pytest.approx(1 / 3, rel=0.2)
    idle = kinds["batch norm and ReLU6"]
    assert idle["multiply_adds"] == 0
    assert idle["ms"] / time == pytest.approx(1 / 3, rel=0.2)


def test_the_layers_measured_save_less_time_than_work():
    for layer in RECORD["layers"][:4]:
        standard, separable = layer["multiply_adds"]
        faster = layer["standard"]["ms"] / layer["separable"]["ms"]
        assert 1 < faster < standard / separable


def test_the_script_times_what_it_is_given(script):
    times = script.in_turns({"one": lambda: sum(range(2000))}, rounds=3)
    assert len(times["one"]) == 3  # the first round warms up and is not kept
    assert script.quartiles([1.0, 2.0, 4.0]) == {"ms": 2.0, "ms_low": 1.5, "ms_high": 3}
