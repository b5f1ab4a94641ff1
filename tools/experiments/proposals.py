"""How many proposals does it take? Recall of selective search and of simpler ways.

Test and crowded images of the benchmark. For each image every method ranks its boxes;
the record holds the share of the objects that the first 10, 20, 50, … boxes cover with
an IoU of 0.5 and of 0.7, and the mean over all IoU from 0.5 to 1.

Writes book/data/proposals.json after every image and goes on from it.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from cvlib.data.benchmark import VERSION, scenes_benchmark
from cvlib.detect.proposals import selective_search, superpixel_boxes, uniform_boxes
from cvlib.metrics.recall import best_overlaps

RECORD = Path(__file__).parents[2] / "book" / "data" / "proposals.json"
IMAGES = {"test": 60, "crowded": 20}
LIMITS = (10, 20, 50, 100, 200, 500, 1000, 2000)


def uniform(image: Tensor, *, seed: int) -> Tensor:
    """2 000 boxes drawn blindly."""
    generator = torch.Generator().manual_seed(seed)
    return uniform_boxes(2000, tuple(image.shape[1:]), generator=generator)


def methods(seed: int) -> dict[str, Callable[[Tensor], Tensor]]:
    """Each way of proposing."""
    once = {"scales": (50,), "colour_spaces": ("hsv",)}
    return {
        "selective search": partial(selective_search, seed=seed),
        "one scale, one colour space": partial(selective_search, **once, seed=seed),
        "segments without merging": superpixel_boxes,
        "drawn blindly": partial(uniform, seed=seed),
    }


def one_image(image: Tensor, truth: Tensor, seed: int) -> dict:
    """Best overlap of each object at each limit, boxes and seconds, for each method."""
    found = {}
    for name, propose in methods(seed).items():
        begin = time.process_time()
        boxes = propose(image)
        seconds = time.process_time() - begin
        best = [
            [round(v, 3) for v in best_overlaps([boxes], [truth], limit=k).tolist()]
            for k in LIMITS
        ]
        found[name] = {
            "boxes": len(boxes), "seconds": round(seconds, 3), "best": best
        }  # fmt: skip
    return found


def summary(images: list[dict]) -> dict:
    """Recall over all objects of a split, at each limit."""
    table = {}
    for name in images[0]:
        best = [
            torch.tensor([v for image in images for v in image[name]["best"][k]])
            for k in range(len(LIMITS))
        ]
        over = {
            "recall_50": [(b >= 0.5).double().mean() for b in best],
            "recall_70": [(b >= 0.7).double().mean() for b in best],
            "average_recall": [(2 * (b - 0.5)).clamp(min=0).mean() for b in best],
        }
        table[name] = {
            "objects": len(best[0]),
            "boxes": round(sum(i[name]["boxes"] for i in images) / len(images)),
            "seconds": round(sum(i[name]["seconds"] for i in images) / len(images), 3),
        } | {key: [round(float(v), 4) for v in values] for key, values in over.items()}
    return table


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 images a split")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    options = parser.parse_args()
    torch.set_num_threads(1)
    record = {
        "command": "python tools/experiments/proposals.py",
        "seed": 0,
        "hardware": "1 CPU core; seconds are of the processor, an image",
        "data": f"scenes benchmark, version {VERSION}: the first "
        + " and ".join(f"{n} {split} images" for split, n in IMAGES.items()),
        "limits": LIMITS,
        "summary": {},
        "images": {split: [] for split in IMAGES},
    }
    if options.record.exists() and not options.quick:
        record["images"] = json.loads(options.record.read_text("utf-8"))["images"]
    for split, n in IMAGES.items():
        n = 2 if options.quick else n
        done = record["images"][split]
        for i, (image, target) in enumerate(scenes_benchmark(split, n=n)):
            if i < len(done):
                continue
            done.append(one_image(image, target["boxes"], seed=i))
            record["summary"][split] = summary(done)
            every = [
                m for s in record["images"].values() for im in s for m in im.values()
            ]
            record["minutes"] = round(sum(m["seconds"] for m in every) / 60, 1)
            record["date"] = date.today().isoformat()
            text = json.dumps(record, ensure_ascii=False)
            options.record.write_text(text + "\n", encoding="utf-8")
            print(split, i + 1, "of", n, flush=True)


if __name__ == "__main__":
    main()
