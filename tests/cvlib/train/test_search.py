"""Searching by chance and on a grid, and what one stage says about the next."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvlib.train import (
    Range,
    Trial,
    best,
    distinct_values,
    edge_optimum,
    grid_search,
    log_uniform,
    narrow,
    random_search,
    ranked,
    widen,
)

DATA = Path(__file__).parents[3] / "book" / "data"
BOX = {"lr": Range(1e-6, 1e-3), "dropout": Range(0, 0.5, log=False)}


def exactly(sentence: str) -> str:
    return f"^{re.escape(sentence)}$"


def quietly(score, ranges=BOX, **options):
    return random_search(score, ranges, progress=False, **options)


@given(st.floats(1e-8, 1e3), st.floats(1.01, 1e6), st.floats(0, 1), st.booleans())
def test_at_and_share_undo_each_other(low, factor, share, log):
    searched = Range(low, low * factor, log=log)
    assert searched.share(searched.at(share)) == pytest.approx(share, abs=1e-6)


def test_a_log_range_gives_each_decade_the_same_share():
    values = log_uniform(1e-6, 1e-2, 40_000, rng=np.random.default_rng(1))
    decades = np.bincount(np.floor(np.log10(values)).astype(int) + 6, minlength=4)
    np.testing.assert_allclose(decades / 40_000, 0.25, atol=0.01)
    assert values.min() >= 1e-6
    assert values.max() <= 1e-2


def test_a_linear_draw_spends_nine_tenths_on_the_top_decade():
    trials = quietly(lambda **_: 0.0, {"x": Range(1e-6, 1e-3, log=False)}, trials=2000)
    top = np.mean([trial.settings["x"] > 1e-4 for trial in trials])
    assert top == pytest.approx(0.9, abs=0.03)


def test_one_number_is_drawn_when_no_size_is_asked():
    assert np.shape(log_uniform(1e-3, 1, rng=np.random.default_rng(0))) == ()


def test_a_search_is_the_same_for_the_same_seed_and_can_be_continued():
    few = quietly(lambda lr, dropout: lr, trials=5, seed=3)
    many = quietly(lambda lr, dropout: lr, trials=9, seed=3)
    assert many[:5] == few
    assert quietly(lambda lr, dropout: lr, trials=5, seed=4) != few


def test_score_gets_one_keyword_a_range():
    seen = []
    quietly(lambda **settings: seen.append(settings) or 0.0, trials=2)
    assert [list(each) for each in seen] == [["lr", "dropout"]] * 2


def test_a_grid_tries_every_combination_and_both_ends():
    trials = grid_search(lambda lr, dropout: dropout, BOX, points=4, progress=False)
    assert len({tuple(t.settings.values()) for t in trials}) == 16
    rates = sorted({t.settings["lr"] for t in trials})
    np.testing.assert_allclose(rates, [1e-6, 1e-5, 1e-4, 1e-3], strict=True)
    assert best(trials).settings["dropout"] == 0.5


def test_nine_trials_show_nine_values_or_three():
    grid = grid_search(lambda lr, dropout: 0.0, BOX, points=3, progress=False)
    assert distinct_values(grid, "lr") == 3
    assert distinct_values(quietly(lambda **_: 0.0, trials=9), "lr") == 9


def test_a_failed_trial_never_wins_and_the_first_of_equals_does():
    trials = [Trial({"lr": x}, s) for x, s in [(1, math.nan), (2, 0.5), (3, 0.5)]]
    assert best(trials).settings == {"lr": 2}
    assert [t.settings["lr"] for t in ranked(trials)] == [2, 3]


def test_no_trial_left_is_said():
    with pytest.raises(
        ValueError,
        match=exactly(
            "trials must hold one that did not fail, got 2 without a score; "
            "search at lower learning rates"
        ),
    ):
        best([Trial({}, math.nan)] * 2)


def test_the_next_range_spans_the_best_and_is_rounded_outwards():
    trials = [
        Trial({"lr": 3e-5, "dropout": 0.12}, 0.5),
        Trial({"lr": 4e-4, "dropout": 0.31}, 0.4),
        Trial({"lr": 2e-6, "dropout": 0.49}, 0.1),
    ]
    following = narrow(trials, BOX, keep=2)
    assert following["lr"] == Range(1e-5, 1e-3)
    assert following["dropout"].low == pytest.approx(0.10)
    assert following["dropout"].high == pytest.approx(0.35)


@pytest.mark.parametrize("value", [1e-4, 2e-4, 1e-6, 1e-3])
def test_one_value_alone_still_gives_a_range(value):
    wide = {"lr": Range(1e-7, 1e-1)}
    following = narrow([Trial({"lr": value}, 1.0)], wide, keep=1)["lr"]
    assert following.low <= value <= following.high


def test_narrow_never_leaves_the_old_range():
    trials = [Trial({"lr": 2.5e-4}, 0.5)]
    following = narrow(trials, {"lr": Range(2e-4, 3e-4)}, keep=1)
    assert following == {"lr": Range(2e-4, 3e-4)}


def test_more_to_keep_than_there_are_is_refused():
    with pytest.raises(
        ValueError,
        match=exactly("keep must be at most 1, the trials that did not fail, got 2"),
    ):
        narrow([Trial({"lr": 1e-4}, 0.5)], BOX, keep=2)


@pytest.mark.parametrize(
    ("lr", "edge"),
    [(1e-6, "low"), (1.3e-6, "low"), (3e-5, None), (7.5e-4, "high"), (6e-4, None)],
)
def test_an_edge_is_a_twentieth_of_the_decades_searched(lr, edge):
    found = edge_optimum([Trial({"lr": lr}, 1.0)], {"lr": BOX["lr"]})
    assert found.get("lr") == edge


def test_the_edge_of_a_linear_range_is_measured_on_its_own_scale():
    trials = [Trial({"dropout": 0.01}, 1.0)]
    assert edge_optimum(trials, {"dropout": BOX["dropout"]}) == {"dropout": "low"}


def test_only_the_best_trial_decides():
    trials = [Trial({"lr": 1e-3}, 0.4), Trial({"lr": 3e-5}, 0.5)]
    assert edge_optimum(trials, {"lr": BOX["lr"]}) == {}


def test_edges_move_outwards():
    wider = widen(BOX, {"lr": "low", "dropout": "high"})
    assert wider["lr"].low == pytest.approx(1e-7)
    assert wider["lr"].high == 1e-3
    assert wider["dropout"] == Range(0, 1.0, log=False)
    assert widen(BOX, {}) == BOX


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: Range(0, 1),
            "low must be above 0 for a search in log space, got 0; use a small number "
            "such as 1e-5, or log=False",
        ),
        (lambda: Range(1e-3, 1e-4), "high must be above low 0.001, got 0.0001"),
        (
            lambda: quietly(lambda: 0.0, {}, trials=2),
            "ranges must name at least one hyper-parameter, got none; for example "
            "{'lr': Range(1e-6, 1e-3)}",
        ),
        (
            lambda: quietly(lambda **_: 0.0, trials=0),
            "trials must be a positive integer, got 0; the smallest allowed is 1",
        ),
    ],
)
def test_a_search_that_cannot_be_is_refused(make, sentence):
    with pytest.raises(ValueError, match=exactly(sentence)):
        make()


# the lecture's listings


def listed(stage: str) -> list[Trial]:
    text = (DATA / "lecture_search.csv").read_text("utf-8").splitlines()
    return [
        Trial({"lr": float(r["lr"]), "reg": float(r["reg"])}, float(r["val_acc"]))
        for r in csv.DictReader(text)
        if r["stage"] == stage
    ]


COARSE = {"lr": Range(1e-6, 1e-3), "reg": Range(1e-5, 1e5)}
FINE = {"lr": Range(1e-4, 1e-3), "reg": Range(1e-4, 1)}


def test_the_lecture_lists_eleven_and_twenty_two_trials_in_their_ranges():
    for stage, ranges, count in (("coarse", COARSE, 11), ("fine", FINE, 22)):
        trials = listed(stage)
        assert len(trials) == count
        for trial in trials:
            for name, searched in ranges.items():
                assert 0 <= searched.share(trial.settings[name]) <= 1


def test_the_best_three_of_the_coarse_stage_give_the_lectures_fine_ranges():
    assert narrow(listed("coarse"), COARSE) == FINE


def test_the_lectures_fine_search_ends_at_the_edge_of_its_rates():
    trials = listed("fine")
    assert best(trials) == Trial({"lr": 9.471549e-4, "reg": 1.433895e-3}, 0.531)
    assert edge_optimum(trials, FINE) == {"lr": "high"}
    assert edge_optimum(listed("coarse"), COARSE) == {}
