"""Who is it? From one distance to a name, or to nobody (torch).

Verification compares one picture with one. Recognition compares it with all who are
enrolled, so it has as many occasions to be wrong.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.losses import squared_distances
from cvlib.validate import (
    check_floating,
    check_number,
    check_positive,
    check_shape,
)


def verify(distances: Tensor, threshold: float) -> Tensor:
    """Is it the same person? Yes, where the distance is at most the threshold.

    Args:
        distances: (…), at least 0.
        threshold: τ.

    Returns:
        (…) bool.

    Raises:
        TypeError: distances are no tensor of floating-point numbers.

    Example:
        >>> verify(torch.tensor([0.3, 0.7, 1.4]), 0.7)
        tensor([ True,  True, False])
    """
    check_tensor("distances", distances)
    check_floating("distances", distances)
    return distances <= check_number("threshold", threshold)


class Found(NamedTuple):
    """The nearest of all who are enrolled."""

    index: Tensor  # (N,) int64, a row of the gallery; −1 where nobody is near enough
    distance: Tensor  # (N,) to the nearest, whether it is near enough or not


def identify(queries: Tensor, gallery: Tensor, threshold: float) -> Found:
    """Who is it? The nearest in the gallery, if it is near enough.

    Args:
        queries: (N, D) embeddings.
        gallery: (K, D) embeddings of those who are known.
        threshold: the largest squared distance at which a picture is recognised.

    Returns:
        `index` and `distance`. Of equally near people the first.

    Raises:
        TypeError, ShapeError: no tensors, or rows of different lengths.
        ValueError: nobody is in the gallery.

    Example:
        >>> gallery = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
        >>> identify(torch.tensor([[0.9, 0.1], [0.0, 3.0]]), gallery, 0.5).index
        tensor([ 1, -1])
    """
    distance, index = squared_distances(queries, _filled("gallery", gallery)).min(dim=1)
    return Found(torch.where(verify(distance, threshold), index, -1), distance)


def error_growth(error: float, people: int) -> float:
    """1 − (1 − ε)^K: the chance of a false match among K strangers.

    If each comparison goes wrong with the chance ε, and one does not know of the other.

    Args:
        error: ε, of one comparison.
        people: K.

    Raises:
        TypeError, ValueError: ε is not in [0, 1], K not a positive integer.

    Example:
        >>> round(error_growth(0.01, 100), 3)
        0.634
    """
    error = check_number("error", error, minimum=0, maximum=1)
    return 1 - (1 - error) ** check_positive("people", people)


class Gallery:
    """People who are known by one picture each, or by a few.

    A new person is enrolled by adding a row. No weight of the network changes, which is
    what a network with one output a person could not do.

    Args:
        threshold: the largest squared distance at which a picture is recognised.

    Example:
        >>> known = Gallery(0.5)
        >>> known.enrol("Ada", torch.tensor([[1.0, 0.0]]))
        >>> known.enrol("Emmy", torch.tensor([[0.0, 1.0], [0.1, 0.9]]))
        >>> known.who(torch.tensor([[0.9, 0.1], [0.0, 0.8], [-1.0, 0.0]]))
        ['Ada', 'Emmy', None]
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = check_number("threshold", threshold, minimum=0)
        self.names: list[str] = []
        self.rows: list[Tensor] = []

    def enrol(self, name: str, embeddings: Tensor) -> None:
        """Remember a person by the mean of a few embeddings (K, D), or by one (1, D).

        Raises:
            TypeError: the embeddings are no tensor of floats.
            ShapeError: they are not (K, D), or D is another than before.
            ValueError: there is none, or the name is taken.
        """
        D = {"D": len(self.rows[0])} if self.rows else {}
        check_shape("embeddings", _filled("embeddings", embeddings), "K D", **D)
        check_floating("embeddings", embeddings)
        if name in self.names:
            raise ValueError(f"name must be new, got {name!r}, who is enrolled already")
        self.names.append(name)
        self.rows.append(embeddings.detach().mean(0))

    def forget(self, name: str) -> None:
        """Take a person out again, and everything that was kept of them.

        Raises:
            ValueError: nobody has this name.
        """
        if name not in self.names:
            raise ValueError(f"name must be one of {self.names}, got {name!r}")
        at = self.names.index(name)
        del self.names[at], self.rows[at]

    def who(self, queries: Tensor) -> Sequence[str | None]:
        """The names of those on (N, D) pictures, None for strangers."""
        if not self.rows:
            return [None] * len(queries)
        found = identify(queries, torch.stack(self.rows), self.threshold).index
        return [self.names[i] if i >= 0 else None for i in found.tolist()]


def _filled(name: str, rows: Tensor) -> Tensor:
    check_tensor(name, rows)
    if rows.shape[:1] == (0,):
        raise ValueError(f"{name} must hold at least one embedding, got none")
    return rows
