"""The pictures of Part VI that take too long for a page: recorded once, kept small.

- balance: one photograph, four manners of painting, six ratios α/β.
- layers: what is left of a photograph in each layer of our net and of an untrained one,
  and the texture that the Gram matrices up to that layer describe.
- sources: the same transfer with maps of our net, of random filters and of SqueezeNet.
- failures: what becomes of it when one part is left out.

SqueezeNet's weights and the painting by van Gogh are used when they have been
downloaded. Every picture is kept under _build/experiments/style_pictures and not made
again; `--seconds 60` stops after so much processor time, and the next call goes on.
"""

import argparse
import base64
import io
import json
import time
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path

import torch
from latency import processor
from PIL import Image
from torch import Tensor

from cvlib.data.downloads import OfflineError
from cvlib.data.paintings import artwork, painting
from cvlib.data.photos import photo
from cvlib.image import resize, to_chw, to_hwc, to_uint8
from cvlib.style import (
    SQUEEZENET,
    Objective,
    feature_maps,
    gatys,
    invert,
    on_levels,
    optimise_pixels,
    pyramid,
    random_maps,
    tapped,
)
from cvlib.style.colour import colours
from cvlib.style.features import Maps
from cvlib.weights import load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "_build" / "experiments" / "style_pictures"
RECORDS = {
    "balance": ROOT / "cvlib" / "widgets" / "style_balance.json",
    "layers": ROOT / "cvlib" / "widgets" / "layer_reconstruction.json",
    "sources": ROOT / "book" / "data" / "style_sources.json",
    "failures": ROOT / "book" / "data" / "style_failures.json",
}
SIDE, SMALL = 144, 112
SEEDS = {"strokes": 7, "dots": 1, "planes": 7, "waves": 1}
RATIOS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
LADDER = {"sizes": (0.25, 0.5, 1), "steps": (40, 30, 25)}
LAYERS = ("conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv4_2")
QUALITY = 82  # of WebP


def tensor(image) -> Tensor:
    """(1, 3, H, W) float32."""
    return torch.tensor(to_chw(image), dtype=torch.float32)[None]


def cat(side: int = SIDE) -> Tensor:
    """The head of Chelsea, a square."""
    return tensor(resize(photo("chelsea")[:, 75:375], (side, side)))


def painted(manner: str, side: int = SIDE) -> Tensor:
    """A painting of the book, or van Gogh's."""
    if manner == "starry_night":
        return tensor(resize(artwork(manner)[:, :640], (side, side)))
    return tensor(painting(manner, side, seed=SEEDS[manner]))


@cache
def source(name: str) -> Maps:
    """Maps by name."""
    if name == "trained":
        return feature_maps(load("features"))
    if name == "random":
        return random_maps(0)
    return tapped(load("squeezenet1_1_imagenet"), SQUEEZENET)


def balanced(manner: str, ratio: float) -> tuple[Tensor, dict]:
    """One frame of the interactive."""
    drawn = gatys(
        cat(), painted(manner), pyramid(source("trained"), 2),
        style_layers=on_levels(), alpha=ratio, **LADDER,
    )  # fmt: skip
    return drawn.image, {"content": drawn.content[-1], "style": drawn.style[-1]}


def inverted(net: str, layer: str) -> tuple[Tensor, dict]:
    """A photograph made again from one layer."""
    low = layer.startswith(("conv1", "conv2"))
    gamma = (0.02 if low else 0.5) / (1 if net == "trained" else 10)
    drawn = invert(cat(SMALL), source(net), layer, gamma=gamma, levels=5, steps=80)
    off = (drawn.image - cat(SMALL)).square().mean().sqrt()
    return drawn.image, {"error": float(off)}


def texture(net: str, layer: str) -> tuple[Tensor, dict]:
    """A painting's texture from the Gram matrices up to a layer."""
    style, names = painted("planes", SMALL), list(source(net)(cat(SMALL)))
    upto = names[: names.index(layer) + 1]
    goal = Objective(source(net), None, style, style_layers=upto, gamma=0.002)
    mean, root = colours(style)
    noise = torch.randn(3, SMALL**2, generator=torch.Generator().manual_seed(0))
    start = (mean + root @ noise).reshape(1, 3, SMALL, SMALL).clamp(0, 1)
    drawn = optimise_pixels(goal, start, steps=80, levels=4)
    return drawn.image, {"style": drawn.style[-1]}


SOURCES = {
    "trained": {"content_layers": ["conv3_1"], "style_layers": on_levels(),
                "alpha": 0.03},
    "random": {"content_layers": ["conv3_1"], "style_layers": on_levels(),
               "alpha": 0.02, "gamma": 0.01},
    "squeezenet": {
        "content_layers": ["fire4"],
        "style_layers": on_levels(["conv1", "fire2", "fire3", "fire4", "fire5"]),
        "alpha": 0.01, "gamma": 0.2,
    },
}  # fmt: skip
"""Each source with the weights that suit it."""


