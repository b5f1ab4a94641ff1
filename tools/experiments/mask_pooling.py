"""RoIPool or RoIAlign under a mask head: one detector, two heads, one difference.

The detector is `faster_scenes`, frozen: boxes, classes and scores are the same for
both. A mask head is trained on regions cut out by either method, from the same first
weights and on the same pictures in the same order. What is finished is in the record
and is not trained again.
"""

import argparse
import json
import platform
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import torch
from torch import Tensor, nn

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.detect import batch_of, fast_rcnn_targets, fit_detector
from cvlib.segment import freeze, mask_rcnn, measure_instances, standard_instances
from cvlib.segment.mask_rcnn import MaskRCNN
from cvlib.train import seed_all
from cvlib.train.schedules import one_cycle

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "mask_pooling.json"
POOLS = ("roi_pool", "roi_align")


class HeadTraining(nn.Module):
    """Only the mask head learns; the detector stands still in evaluation mode."""

    def __init__(self, model: MaskRCNN) -> None:
        super().__init__()
        self.model = model
        for part in (model.per_image, model.regions, model.per_region):
            freeze(part)

    def train(self, mode: bool = True) -> "HeadTraining":
        """The head has nothing that training mode would change."""
        super().train(mode)
        self.model.eval()
        return self

    def forward(
        self, images: Sequence[Tensor], targets: Sequence[Mapping[str, Tensor]]
    ) -> dict[str, Tensor]:
        """The loss of the masks in the detector's own proposals."""
        batch = batch_of(images)
        with torch.no_grad():
            features = self.model.per_image(batch.pixels)
            regions, _ = self.model.regions(batch, features, None)
        regions, labels, _ = fast_rcnn_targets(regions, targets)
        return self.model.instance_losses(features, regions, labels, targets)


def run(pool: str, seed: int, options: argparse.Namespace) -> dict:
    """Train one head and measure what it makes of the test split."""
    seed_all(seed)
    model = mask_rcnn(7, pool=pool)
    model.load_state_dict(weights.load("faster_scenes").state_dict(), strict=False)
    history = fit_detector(
        HeadTraining(model).to(memory_format=torch.channels_last),
        scenes_benchmark("train", n=options.images, masks=True),
        epochs=options.epochs,
        lr=1e-3,
        schedule=one_cycle(),
        augment=standard_instances,
        precision=torch.bfloat16,
        seed=seed,
    )
    model = model.to(memory_format=torch.contiguous_format).eval()
    start = time.perf_counter()
    figures = measure_instances(model, scenes_benchmark("test", n=options.test,
                                                        masks=True))  # fmt: skip
    return {
        "name": pool,
        "seed": seed,
        **{k: round(v, 4) for k, v in figures._asdict().items() if k != "pck"},
        "minutes": round(sum(history.seconds) / 60, 2),
        "seconds_to_measure": round(time.perf_counter() - start, 1),
    }


def main() -> None:
    """Train what is missing from the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--test", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="40 images, one epoch")
    parser.add_argument("--record", type=Path, default=RECORD)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.quick:
        options.epochs, options.images, options.test, options.seeds = 1, 40, 20, 1
    record = {"runs": []}
    if options.record.exists():
        record = json.loads(options.record.read_text(encoding="utf-8"))
    done = {(one["name"], one["seed"]) for one in record["runs"]}
    for seed in range(options.seeds):
        for pool in POOLS:
            if (pool, seed) in done:
                continue
            record["runs"].append(run(pool, seed, options))
            record |= {
                "data": f"scenes benchmark, {options.images} training images, "
                f"{options.epochs} epochs, {options.test} test images",
                "command": "python tools/experiments/mask_pooling.py",
                "hardware": f"{platform.machine()}, {options.threads} thread(s)",
                "date": date.today().isoformat(),
            }
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            options.record.write_text(text, encoding="utf-8")
            print(record["runs"][-1])


if __name__ == "__main__":
    main()
