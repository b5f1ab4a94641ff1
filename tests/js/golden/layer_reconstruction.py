"""How many numbers cvlib's maps and Gram matrices hold."""

import torch

from cvlib.nets.features import feature_net
from cvlib.style import gram_matrix
from cvlib.widgets.layer_reconstruction import described


def golden() -> list[dict]:
    """Counted on the maps of the net itself."""
    cases, layers, total = [], described(), 0
    for side in (32, 40):
        found = feature_net().maps(torch.rand(1, 3, side, side))
        for layer in layers[:: 3 if side == 40 else 1]:
            maps = found[layer["name"]]
            about = {"channels": layer["channels"], "stride": layer["stride"]}
            cases.append(
                {"fn": "mapNumbers", "args": [side, about], "expected": maps.numel()}
            )
            if side == 32:
                gram = gram_matrix(maps)[0]
                count = int(torch.triu(torch.ones_like(gram)).sum())
                total += count
                cases.append(
                    {"fn": "gramNumbers", "args": [len(gram)], "expected": count}
                )
                cases.append(
                    {
                        "fn": "gramsUpTo",
                        "args": [layers, layer["name"]],
                        "expected": total,
                    }
                )
    for n in (7, 37632, 1254400):
        text = f"{n:,}".replace(",", "\u202f")
        cases.append({"fn": "grouped", "args": [n], "expected": text})
    return cases
