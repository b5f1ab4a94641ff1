"""Who is it, or nobody; and for whom a threshold goes wrong."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception, run_by_calling


def recognise(query, gallery, threshold):
    """The answer."""
    distances = {
        name: ((query - pictures.mean(axis=0)) ** 2).sum()
        for name, pictures in gallery.items()
    }
    nearest = min(distances, key=distances.get)
    return nearest if distances[nearest] <= threshold else "nobody"


def always_somebody(query, gallery, threshold):
    """The nearest, however far."""
    return recognise(query, gallery, np.inf)


def first_near_enough(query, gallery, threshold):
    """Whoever comes first within the threshold."""
    for name, pictures in gallery.items():
        if ((query - pictures.mean(axis=0)) ** 2).sum() <= threshold:
            return name
    return "nobody"


def furthest(query, gallery, threshold):
    """Take the distance for a score."""
    distances = {
        name: ((query - pictures.mean(axis=0)) ** 2).sum()
        for name, pictures in gallery.items()
    }
    name = max(distances, key=distances.get)
    return name if distances[name] >= threshold else "nobody"


def nearest_picture(query, gallery, threshold):
    """The nearest single picture instead of the nearest mean."""
    distances = {
        name: ((query - pictures) ** 2).sum(axis=1).min()
        for name, pictures in gallery.items()
    }
    name = min(distances, key=distances.get)
    return name if distances[name] <= threshold else "nobody"


def first_picture(query, gallery, threshold):
    """Only the first picture of each."""
    return recognise(query, {k: v[:1] for k, v in gallery.items()}, threshold)


def mean_of_distances(query, gallery, threshold):
    """The mean of the distances, not the distance to the mean."""
    distances = {
        name: ((query - pictures) ** 2).sum(axis=1).mean()
        for name, pictures in gallery.items()
    }
    name = min(distances, key=distances.get)
    return name if distances[name] <= threshold else "nobody"


def not_squared(query, gallery, threshold):
    """The length against a squared threshold."""
    return recognise(query, gallery, threshold**2)


def nobody_at_the_edge(query, gallery, threshold):
    """Refuse a picture at the threshold."""
    distances = {
        name: ((query - pictures.mean(axis=0)) ** 2).sum()
        for name, pictures in gallery.items()
    }
    nearest = min(distances, key=distances.get)
    return nearest if distances[nearest] < threshold else "nobody"


def plain_text(answer, case):
    """A name out of an array is a text like any other."""
    name = run_by_calling(answer, case)
    return str(name) if isinstance(name, np.str_) else name


NAMES = ("Ada", "Emmy", "Grace", "Hedy", "Lise", "Maryam", "Sofja", "Vera")


def galleries(rng: np.random.Generator) -> Iterator[Case]:
    """Up to five people of two or three pictures; a friend, a stranger, one between."""
    one, two = (str(n) for n in rng.permutation(NAMES)[:2])
    middle = rng.integers(-8, 9, 2) / 4
    both = {one: middle[None] + 1.0, two: middle[None] + 0.25}
    yield Case(middle, both, 2.5)  # both are near enough
    yield Case(middle + np.array([1.5, 0.0]), {two: middle[None]}, 2.25)  # at the edge
    for people in (2, 2, 3, 3, 4, 5):
        names = [str(n) for n in rng.permutation(NAMES)[:people]]
        gallery = {}
        places = rng.choice(17 * 17, people, replace=False)  # no two alike
        for name, place in zip(names, places, strict=True):
            middle = np.array(divmod(int(place), 17)) / 4 - 2.0
            step = rng.integers(1, 7, 2) / 4  # means are exact: pairs about the middle
            count = int(rng.integers(1, 3))
            around = (-1, 1) if count == 1 else (-3, 1, 2)
            gallery[name] = np.array([middle + step * k for k in around])
        chosen = gallery[names[int(rng.integers(people))]]
        near = apart(chosen.mean(axis=0) + rng.integers(-2, 3, 2) / 4, gallery, rng)
        d = ((near - chosen.mean(axis=0)) ** 2).sum()
        # a root that is squared again is not what it was, except for some
        yield Case(near, gallery, float(d if np.sqrt(d) ** 2 == d else d + 0.25))
        yield Case(near, gallery, float(d + rng.integers(2, 20) / 4))
        yield Case(apart(chosen[0], gallery, rng), gallery, 0.75)
        far = apart(rng.integers(30, 40, 2) / 4, gallery, rng)
        yield Case(far, gallery, float(rng.integers(1, 9)) / 4)


def apart(query, gallery, rng):
    """The query, moved a little while two people are equally near."""
    middles = np.array([pictures.mean(axis=0) for pictures in gallery.values()])
    while (np.diff(np.sort(((query - middles) ** 2).sum(axis=1))) == 0).any():
        query = query + rng.integers(-2, 3, 2) / 4
    return query


def errors_by_group(distances, same, groups, threshold):
    """The answer."""
    found = {}
    for group in sorted(set(groups)):
        own = np.array([g == group for g in groups])
        accepted = distances[own] <= threshold
        one = same[own]
        found[group] = (
            float(accepted[~one].mean()),
            float((~accepted[one]).mean()),
        )
    return found


def over_all_pairs(distances, same, groups, threshold):
    """Divide by all pairs of the group."""
    found = {}
    for group in sorted(set(groups)):
        own = np.array([g == group for g in groups])
        accepted = distances[own] <= threshold
        one = same[own]
        found[group] = (
            float((accepted & ~one).mean()),
            float((~accepted & one).mean()),
        )
    return found


def over_everybody(distances, same, groups, threshold):
    """Divide by the pairs of that kind in all groups."""
    found = {}
    for group in sorted(set(groups)):
        own = np.array([g == group for g in groups])
        accepted = distances <= threshold
        found[group] = (
            float((own & accepted & ~same).sum() / (~same).sum()),
            float((own & ~accepted & same).sum() / same.sum()),
        )
    return found


def groups_ignored(distances, same, groups, threshold):
    """The same two rates for every group."""
    accepted = distances <= threshold
    rates = (float(accepted[~same].mean()), float((~accepted[same]).mean()))
    return {group: rates for group in sorted(set(groups))}


def denominators_exchanged(distances, same, groups, threshold):
    """The right mistakes over the pairs of the other kind."""
    found = {}
    for group in sorted(set(groups)):
        own = np.array([g == group for g in groups])
        accepted = distances[own] <= threshold
        one = same[own]
        found[group] = (
            float((accepted & ~one).sum() / one.sum()),
            float((~accepted & one).sum() / (~one).sum()),
        )
    return found


def a_list_compared(distances, same, groups, threshold):
    """`groups == group`: a list is never equal to a name."""
    return {group: (float("nan"), float("nan")) for group in sorted(set(groups))}


def counted(distances, same, groups, threshold):
    """How many, not which share."""
    found = {}
    for group in sorted(set(groups)):
        own = np.array([g == group for g in groups])
        accepted = distances[own] <= threshold
        one = same[own]
        found[group] = (float((accepted & ~one).sum()), float((~accepted & one).sum()))
    return found


def exchanged(distances, same, groups, threshold):
    """False refusals first."""
    found = errors_by_group(distances, same, groups, threshold)
    return {group: rates[::-1] for group, rates in found.items()}


def accepted_above(distances, same, groups, threshold):
    """The rule of a score."""
    found = errors_by_group(distances, same, groups, threshold)
    return {g: (1 - false, 1 - refused) for g, (false, refused) in found.items()}


def true_rates(distances, same, groups, threshold):
    """How often friends are accepted instead of refused."""
    found = errors_by_group(distances, same, groups, threshold)
    return {g: (false, 1 - refused) for g, (false, refused) in found.items()}


def among_the_accepted(distances, same, groups, threshold):
    """The share of strangers among those who pass."""
    found = {}
    for group in sorted(set(groups)):
        own = np.array([g == group for g in groups])
        accepted = distances[own] <= threshold
        one = same[own]
        found[group] = (
            float((accepted & ~one).sum() / max(accepted.sum(), 1)),
            float((~accepted & one).sum() / max((~accepted).sum(), 1)),
        )
    return found


def two_groups(rng: np.random.Generator) -> Iterator[Case]:
    """Two or three groups of unequal sizes; both kinds of pairs in each."""
    words = ("north", "south", "east")
    for sizes in (
        (5, 6),
        (4, 8),
        (5, 9),
        (6, 6),
        (4, 5, 7),
        (5, 6, 8),
        (7, 10),
        (6, 12),
    ):
        groups, same, distances = [], [], []
        for word, size in zip(words, sizes, strict=False):
            kinds = np.arange(size) % 5 < 2
            groups += [word] * size
            same += kinds.tolist()
            d = rng.integers(1, 13, size) / 10 + np.where(kinds, 0, 0.4)
            distances += np.round(d, 1).tolist()
        order = rng.permutation(len(groups))
        yield Case(
            np.array(distances)[order],
            np.array(same)[order],
            [groups[i] for i in order],
            float(rng.integers(6, 11)) / 10 + 0.05,
        )


PEOPLE = {
    "Ada": np.array([[1.0, 0.0], [0.5, 0.5]]),
    "Emmy": np.array([[-1.0, 0.0]]),
}
PAIRS = np.array([0.3, 0.5, 0.9, 1.2, 0.4, 0.9, 0.6, 1.0])
KINDS = np.array([True, True, False, False, True, True, True, False])

EXERCISES = (
    Exercise(
        name="recognise",
        title="Somebody, or nobody",
        reference=recognise,
        visible=(
            Case(np.array([0.75, 0.0]), PEOPLE, 0.5),
            Case(np.array([-1.0, 0.5]), PEOPLE, 0.25),
            Case(np.array([0.0, 2.0]), PEOPLE, 0.5),
        ),
        generate=galleries,
        misconceptions=(
            Misconception(
                "always somebody",
                always_somebody,
                "You always name somebody. Whoever stands before the camera need not "
                'be enrolled: further than the threshold is `"nobody"`.',
            ),
            Misconception(
                "first within the threshold",
                first_near_enough,
                "You name the first who is near enough. Several may be; it is the "
                "nearest.",
            ),
            Misconception(
                "the furthest",
                furthest,
                "You take the distance for a score and name the furthest. Small means "
                "alike: `min`, and at most the threshold.",
            ),
            Misconception(
                "nearest picture",
                nearest_picture,
                "You look for the nearest single picture. Here a person is remembered "
                "by the mean of the pictures, and that is what you compare with.",
            ),
            Misconception(
                "first picture only",
                first_picture,
                "You use only the first picture of each person. Enrolment takes the "
                "mean of all of them.",
            ),
            Misconception(
                "not squared",
                not_squared,
                "You compare the length with a threshold for its square. Leave the "
                "root out.",
            ),
            Misconception(
                "mean of the distances",
                mean_of_distances,
                "You take the mean of the distances to a person's pictures. Asked for "
                "is the distance to their mean: a person whose pictures differ much "
                "is no further for that.",
            ),
            Misconception(
                "nobody at the edge",
                nobody_at_the_edge,
                "A picture exactly at the threshold is recognised, too: its distance "
                "has to be *at most* the threshold, not below it.",
            ),
        ),
        page="book/faces/one-shot",
        minutes=10,
        difficulty=1,
        points=1,
        call=plain_text,
    ),
    Exercise(
        name="errors_by_group",
        title="One threshold, several groups",
        reference=errors_by_group,
        visible=(
            Case(PAIRS, KINDS, ["north"] * 4 + ["south"] * 4, 0.75),
            Case(PAIRS, KINDS, ["north"] * 4 + ["south"] * 4, 0.95),
        ),
        generate=two_groups,
        misconceptions=(
            Misconception(
                "over all pairs of the group",
                over_all_pairs,
                "You divide by all pairs of the group. A stranger can only be wrongly "
                "accepted: divide by the group's pairs of two people, and refusals by "
                "its pairs of one.",
            ),
            Misconception(
                "over all groups",
                over_everybody,
                "You divide by the pairs of all groups. A small group then always "
                "looks good. Divide by its own pairs.",
            ),
            Misconception(
                "denominators exchanged",
                denominators_exchanged,
                "You count the right mistakes and divide by the pairs of the other "
                "kind. Only a pair of two people can be wrongly accepted: divide "
                "those by pairs of two people.",
            ),
            Misconception(
                "numbers, not shares",
                counted,
                "You return how many pairs go wrong. A large group would always look "
                "worse: divide by the group's pairs of that kind.",
            ),
            Misconception(
                "a list compared",
                a_list_compared,
                "Your groups are empty, and the mean of nothing is NaN. `groups` is a "
                "list, and a list as a whole is never equal to a name: compare its "
                "entries, or make an array of it.",
            ),
            Misconception(
                "groups ignored",
                groups_ignored,
                "Every group gets the same numbers: they are those of all pairs "
                "together, and hide what the exercise asks for. Count each group by "
                "itself.",
            ),
            Misconception(
                "exchanged",
                exchanged,
                "The two rates have changed places. First the strangers who are "
                "accepted, then the friends who are refused.",
            ),
            Misconception(
                "d > τ",
                accepted_above,
                "You accept what lies above the threshold. A distance is small for one "
                "person: d ≤ τ.",
            ),
            Misconception(
                "true acceptance",
                true_rates,
                "Your second number is how often friends are accepted. Asked for are "
                "both *errors*: it is 1 minus that.",
            ),
            Misconception(
                "among the accepted",
                among_the_accepted,
                "You ask how many of those who passed are strangers. That depends on "
                "how many pairs of each kind there are. Divide by the pairs of two "
                "people, whether they passed or not.",
            ),
        ),
        page="book/faces/fairness",
        minutes=15,
        difficulty=1,
        points=2,
    ),
)
