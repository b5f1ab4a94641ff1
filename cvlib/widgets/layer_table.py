"""W12: the table of a network, with bars for memory, parameters and multiply-adds."""

from functools import cache

import traitlets as t

from cvlib import show
from cvlib.widgets._base import Interactive

QUANTITIES = {
    "memory": "activations",
    "parameters": "parameters",
    "multiply-adds": "multiply_adds",
}


@cache
def networks() -> dict[str, list[list]]:
    """Of each network, the rows: name, output, activations, parameters, multiply-adds.

    Counted by `cvlib.summary`; the blocks of the deeper ones are one row each.
    """
    import torch  # the interactives are looked at without it

    from cvlib.nets import alexnet, googlenet, mobilenet, resnet, vgg
    from cvlib.summary import summary

    makers = {
        "VGG-16": (vgg.vgg16, 224, None),
        "AlexNet": (alexnet.alexnet_lecture, 227, None),
        "GoogLeNet": (googlenet.googlenet_published, 224, 1),
        "ResNet-50": (resnet.resnet50, 224, 2),
        "MobileNetV2": (mobilenet.mobilenet_v2, 224, 2),
    }
    found = {}
    for name, (make, side, depth) in makers.items():
        with torch.device("meta"):
            net = make()
        rows = list(summary(net, (3, side, side), depth=depth))
        found[name] = [
            [label, _size(row.shape), *(getattr(row, q) for q in QUANTITIES.values())]
            for label, row in zip(_labels(rows), rows, strict=True)
        ]
    return found


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, (*shape[1:], shape[0])))


def _labels(rows: list) -> list[str]:
    """Names as the papers' readers say them: conv1_1 to fc8 for VGG."""
    if [row.name for row in rows[1:3]] != ["features.0", "features.2"]:
        return [_short(row.name) for row in rows]
    stage, number, labels = 1, 0, ["input"]
    for row in rows[1:]:
        number += 1
        if row.kind == "Conv2d":
            labels.append(f"conv{stage}_{number}")
        elif row.kind == "MaxPool2d":
            labels.append(f"pool{stage}")
            stage, number = stage + 1, 0
        else:
            labels.append(f"fc{stage + number - 1}")
    return labels


def _short(name: str) -> str:
    """The last part of a name, unless that is a number."""
    last = name.rpartition(".")[2]
    return name if last.isdigit() else last


class LayerTable(Interactive):
    """Pick a network and a quantity; press a row to see its share of all three.

    Example:
        >>> f"{LayerTable(network='AlexNet').shares()['fc6']:.0%} of the parameters"
        '61% of the parameters'
    """

    label = t.Unicode("What each layer of a network costs").tag(sync=True)
    networks = t.Dict().tag(sync=True)
    network = t.Unicode("VGG-16").tag(sync=True)
    quantity = t.Enum(list(QUANTITIES), "parameters").tag(sync=True)
    row = t.Int(19).tag(sync=True)

    @t.default("networks")
    def _networks(self) -> dict[str, list[list]]:
        return networks()

    def shares(self) -> dict[str, float]:
        """The share of every row in the quantity that is shown."""
        at = 2 + list(QUANTITIES).index(self.quantity)
        rows = self.networks[self.network]
        whole = sum(row[at] for row in rows)
        return {row[0]: row[at] / whole for row in rows}

    def still(self) -> str:
        """The table of the chosen network."""
        rows = self.networks[self.network]
        columns = ["layer", "output", *QUANTITIES]
        return show.table(columns, rows, caption=self.network)._repr_html_()
