"""U-Net on thirty slices of a fly's nerve cord: how much do bent pictures help?

Trained on the first 2, 6 or 24 slices of ISBI 2012, judged on the last 6, which no
training sees. Three ways to make more of few pictures:
- `none`: cut out squares at random places;
- `turns`: and turn or mirror each in one of eight ways;
- `elastic`: and bend each by a smooth random field, map and picture by the same.
Some slices are darker than others by a quarter, so each is brought to the same mean and
spread beforehand. Every seed draws other weights and other squares. What is done is
kept under _build/experiments and not done again; writes book/data/isbi.json.
"""

import argparse
import json
import time
from datetime import date
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
FOLDER = ROOT / "_build" / "experiments" / "isbi"
SLICES, SEEDS, WAYS = (2, 6, 24), (0, 1, 2), ("none", "turns", "elastic")
WIDTHS = (16, 32, 48, 64)
STEPS, BATCH, SIDE, MARGIN = 1000, 6, 128, 24
ALPHA, SIGMA = 1100.0, 30.0  # 5 pixels on average, 20 at most; nothing folds
MEASURES = ("iou", "dice", "membrane_dice", "accuracy")


def standardised(images: Tensor) -> Tensor:
    """Slices of one brightness and contrast, those that `UNet` takes for usual."""
    images = images.float() / 255
    mean, std = (f(images, (1, 2, 3), keepdim=True) for f in (torch.mean, torch.std))
    return 0.45 + 0.25 * (images - mean) / std


def squares(way: str, count: int, slices: int, seed: int) -> tuple[Tensor, Tensor]:
    """As many squares of the first slices as a training sees, each seen once."""
    images, labels = isbi_em("train")
    images = mirrored(standardised(images[:slices]), MARGIN)
    labels = mirrored(labels[:slices, None].float(), MARGIN)[:, 0].long()
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
    begin, used = time.perf_counter(), time.process_time()
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
        "seconds": round(time.perf_counter() - begin, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one seed, two slices")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to keep")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    seeds, sizes = ((0,), (2,)) if chosen.quick else (SEEDS, SLICES)
    runs: dict[tuple, dict] = {}
    for seed in seeds:
        for slices in sizes:
            for way in WAYS:
                path = chosen.folder / f"{way}-{slices}-{seed}.json"
                if not path.exists():
                    run = train_and_test(way, slices, seed)
                    path.write_text(json.dumps(run), encoding="utf-8")
                    print(path.stem, run, flush=True)
                runs[way, slices, seed] = json.loads(path.read_text("utf-8"))
        write(chosen, runs)


def write(chosen: argparse.Namespace, runs: dict[tuple, dict]) -> None:
    """The record of the seeds that are done."""
    rows = []
    for way, slices in dict.fromkeys(key[:2] for key in runs):
        of = [run for key, run in runs.items() if key[:2] == (way, slices)]
        row = {"way": way, "slices": slices}
        for measure in MEASURES:
            values = [run[measure] for run in of]
            row[measure] = round(mean(values), 4)
            row[f"{measure}_deviation"] = (
                round(stdev(values), 4) if values[1:] else None
            )
        rows.append(row | {"dice_runs": [run["dice"] for run in of]})
    total = {
        key: round(sum(run[key] for run in runs.values()) / 60, 1)
        for key in ("seconds", "cpu_seconds")
    }
    record = {
        "command": "python tools/experiments/isbi.py",
        "seeds": sorted({key[2] for key in runs}),
        "hardware": f"{chosen.threads} CPU thread(s), bfloat16",
        "minutes": total["seconds"],
        "cpu_minutes": total["cpu_seconds"],
        "date": date.today().isoformat(),
        "data": "ISBI 2012, 30 slices of 512 × 512; the last 6 held out",
        "training": f"U-Net with widths {WIDTHS}, {STEPS} steps of {BATCH} squares of "
        f"{SIDE} × {SIDE}; elastic: alpha {ALPHA:g}, sigma {SIGMA:g}",
        "rows": rows,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
