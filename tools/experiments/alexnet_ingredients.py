"""What ReLU, dropout, augmentation and response normalisation bring: an ablation.

A small AlexNet on patches of photographs, once with all four ingredients, once without
each of them, once with none. Each net is trained from several seeds; what is finished
is in the record and is not trained again, so the script can be stopped at any time.
"""

import argparse
import json
import platform
from datetime import date
from pathlib import Path

import torch
from torch import nn

from cvlib.augment import standard_cifar
from cvlib.data.patches import patches
from cvlib.train import evaluate, fit, seed_all

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "alexnet_ingredients.json"
ALL = ("relu", "dropout", "augmentation", "lrn")
VARIANTS = {"all": ALL, "none": ()} | {
    f"without {left_out}": tuple(i for i in ALL if i != left_out) for left_out in ALL
}
N_TEST = 500
SIZE = 24
DATA = f"{{}} patches of photographs, {SIZE} × {SIZE}; {N_TEST} for the test"
BORDER = 0.9  # the training accuracy whose epoch is noted


def small_alexnet(ingredients: tuple[str, ...], num_classes: int = 10) -> nn.Sequential:
    """Three convolutions with overlapping pools and one hidden layer, for 24 × 24."""
    layers, channels = [], 3
    activation = nn.ReLU if "relu" in ingredients else nn.Tanh
    for number, filters in enumerate((16, 32, 32)):
        layers += [nn.Conv2d(channels, filters, 5, padding=2), activation()]
        if "lrn" in ingredients and number < 2:
            layers.append(nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0))
        layers.append(nn.MaxPool2d(3, stride=2))
        channels = filters
    drop = [nn.Dropout(0.5)] if "dropout" in ingredients else []
    head = [nn.Flatten(), *drop, nn.Linear(32 * 2 * 2, 128), activation()]
    return nn.Sequential(*layers, *head, *drop, nn.Linear(128, num_classes))


def run(name: str, seed: int, options: argparse.Namespace) -> dict:
    """Train one net; what it reached and when."""
    n = 50 if options.quick else options.images
    images, labels = patches("train", n=n, size=SIZE)
    ingredients = VARIANTS[name]
    seed_all(seed)
    model = small_alexnet(ingredients)
    history = fit(
        model,
        images - 0.5,
        labels,
        epochs=options.epochs,
        batch_size=32,
        optimizer=lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
        schedule=lambda t: 1 - t,
        augment=standard_cifar if "augmentation" in ingredients else None,
        seed=seed,
        progress=False,
    )
    test, classes = patches("test", n=N_TEST, size=SIZE)
    fast = (i + 1 for i, a in enumerate(history.train_accuracy) if a >= BORDER)
    return {
        "name": name,
        "seed": seed,
        "train_accuracy": [round(a, 4) for a in history.train_accuracy],
        "test_accuracy": round(evaluate(model, test - 0.5, classes)[1], 4),
        "epochs_to_90": next(fast, None),
        "minutes": round(sum(history.seconds) / 60, 3),
    }


def main() -> None:
    """Train what is missing from the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="50 images, one epoch")
    parser.add_argument("--record", type=Path, default=RECORD)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.epochs = 1 if options.quick else options.epochs
    runs = []
    if options.record.exists():
        runs = json.loads(options.record.read_text(encoding="utf-8"))["runs"]
    done = {(r["name"], r["seed"]) for r in runs}
    for seed in range(options.seeds):
        for name in VARIANTS:
            if (name, seed) in done:
                continue
            print(f"{name}, seed {seed}", flush=True)
            runs.append(run(name, seed, options))
            record = {
                "command": "python tools/experiments/alexnet_ingredients.py",
                "seeds": sorted({r["seed"] for r in runs}),
                "hardware": f"{options.threads} CPU threads, {platform.machine()}",
                "minutes": round(sum(r["minutes"] for r in runs), 1),
                "date": date.today().isoformat(),
                "data": DATA.format(options.images),
                "epochs": options.epochs,
                "runs": runs,
            }
            text = json.dumps(record, indent=1, ensure_ascii=False)
            options.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
