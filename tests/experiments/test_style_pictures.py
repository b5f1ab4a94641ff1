"""The recorded pictures of style transfer: complete, small, and as the pages say."""

import json
from pathlib import Path

import pytest

from cvlib.widgets.style_balance import picture

ROOT = Path(__file__).parents[2]
PATHS = {
    "balance": "cvlib/widgets/style_balance.json",
    "layers": "cvlib/widgets/layer_reconstruction.json",
    "sources": "book/data/style_sources.json",
    "failures": "book/data/style_failures.json",
}
RECORDS = {
    name: json.loads((ROOT / path).read_text("utf-8")) for name, path in PATHS.items()
}
LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv4_2"]


@pytest.mark.parametrize("name", PATHS)
def test_a_record_says_how_it_was_made_and_is_small(name):
    for key in ("command", "seed", "hardware", "minutes", "date", "data"):
        assert RECORDS[name][key] not in (None, "")
    assert (ROOT / PATHS[name]).stat().st_size < 400_000


@pytest.mark.parametrize("name", PATHS)
def test_every_picture_opens_and_is_as_large_as_the_photograph(name):
    size = picture(RECORDS[name]["photo"]).shape
    assert size[0] == size[1] >= 100
    for frame in RECORDS[name]["frames"]:
        shown = picture(frame["src"])
        assert shown.shape == size
        assert shown.std() > 10


def test_every_manner_has_every_ratio_and_more_style_costs_content():
    balance = RECORDS["balance"]
    for manner in balance["paintings"]:
        own = [f for f in balance["frames"] if f["manner"] == manner]
        assert [f["ratio"] for f in own] == [1.0, 0.3, 0.1, 0.03, 0.01, 0.003]
        assert [f["content"] for f in own] == sorted(f["content"] for f in own)
        styles = [f["style"] for f in own]
        assert styles == sorted(styles, reverse=True)


def of(kind: str, net: str, key: str) -> list[float]:
    frames = [
        f for f in RECORDS["layers"]["frames"] if (f["kind"], f["net"]) == (kind, net)
    ]
    assert [f["layer"] for f in frames] == LAYERS
    return [f[key] for f in frames]


def test_higher_layers_keep_less_of_the_photograph():
    for net in ("trained", "random"):
        errors = of("content", net, "error")
        assert errors[0] < 0.05
        assert errors[:3] == sorted(errors[:3])
        assert min(errors[3:]) > errors[1]
        assert len(of("texture", net, "style")) == 5


def test_all_sources_and_all_failures_are_there():
    sources = [(f["net"], f["manner"]) for f in RECORDS["sources"]["frames"]]
    assert sources == [
        (net, manner)
        for net in ("trained", "random", "squeezenet")
        for manner in ("planes", "starry_night")
    ]
    ways = [f["way"] for f in RECORDS["failures"]["frames"]]
    assert len(ways) == len(set(ways)) == 4
    assert ways[0] == "nothing left out"
