"""Class maps as cvlib.explain and torch have them."""

import base64

import numpy as np
import torch
from torch.nn.functional import interpolate

from cvlib.explain import class_activation, gmp_localise, share_inside
from cvlib.nets.pooled import pooled_net
from cvlib.widgets.task_switch import encode


def golden() -> list[dict]:
    """Small maps of both signs, square and oblong."""
    cases = []
    generator = torch.Generator().manual_seed(0)
    for D, h, w, H, W in [(3, 4, 4, 16, 16), (5, 2, 3, 9, 12), (2, 6, 4, 6, 4)]:
        steps = torch.randint(0, 256, (D, h, w), generator=generator)
        features = steps.double() / 100
        text = base64.b64encode(steps.to(torch.uint8).numpy().tobytes()).decode()
        expected = features.flatten().tolist()
        cases.append({"fn": "decode", "args": [text, 0.01], "expected": expected})

        weight = torch.randn(4, D, generator=generator, dtype=torch.float64)
        bias = torch.randn(4, generator=generator, dtype=torch.float64)
        maps = class_activation(features[None], weight)[0]
        for c in range(4):
            args = [features.flatten().tolist(), weight[c].tolist()]
            plane = maps[c].flatten().tolist()
            cases.append({"fn": "classMap", "args": args, "expected": plane})
            for pooling, value in [
                ("average", maps[c].mean() + bias[c]),
                ("maximum", maps[c].max() + bias[c]),
            ]:
                args = [plane, bias[c].item(), pooling]
                expected = value.item()
                cases.append({"fn": "score", "args": args, "expected": expected})
            large = interpolate(
                maps[None, c : c + 1], size=(H, W), mode="bilinear", align_corners=False
            )[0, 0]
            cases.append(
                {
                    "fn": "upsample",
                    "args": [plane, [h, w], [H, W]],
                    "expected": large.flatten().tolist(),
                }
            )
            mask = torch.rand(H, W, generator=generator) < 0.3
            args = [large.flatten().tolist(), mask.flatten().tolist()]
            share = share_inside(large[None], mask[None])[0].item()
            cases.append({"fn": "shareInside", "args": args, "expected": share})
            over = large > large.max() / 5
            reached = (
                int((over & mask).sum()) / int(mask.sum()) if large.max() > 0 else 0
            )
            cases.append({"fn": "covered", "args": args, "expected": float(reached)})
        scores = (maps.mean((1, 2)) + bias).tolist()
        chances = torch.softmax(torch.tensor(scores, dtype=torch.float64), 0).tolist()
        cases.append({"fn": "softmax", "args": [scores], "expected": chances})
    cases.append({"fn": "softmax", "args": [[1000, 1000]], "expected": [0.5, 0.5]})

    net, x = pooled_net("maximum", 3, widths=(4, 6), depth=1), torch.rand(2, 3, 20, 28)
    found = gmp_localise(net, x)
    for n in range(2):
        for c in range(3):
            args = [found.maps[n, c].flatten().tolist(), [10, 14], [20, 28]]
            point = found.points[n, c].tolist()
            cases.append({"fn": "peak", "args": args, "expected": point})
    ids = np.array([[0, 0, 1], [2, 2, 1]])
    flat = ids.ravel().tolist()
    cases.append({"fn": "unroll", "args": [encode(ids)], "expected": flat})
    return cases
