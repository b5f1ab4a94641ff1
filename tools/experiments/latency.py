"""One picture through every network on one core: multiply-adds against milliseconds.

Processor time of one thread, which is the time on the clock of an idle machine, so that
whatever else runs does not count. The networks take turns, and the median of the rounds
is kept: a slow minute of the machine then slows them all. Three questions are asked:
how long each network takes; where the time of MobileNet V2 goes; and what a separable
layer saves at several sizes.

Writes book/data/latency.json. The random weights have no influence on the time.
"""

import argparse
import importlib
import json
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import torch
from torch import nn

from cvlib.conv import separable_multiply_adds
from cvlib.summary import multiply_adds, num_parameters

RECORD = Path(__file__).parents[2] / "book" / "data" / "latency.json"
NETS = {  # title: module and function
    "AlexNet": "alexnet.alexnet",
    "VGG-16": "vgg.vgg16",
    "GoogLeNet": "googlenet.googlenet",
    "ResNet-18": "resnet.resnet18",
    "ResNet-50": "resnet.resnet50",
    "DenseNet-121": "densenet.densenet121",
    "SqueezeNet 1.1": "squeezenet.squeezenet1_1",
    "MobileNet V1": "mobilenet.mobilenet_v1",
    "MobileNet V2": "mobilenet.mobilenet_v2",
    "EfficientNet-B0": "efficientnet.efficientnet_b0",
}
LAYERS = [(32, 64, 112), (64, 128, 56), (128, 256, 28), (256, 512, 14), (512, 512, 7)]
"""Channels in, channels out, size of the map."""


def build(title: str) -> nn.Module:
    """A network in eval mode, by its title."""
    module, _, function = NETS[title].partition(".")
    torch.manual_seed(0)
    return getattr(importlib.import_module(f"cvlib.nets.{module}"), function)().eval()


def milliseconds(run: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    run()
    return 1000 * (time.process_time() - start)


def in_turns(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list]:
    """The times of every run, each called once a round; the first round warms up."""
    times = defaultdict(list)
    for number in range(rounds + 1):
        for name, run in runs.items():
            taken = milliseconds(run)
            if number:
                times[name].append(taken)
        print(f"round {number} of {rounds}", flush=True)
    return times


def quartiles(times: list[float]) -> dict[str, float]:
    """Median and the middle half, rounded to what a repetition agrees on."""
    low, median, high = statistics.quantiles(times, n=4, method="inclusive")
    return {
        name: float(f"{value:.3g}")
        for name, value in (("ms", median), ("ms_low", low), ("ms_high", high))
    }


def kind(module: nn.Module) -> str:
    """What a layer of MobileNet V2 is, in a word."""
    if isinstance(module, nn.Conv2d):
        if module.groups > 1:
            return "depthwise 3 × 3"
        return "pointwise 1 × 1" if module.kernel_size == (1, 1) else "first 3 × 3"
    return "linear" if isinstance(module, nn.Linear) else "batch norm and ReLU6"


def by_kind(net: nn.Module, x: torch.Tensor, rounds: int) -> list[dict]:
    """Milliseconds and multiply-adds of the leaves of a network, added up by kind."""
    times, work = [], defaultdict(int)
    start = {}

    def before(module: nn.Module, _) -> None:
        start[module] = time.process_time()

    def after(module: nn.Module, _, output: torch.Tensor) -> None:
        times[-1][kind(module)] += 1000 * (time.process_time() - start[module])
        if len(times) == 1 and isinstance(module, nn.Conv2d | nn.Linear):
            work[kind(module)] += output.numel() * module.weight[0].numel()

    for module in net.modules():
        if not list(module.children()) and not isinstance(module, nn.Dropout):
            module.register_forward_pre_hook(before)
            module.register_forward_hook(after)
    for _ in range(rounds + 1):
        times.append(defaultdict(float))
        net(x)
    return [
        {
            "kind": name,
            "multiply_adds": work[name],
            **quartiles([of_round[name] for of_round in times[1:]]),
        }
        for name in times[0]
    ]


def layer_pair(c: int, f: int, size: int) -> tuple[nn.Module, nn.Module]:
    """A standard 3 × 3 convolution and the separable one in its place."""
    standard = nn.Conv2d(c, f, 3, padding=1, bias=False)
    separable = nn.Sequential(
        nn.Conv2d(c, c, 3, padding=1, groups=c, bias=False),
        nn.Conv2d(c, f, 1, bias=False),
    )
    return standard, separable


def layers(rounds: int) -> list[dict]:
    """What a separable layer saves in multiply-adds, and what in time."""
    rows, runs = [], {}
    for c, f, size in LAYERS:
        x = torch.rand(1, c, size, size)
        for name, layer in zip(
            ("standard", "separable"), layer_pair(c, f, size), strict=True
        ):
            runs[f"{c} {f} {size} {name}"] = lambda layer=layer, x=x: layer(x)
    times = in_turns(runs, rounds)
    for c, f, size in LAYERS:
        cost = separable_multiply_adds(c, f, 3, size)
        rows.append(
            {
                "in_channels": c,
                "out_channels": f,
                "size": size,
                "multiply_adds": [cost.standard, cost.separable],
                "standard": quartiles(times[f"{c} {f} {size} standard"]),
                "separable": quartiles(times[f"{c} {f} {size} separable"]),
            }
        )
    return rows


def processor() -> str:
    """The model of the processor, as the system names it."""
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text("utf-8").splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    return names[0] if names else platform.processor() or platform.machine()


@torch.inference_mode()
def measure(rounds: int) -> dict:
    """All three answers."""
    torch.set_num_threads(1)
    x = torch.rand(1, 3, 224, 224)
    nets = {title: build(title) for title in NETS}
    times = in_turns({t: lambda net=net: net(x) for t, net in nets.items()}, rounds)
    networks = [
        {
            "title": title,
            "parameters": num_parameters(net),
            "multiply_adds": multiply_adds(net, (3, 224, 224)),
            **quartiles(times[title]),
        }
        for title, net in nets.items()
    ]
    return {
        "networks": networks,
        "mobilenet_v2": by_kind(nets["MobileNet V2"], x, 4 * rounds),
        "layers": layers(4 * rounds),
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15, help="runs of each network")
    parser.add_argument(
        "--quick", action="store_true", help="two rounds; prints, writes nothing"
    )
    arguments = parser.parse_args()
    began = time.monotonic()
    rounds = 2 if arguments.quick else arguments.rounds
    results = measure(rounds)
    record = {
        "command": f"python tools/experiments/latency.py --rounds {rounds}",
        "seed": 0,
        "hardware": f"one core of {processor()}, torch {torch.__version__}",
        "minutes": round((time.monotonic() - began) / 60, 1),
        "date": str(date.today()),
        "data": "one random picture of 224 × 224, batch of one, float32",
        "rounds": rounds,
        **results,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    if arguments.quick:
        print(text)
    else:
        RECORD.write_text(text, encoding="utf-8")
        print("written:", RECORD)


if __name__ == "__main__":
    main()
