"""A row of nets: what a window costs on average, and where it should have been."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def expected_cost(costs, passing):
    """The answer."""
    arriving = np.concatenate([[1.0], np.cumprod(passing)[:-1]])
    return float(np.asarray(costs) @ arriving)


def own_share(costs, passing):
    """Charge a net only for what it lets through."""
    return float(np.asarray(costs) @ np.cumprod(passing))


def everything(costs, passing):
    """Every window through every net."""
    return float(sum(costs))


def own_share_alone(costs, passing):
    """Each cost by the net's own share."""
    return float(np.dot(costs, passing))


def one_back(costs, passing):
    """Only the share of the net just before."""
    return float(np.asarray(costs) @ np.concatenate([[1.0], passing[:-1]]))


def thrown_away(costs, passing):
    """Take the shares for those thrown away."""
    going_on = np.cumprod(1 - np.asarray(passing))
    return float(np.asarray(costs) @ np.concatenate([[1.0], going_on[:-1]]))


def where_it_ends(costs, passing):
    """Charge each window only for the net that decides on it."""
    arriving = np.concatenate([[1.0], np.cumprod(passing)])
    ending = arriving[:-1] - arriving[1:]
    ending[-1] = arriving[-2]
    return float(np.asarray(costs) @ ending)


def per_net(costs, passing):
    """The mean over nets."""
    return expected_cost(costs, passing) / len(costs)


def rows(rng: np.random.Generator) -> Iterator[Case]:
    """One net to five; some that throw everything away, some that let all pass."""
    for count in (1, 2, 2, 3, 3, 4, 5):
        costs = (rng.integers(1, 9, count) * 10.0 ** np.arange(count)).tolist()
        yield Case(costs, (rng.integers(1, 10, count) / 10).tolist())
    yield Case([2.0, 30.0, 400.0], [0.5, 0.0, 0.5])
    yield Case([3.0, 20.0, 100.0], [1.0, 1.0, 0.1])
    yield Case(
        [20816.0, 172448.0, 730176.0], [0.03, float(rng.integers(1, 9)) / 50, 0.2]
    )


def calibrate(box, probabilities, patterns, threshold):
    """The answer."""
    chosen = patterns[probabilities > threshold]
    if len(chosen) == 0:
        return box
    return undone(box, chosen.mean(axis=0))


def undone(box, pattern):
    """The face of a window that is off by a pattern."""
    s, dx, dy = pattern
    x1, y1, x2, y2 = box
    w, h = (x2 - x1) / s, (y2 - y1) / s
    x, y = (x1 + x2) / 2 - dx * w, (y1 + y2) / 2 - dy * h
    return np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])


def likeliest(box, probabilities, patterns, threshold):
    """Only the best pattern."""
    best = probabilities.argmax()
    return undone(box, patterns[best]) if probabilities[best] > threshold else box


def weighted(box, probabilities, patterns, threshold):
    """Weigh by probability."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    p = probabilities[keep] / probabilities[keep].sum()
    return undone(box, p @ patterns[keep])


def of_all(box, probabilities, patterns, threshold):
    """Divide by all patterns, not by those that count."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    return undone(box, patterns[keep].sum(axis=0) / len(patterns))


def forward(box, probabilities, patterns, threshold):
    """Make the mistake once more."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    s, dx, dy = patterns[keep].mean(axis=0)
    x1, y1, x2, y2 = box
    w, h = x2 - x1, y2 - y1
    x, y = (x1 + x2) / 2 + dx * w, (y1 + y2) / 2 + dy * h
    return np.array([x - s * w / 2, y - s * h / 2, x + s * w / 2, y + s * h / 2])


def mean_of_boxes(box, probabilities, patterns, threshold):
    """Undo each pattern, then take the mean of the boxes."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    return np.mean([undone(box, pattern) for pattern in patterns[keep]], axis=0)


def shifted_again(box, probabilities, patterns, threshold):
    """The right size, shifted the wrong way."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    return undone(box, patterns[keep].mean(axis=0) * [1, -1, -1])


def in_windows(box, probabilities, patterns, threshold):
    """Shift by sides of the window, not of the face."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    s, dx, dy = patterns[keep].mean(axis=0)
    x1, y1, x2, y2 = box
    w, h = x2 - x1, y2 - y1
    x, y = (x1 + x2) / 2 - dx * w, (y1 + y2) / 2 - dy * h
    return np.array([x - w / s / 2, y - h / s / 2, x + w / s / 2, y + h / s / 2])


def at_the_corner(box, probabilities, patterns, threshold):
    """Change the size about the upper left corner."""
    keep = probabilities > threshold
    if not keep.any():
        return box
    s, dx, dy = patterns[keep].mean(axis=0)
    x1, y1, x2, y2 = box
    w, h = (x2 - x1) / s, (y2 - y1) / s
    x, y = x1 - dx * w, y1 - dy * h
    return np.array([x, y, x + w, y + h])


def none_is_all(box, probabilities, patterns, threshold):
    """Where no pattern counts, take the mean of all."""
    keep = probabilities > threshold
    chosen = patterns[keep] if keep.any() else patterns
    return undone(box, chosen.mean(axis=0))


