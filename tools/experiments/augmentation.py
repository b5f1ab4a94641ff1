"""What each augmentation buys on 3 000 pictures of CIFAR-10, and what ten crops buy.

Every net sees windows of 28 × 28. Without `crop` it is always the one in the middle;
with it, a random one of the 25, in AlexNet's manner. All else is equal: the net, the
pictures, the number of steps. Each net is then asked about the test pictures once (the
middle window), twice (and its mirror image) and ten times (`ten_crop`).

Needs CIFAR-10 (see cvlib.data.cifar). What is done is kept under _build/experiments and
not done again; writes book/data/augmentation.json.
"""

import argparse
import json
import time
from datetime import date
from functools import partial
from pathlib import Path
from statistics import mean, stdev

import torch
from torch import Tensor, nn

from cvlib import augment as a
from cvlib.data.cifar import cifar10, cifar10_source
from cvlib.train import evaluate, fit, predict, seed_all
from cvlib.train.schedules import cosine

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "augmentation.json"
FOLDER = ROOT / "_build" / "experiments" / "augmentation"
SEEDS, PER_CLASS, EPOCHS, WINDOW = (0, 1, 2), 300, 15, 28
BATCH, LR, DECAY, TESTED = 50, 0.05, 5e-4, 2500
Data = tuple[Tensor, Tensor]


def small_net() -> nn.Module:
    """Three 3 × 3 layers of stride 2, each with batch normalisation and ReLU."""
    layers, channels = [], 3
    for filters in (24, 48, 96):
        layers += [
            nn.Conv2d(channels, filters, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
        ]
        channels = filters
    layers += [nn.Flatten(), nn.Linear(96 * 4 * 4, 10)]  # 28, 14, 7, 4 pixels
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def steps(images: Tensor) -> dict[str, a.Compose]:
    """The five ways to show a picture, by name; images: the training set."""

    def middle(images: Tensor, chance: torch.Generator) -> Tensor:
        return a.center_crop(images, WINDOW)

    window = partial(a.random_crop, size=WINDOW)
    colour = partial(a.random_pca_colour, pca=a.fit_pca_colour(images), std=0.3)
    light = partial(a.random_rgb_shift, limit=0.1)
    return {
        "none": a.Compose(middle),
        "mirror": a.Compose(middle, a.random_horizontal_flip),
        "crop": a.Compose(window),
        "colour": a.Compose(middle, colour, light),
        "all": a.Compose(window, a.random_horizontal_flip, colour, light),
    }


def subset(per_class: int) -> Data:
    """The same number of training pictures of each class, drawn once."""
    images, labels = cifar10("train")
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    chosen = torch.cat([order[labels[order] == k][:per_class] for k in range(10)])
    images = (images[chosen].float() / 255).to(memory_format=torch.channels_last)
    return images, labels[chosen]


def asked(model: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """Probabilities from one view, from two and from ten."""
    views = [predict(model, crop).softmax(1) for crop in a.ten_crop(images, WINDOW)]
    views = torch.stack(
        views
    )  # (10, N, K): the fifth is the middle, the tenth mirrored
    return {"one": views[4], "two": views[[4, 9]].mean(0), "ten": views.mean(0)}


def train_and_ask(augment: a.Compose, seed: int, data: Data, test: Data, epochs: int):
    """One net: its curves, and how often it is right."""
    begin, used = time.perf_counter(), time.process_time()
    seed_all(seed)
    model = small_net()
    history = fit(
        model, *data, epochs=epochs, batch_size=BATCH, lr=LR, weight_decay=DECAY,
        schedule=cosine(), augment=augment, seed=seed,
        precision=torch.bfloat16, progress=False,
    )  # fmt: skip
    assert history.stopped is None, history.stopped
    plain = a.center_crop(data[0], WINDOW), data[1]
    right = {
        name: round((p.argmax(1) == test[1]).float().mean().item(), 4)
        for name, p in asked(model, test[0]).items()
    }
    return right | {
        "train": round(evaluate(model, *plain)[1], 4),
        "train_curve": [round(v, 4) for v in history.train_accuracy],
        "seconds": round(time.perf_counter() - begin, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one epoch, little data")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to keep")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    data, test, epochs, folder = (
        subset(PER_CLASS),
        cifar10("test"),
        EPOCHS,
        chosen.folder,
    )
    drawn = torch.randperm(10_000, generator=torch.Generator().manual_seed(1))[:TESTED]
    test = test[0][drawn].float() / 255, test[1][drawn]
    if chosen.quick:
        data, epochs, folder = subset(20), 1, folder / "quick"
        test = test[0][::20], test[1][::20]
    folder.mkdir(parents=True, exist_ok=True)
    ways = steps(data[0])
    runs: dict[str, list] = {name: [] for name in ways}
    for seed in SEEDS:
        for name, augment in ways.items():
            path = folder / f"{name}-{seed}.json"
            if not path.exists():
                run = train_and_ask(augment, seed, data, test, epochs)
                path.write_text(json.dumps(run), encoding="utf-8")
                print(f"{name} {seed}: {run['one']:.4f}, ten views {run['ten']:.4f}, "
                      f"{run['seconds']:.0f} s", flush=True)  # fmt: skip
            runs[name].append(json.loads(path.read_text("utf-8")))
        write(chosen, runs, len(data[0]), len(test[0]), epochs)


def spread(values: list[float]) -> dict:
    """Mean and standard deviation over the seeds, and the runs themselves."""
    deviation = round(stdev(values), 4) if values[1:] else None
    return {"mean": round(mean(values), 4), "deviation": deviation, "runs": values}


def write(
    chosen, runs: dict[str, list], n_train: int, n_test: int, epochs: int
) -> None:
    """The record."""
    keys = ("train", "one", "two", "ten")
    results = {
        name: {key: spread([r[key] for r in all_]) for key in keys}
        for name, all_ in runs.items()
    }
    curves = {
        name: {
            key: [round(mean(v), 4) for v in zip(*(r[key] for r in all_), strict=True)]
            for key in ("train_curve",)
        }
        for name, all_ in runs.items()
    }
    flat = [r for all_ in runs.values() for r in all_]
    record = {
        "command": "python tools/experiments/augmentation.py",
        "seeds": list(SEEDS[: len(runs["none"])]),
        "hardware": f"{chosen.threads} CPU thread(s), bfloat16",
        "minutes": round(sum(r["seconds"] for r in flat) / 60, 1),
        "cpu_minutes": round(sum(r["cpu_seconds"] for r in flat) / 60, 1),
        "date": date.today().isoformat(),
        "data": f"CIFAR-10 ({cifar10_source()}): {n_train} training pictures, the same "
        f"number of each class, {n_test} test pictures; windows of {WINDOW} × {WINDOW}",
        "model": "three 3 × 3 convolutions of stride 2 with 24, 48, 96 filters, each "
        "with batch normalisation and ReLU, then one linear layer",
        "parameters": sum(p.numel() for p in small_net().parameters()),
        "training": f"{epochs} epochs, batches of {BATCH}, rate {LR} falling by half a "
        f"cosine, momentum 0.9, weight decay {DECAY}",
        "epochs": epochs,
        "results": results,
        "curves": curves,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    chosen.record.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {chosen.record}")


if __name__ == "__main__":
    main()
