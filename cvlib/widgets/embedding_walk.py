"""Walk over a map of faces: who is near whom, by the distance of a network."""

from collections.abc import Sequence

import numpy as np
import torch
import traitlets as t
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from numpy.typing import ArrayLike, NDArray

from cvlib import show
from cvlib.losses import squared_distances
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import data_uri

NEAREST = 5


def neighbours(distances: ArrayLike, index: int, k: int) -> list[int]:
    """The k nearest of all others, the first of equals first.

    Example:
        >>> neighbours([[0, 3, 1], [3, 0, 2], [1, 2, 0]], 0, 2)
        [2, 1]
    """
    row = np.asarray(distances, dtype=float)[index]
    order = np.argsort(row, kind="stable").tolist()
    return [i for i in order if i != index][:k]


def accepted(
    distances: ArrayLike, labels: Sequence[int], index: int, threshold: float
) -> dict[str, int]:
    """How many others of the same person, and of others, lie within a threshold.

    Example:
        >>> accepted([[0, 3, 1], [3, 0, 2], [1, 2, 0]], [7, 7, 9], 0, 1.0)
        {'own': 0, 'of': 1, 'strangers': 1}
    """
    row, labels = np.asarray(distances, dtype=float)[index], np.asarray(labels)
    others = np.arange(len(labels)) != index
    own = others & (labels == labels[index])
    inside = others & (row <= threshold)
    return {
        "own": int((own & inside).sum()),
        "of": int(own.sum()),
        "strangers": int((inside & ~own).sum()),
    }


class EmbeddingWalk(Interactive):
    """Faces on a map, and the distances that the map can only hint at.

    Args:
        images: (N, H, W, 3) small pictures in [0, 1].
        points: (N, D) embeddings.
        labels: (N,) who is on each.
        places: (N, 2) where each is drawn; None for the first two principal axes.

    Example:
        >>> EmbeddingWalk(np.zeros((3, 8, 8, 3)), np.eye(3), [0, 0, 1]).distances[0]
        [0.0, 2.0, 2.0]
    """

    label = t.Unicode("A map of faces, and the nearest of each").tag(sync=True)
    pictures = t.List(t.Unicode()).tag(sync=True)
    distances = t.List().tag(sync=True)
    """(N, N) squared distances, to three digits."""
    labels = t.List(t.Int()).tag(sync=True)
    places = t.List().tag(sync=True)
    """(N, 2) in [0, 1], from the left and from above."""
    chosen = t.Int(0).tag(sync=True)
    threshold = t.Float(0.8).tag(sync=True)

    def __init__(
        self,
        images: NDArray,
        points: ArrayLike,
        labels: Sequence[int],
        places: ArrayLike | None = None,
        **state: object,
    ) -> None:
        points = torch.as_tensor(np.asarray(points)).double()
        self._images = np.asarray(images)
        super().__init__(
            pictures=[data_uri(image) for image in self._images],
            distances=squared_distances(points, points).numpy().round(3).tolist(),
            labels=[int(label) for label in labels],
            places=spread_out(principal(points.numpy()) if places is None else places),
            **state,
        )

    def still(self) -> str:
        """The map, with lines from the chosen face to its nearest."""
        fig, ax = show.figure(6.5, 5)
        at = np.array(self.places) * (1, -1)
        for i in neighbours(self.distances, self.chosen, NEAREST):
            own = self.labels[i] == self.labels[self.chosen]
            colour = p.OUTPUT if own else p.GRADIENT
            ax.plot(*at[[self.chosen, i]].T, color=colour, zorder=0)
        for picture, place in zip(self._images, at, strict=True):
            small = OffsetImage(picture, zoom=22 / len(picture))
            ax.add_artist(AnnotationBbox(small, place, frameon=False))
        ax.plot(*at[self.chosen], "o", color=p.HAND, markersize=26, zorder=0)
        ax.set(xlim=(-0.05, 1.05), ylim=(-1.05, 0.05))
        show.bare(ax)
        people = len(set(self.labels))
        words = f"A map of {len(at)} faces of {people} people."
        return show.Picture(fig, words)._repr_html_()


def principal(points: NDArray) -> NDArray:
    """(N, 2): the two directions in which the points differ most.

    Example:
        >>> abs(principal(np.array([[0.0, 0, 0], [0, 4, 0], [0, 2, 1]]))).round(1)[:, 0]
        array([2., 2., 0.])
    """
    centred = points - points.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return (left * sizes)[:, :2]


def spread_out(places: ArrayLike) -> list[list[float]]:
    """The same places, stretched to [0, 1] along both axes.

    Example:
        >>> spread_out([[0, 5], [4, 5], [1, 6]])
        [[0.0, 0.0], [1.0, 0.0], [0.25, 1.0]]
    """
    places = np.asarray(places, dtype=float)
    low, high = places.min(axis=0), places.max(axis=0)
    return ((places - low) / np.where(high > low, high - low, 1)).round(4).tolist()


def example() -> EmbeddingWalk:
    """Twelve coloured squares of three "people", for tests."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 4)
    points = np.eye(4)[labels] + rng.normal(0, 0.2, (12, 4))
    images = np.ones((12, 16, 16, 3)) * np.eye(3)[labels][:, None, None] * 0.8
    return EmbeddingWalk(images, points, labels)
