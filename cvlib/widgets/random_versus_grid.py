"""W11: the same number of trials, on a grid and by chance."""

import math

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

WIDTH = 0.09
"""Of the hill on each axis, as a share of the range."""
OTHER = 0.7
"""Where the optimum of the second axis lies."""
DRAWS, MOST = 24, 25


def hill(x: float, optimum: float) -> float:
    """How good a value is, 1 at the optimum."""
    return math.exp(-(((x - optimum) / WIDTH) ** 2) / 2)


def quality(x: float, y: float, importance: float, optimum: float) -> float:
    """What a setting reaches: hills of the two axes, weighted by their importance."""
    return importance * hill(x, optimum) + (1 - importance) * hill(y, OTHER)


def grid(trials: int) -> list[list[float]]:
    """The middles of the cells of a square board."""
    side = math.isqrt(trials)
    along = [(i + 0.5) / side for i in range(side)]
    return [[x, y] for y in along for x in along]


def chance(seed: int = 0) -> list[list[list[float]]]:
    """Draws of as many points as are ever shown."""
    rng = np.random.default_rng(seed)
    return rng.random((DRAWS, MOST, 2)).round(3).tolist()


class RandomVersusGrid(Interactive):
    """Two squares of trials under the same two hills.

    Example:
        >>> RandomVersusGrid(trials=16).trials
        16
    """

    label = t.Unicode("Random search beside grid search").tag(sync=True)
    trials = t.Int(9).tag(sync=True)
    """A square number from 4 to 25."""
    importance = t.Float(0.9).tag(sync=True)
    """Of the horizontal axis; the rest is the other one's."""
    optimum = t.Float(0.34).tag(sync=True)
    draw = t.Int(3).tag(sync=True)
    draws = t.List(default_value=chance()).tag(sync=True)

    def still(self) -> str:
        """The two squares with their trials."""
        fig, axes = show.figure(6, 3.4, 1, 2)
        sets = {
            "grid": grid(self.trials),
            "random": self.draws[self.draw][: self.trials],
        }
        said = []
        for ax, (name, points) in zip(axes, sets.items(), strict=True):
            xs, ys = zip(*points, strict=True)
            along = np.linspace(0, 1, 200)
            heights = [1.05 + 0.3 * hill(x, self.optimum) for x in along]
            ax.plot(along, heights, color=p.OUTPUT, clip_on=False)
            ax.vlines(
                xs,
                1.05,
                [1.05 + 0.3 * hill(x, self.optimum) for x in xs],
                color=p.INPUT,
            )
            ax.scatter(xs, ys, color=p.INPUT, zorder=3)
            ax.set(xlim=(0, 1), ylim=(0, 1.4), xlabel="important", ylabel="unimportant")
            ax.set(xticks=[], yticks=[], aspect="equal")
            count = len(set(xs))
            ax.set_title(f"{name}: {count} values", loc="left")
            said.append(f"{name} tries {count} values")
        return show.Picture(
            fig, f"{self.trials} trials: " + ", ".join(said) + " of the important axis."
        )._repr_html_()
