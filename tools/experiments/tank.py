"""The tank problem: a stamp goes with one class in training, and not afterwards.

Circles and squares on photographs (cvlib.data.weak). In training a stamp in a corner
goes with the squares: always, mostly, or as often as with the circles. A small net that
ends in a global average is trained on each set, then tested on pictures half of which
bear a stamp, whatever their class. Its class activation maps say what it looks at.

Writes book/data/tank.json after every training and goes on from it.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import torch
from torch.nn.functional import interpolate
from torch.optim.swa_utils import update_bn

from cvlib.data.weak import TANK_CLASSES, Tank, tank
from cvlib.explain import cam, share_inside
from cvlib.nets.pooled import pooled_net
from cvlib.train import fit, predict, seed_all

RECORD = Path(__file__).parents[2] / "book" / "data" / "tank.json"
LINKS = (0.5, 0.8, 0.95, 1.0)
SEEDS = (0, 1, 2)
TRAIN, TEST, EPOCHS, BATCH, RATE = 1000, 800, 15, 32, 0.05
TEST_SEED = 1000  # far from the seeds of training
SQUARE = TANK_CLASSES.index("square")


def measure(model: torch.nn.Module, test: Tank) -> dict:
    """Accuracy in each group, and how much of the squares' map lies on the stamp."""
    right = predict(model, test.images).argmax(1) == test.labels
    groups = {}
    for label, name in enumerate(TANK_CLASSES):
        for stamped, words in ((False, "plain"), (True, "stamped")):
            chosen = (test.labels == label) & (test.stamped == stamped)
            groups[f"{words} {name}"] = round(right[chosen].float().mean().item(), 4)
    goes_along = test.stamped == (test.labels == SQUARE)
    some = test.stamped.nonzero().flatten()[:200]
    maps = cam(model, test.images[some]).maps[:, SQUARE : SQUARE + 1]
    size = test.images.shape[-2:]
    large = interpolate(maps, size=size, mode="bilinear", align_corners=False)[:, 0]
    stamps = test.stamps[some]
    peaks = large.flatten(1).argmax(dim=1)
    near = torch.nn.functional.max_pool2d(stamps.float()[:, None], 9, 1, 4)[:, 0]
    return {
        "as_trained": round(right[goes_along].float().mean().item(), 4),
        "without": round(right[~test.stamped].float().mean().item(), 4),
        "swapped": round(right[~goes_along].float().mean().item(), 4),
        "groups": groups,
        "cam_on_stamp": round(share_inside(large, stamps).mean().item(), 4),
        "stamp_area": round(stamps.float().mean().item(), 4),
        "peak_on_stamp": round(
            near.flatten(1).gather(1, peaks[:, None]).mean().item(), 4
        ),
    }


def run(link: float, seed: int, test: Tank, *, quick: bool = False) -> dict:
    """Train once and measure."""
    begin = time.perf_counter()
    data = tank(200 if quick else TRAIN, link=link, seed=seed)
    seed_all(seed)
    model = pooled_net("average", len(TANK_CLASSES), depth=1)
    history = fit(
        model, data.images, data.labels, epochs=2 if quick else EPOCHS,
        batch_size=BATCH, lr=RATE, schedule=lambda t: 1 - t, seed=seed, progress=False,
    )  # fmt: skip
    # The stamp is 2 % of a picture, and its share of a global average is as small: the
    # noise of batch norm's running averages would drown it. Average over all pictures.
    update_bn(data.images.split(100), model)
    model.eval()
    return {
        "link": link,
        "seed": seed,
        "train_accuracy": round(history.train_accuracy[-1], 4),
        **measure(model, test),
        "seconds": round(time.perf_counter() - begin, 1),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one seed, little data")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    test = tank(100 if options.quick else TEST, link=0.5, seed=TEST_SEED)
    record = {
        "command": "python tools/experiments/tank.py",
        "seeds": list(SEEDS),
        "hardware": f"{options.threads} of 2 CPU cores",
        "data": f"cvlib.data.weak.tank: {TRAIN} training pictures of 48 × 48, {TEST} "
        "test pictures, half of each class stamped",
        "model": "cvlib.nets.pooled.pooled_net: three 3 × 3 convolutions (16, 24, 32) "
        "with batch norm, global average, linear layer",
        "training": f"{EPOCHS} epochs, batches of {BATCH}, SGD with momentum 0.9, rate "
        f"{RATE} falling to 0; then batch norm's averages taken over all pictures",
        "runs": [],
    }
    if options.record.exists() and not options.quick:
        record["runs"] = json.loads(options.record.read_text("utf-8"))["runs"]
    done = {(r["link"], r["seed"]) for r in record["runs"]}
    for seed in SEEDS[:1] if options.quick else SEEDS:
        for link in LINKS:
            if (link, seed) in done:
                continue
            record["runs"].append(run(link, seed, test, quick=options.quick))
            record["minutes"] = round(sum(r["seconds"] for r in record["runs"]) / 60, 1)
            record["date"] = date.today().isoformat()
            text = json.dumps(record, indent=1, ensure_ascii=False)
            options.record.write_text(text + "\n", encoding="utf-8")
            print(json.dumps(record["runs"][-1]), flush=True)


if __name__ == "__main__":
    main()
