"""W20: choose a class, and see where in a picture the network finds it."""

import base64

import torch
import traitlets as t
from torch import Tensor, nn

from cvlib import show
from cvlib.data.scenes import Scene, scene
from cvlib.data.weak import SHAPE_CLASSES
from cvlib.explain import activations
from cvlib.image import resize, to_chw
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import data_uri, encode, instance_map

WEIGHTS = {"average": "shapes_gap", "maximum": "shapes_gmp"}
SIZE, SHOWN = 64, 192  # the side that the net sees, and the one that the reader sees
SEEDS = {"one": (11, 1), "two": (3, 2), "three": (5, 3), "four": (8, 4)}


def shots() -> dict[str, Scene]:
    """The pictures of the page: a name, and a scene with all that is known of it."""
    return {
        name: scene(
            seed, size=SHOWN, n_objects=count, classes=SHAPE_CLASSES, radius=(0.15, 0.2)
        )
        for name, (seed, count) in SEEDS.items()
    }


def as_input(shot: Scene) -> Tensor:
    """(1, 3, 64, 64): the picture as the network sees it."""
    small = resize(shot.image, (SIZE, SIZE))
    return torch.tensor(to_chw(small), dtype=torch.float32)[None]


class ClassActivation(Interactive):
    """Weigh the maps of a network for one class and lay the sum over the picture.

    The page gets the maps themselves, a byte each, and the weights: the sum, its
    pooling and the heat map are worked out where the reader is.

    Example:
        >>> ClassActivation(category=1).classes
        ['circle', 'triangle', 'ring', 'cross']
    """

    label = t.Unicode("Where the network finds each class").tag(sync=True)
    picture = t.Int(1).tag(sync=True)
    pooling = t.Unicode("average").tag(sync=True)
    category = t.Int(0).tag(sync=True)
    raw = t.Bool(False).tag(sync=True)
    """Whether the cells of the map are shown as they are."""
    classes = t.List(t.Unicode(), default_value=list(SHAPE_CLASSES)).tag(sync=True)
    pictures = t.List().tag(sync=True)
    nets = t.Dict().tag(sync=True)

    def __init__(self, **state: object) -> None:
        from cvlib.weights import load

        self._shots = shots()
        nets = {
            pooling: described(load(name), list(self._shots.values()))
            for pooling, name in WEIGHTS.items()
        }
        pictures = [
            {
                "name": name,
                "src": data_uri(shot.image),
                "size": list(shot.image.shape[:2]),
                "objects": list(shot.names),
                "runs": encode(instance_map(shot.masks)),
            }
            for name, shot in self._shots.items()
        ]
        super().__init__(pictures=pictures, nets=nets, **state)

    def still(self) -> str:
        """The picture, and beside it the map of the chosen class."""
        shot = list(self._shots.values())[self.picture]
        net = self.nets[self.pooling]
        maps = decoded(net, self.picture)
        weight = torch.tensor(net["weight"][self.category], dtype=torch.float64)
        plane = torch.einsum("d,dhw->hw", weight, maps)
        fig, (left, right) = show.figure(5.5, 2.8, 1, 2)
        show.bare([left, right])
        left.imshow(shot.image)
        right.imshow(plane.clamp(min=0).numpy(), cmap="gray")
        name = self.classes[self.category]
        right.set_title(f"map of “{name}”", color=p.INK)
        words = f"A picture with {', '.join(shot.names)}, and the map of {name}."
        return show.Picture(fig, words)._repr_html_()


def described(net: nn.Sequential, pictures: list[Scene]) -> dict:
    """Features of each picture as bytes, and what weighs them."""
    final = next(m for m in reversed(net) if isinstance(m, nn.Linear | nn.Conv2d))
    *_, last = (name for name, m in net.named_children() if isinstance(m, nn.ReLU))
    x = torch.cat([as_input(shot) for shot in pictures])
    maps = activations(net, last, x)  # (N, D, h, w), not negative
    scale = maps.max().item() / 255
    steps = (maps / scale).round().to(torch.uint8)
    return {
        "weight": rounded(final.weight.detach().flatten(1)),
        "bias": rounded(final.bias.detach()),
        "size": list(maps.shape[2:]),
        "scale": scale,
        "features": [base64.b64encode(s.numpy().tobytes()).decode() for s in steps],
    }


def rounded(values: Tensor) -> list:
    """The numbers with five decimals: a byte of the features is coarser."""
    return [
        rounded(v) if v.ndim else round(float(v), 5) for v in values.double().unbind()
    ]


def decoded(net: dict, picture: int) -> Tensor:
    """(D, h, w): the features of one picture, as the page reads them."""
    steps = bytearray(base64.b64decode(net["features"][picture]))
    maps = torch.frombuffer(steps, dtype=torch.uint8).double() * net["scale"]
    return maps.reshape(-1, *net["size"])
