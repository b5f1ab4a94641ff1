"""Seconds for a picture: five hundred steps of Gatys against one pass of Johnson's net.

Two pairs at 256, 512 and 1024 pixels. As in the paper: features and losses of VGG-16,
and Johnson's net of 32, 64 and 128 channels; the weights are random, for a product
takes as long whatever its factors are. As in this book: our feature net and our small
net. A step is one evaluation of J and of its gradient with respect to the pixels. A few
are timed, after one to warm up, and multiplied: no step takes longer than another.

Processor time of one thread, which is the time on the clock of an idle machine. What is
done is kept under _build/experiments and not done again; writes
book/data/style_speed.json.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import torch
from latency import processor

from cvlib.nets.features import feature_net
from cvlib.nets.vgg import CONFIGURATIONS, make_features
from cvlib.style import (
    STYLE_LAYERS,
    Objective,
    TransformNet,
    feature_maps,
    johnson_net,
    on_levels,
    pyramid,
    small_transform_net,
    tapped,
)
from cvlib.style.features import Maps

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "style_speed.json"
FOLDER = ROOT / "_build" / "experiments" / "style_speed"
SIZES, STEPS = (256, 512, 1024), (100, 300, 500)
RELU = {"relu1_2": "3", "relu2_2": "8", "relu3_3": "15", "relu4_3": "22"}
"""The layers of the paper, in the features of VGG-16."""


def of_the_paper() -> tuple[Maps, dict, TransformNet]:
    """VGG-16's maps, where they are compared, and the net that paints."""
    layers = {"content_layers": ["relu2_2"], "style_layers": list(RELU)}
    return tapped(make_features(CONFIGURATIONS["D"]), RELU), layers, johnson_net()


def of_the_book() -> tuple[Maps, dict, TransformNet]:
    """Ours."""
    layers = {"content_layers": ["conv3_1"], "style_layers": on_levels(STYLE_LAYERS)}
    return pyramid(feature_maps(feature_net()), 2), layers, small_transform_net()


PAIRS = {"paper": of_the_paper, "book": of_the_book}


def seconds(run: Callable[[], object], rounds: int) -> float:
    """The median of some calls, the first not counted."""
    times = []
    for _ in range(rounds + 1):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times[1:])


def measure(pair: str, size: int, rounds: int) -> dict:
    """One step and one pass at one size."""
    torch.manual_seed(0)
    maps, layers, net = PAIRS[pair]()
    x = torch.rand(1, 3, size, size)
    goal = Objective(maps, x, x.flip(2), **layers)
    pixels = torch.rand(1, 3, size, size).requires_grad_()

    def step() -> None:
        torch.autograd.grad(goal(pixels).total, pixels)

    def forward() -> None:
        with torch.inference_mode():
            net(x)

    return {
        "pair": pair,
        "size": size,
        "step": float(f"{seconds(step, rounds):.4g}"),
        "forward": float(f"{seconds(forward, rounds):.4g}"),
    }


def main() -> None:
    """Measure what is missing and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--pairs", nargs="+", choices=PAIRS, default=list(PAIRS))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to keep")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for pair in chosen.pairs:
        for size in chosen.sizes:
            path = chosen.folder / f"{pair}-{size}.json"
            if not path.exists():
                row = measure(pair, size, chosen.rounds)
                path.write_text(json.dumps(row), encoding="utf-8")
                print(row, flush=True)
            rows.append(json.loads(path.read_text("utf-8")))
    record = {
        "command": "python tools/experiments/style_speed.py",
        "seed": 0,
        "hardware": f"one core of {processor()}, torch {torch.__version__}",
        "minutes": round(
            sum(chosen.rounds * (r["step"] + r["forward"]) for r in rows) / 60, 1
        ),
        "date": str(date.today()),
        "data": "one random picture at a time, float32",
        "steps": list(STEPS),
        "rows": rows,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
