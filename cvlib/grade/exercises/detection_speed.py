"""What a speed-up of the network is worth when proposals take their time."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def speed_ups(network, proposals):
    """The answer."""
    total = network + proposals
    return np.stack([network[0] / network, total[0] / total], axis=1)


def inverted(network, proposals):
    """Divide new by old."""
    return 1 / speed_ups(network, proposals)


def from_the_one_before(network, proposals):
    """Compare each method with the one before it."""
    total = network + proposals
    columns = [np.append(t[:1], t[:-1]) / t for t in (network, total)]
    return np.stack(columns, axis=1)


def ratios_added(network, proposals):
    """Average the ratios of the two parts."""
    first = network[0] / network
    return np.stack([first, (first + proposals[0] / proposals) / 2], axis=1)


def ratios_multiplied(network, proposals):
    """Multiply the ratios of the two parts."""
    first = network[0] / network
    return np.stack([first, first * proposals[0] / proposals], axis=1)


def proposals_of_the_first_only(network, proposals):
    """Count proposals for the slow method only."""
    total = network + proposals
    return np.stack([network[0] / network, total[0] / network], axis=1)


def first_without(network, proposals):
    """Count proposals for all but the slow method."""
    total = network + proposals
    return np.stack([network[0] / network, network[0] / total], axis=1)


def time_saved(network, proposals):
    """Give the share of time that is saved."""
    return 1 - 1 / speed_ups(network, proposals)


def columns_exchanged(network, proposals):
    """Put the proposals first."""
    return speed_ups(network, proposals)[:, ::-1]


def whole_factors(network, proposals):
    """Cut the decimals off, as slides do."""
    return np.floor(speed_ups(network, proposals))


def detectors(rng: np.random.Generator) -> Iterator[Case]:
    """Three to five methods; each is faster than the one before."""
    for _ in range(10):
        K = int(rng.integers(3, 6))
        faster, sooner = rng.uniform(0.1, 0.7, K - 1), rng.uniform(0.2, 0.9, K - 1)
        network = np.cumprod(np.append(rng.uniform(20, 60), faster))
        proposals = np.cumprod(np.append(rng.uniform(1, 3), sooner))
        yield Case(np.round(network, 3) + 0.01, np.round(proposals, 3) + 0.013)


EXERCISES = (
    Exercise(
        name="speed_ups",
        title="How many times as fast?",
        reference=speed_ups,
        visible=(
            Case(np.array([47.0, 0.32, 0.188]), np.array([1.51, 1.51, 0.01])),
            Case(np.array([8.0, 0.2]), np.array([2.0, 2.0])),
        ),
        generate=detectors,
        misconceptions=(
            Misconception(
                "new divided by old",
                inverted,
                "Your numbers are below 1. A speed-up says how often the new time fits "
                "into the old one: divide the first method's time by each method's.",
            ),
            Misconception(
                "compared with the one before",
                from_the_one_before,
                "You compare each method with the one before it. The yardstick is the "
                "first method, in every row; its own row is 1, 1.",
            ),
            Misconception(
                "mean of two ratios",
                ratios_added,
                "You average the speed-ups of network and proposals. Times can be "
                "added, ratios cannot: add the two times first, then divide.",
            ),
            Misconception(
                "product of two ratios",
                ratios_multiplied,
                "You multiply the speed-ups of network and proposals. The two run one "
                "after the other: add their times first, then divide.",
            ),
            Misconception(
                "proposals of the first method only",
                proposals_of_the_first_only,
                "You count the proposals of the first method and forget those of the "
                "others. A user waits for them every time.",
            ),
            Misconception(
                "proposals missing in the first method",
                first_without,
                "You count proposals for each method but leave them out of the time "
                "that you compare with. The first method needs its proposals, too.",
            ),
            Misconception(
                "time saved",
                time_saved,
                "You give the share of the time that is saved. 0.99 saved is a "
                "speed-up of 100: divide the old time by the new one.",
            ),
            Misconception(
                "columns exchanged",
                columns_exchanged,
                "The numbers are right, in the other order: first the network alone, "
                "then with proposals.",
            ),
            Misconception(
                "decimals cut off",
                whole_factors,
                "You cut the decimals off. That is how 146.9 became 146 on the "
                "slides; return the ratios as they are.",
            ),
        ),
        page="book/regions/speed",
        minutes=10,
        difficulty=1,
        points=1,
    ),
)
