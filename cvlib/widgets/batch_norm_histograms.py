"""W8: a batch of one unit's activations before and after batch normalisation."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.norm import batch_norm
from cvlib.show import palette
from cvlib.widgets._base import Interactive

COUNT = 1537  # the value in hand and 1536 others


def sample(seed: int = 0) -> list[float]:
    """Activations of one unit in standard units: skewed with two humps, not Gaussian.

    The first is the value in hand, which joins every batch. The others have mean 0 and
    variance 1, so that shift and spread are the mean and the spread of the input.
    """
    rng = np.random.default_rng(seed)
    z = np.where(rng.random(COUNT) < 0.7, -0.6, 1.5) + 0.5 * rng.normal(size=COUNT)
    z = (z - z[1:].mean()) / z[1:].std()
    z[0] = 1.5
    return z.round(2).tolist()


class BatchNormHistograms(Interactive):
    """Move the input of a unit and see that its normalised output stays where it is.

    Example:
        >>> x, y = BatchNormHistograms(shift=3, spread=2, gamma=1, beta=0).batch()
        >>> x.shape, bool(abs(y.mean()) < 1e-12), round(float(y.std()), 3)
        ((256,), True, 1.0)
    """

    label = t.Unicode("Histograms of a batch before and after normalisation").tag(
        sync=True
    )
    z = t.List(t.Float()).tag(sync=True)
    shift = t.Float(3).tag(sync=True)
    spread = t.Float(2).tag(sync=True)
    gamma = t.Float(1).tag(sync=True)
    beta = t.Float(0).tag(sync=True)
    size = t.Int(256).tag(sync=True)
    training = t.Bool(True).tag(sync=True)
    seen = t.Int(5).tag(sync=True)
    momentum = t.Float(0.1).tag(sync=True)

    @t.default("z")
    def _z(self) -> list[float]:
        return sample()

    def _batch(self, k: int, *, with_hand: bool) -> np.ndarray:
        """Batch k of `size` values, (N, 1); the value in hand first, if it is there."""
        z, others = np.array(self.z), len(self.z) - 1
        n = self.size - with_hand
        chosen = 1 + (k * self.size + np.arange(n)) % others
        picked = np.concatenate([z[:with_hand], z[chosen]])
        return (self.shift + self.spread * picked)[:, None]

    def running(self) -> tuple[np.ndarray, np.ndarray]:
        """Running mean and variance, (1,) each, after the batches seen."""
        mean, var = np.zeros(1), np.ones(1)
        for k in range(self.seen):
            batch_norm(
                self._batch(k, with_hand=False), mean, var,
                training=True, momentum=self.momentum,
            )  # fmt: skip
        return mean, var

    def batch(self) -> tuple[np.ndarray, np.ndarray]:
        """The batch on show, before and after, (N,) each."""
        x = self._batch(self.seen, with_hand=True)
        weight, bias = np.array([self.gamma]), np.array([self.beta])
        y = batch_norm(x, *self.running(), weight, bias, training=self.training)
        return x[:, 0], y[:, 0]

    def still(self) -> str:
        """Two histograms on one axis."""
        fig, axes = show.figure(6.2, 2.8, 2, 1, sharex=True)
        colours = palette.INPUT, palette.OUTPUT
        rows = zip(axes, self.batch(), ("before: x", "after: y"), colours, strict=True)
        words = []
        for ax, values, title, colour in rows:
            counts, edges = np.histogram(values.clip(-9, 9), np.linspace(-9, 9, 73))
            ax.stairs(counts, edges, fill=True, color=colour)  # one path, not 72
            ax.axvline(0, color=palette.MUTED, linewidth=0.8)
            ax.set(xlim=(-9, 9), yticks=[], title=title)
            ax.spines["left"].set_visible(False)
            words.append(
                f"{title}, mean {values.mean():.2f}, spread {values.std():.2f}"
            )
        return show.Picture(fig, "Histograms; " + "; ".join(words))._repr_html_()
