"""Average precision from hits, hits from overlaps, and two readings of one curve."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def average_precision(scores, hits, num_objects):
    """The answer."""
    hits = ranked(scores, hits)
    return float(best_behind(precision(hits))[hits].sum() / num_objects)


def ranked(scores, hits):
    """The hits from the surest detection down."""
    return hits[np.argsort(-scores, kind="stable")]


def precision(hits):
    """Of those so far, the share that hit."""
    return np.cumsum(hits) / np.arange(1, len(hits) + 1)


def best_behind(heights):
    """The largest from each place on."""
    return np.maximum.accumulate(heights[::-1])[::-1]


def not_sorted(scores, hits, num_objects):
    """Take the detections as they come."""
    return float(best_behind(precision(hits))[hits].sum() / num_objects)


def worst_first(scores, hits, num_objects):
    """Sort upwards."""
    return average_precision(-scores, hits, num_objects)


def saw(scores, hits, num_objects):
    """Leave the staircase out."""
    hits = ranked(scores, hits)
    return float(precision(hits)[hits].sum() / num_objects)


def divided_by_hits(scores, hits, num_objects):
    """Take the mean over what was found."""
    hits = ranked(scores, hits)
    heights = best_behind(precision(hits))[hits]
    return float(heights.sum() / max(len(heights), 1))


def divided_by_detections(scores, hits, num_objects):
    """Take the mean over the list."""
    hits = ranked(scores, hits)
    return float(best_behind(precision(hits)).sum() / max(len(hits), 1))


def best_before(scores, hits, num_objects):
    """Take the maximum over the wrong side."""
    hits = ranked(scores, hits)
    heights = np.maximum.accumulate(precision(hits))
    return float(heights[hits].sum() / num_objects)


def final_precision(scores, hits, num_objects):
    """Multiply the last point's two numbers."""
    if len(hits) == 0:
        return 0.0
    return float(hits.mean() * hits.sum() / num_objects)


def lists(rng: np.random.Generator) -> Iterator[Case]:
    """Lists of all lengths; scores differ; some objects are never found."""
    for k in range(12):
        N = int(rng.integers(6, 15))
        hits = rng.random(N) < (0.35, 0.5, 0.7)[k % 3]
        hits[:5] = [False, True, True, False, True]  # a saw, whatever the rest
        order = rng.permutation(N)
        scores = np.sort(rng.permutation(99)[:N] + 1)[::-1] / 100
        missed = int(rng.integers(1, 5))
        yield Case(scores[order], hits[order], int(hits.sum()) + missed)
    yield Case(np.zeros(0), np.zeros(0, dtype=bool), int(rng.integers(1, 5)))


def match_detections(overlaps, scores, threshold):
    """The answer."""
    hits = np.zeros(len(scores), dtype=bool)
    taken = set()
    for i in np.argsort(-scores, kind="stable"):
        best = int(np.argmax(overlaps[i]))
        if overlaps[i, best] > threshold:
            hits[i] = best not in taken
            taken.add(best)
    return hits


def duplicates_count(overlaps, scores, threshold):
    """Call everything right that overlaps."""
    return overlaps.max(axis=1) > threshold


def in_given_order(overlaps, scores, threshold):
    """Let the first in the list choose first."""
    return match_detections(overlaps, -np.arange(len(scores)), threshold)


def second_best(overlaps, scores, threshold):
    """Let a detection take another object if its best is gone."""
    hits = np.zeros(len(scores), dtype=bool)
    free = np.array(overlaps, dtype=float)
    for i in np.argsort(-scores, kind="stable"):
        best = int(np.argmax(free[i]))
        if free[i, best] > threshold:
            hits[i] = True
            free[:, best] = -1
    return hits


def equal_is_enough(overlaps, scores, threshold):
    """Compare by ≥."""
    return match_detections(overlaps, scores, np.nextafter(threshold, 0))


def best_fit_wins(overlaps, scores, threshold):
    """Give an object to whoever overlaps it most."""
    hits = np.zeros(len(scores), dtype=bool)
    best = overlaps.argmax(axis=1)
    for j in range(overlaps.shape[1]):
        claims = np.flatnonzero((best == j) & (overlaps[:, j] > threshold))
        if len(claims):
            hits[claims[overlaps[claims, j].argmax()]] = True
    return hits


def first_that_overlaps(overlaps, scores, threshold):
    """Take the first object above the threshold."""
    hits = np.zeros(len(scores), dtype=bool)
    taken = set()
    for i in np.argsort(-scores, kind="stable"):
        enough = np.flatnonzero(overlaps[i] > threshold)
        if len(enough):
            hits[i] = int(enough[0]) not in taken
            taken.add(int(enough[0]))
    return hits


def in_score_order(overlaps, scores, threshold):
    """Return the hits from the surest down."""
    hits = match_detections(overlaps, scores, threshold)
    return hits[np.argsort(-scores, kind="stable")]


