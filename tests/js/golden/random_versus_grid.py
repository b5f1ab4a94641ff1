"""What cvlib says of a grid and of chance."""

from cvlib.train import Range, Trial, best, distinct_values, grid_search
from cvlib.widgets import random_versus_grid as w


def trials_of(points: list, importance: float, optimum: float) -> list[Trial]:
    return [
        Trial({"x": x, "y": y}, w.quality(x, y, importance, optimum)) for x, y in points
    ]


def golden() -> list[dict]:
    """Boards by `grid_search`, the best and the counts by cvlib.train."""
    draws = w.chance()
    cases = [
        {"fn": "hill", "args": [x, 0.34], "expected": w.hill(x, 0.34)}
        for x in (0, 0.3, 0.34, 0.9)
    ]
    for trials in (4, 9, 16, 25):
        side = round(trials**0.5)
        inner = Range(0.5 / side, 1 - 0.5 / side, log=False)
        board = [
            [each.settings["x"], each.settings["y"]]
            for each in grid_search(
                lambda y, x: 0.0, {"y": inner, "x": inner}, points=side, progress=False
            )
        ]
        cases.append({"fn": "board", "args": [trials], "expected": board})
        for importance, optimum in ((1.0, 0.34), (0.5, 0.5), (0.75, 0.9)):
            chosen = [importance, optimum]
            for points in (board, draws[3][:trials]):
                found = trials_of(points, *chosen)
                values = distinct_values(found, "x")
                place = found.index(best(found))
                cases += [
                    {"fn": "distinct", "args": [points, 0], "expected": values},
                    {"fn": "best", "args": [points, *chosen], "expected": place},
                    {
                        "fn": "quality",
                        "args": [points[1], *chosen],
                        "expected": found[1].score,
                    },
                ]
            mark = best(trials_of(w.grid(trials), *chosen)).score
            ahead = sum(
                best(trials_of(draw[:trials], *chosen)).score > mark for draw in draws
            )
            cases.append(
                {"fn": "wins", "args": [draws, trials, *chosen], "expected": ahead}
            )
    return cases
