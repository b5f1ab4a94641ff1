"""The record of two mask heads: complete, and what the page says of it is so."""

import json
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/mask_pooling.json").read_text("utf-8"))
RUNS = RECORD["runs"]


def average(pool, key):
    return mean(run[key] for run in RUNS if run["name"] == pool)


def test_the_record_says_how_it_was_made():
    for key in ("command", "hardware", "date", "data"):
        assert RECORD[key]
    pairs = {(run["name"], run["seed"]) for run in RUNS}
    assert pairs == {(pool, s) for pool in ("roi_pool", "roi_align") for s in (0, 1)}


def test_both_heads_stand_behind_the_same_boxes():
    assert len({run["box_ap50"] for run in RUNS}) == 1


def test_aligned_regions_make_better_masks_the_more_the_outline_counts():
    gain = {
        key: average("roi_align", key) - average("roi_pool", key)
        for key in ("mask_ap50", "mask_ap75")
    }
    assert gain["mask_ap75"] > max(0.0, gain["mask_ap50"])


def test_at_three_quarters_rounding_costs_more_than_a_quarter():
    pooled, read = (average(pool, "mask_ap75") for pool in ("roi_pool", "roi_align"))
    assert pooled < 0.75 * read