def scenes(rng: np.random.Generator) -> Iterator[Case]:
    """Rows of overlaps in which each mistake shows, in random order."""
    for k in range(10):
        t = (0.5, 0.5, 0.3, 0.7)[k % 4]
        low, high = t * 0.6, t + (1 - t) * 0.6
        rows = np.array(
            [
                [high, low, 0.0],  # finds the first object
                [high + 0.05, low, 0.0],  # the same again, and fits better
                [t + 0.02, high, 0.0],  # prefers the second
                [high - 0.05, t + 0.03, 0.0],  # a duplicate that overlaps the second
                [0.0, 0.0, t],  # just not above
                [low, 0.0, 0.05],
            ]
        )
        extra = np.round(rng.random((int(rng.integers(0, 3)), 3)) * t, 2)
        rows = np.round(np.concatenate([rows, extra]), 3)
        scores = np.sort(rng.permutation(99)[: len(rows)] + 1)[::-1] / 100
        order = np.roll(np.arange(len(rows))[::-1], int(rng.integers(1, len(rows))))
        yield Case(rows[order], scores[order], t)


def voc_two_ways(recall, precision):
    """The answer."""
    heights = np.append(best_behind(precision), 0.0)
    eleven = [heights[np.searchsorted(recall, k / 10)] for k in range(11)]
    steps = np.diff(recall, prepend=0.0)
    return float(np.mean(eleven)), float((steps * heights[:-1]).sum())


def rounded_levels(recall, precision):
    """Make the levels by adding tenths."""
    heights = np.append(best_behind(precision), 0.0)
    levels = np.arange(0, 1.1, 0.1)
    eleven = heights[np.searchsorted(recall, levels)].mean()
    return float(eleven), voc_two_ways(recall, precision)[1]


def strictly_above(recall, precision):
    """Ask for a recall above the level."""
    heights = np.append(best_behind(precision), 0.0)
    eleven = [heights[np.searchsorted(recall, k / 10, side="right")] for k in range(11)]
    return float(np.mean(eleven)), voc_two_ways(recall, precision)[1]


def ten_levels(recall, precision):
    """Divide by ten."""
    eleven, area = voc_two_ways(recall, precision)
    return eleven * 11 / 10, area


def reached_only(recall, precision):
    """Leave out the levels that are not reached."""
    heights = best_behind(precision)
    reached = [k / 10 for k in range(11) if k / 10 <= recall.max()]
    eleven = np.mean([heights[np.searchsorted(recall, level)] for level in reached])
    return float(eleven), voc_two_ways(recall, precision)[1]


def without_stairs(recall, precision):
    """Read the saw."""
    heights = np.append(precision, 0.0)
    eleven = [heights[np.searchsorted(recall, k / 10)] for k in range(11)]
    steps = np.diff(recall, prepend=0.0)
    return float(np.mean(eleven)), float((steps * precision).sum())


def trapezia(recall, precision):
    """Join the points by straight lines."""
    r, h = np.append(0.0, recall), np.append(precision[:1], precision)
    area = (np.diff(r) * (h[1:] + h[:-1]) / 2).sum()
    return voc_two_ways(recall, precision)[0], float(area)


def exchanged(recall, precision):
    """Give the area first."""
    return voc_two_ways(recall, precision)[::-1]


