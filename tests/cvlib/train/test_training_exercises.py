"""What the exercises on search, leaks and ensembles ask for is what cvlib does."""

import csv
from pathlib import Path

import numpy as np
import torch

from cvlib.grade import get
from cvlib.train import (
    Range,
    Trial,
    average_probabilities,
    edge_optimum,
    find_leak,
    narrow,
    vote,
)

DATA = Path(__file__).parents[3] / "book" / "data"


def cases(name: str):
    exercise = get(name)
    for seed in (0, 1):
        for case in (*exercise.visible, *exercise.hidden(seed)):
            yield case.args, exercise.reference(*case.args)


def trials_of(scores, values) -> list[Trial]:
    return [
        Trial({f"h{a}": float(v) for a, v in enumerate(row)}, float(score))
        for score, row in zip(scores, values, strict=True)
    ]


def test_the_next_ranges_are_those_of_narrow():
    for (scores, values, keep), expected in cases("next_ranges"):
        wide = {f"h{a}": Range(1e-9, 1e9) for a in range(values.shape[1])}
        following = narrow(trials_of(scores, values), wide, keep=keep)
        ends = [[np.log10(r.low), np.log10(r.high)] for r in following.values()]
        np.testing.assert_allclose(ends, expected)


def test_edges_are_those_of_edge_optimum():
    words = {"low": -1, "high": 1}
    for (scores, values, low, high), expected in cases("edge_optimum"):
        ranges = {
            f"h{a}": Range(float(low[a]), float(high[a])) for a in range(len(low))
        }
        found = edge_optimum(trials_of(scores, values), ranges)
        assert [words.get(found.get(name), 0) for name in ranges] == expected.tolist()


def test_leaks_are_those_of_find_leak():
    for (train, test, samples, groups), expected in cases("leaking"):
        leak = find_leak(train, test, images=samples, groups=groups)
        marked = (
            np.isin(test, leak.samples)
            | np.isin(test, leak.copies)
            | np.isin(groups[test], leak.groups)
        )
        np.testing.assert_array_equal(marked, expected)


def test_averages_and_votes_are_those_of_tensors():
    for (logits,), (average, votes) in cases("average_and_vote"):
        tensor = torch.from_numpy(logits)
        assert average_probabilities(tensor).argmax(1).tolist() == average.tolist()
        assert vote(tensor).tolist() == votes.tolist()


def test_the_lectures_ensembles_all_beat_its_single_network():
    text = (DATA / "lecture_ensembles.csv").read_text("utf-8").splitlines()
    rows = [float(row["accuracy"]) for row in csv.DictReader(text)]
    assert rows == [0.837, 0.855, 0.851, 0.865, 0.861, 0.864]
    assert min(rows[1:]) > rows[0]
