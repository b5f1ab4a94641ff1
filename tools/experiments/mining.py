"""Four ways to choose triplets: what each learns, step by step, with three seeds.

Four hundred drawn people, eight pictures of each; the same net, the same batches of 32
people with 4 pictures, the same number of steps. Only the triplets differ. Measured
every few epochs on a hundred people that no training has seen. What is finished is in
the record and is not trained again.
"""

import argparse
import json
import platform
from datetime import date
from pathlib import Path

import torch
from torch import Tensor

from cvlib.augment import standard_cifar
from cvlib.data.drawn_once import people_drawn_once
from cvlib.faces import (
    MINING,
    EmbeddingNet,
    Watch,
    all_pairs,
    fit_embedding,
    pair_distances,
)
from cvlib.metrics import area_under_roc, equal_error_rate
from cvlib.train import seed_all

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "mining.json"
FACES = ROOT / "_build" / "faces"
PEOPLE, EACH, UNSEEN = 400, 8, 100
MARGIN, EVERY = 0.3, 2


def run(strategy: str, seed: int, options: argparse.Namespace, data: dict) -> dict:
    """Train with one strategy and watch it."""
    seed_all(seed)
    net = EmbeddingNet().to(memory_format=torch.channels_last)
    images, labels = data["train"]
    unseen, who = data["unseen"]
    pairs, same = all_pairs(who)
    watch, rows = Watch(), []
    steps = -(-options.people // 32)

    def measure(state) -> None:
        if state.epoch % EVERY and state.epoch != options.epochs:
            return
        distances = pair_distances(net, unseen, pairs)
        last = slice(-EVERY * steps, None)
        row = {
            "step": state.step,
            "equal_error": equal_error_rate(distances, same).rate,
            "area": area_under_roc(distances, same),
            "spread": distances[~same].mean().item(),
            "active": mean(watch.active[last]),
            "triplets": mean(watch.triplets[last]),
            "loss": mean(state.history.loss[last]),
        }
        rows.append({key: round(value, 4) for key, value in row.items()})
        state.model.train()

    history = fit_embedding(
        net,
        images,
        labels,
        epochs=options.epochs,
        mining=strategy,
        margin=MARGIN,
        lr=2e-3,
        augment=standard_cifar,
        precision=torch.bfloat16,
        seed=seed,
        watch=watch,
        after_epoch=measure,
    )
    minutes = round(sum(history.seconds) / 60, 2)
    return {"mining": strategy, "seed": seed, "minutes": minutes, "rows": rows}


def mean(values: list[float]) -> float:
    """The mean of a list."""
    return sum(values) / len(values)


def load(options: argparse.Namespace) -> dict[str, tuple[Tensor, Tensor]]:
    """The faces of the training and those that it never sees."""
    draw = {"folder": FACES, "progress": True}
    return {
        "train": people_drawn_once("train", people=options.people, each=EACH, **draw),
        "unseen": people_drawn_once("validation", people=UNSEEN, each=4, **draw),
    }


def main() -> None:
    """Train what is missing from the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--quick", action="store_true", help="32 people, two epochs; no record"
    )
    parser.add_argument("--record", type=Path, default=RECORD)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.quick:
        options.people, options.epochs, options.seeds = 32, 2, 1
    record = {"runs": []}
    if options.record.exists() and not options.quick:
        record = json.loads(options.record.read_text(encoding="utf-8"))
    done = {(one["mining"], one["seed"]) for one in record["runs"]}
    data = load(options)
    for seed in range(options.seeds):
        for strategy in MINING:
            if (strategy, seed) in done:
                continue
            record["runs"].append(run(strategy, seed, options, data))
            record |= {
                "data": f"{options.people} drawn people, {EACH} pictures of each, "
                f"{options.epochs} epochs; measured on {UNSEEN} others",
                "margin": MARGIN,
                "command": "python tools/experiments/mining.py",
                "hardware": f"{platform.machine()}, {options.threads} thread(s)",
                "date": date.today().isoformat(),
            }
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            if not options.quick:
                options.record.write_text(text, encoding="utf-8")
            print(strategy, seed, record["runs"][-1]["rows"][-1], flush=True)


if __name__ == "__main__":
    main()