def curves(rng: np.random.Generator) -> Iterator[Case]:
    """Curves of lists; many reach a tenth exactly."""
    for k in range(10):
        objects = (10, 20, 10, 30)[k % 4]
        found = objects * 3 // 10 + int(rng.integers(0, objects // 2))
        hits = np.concatenate([np.ones(found, bool), np.zeros(found // 2, bool)])
        rng.shuffle(hits)
        hits = np.concatenate([[True, False, True, True], hits])[: len(hits)]
        while hits.sum() > objects:
            hits = hits[:-1]
        yield Case(np.cumsum(hits) / objects, precision(hits))
    yield Case(np.arange(1, 4) / 10, np.ones(3))
    yield Case(np.array([0, 1, 2, 3, 3, 4]) / 10, precision(
        np.array([0, 1, 1, 1, 0, 1], bool)))  # fmt: skip


EXERCISES = (
    Exercise(
        name="average_precision",
        title="The area under the staircase",
        reference=average_precision,
        visible=(
            Case(
                np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, True]), 4
            ),
            Case(np.array([0.2, 0.9, 0.5]), np.array([True, False, True]), 3),
            Case(np.zeros(0), np.zeros(0, dtype=bool), 2),
        ),
        generate=lists,
        misconceptions=(
            Misconception(
                "not sorted",
                not_sorted,
                "You take the detections as they come. The curve is drawn by a "
                "falling threshold, so the surest comes first: sort by score.",
            ),
            Misconception(
                "sorted upwards",
                worst_first,
                "Your list begins with the detection that is least sure. np.argsort "
                "sorts upwards; sort the negative scores instead.",
            ),
            Misconception(
                "precision at the hits, without the staircase",
                saw,
                "You add the precision at each hit. If it rises again further on, the "
                "better value counts for all recalls below: take the maximum from each "
                "place to the end.",
            ),
            Misconception(
                "divided by the hits",
                divided_by_hits,
                "You take the mean over the objects that were found. Those that were "
                "missed count too, with 0: divide by num_objects.",
            ),
            Misconception(
                "mean over the detections",
                divided_by_detections,
                "You average over the list, so a false positive widens the curve. Only "
                "a hit is a step to the right, and its width is 1 / num_objects.",
            ),
            Misconception(
                "the maximum of the wrong side",
                best_before,
                "You take the best precision so far. A recall may be bought with a "
                "longer list, not with a shorter one: the maximum runs from each place "
                "to the end.",
            ),
            Misconception(
                "one point only",
                final_precision,
                "You use precision and recall at the end of the list. That is one "
                "point of the curve; the area needs all of them.",
            ),
        ),
        page="book/measuring/average-precision",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="match_detections",
        title="Hits and duplicates",
        reference=match_detections,
        visible=(
            Case(np.array([[0.6, 0.0], [0.8, 0.0]]), np.array([0.9, 0.7]), 0.5),
            Case(np.array([[0.7, 0.55], [0.9, 0.1]]), np.array([0.3, 0.8]), 0.5),
            Case(np.array([[0.5], [0.2], [0.51]]), np.array([0.9, 0.8, 0.7]), 0.5),
        ),
        generate=scenes,
        misconceptions=(
            Misconception(
                "duplicates are right",
                duplicates_count,
                "Everything that overlaps an object counts as a hit. An object can be "
                "found once; whoever comes to it second is a false positive.",
            ),
            Misconception(
                "the order of the list",
                in_given_order,
                "The first in the list chooses first. The surest should: go through "
                "the detections by falling score.",
            ),
            Misconception(
                "takes the next best object",
                second_best,
                "A detection whose best object is gone takes another one. That is "
                "COCO's rule; by VOC's it asks for its best object among all, and is a "
                "duplicate if that is taken.",
            ),
            Misconception(
                "an overlap of just the threshold",
                equal_is_enough,
                "You accept an overlap that equals the threshold. VOC's rule asks for "
                "more than the threshold: compare with >, not with ≥.",
            ),
            Misconception(
                "the best fit wins",
                best_fit_wins,
                "You give an object to the detection that overlaps it most. It goes to "
                "the surest one whose overlap is enough, even if a later one fits "
                "better.",
            ),
            Misconception(
                "the first object that overlaps",
                first_that_overlaps,
                "You take the first object above the threshold. A detection asks for "
                "the object that it overlaps most: np.argmax of its row.",
            ),
            Misconception(
                "returned in the order of the scores",
                in_score_order,
                "The answers are right and in the order of the scores. Put each where "
                "its detection stands in the input.",
            ),
        ),
        page="book/measuring/average-precision",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="voc_two_ways",
        title="Eleven points, or all of them",
        reference=voc_two_ways,
        visible=(
            Case(np.array([0.25, 0.5, 0.5, 0.75]), np.array([1.0, 1.0, 2 / 3, 3 / 4])),
            Case(np.array([0.1, 0.2, 0.3]), np.ones(3)),
            Case(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1 / 2, 2 / 3])),
        ),
        generate=curves,
        misconceptions=(
            Misconception(
                "levels by adding tenths",
                rounded_levels,
                "Your levels are rounded: np.arange(0, 1.1, 0.1)[3] is "
                "0.30000000000000004, and a recall of 3/10 does not reach it. Use "
                "k / 10.",
            ),
            Misconception(
                "above the level",
                strictly_above,
                "You ask for a recall above the level. One that equals it has reached "
                "it, so compare with ≥.",
            ),
            Misconception(
                "divided by ten",
                ten_levels,
                "You divide by 10. From 0 to 1 in steps of a tenth there are eleven "
                "levels; recall 0 is one of them.",
            ),
            Misconception(
                "levels that are not reached are left out",
                reached_only,
                "You average over the levels that the curve reaches. The others count "
                "0, or a detector that finds one object surely would get full marks.",
            ),
            Misconception(
                "without the staircase",
                without_stairs,
                "You read the precision as it is. Replace it first by the best value "
                "from each place to the end; at equal recalls it may even depend on "
                "which point you happen to read.",
            ),
            Misconception(
                "trapezia",
                trapezia,
                "You join the points by straight lines. The area is that of the "
                "staircase: from one recall to the next it is flat, as high as the "
                "best value from the next one on.",
            ),
            Misconception(
                "order",
                exchanged,
                "Both numbers are right, in the other order: first the mean of the "
                "eleven readings, then the area.",
            ),
        ),
        page="book/measuring/average-precision",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
