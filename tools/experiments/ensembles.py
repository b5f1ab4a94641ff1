"""The lecture's ensemble table on CIFAR-10: ten members, 25 snapshots, three seeds.

A small net in VGG's manner on all training pictures, at half size. Rows, as in the
lecture: one network of ten epochs; ten of them, averaged and voting; 25 snapshots of
ten epochs, averaged, voting, and as one network with averaged parameters.
The lecture does not say where its snapshots start; here they continue the first member,
for ten epochs of 25 cosine cycles. A control that it does not have: the first member
trained twice as long in one go.

Needs CIFAR-10 (see cvlib.data.cifar). Keeps what each network says of the test pictures
under _build/experiments and goes on from there; writes book/data/ensembles.json.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path
from statistics import mean, stdev

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from cvlib.data.cifar import cifar10
from cvlib.train import ensembles as e
from cvlib.train import fit, predict, seed_all
from cvlib.train.schedules import cosine, cyclic_cosine

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "ensembles.json"
SEEDS, MEMBERS, SNAPSHOTS, EPOCHS, TRAIN = (0, 1, 2), 10, 25, 10, 50_000
LR, CYCLIC_LR, BATCH, DECAY = 0.05, 0.02, 100, 5e-4
Data = tuple[Tensor, Tensor]


def small_vgg() -> nn.Module:
    """Three 3 × 3 layers, each with a pool, batch normalisation and ReLU."""
    layers, channels = [], 3
    for filters in (16, 32, 64):
        layers += [
            nn.Conv2d(channels, filters, 3, padding=1, bias=False),
            nn.MaxPool2d(2),  # before the next two, which then have a quarter to do
            nn.BatchNorm2d(filters),
            nn.ReLU(),
        ]
        channels = filters
    layers += [nn.Flatten(), nn.Linear(64 * 2 * 2, 10)]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def mirror(images: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the pictures, mirrored."""
    chosen = torch.rand(len(images), generator=generator) < 0.5
    return torch.where(chosen[:, None, None, None], images.flip(3), images)


def subset(per_class: int) -> Data:
    """The same number of training pictures of each class, drawn once."""
    images, labels = cifar10("train")
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(images), generator=generator)
    chosen = torch.cat([order[labels[order] == k][:per_class] for k in range(10)])
    return standardised(images[chosen]), labels[chosen]


def standardised(images: Tensor) -> Tensor:
    """Bytes as floats in [−1, 1], at half their size: that costs a quarter."""
    images = avg_pool2d(images.float() / 127.5 - 1, 2)
    return images.contiguous(memory_format=torch.channels_last)


def train(model: nn.Module, data: Data, *, seed: int, **options) -> None:
    """One training with what all of them share."""
    history = fit(
        model, *data, batch_size=BATCH, weight_decay=DECAY, augment=mirror, seed=seed,
        precision=torch.bfloat16, progress=False, **options,
    )  # fmt: skip
    assert history.stopped is None, history.stopped


