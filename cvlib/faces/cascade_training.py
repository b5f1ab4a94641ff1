"""Train a cascade (torch): each net on what the nets before it got wrong.

A hundred faces are few, so each is shown turned, moved, mirrored and lit in ever new
ways. Windows without a face are plenty, and nearly all teach nothing: the second and
third net only ever see those that the nets before let through.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import (
    affine_grid,
    avg_pool2d,
    binary_cross_entropy_with_logits,
    cross_entropy,
    grid_sample,
)
from tqdm.auto import tqdm

from cvlib.faces.calibration import calibration_patterns
from cvlib.faces.cascade import AROUND, SIZES, FaceCascade, cut_windows

RECALL = (0.99, 0.98, 0.96)
"""Of the held-out faces, shown in many ways, each net has to let that many through."""


def shown(
    faces: Tensor,
    count: int,
    size: int,
    generator: torch.Generator,
    *,
    patterns: Tensor | None = None,
    jitter: float = 1.0,
) -> Tensor:
    """Faces as a detector may meet them.

    Args:
        faces: (F, 1, 25, 25) in [0, 1].
        count: N, how many to make.
        size: of the windows; a window is the inner four fifths of a face.
        generator: source of all chance.
        patterns: (N, 3) scales and shifts to show them with, see `displace`.
        jitter: how much they are turned and moved besides.

    Returns:
        (N, 1, size, size).
    """

    def between(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, generator=generator)

    which = torch.randint(len(faces), (count,), generator=generator)
    angle = jitter * between(-0.16, 0.16)
    zoom = torch.exp(jitter * between(-0.07, 0.07))
    x, y = jitter * between(-0.04, 0.04), jitter * between(-0.04, 0.04)
    if patterns is not None:
        zoom, x, y = zoom * patterns[:, 0], x + patterns[:, 1], y + patterns[:, 2]
    mirror = torch.where(between(0, 1) < 0.5, -1.0, 1.0)
    scale = zoom / AROUND
    cos, sin = scale * angle.cos(), scale * angle.sin()
    # x and y are sides of the window; a picture is two units wide
    x, y = 2 * x / AROUND, 2 * y / AROUND
    rows = [mirror * cos, -mirror * sin, mirror * x, sin, cos, y]
    theta = torch.stack(rows, 1).unflatten(1, (2, 3))
    grid = affine_grid(theta, (count, 1, 2 * size, 2 * size), align_corners=False)
    seen = grid_sample(
        faces[which], grid, padding_mode="border", align_corners=False
    )  # fmt: skip
    return lit(avg_pool2d(seen, 2), generator)


def lit(windows: Tensor, generator: torch.Generator) -> Tensor:
    """Brighter or darker, with more or less contrast, and a little grain."""
    N = len(windows)
    gain = torch.exp(0.9 * torch.rand(N, 1, 1, 1, generator=generator) - 0.55)
    bias = 0.3 * torch.rand(N, 1, 1, 1, generator=generator) - 0.15
    grain = 0.015 * torch.randn(windows.shape, generator=generator)
    mean = windows.mean((1, 2, 3), keepdim=True)
    return (mean + bias + gain * (windows - mean) + grain).clamp(0, 1)


def any_windows(
    photo: Tensor, count: int, smallest: float, generator: torch.Generator
) -> Tensor:
    """(count, 4) boxes anywhere in (1, H, W), small ones as likely as large ones."""
    H, W = photo.shape[1:]
    side = smallest * (min(H, W) / smallest) ** torch.rand(count, generator=generator)
    x = (W - side) * torch.rand(count, generator=generator)
    y = (H - side) * torch.rand(count, generator=generator)
    return torch.stack([x, y, x + side, y + side], 1)


@torch.no_grad()
def that_pass(
    cascade: FaceCascade, photo: Tensor, stage: int, smallest: float
) -> Tensor:
    """Boxes in a picture without faces that reach a stage all the same."""
    boxes, _, _ = cascade.first(photo, smallest)
    if stage == 2 and len(boxes):
        boxes, scores = cascade.look(photo, boxes, 1)
        boxes = cascade.merge(photo, boxes, scores, 1)[0]
    return boxes


def gather(
    cascade: FaceCascade,
    photos: Sequence[Tensor],
    stage: int,
    generator: torch.Generator,
    *,
    most: int,
    smallest: float,
    progress: bool = True,
) -> Tensor:
    """Windows without a face for one stage: (N, 1, size, size), N ≤ `most`."""
    found, each = [], math.ceil(most / len(photos))
    for photo in tqdm(photos, disable=not progress, desc=f"negatives {stage + 1}"):
        if stage == 0:
            boxes = any_windows(photo, each, smallest, generator)
        else:
            boxes = that_pass(cascade, photo, stage, smallest)
            boxes = boxes[torch.randperm(len(boxes), generator=generator)[:each]]
        found.append(cut_windows(photo, boxes, SIZES[stage]))
    return torch.cat(found)[:most]


def train_stage(
    net: nn.Module,
    faces: Callable[[int], Tensor],
    others: Tensor,
    generator: torch.Generator,
    *,
    steps: int,
    batch_size: int = 128,
    lr: float = 2e-3,
    progress: bool = True,
) -> None:
    """Teach a net to tell faces from what is none, half a batch each."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=1e-2)
    labels = torch.cat([torch.ones(batch_size), torch.zeros(batch_size)])
    net.train()
    for step in tqdm(range(steps), disable=not progress):
        set_rate(optimizer, lr, step / steps)
        pick = torch.randint(len(others), (batch_size,), generator=generator)
        negatives = lit(turned(others[pick], step), generator)
        logits = net(torch.cat([faces(batch_size), negatives]))[:, 0]
        optimizer.zero_grad()
        binary_cross_entropy_with_logits(logits, labels).backward()
        optimizer.step()
    net.eval()


