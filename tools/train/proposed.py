"""Pictures of the scenes benchmark with proposals, searched once and kept.

Half a second a picture with all scales and colour spaces, a third of that with one of
each: enough to learn from, and the six thousand of the training take twenty minutes.
"""

from collections.abc import Sequence
from functools import partial

import torch
from recipe import ROOT
from torch import Tensor
from tqdm import tqdm

from cvlib.data.benchmark import VERSION, Benchmark, scenes_benchmark
from cvlib.detect.proposals import selective_search

FOLDER = ROOT / "_build" / "train"
SAVE_EVERY = 100
quick_search = partial(selective_search, scales=(50,), colour_spaces=("hsv",))
Target = dict[str, Tensor]


class Proposed(Sequence):
    """A benchmark whose targets bring `proposals` (R, 4) float32."""

    def __init__(self, data: Benchmark, proposals: Sequence[Tensor]) -> None:
        self.data, self.proposals = data, proposals

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Tensor, Target]:
        image, target = self.data[index]
        return image, target | {"proposals": self.proposals[index].float()}


def with_proposals(split: str, n: int | None = None, *, quick: bool) -> Proposed:
    """A split with proposals; what was searched before is read."""
    data = scenes_benchmark(split, n=n)
    kind = "quick" if quick else "full"
    file = FOLDER / f"proposals-{VERSION}-{split}-{kind}.pt"
    done = torch.load(file) if file.exists() else []
    search = quick_search if quick else selective_search
    for i in tqdm(range(len(done), len(data)), desc=f"proposals, {split}"):
        done.append(search(data[i][0]).to(torch.int16))
        if (i + 1) % SAVE_EVERY == 0 or i + 1 == len(data):
            file.parent.mkdir(parents=True, exist_ok=True)
            torch.save(done, file)
    return Proposed(data, done[: len(data)])
