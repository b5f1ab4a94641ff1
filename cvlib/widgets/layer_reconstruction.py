"""What a layer keeps: a photograph and a texture made again from its maps."""

import traitlets as t

from cvlib.conv import receptive_field
from cvlib.nets.features import WIDTHS
from cvlib.widgets._base import Interactive
from cvlib.widgets.style_balance import picture, record, shots


def described() -> list[dict]:
    """Name, channels, stride and field of each convolution of our feature net.

    Example:
        >>> described()[-1]
        {'name': 'conv4_2', 'channels': 128, 'stride': 8, 'field': 68}
    """
    kernels, found = [], []
    for i, stage in enumerate(WIDTHS):
        kernels += [(2, 2, 0)] * bool(i)
        for j, channels in enumerate(stage):
            kernels.append((3, 1, 1))
            found.append(
                {
                    "name": f"conv{i + 1}_{j + 1}",
                    "channels": channels,
                    "stride": 2**i,
                    "field": receptive_field(kernels)[-1].size,
                }
            )
    return found


class LayerReconstruction(Interactive):
    """Walk up the layers, trained and untrained, and see what can be made again.

    Example:
        >>> LayerReconstruction(layer="conv3_1").kind
        'content'
    """

    label = t.Unicode("A picture made again from one layer of a network").tag(sync=True)
    photo = t.Unicode().tag(sync=True)
    painting = t.Unicode().tag(sync=True)
    side = t.Int().tag(sync=True)
    layers = t.List().tag(sync=True)
    frames = t.List().tag(sync=True)
    layer = t.Unicode("conv1_1").tag(sync=True)
    net = t.Unicode("trained").tag(sync=True)
    kind = t.Unicode("content").tag(sync=True)

    def __init__(self, **state: object) -> None:
        known = record("layer_reconstruction")
        super().__init__(
            **{key: known[key] for key in ("photo", "painting", "frames")},
            side=picture(known["photo"]).shape[0],
            layers=described(),
            **state,
        )

    def still(self) -> str:
        """What is made again from each layer."""
        own = [f for f in self.frames if (f["net"], f["kind"]) == (self.net, self.kind)]
        given = self.photo if self.kind == "content" else self.painting
        made = {f["src"]: f"Made again from {f['layer']}." for f in own}
        return shots({given: "What was given."} | made)