def turned(windows: Tensor, step: int) -> Tensor:
    """What is no face is none in the mirror or on its side either."""
    windows = windows.flip(-1) if step % 2 else windows
    return windows.rot90(step // 2 % 4, (2, 3)) if step % 3 == 0 else windows


def train_calibration(
    net: nn.Module,
    faces: Tensor,
    size: int,
    generator: torch.Generator,
    *,
    steps: int,
    batch_size: int = 192,
    lr: float = 2e-3,
    progress: bool = True,
) -> None:
    """Teach a net which of the 45 mistakes a window of a face is."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=1e-2)
    patterns = calibration_patterns()
    net.train()
    for step in tqdm(range(steps), disable=not progress):
        set_rate(optimizer, lr, step / steps)
        which = torch.randint(45, (batch_size,), generator=generator)
        seen = shown(
            faces, batch_size, size, generator, patterns=patterns[which], jitter=0.5
        )
        optimizer.zero_grad()
        cross_entropy(net(seen), which, label_smoothing=0.1).backward()
        optimizer.step()
    net.eval()


def set_rate(optimizer: torch.optim.Optimizer, lr: float, t: float) -> None:
    """From `lr` down to 0 along half a cosine, t from 0 to 1."""
    for group in optimizer.param_groups:
        group["lr"] = lr * (1 + math.cos(math.pi * t)) / 2


@torch.no_grad()
def threshold_for(net: nn.Module, windows: Tensor, recall: float) -> float:
    """The highest probability that still lets that share of the faces through."""
    scores = net(windows).sigmoid()[:, 0].sort(descending=True).values
    return scores[math.ceil(recall * len(scores)) - 1].item()


@torch.no_grad()
def share_that_passes(
    cascade: FaceCascade, faces: Tensor, *, count: int = 1000, seed: int = 8
) -> float:
    """Of faces, each shown in many ways, the share that no stage throws away.

    The same views come to all three nets, each at its own size.
    """
    passed = torch.ones(count, dtype=torch.bool)
    for k, size in enumerate(SIZES):
        windows = shown(faces, count, size, torch.Generator().manual_seed(seed))
        passed &= cascade.decide[k](windows)[:, 0].sigmoid() >= cascade.thresholds[k]
    return passed.float().mean().item()