def from_source(net: str, manner: str) -> tuple[Tensor, dict]:
    """The same transfer with other maps."""
    small = net == "squeezenet"  # which needs pictures of 33 pixels or more
    ladder = {"sizes": (0.5, 1), "steps": (60, 50)} if small else LADDER
    maps = pyramid(source(net), 2)
    drawn = gatys(cat(), painted(manner), maps, **SOURCES[net], **ladder)
    return drawn.image, {"content": drawn.content[-1], "style": drawn.style[-1]}


def failed(way: str) -> tuple[Tensor, dict]:
    """The transfer of planes with one part left out."""
    maps = pyramid(source("trained"), 2)
    settings = {"style_layers": on_levels(), "alpha": 0.03, **LADDER}
    settings |= {
        "nothing left out": {},
        "one size only": {"sizes": (1,), "steps": 50},
        "no layer of colours": {
            "style_layers": on_levels(pixels=0), "start": "content",
        },
        "no smoothing": {"gamma": 0.0},
    }[way]  # fmt: skip
    drawn = gatys(cat(), painted("planes"), maps, **settings)
    return drawn.image, {"content": drawn.content[-1], "style": drawn.style[-1]}


WAYS = ("nothing left out", "one size only", "no layer of colours", "no smoothing")
Job = tuple[str, dict, Callable[[], tuple[Tensor, dict]]]


def jobs() -> list[Job]:
    """Every picture: its set, what it is, and how it is made."""
    found: list[Job] = []
    for manner in SEEDS:
        for ratio in RATIOS:
            key = {"manner": manner, "ratio": ratio}
            found.append(("balance", key, lambda m=manner, r=ratio: balanced(m, r)))
    for net in ("trained", "random"):
        for layer in LAYERS:
            for kind, make in (("content", inverted), ("texture", texture)):
                key = {"net": net, "layer": layer, "kind": kind}
                run = partial(make, net, layer)
                found.append(("layers", key, run))
    for net in SOURCES:
        for manner in ("planes", "starry_night"):
            key = {"net": net, "manner": manner}
            found.append(("sources", key, lambda n=net, m=manner: from_source(n, m)))
    for way in WAYS:
        found.append(("failures", {"way": way}, lambda w=way: failed(w)))
    return found


def encoded(image: Tensor) -> str:
    """A data URI of a WebP picture."""
    file = io.BytesIO()
    pixels = to_uint8(to_hwc(image[0].double().numpy()))
    Image.fromarray(pixels).save(file, "WEBP", quality=QUALITY, method=6)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def originals() -> dict[str, dict]:
    """The pictures that a record needs beside its own."""
    paintings = {m: encoded(painted(m)) for m in SEEDS}
    known = dict(paintings)
    try:
        known["starry_night"] = encoded(painted("starry_night"))
    except OfflineError:
        print("The Starry Night is not here, and is left out")
    photograph = encoded(cat())
    return {
        "balance": {"photo": photograph, "paintings": paintings},
        "layers": {
            "photo": encoded(cat(SMALL)), "painting": encoded(painted("planes", SMALL)),
        },
        "sources": {"photo": photograph, "paintings": known},
        "failures": {"photo": photograph, "painting": paintings["planes"]},
    }  # fmt: skip


def main() -> None:
    """Make what is missing, and write the records that are complete."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", choices=RECORDS, default=list(RECORDS))
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to keep")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    frames: dict[str, list[dict]] = {name: [] for name in chosen.sets}
    missing = set()
    for name, key, make in jobs():
        if name not in chosen.sets:
            continue
        path = chosen.folder / ("-".join([name, *map(str, key.values())]) + ".json")
        if not path.exists() and time.process_time() < chosen.seconds:
            begin = time.process_time()
            try:
                image, numbers = make()
            except OfflineError as error:
                print(f"{path.stem}: left out, {error}", flush=True)
                continue
            numbers = {k: float(f"{v:.4g}") for k, v in numbers.items()}
            taken = round(time.process_time() - begin, 1)
            frame = key | numbers | {"seconds": taken, "src": encoded(image)}
            path.write_text(json.dumps(frame), encoding="utf-8")
            print(f"{path.stem}: {numbers}, {taken} s", flush=True)
        if path.exists():
            frames[name].append(json.loads(path.read_text("utf-8")))
        else:
            missing.add(name)
    for name in chosen.sets:
        if name not in missing:
            write(name, frames[name])


def write(name: str, frames: list[dict]) -> None:
    """One record."""
    record = {
        "command": f"python tools/experiments/style_pictures.py --sets {name}",
        "seed": 0,
        "hardware": f"one core of {processor()}, torch {torch.__version__}",
        "minutes": round(sum(f.pop("seconds") for f in frames) / 60, 1),
        "date": str(date.today()),
        "data": "Chelsea the cat, by Stéfan van der Walt (CC0), and paintings of "
        "cvlib.data.paintings",
        **originals()[name],
        "frames": frames,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    RECORDS[name].write_text(text + "\n", encoding="utf-8")
    print(f"{RECORDS[name].relative_to(ROOT)}: {len(text) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
