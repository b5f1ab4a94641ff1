"""book/data: the lectures' tables on localisation, as they were printed."""

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "book" / "data"


def table(name: str) -> list[dict]:
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["imagenet_localisation", "before_deep_learning"])
def test_every_row_is_whole_and_has_a_source(name):
    for row in table(name):
        assert None not in row
        assert None not in row.values()
        assert "reported" in row["source"]


def test_the_errors_fall_from_year_to_year():
    errors = [
        float(row["top5_localisation_error_percent"])
        for row in table("imagenet_localisation")
    ]
    assert errors == sorted(errors, reverse=True) == [34.2, 29.9, 25.3, 9.0]


def test_the_slide_mixes_two_years_of_the_table():
    """33 is nearest to 2007, 35 and 40 are 2010."""
    rows = table("before_deep_learning")
    slide = [float(row["slide_map_percent"]) for row in rows]
    assert slide == [33, 35, 40]
    nearest = [
        min(
            (abs(float(row[key]) - float(row["slide_map_percent"])), key)
            for key in ("table_voc2007_percent", "table_voc2010_percent")
            if row[key]
        )[1][-12:-8]
        for row in rows
    ]
    assert nearest == ["2007", "2010", "2010"]
