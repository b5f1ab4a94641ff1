"""The record on real faces: complete, and as good as the page says."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "book/data/orl.json").read_text("utf-8"))
ROWS = {row["name"]: row for row in RECORD["rows"]}
BOTH = "drawn people, then 30 real ones"
WEIGHED = "drawn people, weighed by 30 real ones"


def test_the_record_says_how_it_was_made():
    for key in ("command", "hardware", "date", "data"):
        assert RECORD[key]
    assert list(ROWS) == [
        "pixels", "untrained", "drawn people only", "30 real people only", BOTH,
        WEIGHED,
    ]  # fmt: skip


def test_drawn_people_help_with_real_ones():
    assert ROWS["drawn people only"]["equal_error"] < ROWS["untrained"]["equal_error"]
    for other in ("pixels", "untrained", "drawn people only", "30 real people only"):
        assert ROWS[BOTH]["equal_error"] < ROWS[other]["equal_error"]


def test_whitening_what_is_known_is_better_than_training_it_further():
    assert ROWS[WEIGHED]["equal_error"] < ROWS[BOTH]["equal_error"]


def test_people_never_seen_are_told_apart():
    assert ROWS[WEIGHED]["accuracy"] >= 0.95
