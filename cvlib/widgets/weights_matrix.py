"""W2: a 1-D convolution as connections that share weights, and as a matrix."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.conv import toeplitz
from cvlib.widgets._base import Interactive


class WeightsMatrix(Interactive):
    """A short signal, the few weights that read it, and the matrix they make.

    Example:
        >>> WeightsMatrix(w=[1, 2], stride=2).matrix().shape
        (4, 8)
    """

    label = t.Unicode(
        "A 1-D convolution drawn as connections with shared weights and as a matrix"
    ).tag(sync=True)
    x = t.List(default_value=[3, 1, 4, 1, 5, 9, 2, 6]).tag(sync=True)
    w = t.List(default_value=[1, 2]).tag(sync=True)
    stride = t.Int(2).tag(sync=True)
    padding = t.Int(0).tag(sync=True)
    at = t.Int(1).tag(sync=True)

    def matrix(self) -> np.ndarray:
        """The Toeplitz matrix of the state, (P, n)."""
        w = np.array(self.w, dtype=float)
        return toeplitz(w, len(self.x), stride=self.stride, padding=self.padding)

    def still(self) -> str:
        """Matrix times signal equals output, as number grids."""
        T, x = self.matrix(), np.array(self.x, dtype=float)
        return show.numbers(
            T, x[:, None], (T @ x)[:, None],
            titles=["matrix", "x", "y"], kinds=["kernel", "input", "output"],
            between=["·", "="],
        )._repr_html_()  # fmt: skip
