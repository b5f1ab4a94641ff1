"""The lectures' table again: R-CNN, Fast and Faster R-CNN on the same pictures.

One backbone, one benchmark, one core. Accuracy is that of the shipped weights on the
400 test pictures. Beside them stand YOLO and a detector from before deep learning: HOG
and a linear machine for each class, trained twice, the second time with what the first
took for objects, sliding over six scales. Times are of the processor, a picture at a
time, proposals included; the detectors take turns on each picture.

Keeps the trained machines under _build/experiments; writes book/data/detectors.json.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import torch
from torch import Tensor

from cvlib import weights
from cvlib.boxes import box_convert, box_iou
from cvlib.data.benchmark import VERSION, scenes_benchmark
from cvlib.detect.hog import HogDetector
from cvlib.detect.proposals import selective_search, uniform_boxes
from cvlib.metrics import mean_average_precision
from cvlib.roi import roi_align

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "detectors.json"
MACHINES = ROOT / "_build" / "experiments" / "detectors.pt"
DETECTORS = {
    "R-CNN": "rcnn_scenes",
    "Fast R-CNN": "fast_scenes",
    "Faster R-CNN": "faster_scenes",
    "YOLO": "yolo_scenes",
}
WINDOW, SCALES = 32, (2.0, 1.5, 1.1, 0.8, 0.55, 0.4)
TRAIN, JUDGED, TIMED = 300, 100, 15  # pictures; without a network each takes seconds
OTHERS, HARD, FREE = 6, 10, 0.3  # windows of background a picture; of what overlap
MARGIN, K = 1.1, 6
HOG = "HOG and linear machines"


def squares_round(boxes: Tensor) -> Tensor:
    """(N, 4): a square round each box, with a little context."""
    middles = box_convert(boxes, "xyxy", "cxcywh")
    middles[:, 2:] = MARGIN * middles[:, 2:].amax(1, keepdim=True)
    return box_convert(middles, "cxcywh", "xyxy")


def cut(image: Tensor, squares: Tensor) -> Tensor:
    """(N, 3, 32, 32): what the machines see."""
    return roi_align(image[None], [squares], WINDOW, aligned=True)


class SlidingMachines:
    """A template for each class, and how wide and high its objects usually are."""

    def __init__(self, n: int) -> None:
        chance = torch.Generator().manual_seed(0)
        pictures, labels, shapes = [], [], []
        train = scenes_benchmark("train", n=n)
        for image, target in train:
            boxes = target["boxes"]
            drawn = uniform_boxes(60, tuple(image.shape[1:]), generator=chance)
            free = drawn[box_iou(drawn, boxes).amax(1) < FREE][:OTHERS]
            squares = squares_round(torch.cat([boxes, free]))
            pictures.append(cut(image, squares))
            labels.append(target["labels"])
            labels.append(torch.zeros(len(free), dtype=torch.int64))
            sides = squares[: len(boxes), 2:] - squares[: len(boxes), :2]
            shapes.append((boxes[:, 2:] - boxes[:, :2]) / sides)
        self.pictures, self.labels = torch.cat(pictures), torch.cat(labels)
        objects = self.labels[self.labels > 0]
        shape = torch.cat(shapes)
        self.shapes = {k: shape[objects == k].mean(0) for k in range(1, K + 1)}
        self.fit()
        for image, target in train[: n // 5]:  # hard negatives
            found = self.windows(image)["boxes"]
            wrong = found[box_iou(found, target["boxes"]).amax(1) < FREE][:HARD]
            self.pictures = torch.cat([self.pictures, cut(image, wrong)])
            more = torch.zeros(len(wrong), dtype=torch.int64)
            self.labels = torch.cat([self.labels, more])
        self.fit()

    def fit(self) -> None:
        """One machine a class against all others and the background."""
        self.machines = {
            k: HogDetector(WINDOW).fit(self.pictures, (self.labels == k).long())
            for k in range(1, K + 1)
        }

    def windows(self, image: Tensor) -> dict[str, Tensor]:
        """The best square windows of all classes."""
        found = {"boxes": [], "scores": [], "labels": []}
        for k, machine in self.machines.items():
            one = machine.detect(image, scales=SCALES, threshold=-1)
            one["labels"] = torch.full_like(one["labels"], k)
            for key, value in one.items():
                found[key].append(value)
        both = {key: torch.cat(values) for key, values in found.items()}
        best = both["scores"].argsort(descending=True)[:100]
        return {key: value[best] for key, value in both.items()}

    def __call__(self, image: Tensor) -> dict[str, Tensor]:
        """Detections: each window in the usual shape of its class."""
        found = self.windows(image)
        middles = box_convert(found["boxes"], "xyxy", "cxcywh")
        shapes = [self.shapes[k] for k in found["labels"].tolist()]
        middles[:, 2:] *= torch.stack(shapes) if shapes else 1
        return found | {"boxes": box_convert(middles, "cxcywh", "xyxy")}


def machines(*, quick: bool) -> tuple[SlidingMachines, float]:
    """The detector without a network, and what it reaches on the first pictures."""
    if MACHINES.exists() and not quick:
        return torch.load(MACHINES, weights_only=False)
    hog = SlidingMachines(30 if quick else TRAIN)
    data = scenes_benchmark("test", n=5 if quick else JUDGED)
    found = [hog(image) for image, _ in data]
    value = mean_average_precision(found, data.targets).mean
    if not quick:
        MACHINES.parent.mkdir(parents=True, exist_ok=True)
        torch.save((hog, value), MACHINES)
    return hog, value


@torch.no_grad()
def seconds(run: Callable, image: Tensor) -> float:
    """Processor time of one call."""
    begin = time.process_time()
    run(image)
    return time.process_time() - begin


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="few pictures")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    options = parser.parse_args()
    torch.set_num_threads(1)
    begin = time.perf_counter()
    data = scenes_benchmark("test")
    hog, value = machines(quick=options.quick)
    nets = {name: weights.load(file) for name, file in DETECTORS.items()}
    runs = {HOG: hog, "proposals alone": selective_search}
    runs |= {name: (lambda image, net=net: net([image])) for name, net in nets.items()}
    times = {name: [] for name in runs}
    for i in range(2 if options.quick else TIMED + 1):
        for name, run in runs.items():
            times[name].append(seconds(run, data[i][0]))
    middle = {name: statistics.median(own[1:]) for name, own in times.items()}
    reached = {HOG: value}
    entries = {name: weights.manifest()[file] for name, file in DETECTORS.items()}
    reached |= {name: entry["value"] for name, entry in entries.items()}
    record = {
        "command": "python tools/experiments/detectors.py",
        "seed": 0,
        "hardware": "1 CPU core; seconds are of the processor, the median over "
        f"{TIMED} test pictures of 160 × 208",
        "data": f"scenes benchmark, version {VERSION}: {len(data)} test pictures, "
        f"without a network the first {JUDGED} of them",
        "date": date.today().isoformat(),
        "minutes": round((time.perf_counter() - begin) / 60, 1),
        "proposals": {
            "seconds": round(middle["proposals alone"], 4),
            "number": round(
                statistics.mean(len(selective_search(data[i][0])) for i in range(5))
            ),
        },
        "detectors": [
            {
                "name": name,
                "map": round(value, 4),
                "seconds": round(middle[name], 4),
                "weights": sum(w.numel() for w in nets[name].parameters())
                if name in nets
                else None,
            }
            for name, value in reached.items()
        ],
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    options.record.write_text(text + "\n", encoding="utf-8")
    for row in record["detectors"]:
        print(row)


if __name__ == "__main__":
    main()
