"""The times of style transfer: reported ratios, and those of this book."""

import csv
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/style_speed.json").read_text("utf-8"))
with (ROOT / "book/data/style_speed.csv").open(encoding="utf-8") as file:
    REPORTED = list(csv.DictReader(file))
TIMED = {(row["pair"], row["size"]): row for row in RECORD["rows"]}


@pytest.mark.parametrize("row", REPORTED, ids=lambda row: row["size"])
def test_the_printed_ratios_fit_times_that_were_not_rounded(row):
    """One unrounded time of a pass explains all three ratios, and rounds as printed."""
    assert row["source"]
    times = [
        float(row[f"gatys_{n}_s"]) / int(row[f"printed_{n}"]) for n in (100, 300, 500)
    ]
    assert max(times) - min(times) < 0.01 * min(times)
    digits = len(row["johnson_s"].partition(".")[2])
    assert round(sum(times) / 3, digits) == float(row["johnson_s"])


def test_the_printed_ratio_at_512_is_not_that_of_the_printed_times():
    row = next(r for r in REPORTED if r["size"] == "512")
    assert round(float(row["gatys_500_s"]) / float(row["johnson_s"])) == 1097
    assert int(row["printed_500"]) == 1026


def test_the_record_says_how_it_was_made_and_is_complete():
    for key in ("command", "seed", "hardware", "minutes", "date", "data", "steps"):
        assert RECORD[key] not in (None, "")
    assert list(TIMED) == [(p, s) for p in ("paper", "book") for s in (256, 512, 1024)]


@pytest.mark.parametrize("pair", ["paper", "book"])
def test_five_hundred_steps_take_a_thousand_times_as_long_as_a_pass(pair):
    row = TIMED[pair, 512]
    assert 500 * row["step"] / row["forward"] >= 1000


@pytest.mark.parametrize("pair", ["paper", "book"])
def test_four_times_the_pixels_take_about_four_times_as_long(pair):
    for key in ("step", "forward"):
        ratio = TIMED[pair, 1024][key] / TIMED[pair, 512][key]
        assert 2.5 < ratio < 7
