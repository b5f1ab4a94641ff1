"""Which detectors nobody beats in both speed and precision."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def pareto_front(fps, mean_ap):
    """The answer."""
    return [
        n
        for n in range(len(fps))
        if not any(
            fps[m] >= fps[n]
            and mean_ap[m] >= mean_ap[n]
            and (fps[m], mean_ap[m]) != (fps[n], mean_ap[n])
            for m in range(len(fps))
        )
    ]


def best_of_each(fps, mean_ap):
    """Take the two champions only."""
    return sorted({int(np.argmax(fps)), int(np.argmax(mean_ap))})


def beaten_in_either(fps, mean_ap):
    """Drop whoever is beaten in one thing."""
    return [
        n for n in range(len(fps)) if fps[n] == max(fps) and mean_ap[n] == max(mean_ap)
    ]


def strictly_beaten(fps, mean_ap):
    """Ask for a rival that is better in both."""
    return [
        n
        for n in range(len(fps))
        if not any(fps[m] > fps[n] and mean_ap[m] > mean_ap[n] for m in range(len(fps)))
    ]


def equals_beat(fps, mean_ap):
    """Let twins throw each other out."""
    return [
        n
        for n in range(len(fps))
        if not any(
            fps[m] >= fps[n] and mean_ap[m] >= mean_ap[n] and m != n
            for m in range(len(fps))
        )
    ]


def neighbours_only(fps, mean_ap):
    """Compare with the next slower and the next faster only."""
    order = sorted(range(len(fps)), key=lambda n: -fps[n])
    front = [
        n for k, n in enumerate(order) if k == 0 or mean_ap[n] > mean_ap[order[k - 1]]
    ]
    return sorted(front)


def slow_is_good(fps, mean_ap):
    """Take frames a second for seconds a frame."""
    return pareto_front([-f for f in fps], mean_ap)


def the_beaten(fps, mean_ap):
    """Name those that are beaten."""
    front = pareto_front(fps, mean_ap)
    return [n for n in range(len(fps)) if n not in front]


def races(rng: np.random.Generator) -> Iterator[Case]:
    """Few detectors and many; ties in one figure, and twins."""
    yield Case([5], [40.0])
    yield Case([5, 5], [40.0, 40.0])
    for N in (4, 5, 6, 7, 8, 9, 10):
        fps = rng.choice([0.5, 2, 5, 7, 15, 30, 45, 100, 155], N).tolist()
        mean_ap = (rng.integers(30, 150, N) / 2).tolist()
        fps[1], mean_ap[1] = fps[0], mean_ap[0] - 2  # as fast, and worse
        if N > 5:  # twins, and on the front
            fps[2] = fps[3] = 200
            mean_ap[2] = mean_ap[3] = 35.5
        yield Case(fps, mean_ap)
    N = 8  # a front that is long
    fps = sorted((2 ** rng.uniform(0, 7, N)).round(1).tolist())
    yield Case(fps, sorted(rng.uniform(20, 80, N).round(1).tolist(), reverse=True))


EXERCISES = (
    Exercise(
        name="pareto_front",
        title="Nobody is better in both",
        reference=pareto_front,
        visible=(
            Case([45, 7, 18], [63.4, 73.2, 62.1]),
            Case([30, 30, 10], [50.0, 48.0, 48.0]),
            Case([30, 30], [50.0, 50.0]),
        ),
        generate=races,
        misconceptions=(
            Misconception(
                "the two champions",
                best_of_each,
                "You name the fastest and the most precise. Between them lie others "
                "that nobody beats in both: a little slower than one, a little less "
                "precise than another.",
            ),
            Misconception(
                "beaten in one thing",
                beaten_in_either,
                "You drop whoever is beaten in one of the two. A detector leaves the "
                "front only if a single rival is at least as good in both.",
            ),
            Misconception(
                "rivals must be better in both",
                strictly_beaten,
                "You ask for a rival that is strictly better in both. One that is as "
                "fast and more precise beats you as well.",
            ),
            Misconception(
                "twins beat each other",
                equals_beat,
                "Two with the same figures throw each other out. A rival has to be "
                "better in at least one of the two.",
            ),
            Misconception(
                "neighbours only",
                neighbours_only,
                "You compare with the next faster only. A detector is beaten by any "
                "faster one that is more precise: carry the best so far along.",
            ),
            Misconception(
                "slow is good",
                slow_is_good,
                "You look for few frames a second. FPS is a speed: more is better.",
            ),
            Misconception(
                "the beaten ones",
                the_beaten,
                "You name those that somebody beats. The front is the others, those "
                "that nobody beats.",
            ),
        ),
        page="book/grids/real-time",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
