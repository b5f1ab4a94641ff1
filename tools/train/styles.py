"""What the scripts of style transfer share: photographs, objective, measure, ending."""

import argparse

import numpy as np
import torch
from recipe import hardware, rounded_to_half, ship
from torch import Tensor

from cvlib.data.paintings import painting
from cvlib.data.photos import photo, photos
from cvlib.image import resize, to_chw, to_uint8
from cvlib.style import (
    Objective,
    TransformNet,
    feature_maps,
    fit_transform,
    on_levels,
    perceptual_loss,
    pyramid,
    small_transform_net,
)
from cvlib.train import Checkpoint, seed_all
from cvlib.train.schedules import one_cycle
from cvlib.weights import load

HELD_OUT = ("chelsea", "coffee")
"""Photographs that no training sees."""
NOT_OF_THE_WORLD = ("immunohistochemistry", "retina", "text")
CROPS, SIDE = 1200, 128
FLAT = 0.08  # standard deviation of a square with too little in it
GAMMA = 0.5


def crops(count: int, seed: int) -> Tensor:
    """(count, 3, SIDE, SIDE) bytes: squares of many sizes from the photographs.

    A piece of sky has no content: the loss, relative to its contrast, would be ten
    thousand times that of the others, and one such step undoes an epoch.
    """
    rng, found = np.random.default_rng(seed), []
    names = [n for n in photos() if n not in (*HELD_OUT, *NOT_OF_THE_WORLD)]
    whole = {name: photo(name) for name in names}
    while len(found) < count:
        image = whole[names[rng.integers(len(names))]]
        H, W, _ = image.shape
        side = int(rng.uniform(min(SIDE, H, W), min(H, W)))
        top, left = rng.integers(0, H - side + 1), rng.integers(0, W - side + 1)
        part = resize(image[top : top + side, left : left + side], (SIDE, SIDE))
        if part.std((0, 1)).mean() < FLAT:
            continue
        light, tint = rng.uniform(0.75, 1.2), rng.uniform(0.9, 1.1, 3)
        found.append(to_chw(to_uint8(np.clip(part * light * tint, 0, 1))))
    return torch.from_numpy(np.stack(found))


def unseen() -> Tensor:
    """(N, 3, 160, 160): the two photographs that no training sees."""
    squares = [photo("chelsea")[:, 75:375], photo("coffee")[:, 100:500]]
    small = [to_chw(resize(square, (160, 160))) for square in squares]
    return torch.tensor(np.stack(small), dtype=torch.float32)


def objective(manner: str, seed: int, alpha: float) -> Objective:
    """J with the maps of our feature net, at two sizes of the picture."""
    style = torch.tensor(to_chw(painting(manner, 256, seed=seed)), dtype=torch.float32)
    return Objective(
        pyramid(feature_maps(load("features")), 2), style[None], style[None],
        content_layers=["conv3_1"], style_layers=on_levels(), alpha=alpha, gamma=GAMMA,
    )  # fmt: skip


@torch.no_grad()
def measured(net: torch.nn.Module, goal: Objective) -> float:
    """J on the unseen photographs."""
    return perceptual_loss(net, unseen(), goal).item()


def train_and_ship_style(
    name: str, chosen: argparse.Namespace, manner: str, *, seed: int, alpha: float
) -> None:
    """Train a net to paint in one manner, measure it, write its file and entry.

    Args:
        name: of the weights.
        chosen: the options of the command line.
        manner: of `cvlib.data.paintings`.
        seed: of the painting.
        alpha: weight of the content against 1 for the style.
    """
    seed_all(chosen.seed)
    goal = objective(manner, seed, alpha)
    net: TransformNet = small_transform_net()
    net = net.to(memory_format=torch.channels_last)

    def report(state) -> None:
        if state.epoch % 2 == 0:
            value = measured(state.model.eval(), goal)
            print(f"\nepoch {state.epoch}: J {value:.4f}", flush=True)
            state.model.train()

    history = fit_transform(
        net, crops(chosen.images, chosen.seed), goal,
        epochs=chosen.epochs, batch_size=4, lr=4e-3, schedule=one_cycle(),
        seed=chosen.seed, precision=torch.bfloat16,
        resume=Checkpoint(chosen.checkpoint), after_epoch=report,
    )  # fmt: skip
    net = rounded_to_half(net.to(memory_format=torch.contiguous_format)).eval()
    value = measured(net, goal)
    print(f"J {value:.4f}; of the photographs themselves "
          f"{measured(torch.nn.Identity(), goal):.4f}")  # fmt: skip
    if chosen.dry:
        return
    ship(
        name, net, half=True,
        builder="cvlib.style.transform:small_transform_net",
        metric="J on two photographs that no training saw",
        value=value,
        tolerance=0.005,
        untouched=round(measured(torch.nn.Identity(), goal), 4),
        data=f"{chosen.images} squares of bundled photographs, a painting of {manner}",
        manner=manner, painting=seed, alpha=alpha,
        seed=chosen.seed, epochs=history.epochs,
        minutes=round(sum(history.seconds) / 60, 1),
        hardware=hardware("cpu"),
    )  # fmt: skip
