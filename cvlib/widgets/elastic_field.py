"""W31: bend a picture of cells and its labels by one random field, or by two."""

import base64

import numpy as np
import torch
import traitlets as t

from cvlib import show
from cvlib.augment import elastic, elastic_displacement
from cvlib.data.cells import drawn_cells
from cvlib.segment import move_labels
from cvlib.widgets._base import Interactive

SIZE = 96


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()


class ElasticField(Interactive):
    """A picture of cells and its labels, bent; σ, α and another draw by hand.

    Example:
        >>> ElasticField(sigma=4.0).alpha
        300.0
    """

    label = t.Unicode("A picture of cells and its labels, bent by a random field").tag(
        sync=True
    )
    size = t.Int(SIZE).tag(sync=True)
    picture = t.Unicode().tag(sync=True)
    labels = t.Unicode().tag(sync=True)
    alpha = t.Float(300.0).tag(sync=True)
    sigma = t.Float(8.0).tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    together = t.Bool(True).tag(sync=True)
    """Whether the labels are bent by the field of the picture."""

    @t.default("picture")
    def _picture(self) -> str:
        return _packed(drawn_cells()[0])

    @t.default("labels")
    def _labels(self) -> str:
        return _packed(drawn_cells()[1])

    def still(self) -> str:
        """The picture, and picture and labels bent by one field."""
        picture, labels = (torch.from_numpy(values) for values in drawn_cells())
        generator = torch.Generator().manual_seed(self.seed)
        field = elastic_displacement(
            SIZE, alpha=self.alpha, sigma=self.sigma, generator=generator
        )
        bent, moved = move_labels(
            picture[None] / 255, labels, lambda sample: elastic(sample, field)
        )
        fig, axes = show.figure(6, 2.2, 1, 3)
        for ax, one in zip(axes, (picture / 255, bent[0], moved == 1), strict=True):
            ax.imshow(one.numpy(), cmap="gray", vmin=0, vmax=1)
            show.bare(ax)
        return show.Picture(
            fig, "A drawing of cells, the same bent, and its labels bent likewise."
        )._repr_html_()
