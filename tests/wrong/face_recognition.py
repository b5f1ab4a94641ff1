"""Answers on recognition and on groups: right ones and wrong ones."""

import numpy as np


def one_after_another(query, gallery, threshold):
    best, least = "nobody", None
    for name, pictures in gallery.items():
        mean = sum(pictures) / len(pictures)
        d = float(np.dot(query - mean, query - mean))
        if d <= threshold and (least is None or d < least):
            best, least = name, d
    return best


def by_a_table(query, gallery, threshold):
    names = list(gallery)
    means = np.stack([gallery[name].sum(axis=0) / len(gallery[name]) for name in names])
    d = np.square(means - query).sum(axis=1)
    return names[d.argmin()] if d.min() <= threshold else "nobody"


def says_none(query, gallery, threshold):
    name = by_a_table(query, gallery, threshold)
    return None if name == "nobody" else name


def lower_case(query, gallery, threshold):
    return by_a_table(query, gallery, threshold).lower()


def counted(distances, same, groups, threshold):
    found = {}
    for group in set(groups):
        strangers = friends = accepted = refused = 0
        for d, one, g in zip(distances, same, groups, strict=True):
            if g != group:
                continue
            if one:
                friends += 1
                refused += d > threshold
            else:
                strangers += 1
                accepted += d <= threshold
        found[group] = (float(accepted / strangers), float(refused / friends))
    return found


def with_masks(distances, same, groups, threshold):
    names, member = np.unique(groups, return_inverse=True)
    yes = distances <= threshold
    return {
        str(name): [
            np.mean(yes[(member == k) & ~same]),
            1 - np.mean(yes[(member == k) & same]),
        ]
        for k, name in enumerate(names)
    }


def one_number(distances, same, groups, threshold):
    found = counted(distances, same, groups, threshold)
    return {group: sum(rates) / 2 for group, rates in found.items()}


def the_worst_only(distances, same, groups, threshold):
    found = counted(distances, same, groups, threshold)
    return max(found.values())


def name_out_of_an_array(query, gallery, threshold):
    names = np.array([*gallery, "nobody"])
    lengths = [np.linalg.norm(query - p.mean(axis=0)) ** 2 for p in gallery.values()]
    return names[np.argmin(lengths) if min(lengths) <= threshold else -1]


def the_last_of_equals(query, gallery, threshold):
    best, who = threshold, "nobody"
    for name, pictures in gallery.items():
        d = np.sum((pictures.mean(axis=0) - query) ** 2)
        if d <= best:
            best, who = d, name
    return who


def sum_for_mean(query, gallery, threshold):
    more = {name: len(p) * p for name, p in gallery.items()}
    return by_a_table(query, more, threshold)


def counted_in_lists(distances, same, groups, threshold):
    tally = {}
    for d, one, group in zip(distances, same, groups, strict=True):
        accepted, refused = tally.setdefault(group, ([], []))
        if one:
            refused.append(d > threshold)
        else:
            accepted.append(d <= threshold)
    return {group: [np.mean(kind) for kind in both] for group, both in tally.items()}


def mistakes_and_the_rest(distances, same, groups, threshold):
    right = (distances <= threshold) == same
    member = {name: np.array([g == name for g in groups]) for name in groups}
    return {name: (1 - right[m].mean(), right[m].mean()) for name, m in member.items()}


RIGHT = {
    "recognise": [
        one_after_another,
        by_a_table,
        name_out_of_an_array,
        the_last_of_equals,
    ],
    "errors_by_group": [counted, with_masks, counted_in_lists],
}
WRONG = {
    "recognise": [(says_none, "expected"), (lower_case, ""), (sum_for_mean, "nobody")],
    "errors_by_group": [
        (one_number, "expected"),
        (the_worst_only, "expected"),
        (mistakes_and_the_rest, "expected"),
    ],
}
