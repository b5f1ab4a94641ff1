"""Robustness against accuracy: one small ResNet, trained at several ε, attacked at all.

ResNet-8 on half of CIFAR-10, trained as usual (ε = 0) and by Madry's method at ε =
2, 4 and 8 levels of 255, with the same epochs, order and augmentation. Then every
network under PGD of 20 steps with two starts, on the same pictures of the test split,
at ε from 0 to 16. Every network is kept under _build/experiments/adversarial_training
after each epoch: stopped and called again, the script goes on.

On one core with bfloat16 instructions the trainings take three quarters of an hour, the
attacks half an hour; `--levels 8 0` trains some of the networks only, so that two cores
can share the work. A trial: `--images 256 --epochs 1 --test 10 --dry`. Writes
book/data/adversarial_training.json.
"""

import argparse
import json
import platform
from datetime import date
from functools import partial
from pathlib import Path

import torch
from torch import nn

from cvlib.attack import accuracy_curve, fgsm, fit_adversarially, pgd
from cvlib.augment import standard_cifar
from cvlib.data.cifar import cifar10, cifar10_source
from cvlib.nets.resnet import CifarResNet
from cvlib.train import Checkpoint, History, evaluate, seed_all
from cvlib.train.schedules import one_cycle

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "_build" / "experiments" / "adversarial_training"
RECORD = ROOT / "book" / "data" / "adversarial_training.json"
LEVELS = (0, 2, 4, 8)
RADII = (0, 1, 2, 4, 6, 8, 12, 16)
DEPTH, WIDTH, STEPS, SEED = 8, 16, 4, 0


def trained(level: int, chosen: argparse.Namespace) -> tuple[nn.Module, History]:
    """The network of one ε, from its checkpoint or from the beginning."""
    seed_all(SEED)
    net = CifarResNet(DEPTH, width=WIDTH).to(memory_format=torch.channels_last)
    images, labels = cifar10("train")  # class by class: so pictures from all over
    taken = torch.arange(chosen.images) * len(labels) // chosen.images
    images, labels = images[taken], labels[taken]
    file = FOLDER / f"{chosen.images}_{chosen.epochs}_{level}.pt"
    resume = None if chosen.dry else Checkpoint(file)
    history = fit_adversarially(
        net, images, labels, eps=level / 255, epochs=chosen.epochs, steps=STEPS,
        batch_size=128, lr=0.1, schedule=one_cycle(), augment=standard_cifar,
        precision=torch.bfloat16, seed=SEED, resume=resume,
    )  # fmt: skip
    return net.to(memory_format=torch.contiguous_format).eval(), history


def curve_of(net: nn.Module, count: int) -> dict[str, list[float]]:
    """What is left of the accuracy at each ε, under many steps and under one."""
    images, labels = cifar10("test")
    drawn = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))
    images, labels = images[drawn[:count]].float() / 255, labels[drawn[:count]]
    radii = [r / 255 for r in RADII]
    many = partial(pgd, steps=20, restarts=2, seed=SEED)
    found = {}
    for name, attack in (("many", many), ("one", fgsm)):
        curve = accuracy_curve(net, images, labels, radii, attack)
        found[name] = [round(value, 4) for value in curve]
    return found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--images", type=int, default=25_000)
    parser.add_argument(
        "--levels", type=int, nargs="+", choices=LEVELS, default=LEVELS,
        help="train these; a part of them writes no record",
    )  # fmt: skip
    parser.add_argument("--test", type=int, default=1_000, help="pictures attacked")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dry", action="store_true", help="write no record")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    chosen = parser.parse_args()
    if not 1 <= chosen.images <= 50_000:
        parser.error(f"--images must be 1 to 50000, got {chosen.images}")
    torch.set_num_threads(chosen.threads)
    if not chosen.dry:
        FOLDER.mkdir(parents=True, exist_ok=True)
    rows, minutes = [], 0.0
    for level in chosen.levels:
        net, history = trained(level, chosen)
        if set(chosen.levels) != set(LEVELS):
            continue
        images, labels = cifar10("test")
        tested = slice(100 if chosen.dry else None)
        clean = evaluate(net, images[tested], labels[tested])[1]
        row = {"eps": level, "clean": round(clean, 4)} | curve_of(net, chosen.test)
        print(row, flush=True)
        rows.append(row)
        minutes += sum(history.seconds) / 60
    if not rows:
        return
    record = {
        "command": "python tools/experiments/adversarial_training.py",
        "seed": SEED,
        "hardware": f"{platform.machine()}, {torch.get_num_threads()} thread(s)",
        "minutes": round(minutes, 1),
        "date": date.today().isoformat(),
        "data": f"CIFAR-10 ({cifar10_source()}), {chosen.images} training images",
        "net": f"ResNet-{DEPTH}, {sum(p.numel() for p in net.parameters())} weights",
        "epochs": chosen.epochs,
        "steps": STEPS,
        "test": chosen.test,
        "radii": RADII,
        "nets": rows,
    }
    if not chosen.dry:
        text = json.dumps(record, indent=1, ensure_ascii=False)
        chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
