"""How far our NumPy convolutions are from torch: `python tests/benchmarks/conv.py`.

Both libraries run the same case by turns with two threads, so that a busy moment of the
machine hits both. The table shows medians, then the ratio of the quickest runs: where
it differs much from the ratio of the medians, the machine was busy. Nothing here fails:
time is not a test.
"""

import os

THREADS = "2"
for library in ("OMP", "OPENBLAS", "MKL"):  # read once, when NumPy and torch load
    os.environ[f"{library}_NUM_THREADS"] = THREADS

from collections.abc import Callable  # noqa: E402  after the threads are set
from statistics import median  # noqa: E402
from time import perf_counter, sleep  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

from cvlib import conv  # noqa: E402

ROUNDS = 15


def milliseconds(run: Callable[[], object]) -> float:
    sleep(0.05)  # the other library's threads spin for a while before they let go
    run()
    start = perf_counter()
    run()
    return 1e3 * (perf_counter() - start)


def by_turns(ours: Callable[[], object], theirs: Callable[[], object], rounds: int):
    """Milliseconds of each run of ours, and of theirs."""
    pairs = [(milliseconds(ours), milliseconds(theirs)) for _ in range(rounds)]
    return zip(*pairs, strict=True)


def forward(name: str, x_shape: tuple[int, ...], w_shape: tuple[int, ...], **options):
    """One case of `conv.NAME` and torch's function that does the same."""
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(shape, np.float32) for shape in (x_shape, w_shape))
    tx, tw = torch.from_numpy(x), torch.from_numpy(w)
    ours, theirs = getattr(conv, name), getattr(functional, name.split("_loops")[0])
    return lambda: ours(x, w, **options), lambda: theirs(tx, tw, **options)


def backward(x_shape: tuple[int, ...], w_shape: tuple[int, ...], **options):
    """The gradient of conv2d; torch's without the forward pass it needs."""
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(shape, np.float32) for shape in (x_shape, w_shape))
    g = np.ones_like(conv.conv2d(x, w, **options))
    tx, tw = (torch.from_numpy(a).requires_grad_() for a in (x, w))
    ty, tg = functional.conv2d(tx, tw, **options), torch.from_numpy(g)
    return (
        lambda: conv.conv2d_backward(g, x, w, **options),
        lambda: torch.autograd.grad(ty, (tx, tw), tg, retain_graph=True),
    )


VGG, LENET = (8, 64, 56, 56), (64, 1, 28, 28)
CASES = [  # name, case, target, rounds
    (
        "conv2d 8×64×56², 64 filters 3×3",
        forward("conv2d", VGG, (64, 64, 3, 3), padding=1),
        3.0,
        ROUNDS,
    ),
    (
        "conv2d LeNet's first layer, N=64",
        forward("conv2d", LENET, (6, 1, 5, 5), padding=2),
        6.0,
        ROUNDS,
    ),
    (
        "conv2d 3×3 depthwise, 8×64×56²",
        forward("conv2d", VGG, (64, 1, 3, 3), padding=1, groups=64),
        None,
        ROUNDS,
    ),
    (
        "conv2d_backward LeNet's first layer",
        backward(LENET, (6, 1, 5, 5), padding=2),
        None,
        ROUNDS,
    ),
    (
        "conv_transpose2d 8×64×28², 32 filters 4×4",
        forward(
            "conv_transpose2d", (8, 64, 28, 28), (64, 32, 4, 4), stride=2, padding=1
        ),
        None,
        ROUNDS,
    ),
    (
        "conv1d 16×32×1000, 32 filters 9",
        forward("conv1d", (16, 32, 1000), (32, 32, 9), padding=4),
        None,
        ROUNDS,
    ),
    (
        "conv3d 2×8×16³, 8 filters 3×3×3",
        forward("conv3d", (2, 8, 16, 16, 16), (8, 8, 3, 3, 3), padding=1),
        None,
        ROUNDS,
    ),
    (
        "conv2d_loops 1×3×12², 4 filters 3×3",
        forward("conv2d_loops", (1, 3, 12, 12), (4, 3, 3, 3)),
        None,
        3,
    ),
]


def main() -> None:
    torch.set_num_threads(int(THREADS))
    columns = "ours ms", "torch ms", "ratio", "quickest", "target"
    print(f"{'case':<44}" + "".join(f"{name:>9}" for name in columns))
    for name, (ours, theirs), target, rounds in CASES:
        mine, torchs = by_turns(ours, theirs, rounds)
        ratios = [f(mine) / f(torchs) for f in (median, min)]
        print(
            f"{name:<44}{median(mine):9.2f}{median(torchs):9.3f}"
            f"{ratios[0]:9.1f}{ratios[1]:9.1f}{f'≤ {target:g}' if target else '-':>9}"
        )


if __name__ == "__main__":
    main()
