"""The cat that is guacamole: recorded, and what the weights say of the file today."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch

from cvlib import weights
from cvlib.attack import norms
from cvlib.data import downloads
from cvlib.image import to_chw
from cvlib.widgets.style_balance import picture

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/adversarial_photos.json").read_text("utf-8"))
FOUND = RECORD["guacamole"]


@pytest.fixture(scope="module")
def script():
    path = ROOT / "tools/experiments/adversarial_photos.py"
    spec = importlib.util.spec_from_file_location("adversarial_photos", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def file():
    """The recorded picture, (1, 3, 224, 224)."""
    return torch.tensor(to_chw(picture(FOUND["src"]) / 255)).float()[None]


def test_the_record_says_how_it_was_made():
    for key in ("command", "seed", "hardware", "minutes", "date", "data"):
        assert RECORD[key] not in (None, "")


def test_the_cat_was_a_cat_and_became_guacamole():
    assert 281 <= FOUND["before"]["class"] <= 285
    assert FOUND["before"]["cats"] > 0.9
    assert FOUND["after"]["class"] == FOUND["target"] == 924
    assert FOUND["after"]["probability"] >= 0.99


def test_the_recorded_picture_is_the_cat_within_eight_levels(script, file):
    levels = norms(file - script.cat(script.SIDE)).item() * 255
    assert levels == pytest.approx(FOUND["levels"], abs=1e-3)
    assert levels <= 8 + 1e-3


def test_every_other_class_of_cifar10_was_reached():
    rows = RECORD["small"]
    assert len(rows) == 9
    assert all(row["class"] == row["target"] for row in rows)
    assert all(row["probability"] >= 0.99 and row["levels"] <= 8 for row in rows)


def test_the_weights_call_the_file_guacamole(file):
    other = downloads.local("squeezenet1_1/squeezenet1_1_imagenet.pth")
    if not (downloads.find("squeezenet1_1") or other):
        pytest.skip("SqueezeNet's weights are not here: set CVLIB_DATA")
    with torch.no_grad():
        p = weights.load("squeezenet1_1_imagenet")(file).softmax(1)[0]
    assert p.argmax() == 924
    assert p[924] >= 0.99


def test_the_shipped_network_calls_the_small_cat_a_ship_today(script):
    net, x = weights.load("resnet20_cifar10"), script.cat(32)
    assert script.probabilities(net, x).argmax() == script.CAT
    moved = script.attacked(net, x, 8, 10)
    assert norms(moved - x) <= 8 / 255 + 1e-6
    assert script.probabilities(net, moved)[8] >= 0.99