class Experiment:
    """What is done is not done again: logits and weights stay in a folder."""

    def __init__(self, folder: Path, epochs: int, data: Data, test: Data) -> None:
        self.folder, self.epochs, self.data, self.test = folder, epochs, data, test
        folder.mkdir(parents=True, exist_ok=True)

    def once(self, name: str, make) -> dict[str, Tensor]:
        """The result of `make()`, or what it was when it ran before."""
        path = self.folder / f"{name}.pt"
        if not path.exists():
            begin, used = time.perf_counter(), time.process_time()
            made = make()
            made["seconds"] = torch.tensor(time.perf_counter() - begin)
            made["cpu"] = torch.tensor(time.process_time() - used)
            torch.save(made, path)
            right = self.accuracy(made["logits"][-1])
            print(f"{name}: {right:.4f}, {made['seconds']:.0f} s", flush=True)
        return torch.load(path, weights_only=True)

    def member(self, seed: int, m: int, epochs: int | None = None) -> dict:
        """A network of its own, trained from its own beginning."""
        seed_all(1000 * seed + m)
        model = small_vgg()
        train(
            model, self.data, seed=1000 * seed + m, epochs=epochs or self.epochs,
            lr=LR, schedule=cosine(),
        )  # fmt: skip
        logits = predict(model, self.test[0])[None]
        return {"logits": logits, "weights": model.state_dict()}

    def snapshots(self, seed: int, weights: dict) -> dict:
        """25 members from one training that goes on from `weights`."""
        model, shots = small_vgg(), e.Snapshots(SNAPSHOTS)
        model.load_state_dict(weights)
        train(
            model, self.data, seed=1000 * seed + 500, epochs=self.epochs, lr=CYCLIC_LR,
            schedule=cyclic_cosine(SNAPSHOTS), hooks=[shots],
            explosion=None,  # the first loss is that of a trained net, and small
        )  # fmt: skip
        members = shots.models(model)
        one = e.average_parameters(members)
        stale = predict(one, self.test[0])
        e.reestimate_batch_norm(one, self.data[0])
        return {
            "logits": e.member_logits(members, self.test[0]),
            "one": predict(one, self.test[0]), "stale": stale,
        }  # fmt: skip

    def accuracy(self, scores: Tensor) -> float:
        """Of scores (N, K), or of classes (N,)."""
        chosen = scores if scores.ndim == 1 else scores.argmax(1)
        return round((chosen == self.test[1]).float().mean().item(), 4)

    def row(self, seed: int) -> dict:
        """Every number of the table for one seed."""
        parts = [
            self.once(f"member-{seed}-{m}", lambda m=m: self.member(seed, m))
            for m in range(MEMBERS)
        ]
        shots = self.once(
            f"snapshots-{seed}", lambda: self.snapshots(seed, parts[0]["weights"])
        )
        double = self.once(
            f"twice-{seed}", lambda: self.member(seed, 0, epochs=2 * self.epochs)
        )
        true = torch.cat([part["logits"] for part in parts])
        singles = [self.accuracy(scores) for scores in true]
        last = [self.accuracy(scores) for scores in shots["logits"]]
        sizes = range(1, MEMBERS + 1)
        return {
            "single": round(mean(singles), 4),
            "true average": self.accuracy(e.average_probabilities(true)),
            "true vote": self.accuracy(e.vote(true)),
            "snapshots average": self.accuracy(
                e.average_probabilities(shots["logits"])
            ),
            "snapshots vote": self.accuracy(e.vote(shots["logits"])),
            "snapshots parameters": self.accuracy(shots["one"]),
            "parameters, statistics not re-estimated": self.accuracy(shots["stale"]),
            "one snapshot": round(mean(last), 4),
            "single, twice as long": self.accuracy(double["logits"][0]),
            "first member": singles[0],
            "true disagreement": round(e.disagreement(true), 4),
            "snapshots disagreement": round(e.disagreement(shots["logits"]), 4),
            "average of the first": [
                self.accuracy(e.average_probabilities(true[:m])) for m in sizes
            ],
            "vote of the first": [self.accuracy(e.vote(true[:m])) for m in sizes],
            "minutes": round(
                sum(float(p["seconds"]) for p in [*parts, shots, double]) / 60, 2
            ),
            "cpu_minutes": round(
                sum(float(p["cpu"]) for p in [*parts, shots, double]) / 60, 2
            ),
        }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one epoch, little data")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "_build" / "experiments" / "ensembles"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    images, labels = cifar10("test")
    test = standardised(images), labels
    folder, data, epochs = options.folder, subset(TRAIN // 10), EPOCHS
    if options.quick:
        folder, data, epochs = folder / "quick", subset(300), 1
        test = test[0][::50], test[1][::50]
    experiment = Experiment(folder, epochs, data, test)
    rows = {}
    for seed in SEEDS:
        rows[str(seed)] = experiment.row(seed)
        write(options.record, rows)


def write(path: Path, rows: dict[str, dict]) -> None:
    """The record of the seeds that are done."""
    single = [k for k, v in rows["0"].items() if not isinstance(v, list)]
    counted = {k: [row[k] for row in rows.values()] for k in single}
    spread = {
        k: {
            "mean": round(mean(v), 4),
            "deviation": round(stdev(v), 4) if len(v) > 1 else None,
        }
        for k, v in counted.items()
        if "minutes" not in k
    }
    record = {
        "command": "python tools/experiments/ensembles.py",
        "seeds": [int(seed) for seed in rows],
        "hardware": "1 CPU core, bfloat16",
        "minutes": round(sum(counted["minutes"]), 1),
        "cpu_minutes": round(sum(counted["cpu_minutes"]), 1),
        "date": date.today().isoformat(),
        "data": f"CIFAR-10 from JPEG copies, at 16 × 16 pixels: {TRAIN} training "
        f"images, {TRAIN // 10} a class, all 10 000 test images",
        "model": "three 3 × 3 convolutions of 16, 32 and 64 filters, each with a "
        "2 × 2 pool, batch normalisation and ReLU, then one linear layer",
        "parameters": sum(p.numel() for p in small_vgg().parameters()),
        "training": f"{EPOCHS} epochs, batches of {BATCH}, momentum 0.9, weight decay "
        f"{DECAY}, mirrored at random, rate {LR} falling by half a cosine; snapshots: "
        f"{EPOCHS} more epochs in {SNAPSHOTS} cosine cycles from a rate of {CYCLIC_LR}",
        "results": spread,
        "rows": rows,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
