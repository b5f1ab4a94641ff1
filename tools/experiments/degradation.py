"""Degradation on CIFAR-10: 20 and 56 layers, plain and residual, epoch by epoch.

He and others, CVPR 2016, figure 6, with fewer epochs: does a deeper net have the higher
training error? Each net is saved after every epoch, so the script can be stopped at any
time and started again. Writes book/data/degradation.json after each net.
"""

import argparse
import json
import os
from datetime import date
from pathlib import Path

import torch

from cvlib.augment import standard_cifar
from cvlib.data.cifar import cifar10, cifar10_source
from cvlib.nets.resnet import CifarResNet
from cvlib.train import Checkpoint, History, fit, seed_all
from cvlib.train.schedules import one_cycle

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "degradation.json"
CHECKPOINTS = ROOT / "_build" / "experiments" / "degradation"
NETS = [(20, True), (20, False), (56, False), (56, True)]


def name(depth: int, residual: bool) -> str:
    """What a net is called in the record."""
    return f"{'residual' if residual else 'plain'}{depth}"


def run(depth: int, residual: bool, options: argparse.Namespace) -> dict:
    """Train one net, or go on with it."""
    keep = 512 if options.quick else None
    images, labels = (part[:keep] for part in cifar10("train"))
    test = tuple(part[:keep] for part in cifar10("test"))
    seed_all(options.seed)
    model = CifarResNet(depth, residual=residual).to(memory_format=torch.channels_last)
    title = name(depth, residual)
    history = fit(
        model,
        images,
        labels,
        epochs=options.epochs,
        lr=0.1,
        weight_decay=1e-4,
        schedule=one_cycle(),
        augment=standard_cifar,
        validation=test,
        seed=options.seed,
        precision=torch.bfloat16,
        resume=Checkpoint(options.checkpoints / f"{title}-{options.seed}.pt"),
    )
    return {
        "name": title,
        "depth": depth,
        "residual": residual,
        "parameters": sum(p.numel() for p in model.parameters()),
        "minutes": round(sum(history.seconds) / 60, 1),
        "epochs": [epoch(history, i) for i in range(history.epochs)],
    }


def epoch(history: History, i: int) -> dict:
    """One row of the record."""
    row = {
        "lr": history.lr[i],
        "train_loss": history.train_loss[i],
        "train_accuracy": history.train_accuracy[i],
        "test_loss": history.val_loss[i],
        "test_accuracy": history.val_accuracy[i],
    }
    return {"epoch": i + 1} | {key: round(value, 5) for key, value in row.items()}


def main() -> None:
    """Train the four nets in turn and write what they went through."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true", help="512 images, one epoch")
    parser.add_argument("--record", type=Path, default=RECORD)
    parser.add_argument("--checkpoints", type=Path, default=CHECKPOINTS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.epochs = 1 if options.quick else options.epochs
    record = {
        "command": f"python tools/experiments/degradation.py --epochs {options.epochs}",
        "seed": options.seed,
        "hardware": "2 CPU cores, bfloat16",
        "data": f"CIFAR-10 ({cifar10_source()}), crops and mirrored, 50 000 images",
        "runs": [],
    }
    for depth, residual in NETS:
        print(name(depth, residual), flush=True)
        record["runs"].append(run(depth, residual, options))
        record["minutes"] = round(sum(r["minutes"] for r in record["runs"]), 1)
        record["date"] = date.today().isoformat()
        text = json.dumps(record, indent=1, ensure_ascii=False)
        options.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
