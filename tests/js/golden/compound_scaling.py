"""What cvlib says of scaled EfficientNets: factors, channels, and exact counts."""

import torch

from cvlib.nets.efficientnet import EfficientNet
from cvlib.nets.scaling import compound_scale, round_channels
from cvlib.summary import multiply_adds, num_parameters
from cvlib.widgets import CompoundScaling

SIZES = [(1, 1, 224), (1.1, 1.0, 240), (1.44, 1.21, 296), (2, 1, 224), (1, 2, 65)]


def golden() -> list[dict]:
    """Factors by the class in Python, counts by building the network and tracing it."""
    cases = []
    for phi, alpha, beta, gamma in [(0, 1.2, 1.1, 1.15), (3.5, 1.2, 1.1, 1.15)]:
        bases = {"alpha": alpha, "beta": beta, "gamma": gamma}
        spent = compound_scale(phi, **bases).multiply_adds
        cases.append(
            {"fn": "budget", "args": [phi, alpha, beta, gamma], "expected": spent}
        )
        for how in ("all", "depth", "width", "resolution"):
            scale = CompoundScaling(phi=phi, how=how, **bases).scale()
            cases.append(
                {
                    "fn": "factors",
                    "args": [how, phi, alpha, beta, gamma],
                    "expected": {
                        "depth": scale.depth,
                        "width": scale.width,
                        "resolution": scale.resolution,
                    },
                }
            )
    for channels in (0, 3.9, 12, 17.9, 22.4, 35.2, 36, 387.2):
        expected = round_channels(channels)
        cases.append({"fn": "roundChannels", "args": [channels], "expected": expected})
    for depth, width, size in SIZES:
        with torch.device("meta"):  # shapes without numbers
            net = EfficientNet(depth_mult=depth, width_mult=width)
        expected = {
            "adds": multiply_adds(net, (3, size, size)),
            "held": num_parameters(net),
        }
        args = [depth, width, size]
        cases.append({"fn": "counts", "args": args, "expected": expected})
    return cases
