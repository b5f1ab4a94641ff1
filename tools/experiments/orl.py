"""Faces of forty real people: thirty train, ten are tested, four times.

The AT&T (ORL) photographs, grey, at 48 × 48. Compared are the pixels themselves, an
untrained net, the net that has seen drawn people only, one that was trained on thirty
of the real ones alone, one that saw the drawn people first, and the last maps of the
net for drawn people, weighed by how they change within each of the thirty. Networks see
six views of a picture, three crops and their mirror images, and their answers are
summed. Each person is tested once, by a net that has not seen any of the ten. The
threshold is chosen on eight of them and counted on two. Needs the photographs
(CVLIB_DATA, or a download).
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, normalize

from cvlib import weights
from cvlib.data.drawn_once import FACE_SIZE
from cvlib.data.faces import orl_faces
from cvlib.faces import (
    WithinWhitening,
    all_pairs,
    face_crops,
    face_embedding,
    fit_embedding,
    identify,
    verification_pairs,
)
from cvlib.metrics import equal_error_rate, ten_fold_accuracy
from cvlib.train import predict, seed_all

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "orl.json"
SPLITS, TESTED = 4, 10
Points = Callable[[Tensor], Tensor]


def grown(net: nn.Module, images: Tensor, labels: Tensor, epochs: int) -> nn.Module:
    """The net after a training on real people."""
    fit_embedding(
        net,
        images,
        labels,
        epochs=epochs,
        people=30,
        per_person=5,
        margin=0.3,
        lr=1e-3,
        augment=partial(face_crops, scale=(0.7, 1.0), share=1.0),
        precision=torch.bfloat16,
        progress=False,
    )
    return net


def views(images: Tensor) -> list[Tensor]:
    """The whole picture and two closer crops of its middle, each mirrored as well."""
    side, found = images.shape[-1], []
    for kept in (1, 11 / 12, 10 / 12):
        rest = round(side * (1 - kept) / 2)
        cut = images[..., rest : side - rest, rest : side - rest]
        cut = interpolate(cut, (side, side), mode="bilinear")
        found += [cut, cut.flip(-1)]
    return found


def seen(net: nn.Module, images: Tensor) -> Tensor:
    """What a net says of all views together, at length 1."""
    return normalize(sum(predict(net, view) for view in views(images)), dim=1)


def last_maps(net: nn.Module) -> nn.Module:
    """The net up to its last maps, unpooled, 3 × 3 for a picture of 48 × 48."""
    return nn.Sequential(Shift(), *list(net.body)[:-2], nn.Flatten())


class Shift(nn.Module):
    """What the net does before its first layer."""

    def forward(self, x: Tensor) -> Tensor:
        """Numbers about 0."""
        return x - 0.5


def by_pixels(images: Tensor) -> Tensor:
    """Each picture without its mean, at length 1."""
    rows = images.flatten(1)
    return normalize(rows - rows.mean(1, keepdim=True), dim=1)


def candidates(epochs: int) -> dict[str, Callable[[Tensor, Tensor], Points]]:
    """By name what is made of the thirty people: pictures to points."""

    def untrained(images: Tensor, labels: Tensor) -> Points:
        return lambda x: seen(face_embedding(), x)

    def drawn(images: Tensor, labels: Tensor) -> Points:
        return lambda x: seen(weights.load("face_embedding"), x)

    def real(images: Tensor, labels: Tensor) -> Points:
        net = grown(face_embedding(), images, labels, epochs)
        return lambda x: seen(net, x)

    def both(images: Tensor, labels: Tensor) -> Points:
        net = grown(weights.load("face_embedding"), images, labels, epochs)
        return lambda x: seen(net, x)

    def whitened(images: Tensor, labels: Tensor) -> Points:
        net = last_maps(weights.load("face_embedding"))
        white = WithinWhitening(seen(net, images), labels)
        return lambda x: white(seen(net, x))

    return {
        "pixels": lambda images, labels: by_pixels,
        "untrained": untrained,
        "drawn people only": drawn,
        "30 real people only": real,
        "drawn people, then 30 real ones": both,
        "drawn people, weighed by 30 real ones": whitened,
    }


def measured(points: Tensor, labels: Tensor) -> dict[str, Tensor | float]:
    """What the points of ten people are worth."""
    pairs, same, folds = verification_pairs(labels, folds=5)
    distances = (points[pairs[:, 0]] - points[pairs[:, 1]]).square().sum(1)
    every, alike = all_pairs(labels)
    apart = (points[every[:, 0]] - points[every[:, 1]]).square().sum(1)
    rows = points.unflatten(0, (TESTED, -1))  # (10, 10, D)
    nearest = identify(rows[:, 1:].flatten(0, 1), rows[:, 0], 1e9).index
    truth = torch.arange(TESTED).repeat_interleave(rows.shape[1] - 1)
    return {
        "accuracies": ten_fold_accuracy(distances, same, folds).accuracies,
        "equal_error": equal_error_rate(apart, alike).rate,
        "nearest": (nearest == truth).double().mean().item(),
    }


def run(name: str, make: Callable, images: Tensor, labels: Tensor) -> dict:
    """One row of the table: the four splits together."""
    start, found = time.perf_counter(), []
    for split in range(SPLITS):
        seed_all(split)
        tested = (labels >= TESTED * split) & (labels < TESTED * (split + 1))
        points = make(images[~tested], labels[~tested])(images[tested])
        found.append(measured(points, labels[tested]))
    every = torch.cat([one["accuracies"] for one in found])
    return {
        "name": name,
        "accuracy": round(every.mean().item(), 4),
        "standard_error": round((every.std() / len(every) ** 0.5).item(), 4),
        "equal_error": round(sum(o["equal_error"] for o in found) / SPLITS, 4),
        "nearest": round(sum(o["nearest"] for o in found) / SPLITS, 4),
        "minutes": round((time.perf_counter() - start) / 60, 2),
    }


def main() -> None:
    """Measure every row and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=150)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="two epochs, no record")
    parser.add_argument("--record", type=Path, default=RECORD)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.epochs = 2 if options.quick else options.epochs
    images, labels = orl_faces(size=FACE_SIZE)
    images = torch.from_numpy(images).expand(-1, 3, -1, -1).contiguous()
    labels = torch.from_numpy(labels)
    record = {
        "data": "AT&T (ORL): 40 people, 10 grey photographs of each at 48 × 48; 30 "
        f"train ({options.epochs} epochs), 10 others are tested, four times",
        "command": "python tools/experiments/orl.py",
        "hardware": f"{platform.machine()}, {options.threads} thread(s)",
        "date": date.today().isoformat(),
        "rows": [],
    }
    for name, make in candidates(options.epochs).items():
        record["rows"].append(run(name, make, images, labels))
        print(record["rows"][-1], flush=True)
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        if not options.quick:
            options.record.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
