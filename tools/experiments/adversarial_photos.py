"""The lectures' picture again: a photograph of a cat that a network calls guacamole.

- guacamole: scikit-image's Chelsea, SqueezeNet 1.1 with its ImageNet weights, PGD
  within 8 levels of 255 towards class 924. The result is rounded to bytes and must
  still be guacamole: it is a picture that can be saved and sent.
- small: the same for our ResNet-20 and the cat at 32 × 32, towards each of the other
  nine classes.

SqueezeNet's weights come by download; the folder named by CVLIB_DATA is looked in
first. Writes book/data/adversarial_photos.json. `--quick` takes few steps and writes
nothing.
"""

import argparse
import base64
import io
import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from cvlib.attack import norms, pgd
from cvlib.data.cifar import CIFAR10_CLASSES
from cvlib.data.photos import photo
from cvlib.image import resize, to_chw
from cvlib.weights import load

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "adversarial_photos.json"
SIDE, EPS, GUACAMOLE, CAT, SEED = 224, 8 / 255, 924, 3, 0
WINDOW = (slice(0, 300), slice(75, 375))  # Chelsea's head, a square


def cat(side: int) -> Tensor:
    """(1, 3, side, side): Chelsea's head in whole bytes, as a file has them."""
    image = resize(photo("chelsea")[WINDOW], (side, side))
    return torch.tensor(to_chw(image)).float()[None].mul(255).round() / 255


def in_bytes(x: Tensor) -> Tensor:
    """What is left of a picture after it was saved."""
    return x.mul(255).round() / 255


def png(x: Tensor) -> str:
    """A picture of bytes as a data URI, without loss."""
    pixels = x[0].permute(1, 2, 0).mul(255).round().numpy().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@torch.no_grad()
def probabilities(net: nn.Module, x: Tensor) -> Tensor:
    """(K,) of one picture."""
    return net(x).softmax(1)[0]


def attacked(net: nn.Module, x: Tensor, target: int, steps: int) -> Tensor:
    """A picture of bytes no further than 8 levels, towards one class."""
    wanted = torch.tensor([target])
    how = {"eps": EPS, "alpha": 1 / 255, "steps": steps, "targeted": True}
    return in_bytes(pgd(net, x, wanted, random_start=False, seed=SEED, **how))


def guacamole(steps: int) -> dict:
    """SqueezeNet and the cat."""
    net, x = load("squeezenet1_1_imagenet"), cat(SIDE)
    before = probabilities(net, x)
    moved = attacked(net, x, GUACAMOLE, steps)
    after = probabilities(net, moved)
    return {
        "net": "squeezenet1_1_imagenet",
        "target": GUACAMOLE,
        "levels": round(norms(moved - x).item() * 255),
        "steps": steps,
        "before": {
            "class": int(before.argmax()),
            "probability": round(before.max().item(), 4),
            "cats": round(before[281:286].sum().item(), 4),
        },
        "after": {
            "class": int(after.argmax()),
            "probability": round(after.max().item(), 6),
        },
        "src": png(moved),
    }


def small(steps: int) -> list[dict]:
    """ResNet-20, the cat at 32 × 32, and every other class."""
    net, x = load("resnet20_cifar10"), cat(32)
    rows = []
    for target, name in enumerate(CIFAR10_CLASSES):
        if target != CAT:
            moved = attacked(net, x, target, steps)
            after = probabilities(net, moved)
            rows.append(
                {
                    "target": name,
                    "class": CIFAR10_CLASSES[int(after.argmax())],
                    "probability": round(after[target].item(), 6),
                    "levels": round(norms(moved - x).item() * 255),
                }
            )
    before = probabilities(net, x)
    print(f"before: {CIFAR10_CLASSES[int(before.argmax())]} {before.max():.3f}")
    return rows


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="few steps, no record")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--steps", type=int, default=40)
    chosen = parser.parse_args()
    steps = 6 if chosen.quick else chosen.steps
    begin = time.process_time()
    found = guacamole(steps)
    print(found["before"], found["after"], found["levels"], "levels")
    rows = small(steps)
    print(*(f"{r['target']} {r['probability']:.3f}" for r in rows), sep="\n")
    if chosen.quick:
        return
    record = {
        "command": "python tools/experiments/adversarial_photos.py",
        "seed": SEED,
        "hardware": f"{torch.get_num_threads()} CPU thread(s)",
        "minutes": round((time.process_time() - begin) / 60, 2),
        "date": date.today().isoformat(),
        "data": "Chelsea the cat (Stéfan van der Walt, CC0, scikit-image); ImageNet "
        "weights of SqueezeNet 1.1",
        "guacamole": found,
        "small": rows,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
