"""The dated table of networks: what is counted is what the builders have."""

import csv
from importlib import import_module
from pathlib import Path

import pytest
import torch

TABLE = Path(__file__).parents[3] / "book" / "data" / "networks.csv"
ROWS = [*csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())]


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["builder"]], ids=lambda r: r["name"]
)
def test_the_parameters_are_those_of_our_network(row):
    module, name = row["builder"].split(":")
    with torch.device("meta"):
        net = getattr(import_module(module), name)()
    assert sum(p.numel() for p in net.parameters()) == int(row["parameters"])


def test_what_cannot_be_built_has_no_count():
    assert all(bool(r["parameters"]) == bool(r["builder"]) for r in ROWS)


def test_a_paper_is_read_before_it_is_published():
    for row in ROWS:
        assert row["source"]
        assert row["preprint"] or row["published"]
        if row["preprint"] and row["published"]:
            assert 0 <= int(row["published"]) - int(row["preprint"]) <= 1


def test_rows_stand_in_the_order_of_time():
    years = [int(r["preprint"] or r["published"]) for r in ROWS]
    assert years == sorted(years)
