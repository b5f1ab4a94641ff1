"""Coarse to fine on CIFAR-10: the lecture's two searches, and the one its answer needs.

A two-layer network, 3072-50-10, on raw pixels (0 to 255, the mean image subtracted),
weights drawn with a spread of 1e-4, as in the course that the listings come from. Three
stages of random search: lr in 1e-6..1e-3 and reg in 1e-5..1e5; then lr in 1e-4..1e-3
and reg in 1e-4..1; then the same with lr up to 1e-2. Each trial trains for five epochs
on 10 000 images, a fifth of what the course used.

Needs CIFAR-10 (see cvlib.data.cifar). Writes book/data/coarse_to_fine.json after every
trial and goes on from it.
"""

import argparse
import json
import math
import time
from datetime import date
from pathlib import Path

import torch
from torch import nn

from cvlib.data.cifar import cifar10
from cvlib.train import evaluate, fit, seed_all
from cvlib.train.search import Range, random_search

RECORD = Path(__file__).parents[2] / "book" / "data" / "coarse_to_fine.json"
STAGES = {
    "coarse": {"lr": Range(1e-6, 1e-3), "reg": Range(1e-5, 1e5)},
    "fine": {"lr": Range(1e-4, 1e-3), "reg": Range(1e-4, 1)},
    "wider": {"lr": Range(1e-4, 1e-2), "reg": Range(1e-4, 1)},
}
SEEDS = {"coarse": 1, "fine": 2, "wider": 3}
TRIALS = {"coarse": 11, "fine": 22, "wider": 22}
"""As many as the lecture shows of each stage."""
EPOCHS, BATCH, HIDDEN, HELD_BACK, TRAIN = 5, 100, 50, 1000, 10_000
DECAY = 0.9  # of the rate, each epoch


class Standing:
    """The data, and a training for one setting."""

    def __init__(self, quick: bool) -> None:
        images, labels = cifar10("train")
        test, self.test_labels = cifar10("test")
        keep = HELD_BACK + (2000 if quick else TRAIN)
        # the files are sorted by class: validation has to be drawn
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
        images, labels = images[order[:keep]].float(), labels[order[:keep]]
        self.mean = images[HELD_BACK:].mean(dim=0)
        images -= self.mean
        self.validation = images[:HELD_BACK], labels[:HELD_BACK]
        self.train = images[HELD_BACK:], labels[HELD_BACK:]
        self.test = test.float() - self.mean
        self.epochs = 1 if quick else EPOCHS

    def run(self, seed: int, lr: float, reg: float) -> dict:
        """Train once; accuracy, and why it stopped if it did."""
        seed_all(seed)
        model = nn.Sequential(
            nn.Flatten(), nn.Linear(3072, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10)
        )
        for layer in (model[1], model[3]):
            nn.init.normal_(layer.weight, std=1e-4)
            nn.init.zeros_(layer.bias)
        begin = time.perf_counter()
        history = fit(
            model, *self.train, epochs=self.epochs, batch_size=BATCH, lr=lr,
            weight_decay=reg, schedule=lambda t: DECAY ** int(t * self.epochs),
            seed=seed, progress=False,
        )  # fmt: skip
        _, accuracy = evaluate(model, *self.validation)
        _, test = evaluate(model, self.test, self.test_labels)
        last = history.loss[-1]
        return {
            "lr": lr, "reg": reg, "val_accuracy": round(accuracy, 4),
            "test_accuracy": round(test, 4), "steps": len(history.loss),
            "first_loss": round(history.loss[0], 4),
            "last_loss": last if math.isfinite(last) else None,
            "stopped": history.stopped,
            "seconds": round(time.perf_counter() - begin, 2),
        }  # fmt: skip


def settings(stage: str, trials: int) -> list[dict]:
    """What random search draws in a stage."""
    return [
        trial.settings
        for trial in random_search(
            lambda **_: 0.0,
            STAGES[stage],
            trials=trials,
            seed=SEEDS[stage],
            progress=False,
        )
    ]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 trials, little data")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    options = parser.parse_args()
    torch.set_flush_denormal(True)  # strong decay makes tiny weights, and those slow
    torch.set_num_threads(1)  # the batches are small: two threads wait for each other
    record = {
        "command": "python tools/experiments/coarse_to_fine.py",
        "seed": SEEDS,
        "hardware": "1 CPU core",
        "data": "CIFAR-10 from 32 × 32 JPEG copies (a little less sharp than the "
        f"original): {TRAIN} training images, {HELD_BACK} for validation, all 10 000 "
        "test images; pixels 0 to 255 minus the mean image",
        "model": f"3072-{HIDDEN}-10, ReLU, weights drawn with standard deviation 1e-4",
        "training": f"{EPOCHS} epochs, batches of {BATCH}, momentum 0.9, rate × {DECAY}"
        " each epoch, reg as weight decay, stopped when the loss exceeds 3 times the "
        "first",
        "ranges": {
            stage: {name: [r.low, r.high] for name, r in ranges.items()}
            for stage, ranges in STAGES.items()
        },
        "stages": {stage: [] for stage in STAGES},
    }
    if options.record.exists() and not options.quick:
        record["stages"] = json.loads(options.record.read_text("utf-8"))["stages"]
    standing = Standing(options.quick)
    for stage in STAGES:
        trials = 2 if options.quick else TRIALS[stage]
        done = record["stages"][stage][:trials]
        record["stages"][stage] = done
        for k, each in list(enumerate(settings(stage, trials)))[len(done) :]:
            done.append(standing.run(seed=k, **each))
            spent = sum(t["seconds"] for s in record["stages"].values() for t in s)
            record["minutes"] = round(spent / 60, 1)
            record["date"] = date.today().isoformat()
            text = json.dumps(record, indent=1, ensure_ascii=False)
            options.record.write_text(text + "\n", encoding="utf-8")
            t = done[-1]
            print(
                f"{stage} val_acc: {t['val_accuracy']:.4f}, lr: {t['lr']:.3e}, "
                f"reg: {t['reg']:.3e}, ({k + 1} / {trials}) {t['stopped'] or ''}",
                flush=True,
            )


if __name__ == "__main__":
    main()
