"""Printed tables beside computed ones: marks that a reader can trust."""

import csv
import importlib
import json
from pathlib import Path

import pytest
import torch

from cvlib import show
from cvlib.summary import Summary, summary

DATA = Path(__file__).parents[3] / "book" / "data"


def lines(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(module: str, make: str, side: int = 224, **options) -> Summary:
    with torch.device("meta"):
        net = getattr(importlib.import_module(f"cvlib.nets.{module}"), make)(**options)
    return summary(net, (3, side, side))


def sides(row) -> str:
    """Height × width × channels, as slides write it."""
    return "x".join(map(str, (*row.shape[1:], row.shape[0])))


@pytest.mark.parametrize(
    ("printed", "computed", "mark"),
    [
        ("150K", 150_528, "✓"),
        ("800K", 802_816, "✓"),  # rounded to one digit
        ("3.2M", 3_211_264, "✓"),
        ("2,359,296", 2_359_296, "✓"),
        ("2,359,296", 2_359_808, "≈"),
        ("112K", 114_688, "✓"),  # K is 1024
        ("3.8×10^9", 3_858_000_000, "✓"),  # cut off
        ("7.6×10^9", 7_570_000_000, "✓"),  # rounded
        ("3.8×10^9", 4_089_000_000, "≠"),
        ("437K", 448_512, "≈"),
        ("463K", 509_440, "≠"),
        ("400K", 489_000, "≠"),  # one digit alone would agree
        ("0", 0, "✓"),
        ("0", 3, "≠"),
        ("55x55x96", "55 × 55 × 96", "✓"),
        ("55x55x96", "54x54x96", "≠"),
        ("many", 3, "≠"),
        ("1.2.3", 1.2, "≠"),
    ],
)
def test_a_mark_says_whether_it_could_have_been_printed_so(printed, computed, mark):
    assert show.agreement(printed, computed) == mark


def test_a_comparison_shows_both_and_marks_each():
    found = show.compare(
        ["4a", "pool", "4c"],
        {"params": (["364K", "", "463K"], [375_552, 0, 509_440])},
        label="layer",
        where="paper",
    )
    assert found.columns == ["layer", "params, paper", "params, computed", ""]
    assert [row[-1] for row in found.rows] == ["≈", "", "≠"]
    assert found.disagree == [("4c", "params")]
    assert found.marks[0, "params"] == "≈"
    assert 'style="text-align:right">463K' in found._repr_html_()
    assert "></th>" not in found._repr_html_()  # an empty header says nothing
    assert "364K" in repr(found)


def test_rows_of_one_name_are_told_apart():
    found = show.compare(["conv", "conv"], {"ops": (["34M", "360M"], [118e6, 360e6])})
    assert found.disagree == [("conv", "ops")]


def test_every_row_needs_a_printed_word_and_a_value():
    sentence = (
        r"quantities\['ops'\] must have 2 printed words and as many values, one a row, "
        "got 1 and 2"
    )
    with pytest.raises(ValueError, match=sentence):
        show.compare(["a", "b"], {"ops": (["1"], [1, 2])})


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg16", "vgg_configurations", "googlenet", "resnet"]
)
def test_every_line_of_a_table_of_the_lectures_says_where_it_comes_from(name):
    assert all(line["source"].startswith("the lecture, ") for line in lines(name))
    json.dumps(lines(name))  # no field left over, no field missing
    assert all(None not in line and None not in line.values() for line in lines(name))


def test_the_alexnet_of_the_slide_is_ours():
    printed = lines("alexnet")
    computed = list(table("alexnet", "alexnet_lecture", 227))
    names = [line["layer"] for line in printed]
    words = [line["output"] for line in printed]
    assert len(computed) == len(words) == 14
    outputs = [row.shape[0] if len(row.shape) == 1 else sides(row) for row in computed]
    assert show.compare(names, {"output": (words, outputs)}).disagree == []


def test_the_vgg_of_the_slide_is_ours_row_by_row():
    printed, computed = lines("vgg16"), list(table("vgg", "vgg16"))
    assert len(printed) == len(computed) == 22
    for line, row in zip(printed, computed, strict=True):
        biases = row.shape[0] if row.parameters else 0  # the slide leaves them out
        assert show.agreement(line["params"], row.parameters - biases) == "✓", line
        assert show.agreement(line["memory"], row.activations) == "✓", line
        assert line["output"].removeprefix("1x1x") == sides(row).lstrip("x"), line


def test_the_configurations_of_vgg_are_ours():
    from cvlib.nets.vgg import CONFIGURATIONS, WIDTHS

    for letter in "BCD":
        column = [line[letter] for line in lines("vgg_configurations") if line[letter]]
        expected = []
        for kernels, width in zip(CONFIGURATIONS[letter], WIDTHS, strict=True):
            expected += [f"conv{k}-{width}" for k in kernels] + ["maxpool"]
        expected += ["FC-4096", "FC-4096", "FC-1000", "soft-max"]
        assert column[1:] == expected
        weights = len([word for word in expected if word[:2] in ("co", "FC")])
        assert column[0] == f"{weights} weight layers"


def test_the_operations_of_residual_nets_are_multiply_adds():
    flops = next(line for line in lines("resnet") if line["layer name"] == "FLOPs")
    for depth in (18, 34, 50, 101, 152):
        options = {"stride_in_1x1": True} if depth >= 50 else {}
        found = table("resnet", f"resnet{depth}", **options).multiply_adds
        assert show.agreement(flops[f"{depth}-layer"], found) == "✓"
    later = table("resnet", "resnet50").multiply_adds  # the stride in the 3 × 3
    assert show.agreement(flops["50-layer"], later) == "≠"
