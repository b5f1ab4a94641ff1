"""Anchors: torchvision's values, matching, sampling, levels, sentences."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib import anchors
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=50)
RECORD = json.loads((Path(__file__).parent / "golden.json").read_text("utf-8"))
"""What torchvision 0.28 gives, which does not install beside our torch."""


@pytest.mark.parametrize("case", RECORD["generators"], ids=lambda c: str(c["grids"]))
def test_anchors_are_those_of_torchvision(case):
    generator = anchors.AnchorGenerator(case["sizes"], case["ratios"])
    got = generator(tuple(case["image"]), [tuple(g) for g in case["grids"]])
    assert_close(got, torch.tensor(case["anchors"]), rtol=0, atol=0)


@pytest.mark.parametrize("case", RECORD["matchers"])
def test_matches_are_those_of_torchvision(case):
    iou = torch.tensor(case["iou"])
    got = anchors.match(iou, high=0.7, low=0.3, allow_low_quality=case["low_quality"])
    assert got.tolist() == case["matches"]


def test_levels_are_those_of_torchvision():
    boxes = torch.tensor([[0.0, 0, side, side] for side in RECORD["sides"]])
    assert anchors.fpn_level(boxes, 2, 5).tolist() == RECORD["levels"]


# ------------------------------------------------------------- generation


def test_an_anchor_has_its_ratio_and_its_area_before_rounding():
    base = anchors.base_anchors([64, 128, 256], [0.5, 1, 2, 3], round=False)
    width, height = (base[:, 2:] - base[:, :2]).unbind(1)
    ratios = torch.tensor([0.5, 1, 2, 3]).repeat_interleave(3)
    assert_close(height / width, ratios)
    assert_close(width * height, torch.tensor([64.0, 128, 256]).square().repeat(4))


def test_halves_are_rounded_to_even():
    assert anchors.base_anchors([5, 7], [1]).tolist() == [
        [-2, -2, 2, 2],
        [-4, -4, 4, 4],
    ]


def test_a_shift_of_the_picture_by_a_stride_shifts_the_anchors():
    base = anchors.base_anchors([32, 64], [0.5, 1, 2])
    grid = anchors.grid_anchors((4, 6), (8, 16), base).reshape(4, 6, 6, 4)
    assert (grid[:, 1:] - grid[:, :-1]).equal(
        torch.tensor([16.0, 0, 16, 0]).expand(4, 5, 6, 4)
    )
    assert (grid[1:] - grid[:-1]).equal(torch.tensor([0.0, 8, 0, 8]).expand(3, 6, 6, 4))


# ------------------------------------------------------------- matching


def test_every_object_that_is_touched_gets_an_anchor():
    iou = torch.tensor([[0.05, 0.2, 0.1]])
    assert anchors.match(iou, high=0.7, low=0.3).tolist() == [-1, -1, -1]
    rescued = anchors.match(iou, high=0.7, low=0.3, allow_low_quality=True)
    assert rescued.tolist() == [-1, 0, -1]
    assert anchors.anchor_labels(rescued).tolist() == [0, 1, 0]


def test_an_object_that_nobody_touches_gets_none():
    iou = torch.tensor([[0.8, 0.0, 0.0, 0.2], [0, 0, 0, 0.0]])
    got = anchors.match(iou, high=0.7, low=0.3, allow_low_quality=True)
    assert got.tolist() == [0, -1, -1, -1]
    assert RECORD["untouched"] == [0, 0, 0, 0]  # torchvision takes them all


def test_without_objects_everything_is_background():
    got = anchors.match(torch.zeros(0, 3), high=0.7, low=0.3, allow_low_quality=True)
    assert got.tolist() == [-1, -1, -1]
    assert anchors.match(torch.zeros(2, 0), high=0.7, low=0.3).shape == (0,)
    classes, nearest = anchors.roi_labels(torch.zeros(0, 2), torch.zeros(0).long())
    assert classes.tolist() == [-1, -1]
    assert nearest.tolist() == [0, 0]


def test_the_thresholds_are_included_above():
    iou = torch.tensor([[0.7, 0.69, 0.3, 0.29]], dtype=torch.float64)
    assert anchors.match(iou, high=0.7, low=0.3).tolist() == [0, -2, -2, -1]
    iou = torch.tensor([[0.5, 0.49, 0.1, 0.09]], dtype=torch.float64)
    assert anchors.roi_labels(iou, torch.tensor([3]))[0].tolist() == [3, 0, 0, -1]


def test_a_region_gets_the_class_of_the_object_it_overlaps_most():
    iou = torch.tensor([[0.6, 0.5, 0.2], [0.55, 0.7, 0.3]])
    classes, nearest = anchors.roi_labels(iou, torch.tensor([4, 9]))
    assert classes.tolist() == [4, 9, 0]
    assert nearest.tolist() == [0, 1, 1]


# ------------------------------------------------------------- sampling


@quick
@given(
    st.lists(st.integers(-1, 3), max_size=40),
    st.integers(1, 30),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    st.integers(0, 9),
)
def test_a_sample_keeps_its_promises(values, size, fraction, seed):
    labels = torch.tensor(values, dtype=torch.long)
    generator = torch.Generator().manual_seed(seed)
    positive, negative = anchors.sample(labels, size, fraction, generator=generator)
    assert (labels[positive] >= 1).all()
    assert (labels[negative] == 0).all()
    assert len(positive.unique()) == len(positive)
    assert len(negative.unique()) == len(negative)
    assert len(positive) == min(int(size * fraction), int((labels >= 1).sum()))
    assert len(negative) == min(size - len(positive), int((labels == 0).sum()))


def test_a_seed_repeats_the_draw_and_another_changes_it():
    labels = torch.zeros(100, dtype=torch.long)
    one, same, other = (
        anchors.sample(labels, 20, 0.5, generator=torch.Generator().manual_seed(s))[1]
        for s in (0, 0, 1)
    )
    assert one.equal(same)
    assert not one.equal(other)


def test_every_negative_is_drawn_equally_often():
    generator = torch.Generator().manual_seed(0)
    counts = torch.zeros(8)
    for _ in range(2000):
        counts[anchors.sample(torch.zeros(8), 2, 0.5, generator=generator)[1]] += 1
    assert_close(counts / 2000, torch.full((8,), 0.25), rtol=0, atol=0.04)


# ------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: anchors.base_anchors([], [1]),
            ValueError,
            "scales must hold at least one number, got none",
        ),
        (
            lambda: anchors.base_anchors([8], [1, -2]),
            ValueError,
            r"aspect_ratios must be positive, got \[1, -2\]",
        ),
        (
            lambda: anchors.AnchorGenerator(((8,), (16,)), ((1.0,),)),
            ValueError,
            "aspect_ratios must be one list for each of 2 lists of sizes, got 1; did "
            r"you mean \(aspect_ratios,\) \* 2\?",
        ),
        (
            lambda: anchors.AnchorGenerator()((64, 64), [(4, 4), (2, 2)]),
            ValueError,
            "grid_sizes must be one for each of 1 lists of sizes, got 2",
        ),
        (
            lambda: anchors.match(torch.zeros(3), high=0.7, low=0.3),
            ShapeError,
            r"iou must be \(M, N\), got \(3,\); did you mean iou\[None\]\?",
        ),
        (
            lambda: anchors.match(torch.full((1, 1), torch.nan), high=0.7, low=0.3),
            ValueError,
            "iou must not contain NaN, got 1 of 1 values; find the operation that made "
            r"them, often 0/0 or log\(0\)",
        ),
        (
            lambda: anchors.match(torch.zeros(1, 1), high=0.3, low=0.7),
            ValueError,
            r"low must be between 0 and 0\.3, got 0\.7",
        ),
        (
            lambda: anchors.roi_labels(torch.zeros(2, 3), torch.zeros(3).long()),
            ShapeError,
            r"labels must be \(2,\) to match iou \(2, 3\), got \(3,\)",
        ),
        (
            lambda: anchors.sample(torch.zeros(3), 2, 1.5),
            ValueError,
            r"positive_fraction must be between 0 and 1, got 1\.5",
        ),
        (
            lambda: anchors.fpn_level(torch.zeros(1, 4), 5, 2),
            ValueError,
            "k_max must be an integer ≥ 5, got 2; the smallest allowed is 5",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=f"^{sentence}$"):
        call()
