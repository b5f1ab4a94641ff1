"""What NumPy and cvlib say of distances on a map."""

import numpy as np
import torch

from cvlib.faces import identify
from cvlib.widgets.embedding_walk import accepted, example, neighbours


def towards_by_sight(places, index, direction):
    """The next face in a direction: ahead, and rather ahead than to the side."""
    offset = np.array(places) - places[index]
    along = offset @ direction
    across = np.abs(offset @ direction[::-1])
    cost = np.where(along > 1e-9, along + 2 * across, np.inf)
    return int(cost.argmin()) if np.isfinite(cost).any() else index


def golden() -> list[dict]:
    cases = []

    def case(fn, args, expected):
        cases.append({"fn": fn, "args": args, "expected": expected})

    rng, walk = np.random.default_rng(0), example()
    ties = rng.integers(0, 4, (6, 6)).astype(float)
    tables = [(walk.distances, walk.labels), (ties.tolist(), [0, 0, 1, 1, 1, 2])]
    for distances, labels in tables:
        for index in range(len(labels)):
            for k in (1, 3, 99):
                case(
                    "neighbours", [distances, index, k], neighbours(distances, index, k)
                )
            for threshold in (0.0, 0.5, 2.0, 9.0):
                expected = accepted(distances, labels, index, threshold)
                case("accepted", [distances, labels, index, threshold], expected)
    points = rng.normal(size=(9, 3))  # the nearest is the one that identify finds
    apart = ((points[:, None] - points) ** 2).sum(-1)
    for index in range(9):
        others = [i for i in range(9) if i != index]
        rows = torch.tensor(points)
        found = identify(rows[index][None], rows[others], 99.0).index.item()
        case("neighbours", [apart.tolist(), index, 1], [others[found]])
    places = rng.uniform(size=(12, 2)).round(3).tolist()
    for index in range(12):
        for direction in ([1, 0], [-1, 0], [0, 1], [0, -1]):
            found = towards_by_sight(places, index, np.array(direction))
            case("towards", [places, index, direction], found)
    for rank, name in ((0, "A"), (25, "Z"), (26, "A2"), (53, "B3")):
        case("nameOf", [rank], name)
    return cases
