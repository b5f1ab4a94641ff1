"""U-Net on thirty slices of a fly's nerve cord: how much do bent pictures help?

Trained on 2, 6 or all of the first 24 slices of ISBI 2012, judged on the last 6, which
no training sees. Few slices are taken at equal distances: neighbours in the tissue are
nearly one picture. Three ways to make more of few pictures:
- `none`: cut out squares at random places;
- `turns`: and turn or mirror each in one of eight ways;
- `elastic`: and bend each by a smooth random field, map and picture by the same.
Some slices are darker than others by a quarter, so each is brought to the same mean and
spread beforehand. Every seed draws other weights and other squares. What is finished
is in the record, book/data/isbi.json, and is not trained again.
"""

import argparse
import json
import time
from datetime import date
from itertools import product
from pathlib import Path
from statistics import mean, stdev

import torch
from torch import Tensor

from cvlib.augment import random_crop, random_elastic
from cvlib.data.maps import isbi_em
from cvlib.metrics import class_dice, class_iou, pixel_accuracy
from cvlib.segment import (
    UNet,
    fit_segmenter,
    measure_segmenter,
    mirrored,
    move_labels,
)
from cvlib.train import seed_all
from cvlib.train.schedules import one_cycle

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "isbi.json"
SLICES, WAYS = (2, 6, 24), ("none", "turns", "elastic")
WIDTHS = (16, 32, 48, 64)
STEPS, BATCH, SIDE, MARGIN = 1000, 6, 128, 24
ALPHA, SIGMA = 1100.0, 30.0  # 5 pixels on average, 20 at most; nothing folds
TRAINING = (
    f"U-Net with widths {WIDTHS}, {STEPS} steps of {BATCH} squares of {SIDE} × {SIDE} "
    f"from slices at equal distances; elastic: alpha {ALPHA:g}, sigma {SIGMA:g}"
)
MEASURES = ("iou", "dice", "membrane_dice", "accuracy")


def standardised(images: Tensor) -> Tensor:
    """Slices of one brightness and contrast, those that `UNet` takes for usual."""
    images = images.float() / 255
    mean, std = (f(images, (1, 2, 3), keepdim=True) for f in (torch.mean, torch.std))
    return 0.45 + 0.25 * (images - mean) / std


def squares(way: str, count: int, slices: int, seed: int) -> tuple[Tensor, Tensor]:
    """As many squares of some slices as a training sees, each seen once."""
    images, labels = isbi_em("train")
    step = len(images) // slices
    images = mirrored(standardised(images[::step]), MARGIN)
    labels = mirrored(labels[::step, None].float(), MARGIN)[:, 0].long()
    chance = torch.Generator().manual_seed(seed)

    def move(sample):
        # what is bent in from beyond the square was there: a margin is cut off after
        sample = random_crop(sample, chance, size=SIDE + 2 * MARGIN)
        if way == "elastic":
            sample = random_elastic(sample, chance, alpha=ALPHA, sigma=SIGMA)
        return sample

    found = []
    for i in range(count):
        k = i % slices
        image, label = move_labels(images[k], labels[k], move)
        inner = slice(MARGIN, MARGIN + SIDE)
        image, label = image[:, inner, inner], label[inner, inner]
        if way != "none":
            image, label = turned(image, label, chance)
        found.append((image, label.to(torch.uint8)))
    pictures, maps = zip(*found, strict=True)
    return torch.stack(pictures), torch.stack(maps)


def turned(
    image: Tensor, label: Tensor, chance: torch.Generator
) -> tuple[Tensor, Tensor]:
    """One of the eight ways in which a square fits on itself."""
    quarter, mirror = torch.randint(0, 4, (2,), generator=chance).tolist()
    pair = [torch.rot90(x, quarter, (-2, -1)) for x in (image, label)]
    return tuple(x.flip(-1) if mirror < 2 else x for x in pair)


def train_and_test(way: str, slices: int, seed: int) -> dict:
    """Train for a fixed number of steps, and measure on the slices held out."""
    begin = time.process_time()
    seed_all(seed)
    net = UNet(2, widths=WIDTHS, in_channels=1).to(memory_format=torch.channels_last)
    data = squares(way, STEPS * BATCH, slices, seed)
    fit_segmenter(
        net, *data, epochs=1, batch_size=BATCH, lr=3e-3, schedule=one_cycle(),
        seed=seed, precision=torch.bfloat16, progress=False,
    )  # fmt: skip
    images, labels = isbi_em("held_out")
    images = standardised(images)
    net = net.to(memory_format=torch.contiguous_format)
    table = sum(
        measure_segmenter(net, image[None], label[None], num_classes=2)
        for image, label in zip(images, labels, strict=True)
    )
    values = class_iou(table)[1], class_dice(table)[1], class_dice(table)[0]
    values = [v.item() for v in (*values, pixel_accuracy(table))]
    return {
        **{k: round(v, 4) for k, v in zip(MEASURES, values, strict=True)},
        "seconds": round(time.process_time() - begin, 1),
    }


def summary(runs: list[dict]) -> list[dict]:
    """For each way and number of slices: means over seeds, and their deviations."""
    rows = []
    for way, slices in dict.fromkeys((run["way"], run["slices"]) for run in runs):
        of = [run for run in runs if (run["way"], run["slices"]) == (way, slices)]
        row = {"way": way, "slices": slices}
        for measure in MEASURES:
            values = [run[measure] for run in of]
            deviation = round(stdev(values), 4) if values[1:] else None
            row |= {measure: round(mean(values), 4), f"{measure}_deviation": deviation}
        rows.append(row)
    return rows


def main() -> None:
    """Train what is missing from the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one seed, two slices")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    seeds, sizes = (1, (2,)) if chosen.quick else (chosen.seeds, SLICES)
    runs = []
    if chosen.record.exists():
        found = json.loads(chosen.record.read_text(encoding="utf-8"))
        runs = found["runs"] if found["training"] == TRAINING else []
    for seed, slices, way in product(range(seeds), sizes, WAYS):
        key = {"way": way, "slices": slices, "seed": seed}
        if any(key.items() <= run.items() for run in runs):
            continue
        runs.append(key | train_and_test(way, slices, seed))
        print(runs[-1], flush=True)
        record = {
            "command": "python tools/experiments/isbi.py",
            "seeds": sorted({run["seed"] for run in runs}),
            "hardware": f"{chosen.threads} CPU thread(s), bfloat16",
            "minutes": round(sum(run["seconds"] for run in runs) / 60, 1),
            "date": date.today().isoformat(),
            "data": "ISBI 2012, 30 slices of 512 × 512; the last 6 held out",
            "training": TRAINING,
            "rows": summary(runs),
            "runs": runs,
        }
        text = json.dumps(record, indent=1, ensure_ascii=False)
        chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
