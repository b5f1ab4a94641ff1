"""Degradation on the 8 × 8 digits: six depths, plain and residual, epoch by epoch.

Fully connected twins (cvlib.nets.stack) on 1500 digits: what the book shows beside the
photographs of CIFAR-10, and what a reader can repeat in minutes. Writes
book/data/depth_digits.json after each net and goes on from there.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import torch

from cvlib.data.digits import digits
from cvlib.nets.stack import linear_stack
from cvlib.train import fit, seed_all

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "depth_digits.json"
DEPTHS = (8, 14, 20, 32, 44, 56)
SETTINGS = {"lr": 0.05, "batch_size": 64}
EPOCHS = 20


def name(depth: int, residual: bool) -> str:
    """What a net is called in the record."""
    return f"{'residual' if residual else 'plain'}{depth}"


def train(depth: int, residual: bool, *, epochs: int, seed: int) -> dict:
    """Train one net and return its part of the record."""
    images, labels = map(torch.from_numpy, digits("train"))
    test = tuple(map(torch.from_numpy, digits("test")))
    seed_all(seed)
    model = linear_stack(depth, residual=residual)
    history = fit(
        model,
        images,
        labels,
        epochs=epochs,
        validation=test,
        seed=seed,
        explosion=None,
        progress=False,
        **SETTINGS,
    )
    return {
        "name": name(depth, residual),
        "depth": depth,
        "residual": residual,
        "parameters": sum(p.numel() for p in model.parameters()),
        "epochs": [
            {
                "epoch": i + 1,
                "lr": SETTINGS["lr"],
                "train_loss": round(history.train_loss[i], 5),
                "train_accuracy": round(history.train_accuracy[i], 5),
                "test_loss": round(history.val_loss[i], 5),
                "test_accuracy": round(history.val_accuracy[i], 5),
            }
            for i in range(epochs)
        ],
    }


def main() -> None:
    """Train the nets that the record lacks, the shallow ones first."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="two epochs of two depths")
    parser.add_argument("--nets", type=int, default=99, help="stop after so many")
    parser.add_argument("--record", type=Path, default=RECORD)
    options = parser.parse_args()
    torch.set_num_threads(1)  # the matrices are small
    record = {
        "command": "python tools/experiments/depth_digits.py",
        "seed": options.seed,
        "hardware": "1 CPU core",
        "minutes": 0.0,
        "data": "1500 training and 297 test digits of scikit-learn",
        "settings": SETTINGS,
        "runs": [],
    }
    if options.record.exists():
        record = json.loads(options.record.read_text(encoding="utf-8"))
    known = {run["name"] for run in record["runs"]}
    depths, epochs = (DEPTHS[:2], 2) if options.quick else (DEPTHS, EPOCHS)
    wanted = [(d, r) for d in depths for r in (False, True) if name(d, r) not in known]
    for depth, residual in wanted[: options.nets]:
        start = time.perf_counter()
        run = train(depth, residual, epochs=epochs, seed=options.seed)
        record["runs"].append(run)
        minutes = (time.perf_counter() - start) / 60
        record["minutes"] = round(record["minutes"] + minutes, 2)
        record["date"] = date.today().isoformat()
        text = json.dumps(record, ensure_ascii=False, indent=1)
        options.record.write_text(text + "\n", encoding="utf-8")
        last = run["epochs"][-1]
        print(
            f"{run['name']:10s} training {last['train_accuracy']:.1%}, "
            f"test {last['test_accuracy']:.1%}, {60 * minutes:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
