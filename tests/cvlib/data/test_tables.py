"""book/data: the tables of data sets and of ImageNet's winners."""

import csv
from pathlib import Path

import pytest

from cvlib.data.digits import digits
from cvlib.data.scenes import CLASS_NAMES, scene

DATA = Path(__file__).parents[3] / "book" / "data"


def table(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["datasets.csv", "ilsvrc_winners.csv"])
def test_every_row_is_whole_and_has_a_source(name):
    for row in table(name):
        assert None not in row
        assert None not in row.values()
        assert row["source"]


def test_the_lectures_numbers_are_there():
    sets = {row["name"]: row for row in table("datasets.csv")}
    for name, train, side in (
        ("MNIST", 60000, 28),
        ("CIFAR-10", 50000, 32),
        ("CIFAR-100", 50000, 32),
    ):
        row = sets[name]
        assert [int(row[c]) for c in ("train", "test", "height", "width")] == [
            train,
            10000,
            side,
            side,
        ]
    human = [
        float(row["top5_error_percent"])
        for row in table("ilsvrc_winners.csv")
        if row["place"] == "human"
    ]
    assert human == [5.1, 12.0]


def test_our_own_rows_say_what_the_code_gives():
    sets = {row["name"]: row for row in table("datasets.csv")}
    row = sets["digits"]
    for split in ("train", "test"):
        images, labels = digits(split)
        assert len(images) == int(row[split])
        assert len(set(labels.tolist())) == int(row["classes"])
        assert images.shape[1:] == tuple(
            int(row[c]) for c in ("channels", "height", "width")
        )
    row = sets["scenes"]
    assert len(CLASS_NAMES) - 1 == int(row["classes"])
    assert scene(0).image.shape == tuple(
        int(row[c]) for c in ("height", "width", "channels")
    )


def test_winners_get_better_every_year():
    winners = [r for r in table("ilsvrc_winners.csv") if r["place"] == "winner"]
    years = [int(r["year"]) for r in winners]
    errors = [float(r["top5_error_percent"]) for r in winners]
    assert years == list(range(2010, 2016))
    assert errors == sorted(errors, reverse=True)
