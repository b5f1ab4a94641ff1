"""W19: a layer, a unit, and the patches of real photographs that excite it most."""

from collections.abc import Sequence
from functools import lru_cache

import torch
import traitlets as t
from torch import Tensor, nn

from cvlib import show
from cvlib.conv import ReceptiveField
from cvlib.data.photos import photo
from cvlib.explain import receptive_field
from cvlib.explain.layers import activations
from cvlib.explain.receptive import box_of
from cvlib.image import resize, to_chw, to_hwc
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import data_uri

NET = "resnet20_cifar10"
LAYERS = ("conv1", "layer1", "layer2", "layer3")
SIDE = 112
"""Pixels of a picture's side: what the net is run on, and what the page holds."""
SQUARES = {
    "astronaut": [(0, 0, 512), (20, 110, 220)],
    "brick": [(0, 0, 256)],
    "camera": [(0, 0, 512), (60, 150, 200)],
    "chelsea": [(0, 75, 300), (70, 170, 120)],
    "china": [(0, 200, 427), (120, 330, 200)],
    "clock": [(0, 50, 300)],
    "coffee": [(0, 100, 400), (60, 200, 180)],
    "coins": [(0, 0, 300), (0, 0, 130)],
    "flower": [(0, 120, 427), (100, 220, 200)],
    "grass": [(0, 0, 300)],
    "gravel": [(0, 0, 256)],
    "hubble_deep_field": [(100, 100, 400)],
    "immunohistochemistry": [(0, 0, 300)],
    "retina": [(100, 100, 1200)],
    "rocket": [(0, 110, 427), (200, 250, 180)],
    "text": [(0, 0, 172)],
}
"""(top, left, side) of the squares cut from each photograph: whole, and closer."""


@lru_cache(maxsize=1)
def photographs() -> tuple[Tensor, tuple[str, ...]]:
    """Real pictures (N, 3, 112, 112) for a small net, and the name of each."""
    cut, names = [], []
    for name, squares in SQUARES.items():
        whole = photo(name)
        for number, (y, x, side) in enumerate(squares):
            part = resize(whole[y : y + side, x : x + side], (SIDE, SIDE))
            cut.append(torch.tensor(to_chw(part), dtype=torch.float32))
            names.append(name.replace("_", " ") + (", closer" if number else ""))
    return torch.stack(cut), tuple(names)


def best_of(maps: Tensor, k: int) -> list[list[list[float]]]:
    """For each unit its k best places, one a picture: [picture, row, column, value].

    Args:
        maps: (N, units, h, w).
        k: how many.
    """
    _, units, _, w = maps.shape
    values, places = maps.flatten(2).max(dim=2)  # (N, units)
    order = values.argsort(dim=0, descending=True, stable=True)[:k]
    return [
        [
            [n, *divmod(int(places[n, u]), w), round(float(values[n, u]), 3)]
            for n in order[:, u].tolist()
        ]
        for u in range(units)
    ]


class UnitBrowser(Interactive):
    """The patches that excite a unit, at the size that the unit sees.

    Args:
        model: the net; None for the book's.
        images: (N, 3, H, W) pictures to look through; None for the photographs.
        names: what to call each picture.
        layers: names of layers with maps, from the input up.
        k: patches a unit, at most one a picture.

    Example:
        >>> UnitBrowser(layer=1).layers[1]["size"]
        15
    """

    label = t.Unicode("The patches that excite a unit most").tag(sync=True)
    layer = t.Int(0).tag(sync=True)
    unit = t.Int(0).tag(sync=True)
    chosen = t.Int(0).tag(sync=True)
    """The patch under the reader's hand."""
    pictures = t.List(t.Unicode()).tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    sizes = t.List().tag(sync=True)
    layers = t.List().tag(sync=True)
    """Of each its name, its field (size, jump, start), and the patches of its units."""

    def __init__(
        self,
        model: nn.Module | None = None,
        images: Tensor | None = None,
        names: Sequence[str] = (),
        *,
        layers: Sequence[str] = LAYERS,
        k: int = 9,
        **state: object,
    ) -> None:
        if model is None:
            from cvlib.weights import load

            model = load(NET)
        if images is None:
            images, names = photographs()
        self._images = images
        super().__init__(
            pictures=[data_uri(to_hwc(image.numpy())) for image in images],
            names=list(names),
            sizes=[list(images.shape[-2:])] * len(images),
            layers=[described(model, name, images, k) for name in layers],
            **state,
        )

    def still(self) -> str:
        """The five best patches of one unit of each layer."""
        fig, axes = show.figure(6.5, 1.5 * len(self.layers), len(self.layers), 5)
        words = []
        for row, layer in zip(axes, self.layers, strict=True):
            show.bare(list(row))
            patches = layer["units"][min(self.unit, len(layer["units"]) - 1)]
            field = ReceptiveField(layer["size"], layer["jump"], layer["start"])
            for ax, (n, *position, _) in zip(row, patches, strict=False):
                size = tuple(self._images.shape[-2:])
                x1, y1, x2, y2 = box_of((field, field), tuple(position), size)
                ax.imshow(to_hwc(self._images[n].numpy())[y1:y2, x1:x2])
            row[0].set_title(layer["name"], color=p.INK)
            words.append(f"{layer['name']} sees {layer['size']} pixels")
        return show.Picture(fig, f"Best patches: {', '.join(words)}.")._repr_html_()


def described(model: nn.Module, layer: str, images: Tensor, k: int) -> dict:
    """What the page is told of a layer; fields as wide as they are high."""
    field, _ = receptive_field(model, layer, images)
    return {
        "name": layer,
        "size": field.size,
        "jump": field.jump,
        "start": field.start,
        "units": best_of(activations(model, layer, images), k),
    }
