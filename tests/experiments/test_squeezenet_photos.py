"""What was recorded of borrowed weights, and what they say today if they are here."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch

from cvlib import weights
from cvlib.data import downloads
from cvlib.summary import num_parameters
from cvlib.train import predict

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/squeezenet_photos.json").read_text("utf-8"))


def test_the_record_says_how_it_was_made():
    for key in ("command", "hardware", "minutes", "date", "data", "preparation"):
        assert RECORD[key] not in (None, "")


def test_a_cat_is_a_cat_coffee_is_coffee_and_a_rocket_is_neither_sure_nor_right():
    names = {n: [b["name"] for b in best] for n, best in RECORD["photos"].items()}
    assert all("cat" in name for name in names["chelsea"])
    assert names["coffee"][0] == "espresso"
    assert RECORD["photos"]["coffee"][0]["probability"] > 0.9
    assert RECORD["photos"]["rocket"][0]["probability"] < 0.3


def test_the_weights_say_today_what_was_recorded():
    other = downloads.local("squeezenet1_1/squeezenet1_1_imagenet.pth")
    if not (downloads.find("squeezenet1_1") or other):
        pytest.skip("SqueezeNet's weights are not here: set CVLIB_DATA")
    path = ROOT / "tools/experiments/squeezenet_photos.py"
    spec = importlib.util.spec_from_file_location("squeezenet_photos", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    net = weights.load("squeezenet1_1_imagenet")
    assert num_parameters(net) == RECORD["parameters"]
    for name, best in RECORD["photos"].items():
        p = predict(net, script.prepared(name)).softmax(1)[0]
        recorded = torch.tensor([b["probability"] for b in best])
        torch.testing.assert_close(
            p[[b["class"] for b in best]], recorded, atol=0.01, rtol=0
        )
