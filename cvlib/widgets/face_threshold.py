"""W32: move a threshold over two histograms of distances, and along the ROC curve."""

import numpy as np
import torch
import traitlets as t

from cvlib import show
from cvlib.faces import error_growth
from cvlib.metrics import roc, roc_by_definition
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

BINS = 40


def imagined(near: float, far: float, seed: int = 0) -> dict[str, list[float]]:
    """Squared distances of 150 pairs of each kind, about `near` and about `far`."""
    rng = np.random.default_rng(seed)
    return {
        name: np.clip(rng.gamma(6, mean / 6, 150), 0, 4).round(3).tolist()
        for name, mean in (("same", near), ("different", far))
    }


def as_pairs(pairs: dict[str, list[float]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Distances (N,) and whether each is of one person (N,)."""
    same, different = (
        torch.tensor(pairs[k], dtype=torch.float64) for k in ("same", "different")
    )
    kinds = torch.cat([torch.ones(len(same)), torch.zeros(len(different))]).bool()
    return torch.cat([same, different]), kinds


class FaceThreshold(Interactive):
    """Distances of pairs, a threshold, and what it does to both kinds.

    Example:
        >>> FaceThreshold(threshold=0.5).chosen
        'a good network'
    """

    label = t.Unicode("A threshold over distances, and the ROC curve").tag(sync=True)
    sets = t.Dict(
        default_value={
            "a good network": imagined(0.5, 1.6),
            "a poor one": imagined(0.9, 1.3, seed=1),
        }
    ).tag(sync=True)
    """By name the distances of pairs of one person, `same`, and of two, `different`."""
    chosen = t.Unicode().tag(sync=True)
    threshold = t.Float(0.8).tag(sync=True)
    people = t.Int(1).tag(sync=True)
    """How many are enrolled: 1 is verification."""
    turned = t.Bool(False).tag(sync=True)
    """Whether a pair is accepted *above* the threshold, the wrong way round."""

    @t.default("chosen")
    def _first(self) -> str:
        return next(iter(self.sets))

    def still(self) -> str:
        """Both histograms and the curve."""
        pairs = self.sets[self.chosen]
        distances, same = as_pairs(pairs)
        fig, (left, right) = show.figure(6.5, 3, 1, 2)
        edges = np.linspace(0, max(distances).item(), BINS + 1)
        for name, colour in (("same", p.OUTPUT), ("different", p.GRADIENT)):
            left.hist(pairs[name], edges, color=colour, alpha=0.6, label=name)
        left.axvline(self.threshold, color=p.HAND, linewidth=2)
        left.set(xlabel="distance", yticks=[])
        left.legend()
        curve = roc(distances, same)
        right.plot(curve.false_accept, curve.true_accept, color=p.OUTPUT)
        shares = roc_by_definition(distances, same, self.threshold)
        accepted, found = (1 - s if self.turned else s for s in shares)
        right.plot(accepted, found, "o", color=p.HAND, markersize=9)
        right.set(xlabel="strangers accepted", ylabel="friends accepted")
        wrong = error_growth(accepted, self.people)
        words = (
            f"Two histograms and a curve: at {self.threshold:.2f}, {found:.0%} of the "
            f"pairs of one person are accepted, and with {self.people} enrolled a "
            f"stranger passes with a chance of {wrong:.0%}."
        )
        return show.Picture(fig, words)._repr_html_()