GRID = np.array(
    [
        (s, x, y)
        for s in (0.83, 0.91, 1.0, 1.1, 1.21)
        for x in (-0.17, 0.0, 0.17)
        for y in (-0.17, 0.0, 0.17)
    ]
)
FEW = np.array([[0.5, 0.0, 0.0], [1.0, 0.25, 0.0], [2.0, 0.0, -0.25], [1.25, 0.1, 0.2]])


def off(rng: np.random.Generator) -> Iterator[Case]:
    """Few patterns and all 45; one that counts, several, none."""
    for n in range(9):
        patterns = FEW if n % 2 else GRID
        x, y, w, h = rng.integers(0, 60), rng.integers(0, 60), *rng.integers(8, 60, 2)
        box = np.array([x, y, x + w, y + h], dtype=float)
        counted = (2, 3, 1, 2, 5, 0, 0, 4, 3)[n]
        p = rng.uniform(0.0, 0.09, len(patterns))
        high = rng.choice(len(patterns), counted, replace=False)
        p[high] = rng.uniform(0.11, 0.6, counted)
        yield Case(box, p, patterns, 0.1)


EXERCISES = (
    Exercise(
        name="expected_cost",
        title="What a window costs",
        reference=expected_cost,
        visible=(
            Case([10.0, 100.0], [0.1, 0.5]),
            Case([7.0], [0.3]),
            Case([1.0, 10.0, 100.0], [0.5, 0.2, 0.1]),
            Case([2.0, 20.0, 200.0], [0.1, 0.0, 0.5]),
        ),
        generate=rows,
        misconceptions=(
            Misconception(
                "paid for by what passes",
                own_share,
                "You charge each net only for the windows that it lets through. It has "
                "to look at those that it throws away, too: charge it for what "
                "arrives. At the first net everything does.",
            ),
            Misconception(
                "every window through every net",
                everything,
                "You add up all costs, as if every window went to the end. Then there "
                "would be no cascade: a net sees only what those before let through.",
            ),
            Misconception(
                "its own share",
                own_share_alone,
                "You multiply each cost by the net's own share. A net is paid for what "
                "*arrives* at it, and that is what all the nets before let through.",
            ),
            Misconception(
                "only the net before",
                one_back,
                "You multiply each cost by the share of the net just before. A window "
                "reaches the third net if it passes the first and the second, so the "
                "shares multiply.",
            ),
            Misconception(
                "shares of those thrown away",
                thrown_away,
                "You take 1 − passing. `passing` is already the share that goes on; "
                "what is thrown away costs nothing more.",
            ),
            Misconception(
                "only the last net that is seen",
                where_it_ends,
                "You charge a window only for the net that decides on it. It has been "
                "through all the nets before, and each of them had to be paid.",
            ),
            Misconception(
                "mean over nets",
                per_net,
                "You divide by the number of nets. The mean is over windows, and the "
                "shares do that already.",
            ),
        ),
        page="book/faces/cascade",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="calibrate_window",
        title="Put a window right",
        reference=calibrate,
        visible=(
            Case(np.array([0.0, 0, 20, 20]), np.array([0.0, 0.0, 0.9, 0.0]), FEW, 0.1),
            Case(
                np.array([10.0, 10, 50, 90]), np.array([0.0, 0.8, 0.0, 0.0]), FEW, 0.1
            ),
            Case(
                np.array([10.0, 10, 50, 90]), np.array([0.4, 0.0, 0.2, 0.0]), FEW, 0.1
            ),
            Case(
                np.array([0.0, 0, 20, 20]), np.array([0.05, 0.05, 0.05, 0.05]), FEW, 0.1
            ),
        ),
        generate=off,
        misconceptions=(
            Misconception(
                "only the likeliest",
                likeliest,
                "You undo only the likeliest mistake. Neighbours look alike, "
                "so several are likely at once: undo the mean of all above the "
                "threshold.",
            ),
            Misconception(
                "weighed by probability",
                weighted,
                "You weigh the patterns by their probabilities. Here a pattern counts "
                "or does not; those above the threshold all count the same.",
            ),
            Misconception(
                "divided by all patterns",
                of_all,
                "You add up the patterns that count, but divide by how many there are "
                "in all. Divide by how many count.",
            ),
            Misconception(
                "the mistake made again",
                forward,
                "You make the mistake once more instead of undoing it. If a window is "
                "twice as large as the face, the face is half as large as the window.",
            ),
            Misconception(
                "shift in sides of the window",
                in_windows,
                "You shift by sides of the window. The patterns count in sides of the "
                "face: divide the size by s first, then shift by dx times that.",
            ),
            Misconception(
                "about the corner",
                at_the_corner,
                "You change the size about the upper left corner, so the middle moves "
                "with it. Keep the middle where it is, then shift it.",
            ),
            Misconception(
                "mean of the boxes",
                mean_of_boxes,
                "You undo each pattern and take the mean of the boxes. Asked for is "
                "the mean of the patterns, to be undone once; as s divides, that is "
                "another box.",
            ),
            Misconception(
                "shifted the wrong way",
                shifted_again,
                "Your size is right, but you shift the wrong way. A window that lies "
                "too far to the right has to move to the left.",
            ),
            Misconception(
                "no pattern means all",
                none_is_all,
                "Where no pattern is above the threshold you take the mean of all. The "
                "net does not know, so leave the box as it is.",
            ),
        ),
        page="book/faces/cascade",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
