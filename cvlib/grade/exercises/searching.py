"""Where to search for hyper-parameters."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

# log_sample: the answer, and its mistakes


def log_sample(u, low, high):
    """The answer; `cvlib.train.log_uniform` for shares that are drawn already."""
    return low * (high / low) ** u


def evenly_in_the_number(u, low, high):
    """The usual formula, without logarithms."""
    return low + u * (high - low)


def ends_as_exponents(u, low, high):
    """Take the ends for exponents."""
    return 10.0 ** (low + u * (high - low))


def bases_mixed(u, low, high):
    """Natural logarithms, undone by powers of ten."""
    return 10.0 ** (np.log(low) + u * (np.log(high) - np.log(low)))


def exponents_returned(u, low, high):
    """Stop before the power."""
    return np.log10(low) + u * (np.log10(high) - np.log10(low))


def from_the_top(u, low, high):
    """Let 0 be the high end."""
    return high * (low / high) ** u


def whole_decades(u, low, high):
    """Only powers of ten."""
    return 10.0 ** np.round(np.log10(low) + u * (np.log10(high) - np.log10(low)))


def stretched(u, low, high):
    """Multiply the share by the upper exponent alone."""
    return 10.0 ** (np.log10(low) + u * np.log10(high))


def shares(rng: np.random.Generator) -> Iterator[Case]:
    """From one number to five, ranges of less than a decade to ten of them."""
    for count in (1, 2, 2, 3, 3, 4, 5, 5):
        low = float(10 ** rng.uniform(-6, -2))
        high = low * float(10 ** rng.uniform(0.6, 8))
        yield Case(rng.uniform(0.1, 0.9, count), low, high)
    yield Case(np.array([0.0, 1.0]), 1e-6, 1e-3)


# next_ranges


def exponents_of(values):
    """Whole decades around what each column spans."""
    logs = np.log10(values)
    low, high = np.floor(logs.min(axis=0)), np.ceil(logs.max(axis=0))
    return np.stack([low, high], axis=1).astype(int)


def leaders(scores, keep):
    """The trials with the highest scores, failed ones last."""
    return np.argsort(-scores, kind="stable")[:keep]  # a sort puts NaN at the end


def next_ranges(scores, values, keep):
    """The answer; `cvlib.train.narrow` without dataclasses."""
    return exponents_of(values[leaders(scores, keep)])


def worst_kept(scores, values, keep):
    """Sort upwards and take the front."""
    return exponents_of(values[np.argsort(scores, kind="stable")[:keep]])


def failures_win(scores, values, keep):
    """Sort upwards and take the end, where NaN stands."""
    return exponents_of(values[np.argsort(scores, kind="stable")[::-1][:keep]])


def everybody(scores, values, keep):
    """Look at all trials that did not fail."""
    return exponents_of(values[~np.isnan(scores)])


def first_come(scores, values, keep):
    """Take the trials as they come."""
    return exponents_of(values[~np.isnan(scores)][:keep])


def nearest_decade(scores, values, keep):
    """Round to the nearest."""
    logs = np.log10(values[leaders(scores, keep)])
    ends = np.stack([np.round(logs.min(axis=0)), np.round(logs.max(axis=0))], axis=1)
    return ends.astype(int)


def cut_off(scores, values, keep):
    """int() goes towards zero."""
    logs = np.log10(values[leaders(scores, keep)])
    return np.stack([logs.min(axis=0), logs.max(axis=0)], axis=1).astype(int)


def inwards(scores, values, keep):
    """Round to the inside."""
    logs = np.log10(values[leaders(scores, keep)])
    low, high = np.ceil(logs.min(axis=0)), np.floor(logs.max(axis=0))
    return np.stack([low, high], axis=1).astype(int)


def natural_logarithms(scores, values, keep):
    """np.log where np.log10 is meant."""
    logs = np.log(values[leaders(scores, keep)])
    low, high = np.floor(logs.min(axis=0)), np.ceil(logs.max(axis=0))
    return np.stack([low, high], axis=1).astype(int)


def one_range_for_all(scores, values, keep):
    """Span all hyper-parameters at once."""
    logs = np.log10(values[leaders(scores, keep)])
    ends = [int(np.floor(logs.min())), int(np.ceil(logs.max()))]
    return np.array([ends] * values.shape[1])


def drawn(rng: np.random.Generator, count: int, axes: int) -> np.ndarray:
    """Values (count, axes) whose exponents keep away from whole numbers."""
    exponents = rng.integers(-6, 2, (count, axes)) + rng.uniform(
        0.15, 0.85, (count, axes)
    )
    return 10.0**exponents


def stages(rng: np.random.Generator) -> Iterator[Case]:
    """Two and three hyper-parameters, some failed trials, two or more kept."""
    for count, axes, failed in [
        (4, 2, 0), (5, 2, 1), (6, 2, 1), (6, 3, 0), (7, 2, 2), (7, 3, 1),
        (8, 3, 2), (8, 2, 1), (9, 2, 2),
    ]:  # fmt: skip
        scores = rng.permutation(np.linspace(0.08, 0.53, count)).round(3)
        scores[rng.choice(count, failed, replace=False)] = np.nan
        yield Case(scores, drawn(rng, count, axes), int(rng.integers(2, 4)))


TRIALS = np.array([[4e-4, 0.7], [2e-4, 2e-4], [1.4e-4, 0.5], [5e-6, 2e4], [7e-6, 2e-4]])
ACCURACY = np.array([0.482, 0.441, 0.412, np.nan, 0.214])

EXERCISES = (
    Exercise(
        name="log_sample",
        title="Drawing in log space",
        reference=log_sample,
        visible=(
            Case(np.array([0.0, 0.5, 1.0]), 1e-6, 1e-2),
            Case(np.array([0.25, 0.9]), 1e-4, 1e-3),
        ),
        generate=shares,
        misconceptions=(
            Misconception(
                "drawn evenly in the number",
                evenly_in_the_number,
                "You spread the numbers evenly. Of a range from 1e-6 to 1e-3 nine "
                "tenths then lie above 1e-4: the small rates are hardly tried. Spread "
                "the exponents.",
            ),
            Misconception(
                "ends taken for exponents",
                ends_as_exponents,
                "You take `low` and `high` for exponents, but they are the ends "
                "themselves. Take their logarithms first.",
            ),
            Misconception(
                "two kinds of logarithm",
                bases_mixed,
                "You take natural logarithms and then powers of ten. `np.log` is "
                "undone by `np.exp`, `np.log10` by `10 **`.",
            ),
            Misconception(
                "exponents returned",
                exponents_returned,
                "You return the exponents. They are spread as they should be; now "
                "raise 10 to each of them.",
            ),
            Misconception(
                "ends exchanged",
                from_the_top,
                "Your share 0 is the high end. It should be `low`, and share 1 `high`.",
            ),
            Misconception(
                "only whole decades",
                whole_decades,
                "You round the exponents, so only powers of ten can be drawn. An "
                "exponent of −3.5 is as welcome as one of −3.",
            ),
            Misconception(
                "stretched by the wrong length",
                stretched,
                "You multiply the share by the upper exponent. Multiply it by the "
                "length of the range, the upper exponent minus the lower one.",
            ),
        ),
        page="book/training/search",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="next_ranges",
        title="The ranges of the next stage",
        reference=next_ranges,
        visible=(
            Case(ACCURACY, TRIALS, 3),
            Case(np.array([0.2, 0.5, 0.4]), TRIALS[[4, 0, 1]], 2),
        ),
        generate=stages,
        misconceptions=(
            Misconception(
                "worst kept",
                worst_kept,
                "You keep the trials with the lowest scores: a sort goes upwards. The "
                "scores are accuracies, so the best are at its other end.",
            ),
            Misconception(
                "failed trials kept",
                failures_win,
                "You take the end of an upward sort, and that is where NaN is put: "
                "your best trials are the ones that failed. Leave them out first.",
            ),
            Misconception(
                "all trials spanned",
                everybody,
                "You span all trials, so nothing is narrowed. Only the best `keep` of "
                "them say where to look closer.",
            ),
            Misconception(
                "the first trials",
                first_come,
                "You keep the first trials in the list. Rank them by score before you "
                "cut the list off.",
            ),
            Misconception(
                "rounded to the nearest decade",
                nearest_decade,
                "You round to the nearest decade, and so may round a good trial out "
                "of its own range. Round the low end down and the high end up.",
            ),
            Misconception(
                "cut off towards zero",
                cut_off,
                "Turning −3.4 into a whole number cuts it off to −3: towards zero, "
                "not down. Use `np.floor` for the low end and `np.ceil` for the high "
                "one.",
            ),
            Misconception(
                "rounded inwards",
                inwards,
                "You round inwards, so the good trials lie outside of the range that "
                "they should span. Floor the low end, ceil the high one.",
            ),
            Misconception(
                "natural logarithms",
                natural_logarithms,
                "You take natural logarithms. Decades are counted by `np.log10`.",
            ),
            Misconception(
                "one range for everything",
                one_range_for_all,
                "All hyper-parameters get the same range. Take smallest and largest "
                "of each column on its own: `axis=0`.",
            ),
        ),
        page="book/training/search",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
