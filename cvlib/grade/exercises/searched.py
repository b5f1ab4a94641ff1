"""What a search has told: whether it was stopped, and how much it has seen."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

# edge_optimum

SHARE = 0.05


def how_far_up(values, low, high):
    """0 at the low end and 1 at the high one, measured in decades."""
    return np.log(values / low) / np.log(high / low)


def edges_of(at, share=SHARE):
    """−1, 0 or 1 for places in [0, 1]."""
    return (at >= 1 - share).astype(int) - (at <= share).astype(int)


def edge_optimum(scores, values, low, high):
    """The answer; `cvlib.train.edge_optimum` with numbers for words."""
    return edges_of(how_far_up(values[np.nanargmax(scores)], low, high))


def linear_edge(scores, values, low, high):
    """Measure in the number itself."""
    return edges_of((values[np.nanargmax(scores)] - low) / (high - low))


def nan_chosen(scores, values, low, high):
    """argmax takes NaN for the largest."""
    return edges_of(how_far_up(values[np.argmax(scores)], low, high))


def worst_chosen(scores, values, low, high):
    """Look at the worst trial."""
    return edges_of(how_far_up(values[np.nanargmin(scores)], low, high))


def last_chosen(scores, values, low, high):
    """Look at the last trial."""
    return edges_of(how_far_up(values[-1], low, high))


def any_trial(scores, values, low, high):
    """Look whether any trial lies at an edge."""
    at = how_far_up(values, low, high)
    top, bottom = at.max(axis=0), at.min(axis=0)
    return np.where(top >= 1 - SHARE, 1, np.where(bottom <= SHARE, -1, 0))


def extreme_of_the_trials(scores, values, low, high):
    """Take what was drawn for what was searched."""
    at = how_far_up(
        values[np.nanargmax(scores)], values.min(axis=0), values.max(axis=0)
    )
    return edges_of(at)


def exactly_the_end(scores, values, low, high):
    """Only the end itself counts."""
    return edges_of(how_far_up(values[np.nanargmax(scores)], low, high), share=0.0)


def signs_exchanged(scores, values, low, high):
    """High is −1."""
    return -edge_optimum(scores, values, low, high)


def either_edge(scores, values, low, high):
    """Do not say which edge."""
    return np.abs(edge_optimum(scores, values, low, high))


def half_a_share(scores, values, low, high):
    """Share a twentieth between the two edges."""
    at = how_far_up(values[np.nanargmax(scores)], low, high)
    return edges_of(at, share=SHARE / 2)


PLACES = (0.01, 0.035, 0.2, 0.4, 0.6, 0.8, 0.965, 0.99)
"""Shares of the range that are clearly at an edge, near it, or not."""


def searches(rng: np.random.Generator) -> Iterator[Case]:
    """The best trial is put at every kind of place; failed trials in most cases."""
    for k, count in enumerate((3, 4, 4, 5, 5, 6, 6, 7)):
        axes = 2 if k < 6 else 3
        low = 10.0 ** rng.integers(-6, -2, axes)
        high = low * 10.0 ** rng.integers(1, 5, axes)
        at = rng.choice(PLACES, (count, axes)) + rng.uniform(
            -0.005, 0.005, (count, axes)
        )
        scores = rng.permutation(np.linspace(0.1, 0.5, count)).round(3)
        best = int(np.argmax(scores))
        at[best, 0] = PLACES[k] + rng.uniform(-0.005, 0.005)
        if k % 3:
            scores[(best + 1) % count] = np.nan
        yield Case(scores, low * (high / low) ** at, low, high)


# coverage


def coverage(values, low, high, bins):
    """The answer."""
    at = how_far_up(values, low, high)
    boxes = np.minimum(np.floor(at * bins), bins - 1)
    return np.array([len(np.unique(column)) for column in boxes.T])


def trials_counted(values, low, high, bins):
    """Count the trials."""
    return np.full(values.shape[1], len(values))


def different_values(values, low, high, bins):
    """Count values that differ at all."""
    return np.array([len(np.unique(column)) for column in values.T])


def linear_boxes(values, low, high, bins):
    """Boxes of equal length in the number itself."""
    at = (values - low) / (high - low)
    boxes = np.minimum(np.floor(at * bins), bins - 1)
    return np.array([len(np.unique(column)) for column in boxes.T])


def a_box_too_many(values, low, high, bins):
    """Leave the upper end in a box of its own."""
    boxes = np.floor(how_far_up(values, low, high) * bins)
    return np.array([len(np.unique(column)) for column in boxes.T])


def rounded_boxes(values, low, high, bins):
    """Round where the floor is meant."""
    boxes = np.round(how_far_up(values, low, high) * bins)
    return np.array([len(np.unique(column)) for column in boxes.T])


def joint_boxes(values, low, high, bins):
    """Count the cells of the whole grid that were hit."""
    at = how_far_up(values, low, high)
    boxes = np.minimum(np.floor(at * bins), bins - 1)
    return np.full(values.shape[1], len(np.unique(boxes, axis=0)))


def box_numbers(values, low, high, bins):
    """The highest box instead of how many."""
    at = how_far_up(values, low, high)
    boxes = np.minimum(np.floor(at * bins), bins - 1)
    return (boxes.max(axis=0) + 1).astype(int)


def plans(rng: np.random.Generator) -> Iterator[Case]:
    """Grids with both ends, and random trials, in boxes of half a decade to two."""
    for k, points in enumerate((2, 3, 3, 2, 3, 4, 3, 3, 4)):
        low = 10.0 ** rng.integers(-6, -3, 2)
        high = low * 10.0 ** rng.integers(2, 5, 2)
        bins = int(rng.integers(3, 7))
        if k % 2:
            along = np.linspace(0, 1, points)
            at = np.stack([g.ravel() for g in np.meshgrid(along, along)], axis=1)
            at[at < 1] += 0.02  # away from the walls of the boxes
            at[at == 1] -= 0.0 if k == 3 else 1e-3
        else:
            at = rng.integers(0, bins, (points**2, 2)) + rng.uniform(
                0.1, 0.9, (points**2, 2)
            )
            at = at / bins
            at[0] = 1.0
        values = low * (high / low) ** at
        values = np.where(at == 1, high, values)  # to the last digit
        yield Case(values, low, high, bins)


EXERCISES = (
    Exercise(
        name="edge_optimum",
        title="Stopped at the edge",
        reference=edge_optimum,
        visible=(
            Case(
                np.array([0.527, 0.531, 0.530]),
                np.array([[5.3e-4, 0.41], [9.47e-4, 1.4e-3], [5.8e-4, 0.083]]),
                np.array([1e-4, 1e-4]),
                np.array([1e-3, 1.0]),
            ),
            Case(
                np.array([0.2, np.nan, 0.4]),
                np.array([[1e-5, 3.0], [9.9e-2, 2.0], [1.05e-6, 30.0]]),
                np.array([1e-6, 1.0]),
                np.array([1e-1, 100.0]),
            ),
        ),
        generate=searches,
        misconceptions=(
            Misconception(
                "edge measured in the number",
                linear_edge,
                "You measure how far up the value lies in the number itself. The "
                "search was in log space: measure in decades, by the logarithm of "
                "`value / low` over that of `high / low`.",
            ),
            Misconception(
                "failed trial taken for the best",
                nan_chosen,
                "`np.argmax` takes NaN for the largest of all, so a trial that failed "
                "wins. `np.nanargmax` passes over it.",
            ),
            Misconception(
                "worst trial",
                worst_chosen,
                "You look at the trial with the lowest score. Where the worst one "
                "lies says nothing about where the optimum is.",
            ),
            Misconception(
                "last trial",
                last_chosen,
                "You look at the last trial. Random search does not end with its best "
                "one.",
            ),
            Misconception(
                "any trial at an edge",
                any_trial,
                "You look whether any trial lies at an edge. Some always do; only the "
                "best one tells that the range was too narrow.",
            ),
            Misconception(
                "edge of what was drawn",
                extreme_of_the_trials,
                "You take smallest and largest of the trials for the ends of the "
                "range. The range is what could have been drawn: `low` and `high`.",
            ),
            Misconception(
                "only the very end",
                exactly_the_end,
                "You ask for the end itself, and chance never draws it. Within a "
                "twentieth of the range counts as its edge.",
            ),
            Misconception(
                "signs exchanged",
                signs_exchanged,
                "Your signs are exchanged: 1 is the high edge, −1 the low one.",
            ),
            Misconception(
                "which edge is not said",
                either_edge,
                "You say that there is an edge, not which one. −1 is the low one: "
                "whoever reads it wants to know in which direction to widen.",
            ),
            Misconception(
                "half a twentieth at each end",
                half_a_share,
                "Your edges are half as wide as asked. Each of the two is a twentieth "
                "of the range.",
            ),
        ),
        page="book/training/search",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="coverage",
        title="How much of an axis was tried",
        reference=coverage,
        visible=(
            Case(
                np.array([[2e-6, 3.0], [2e-6, 30.0], [2e-5, 3.0], [2e-5, 30.0]]),
                np.array([1e-6, 1.0]),
                np.array([1e-2, 1e4]),
                4,
            ),
            Case(
                np.array([[2e-6, 0.5], [1e-2, 0.002], [3e-4, 0.03]]),
                np.array([1e-6, 1e-3]),
                np.array([1e-2, 1.0]),
                4,
            ),
        ),
        generate=plans,
        misconceptions=(
            Misconception(
                "trials counted",
                trials_counted,
                "You count the trials. Several of them may lie in one box, and on a "
                "grid most of them do: count the boxes.",
            ),
            Misconception(
                "different values counted",
                different_values,
                "You count the values that differ at all. Two that lie in one box "
                "count once: number the boxes first, then count the different "
                "numbers.",
            ),
            Misconception(
                "boxes of equal length in the number",
                linear_boxes,
                "Your boxes are of equal length in the number itself, so nearly all "
                "of the range lies in its top decade. Cut the decades into equal "
                "parts.",
            ),
            Misconception(
                "upper end in a box of its own",
                a_box_too_many,
                "A value equal to `high` gets the number `bins`, a box that does not "
                "exist. The upper end belongs to the last box, `bins` − 1.",
            ),
            Misconception(
                "rounded instead of floored",
                rounded_boxes,
                "You round, which shifts the walls by half a box. A value 0.9 of the "
                "way through the first box is still in the first: take the floor.",
            ),
            Misconception(
                "cells of the plane counted",
                joint_boxes,
                "You count the cells of the plane that were hit. Asked is each axis "
                "on its own, whatever the other one did.",
            ),
            Misconception(
                "number of the highest box",
                box_numbers,
                "You return the number of the highest box that was hit. Boxes below "
                "it may be empty: count the different ones.",
            ),
        ),
        page="book/training/search",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
