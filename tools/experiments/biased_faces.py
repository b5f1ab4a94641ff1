"""A biased training set, measured: the same number of faces, another mixture.

Drawn people of two groups, pale and deep skin, which differ in nothing else: the traits
of a face are drawn independently of its skin. Three training sets of 300 people: all
pale, nine of ten pale, half and half. Each net is measured on both groups at one
threshold, that at which both mistakes are equally frequent when the groups are taken
together. Three seeds. What is finished is in the record and is not trained again.
"""

import argparse
import json
import platform
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cvlib.augment import standard_cifar
from cvlib.data.drawn_once import drawn_once
from cvlib.data.faces import identities, person
from cvlib.faces import EmbeddingNet, all_pairs, fit_embedding, pair_distances
from cvlib.metrics import equal_error_rate
from cvlib.train import seed_all

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "data" / "biased_faces.json"
FACES = ROOT / "_build" / "faces"
PEOPLE, EACH, UNSEEN, UNSEEN_EACH = 300, 6, 80, 5
PALE, DEEP = 0.35, 0.65  # skin below, skin above
SHARES = (1.0, 0.9, 0.5)  # of the training set that is pale


def group(split: str, pale: bool, n: int) -> list[int]:
    """The first n people of a split with such a skin."""
    found = []
    for id in identities(split, 20 * n).tolist():
        skin = person(id).skin
        if (skin < PALE) if pale else (skin > DEEP):
            found.append(id)
        if len(found) == n:
            return found
    raise ValueError(f"only {len(found)} of {n} people found in {split}")


def pictures(ids: list[int], each: int) -> tuple[Tensor, Tensor]:
    """`each` pictures of each, and who is on them; nobody wears a scarf or a mask."""
    rows = np.repeat(ids, each)
    images = drawn_once(rows, folder=FACES, occlusion=0.0, progress=True).images
    return images, torch.from_numpy(rows)


def errors(net, tests: dict[str, tuple[Tensor, Tensor]]) -> dict[str, dict[str, float]]:
    """Both errors of each group at one threshold for all."""
    distances, kinds = {}, {}
    for name, (images, labels) in tests.items():
        pairs, same = all_pairs(labels)
        distances[name], kinds[name] = pair_distances(net, images, pairs), same
    every = [torch.cat(list(table.values())) for table in (distances, kinds)]
    threshold = equal_error_rate(*every).threshold
    found = {}
    for name, d in distances.items():
        accepted, same = d <= threshold, kinds[name]
        found[name] = {
            "false_accept": round(accepted[~same].double().mean().item(), 4),
            "false_refusal": round((~accepted[same]).double().mean().item(), 4),
            "equal_error": round(equal_error_rate(d, same).rate, 4),
        }
    return found | {"threshold": round(threshold, 3)}


def run(share: float, seed: int, options: argparse.Namespace, tests: dict) -> dict:
    """Train on one mixture and measure both groups."""
    pale = round(share * options.people)
    ids = group("train", True, pale) if pale else []
    if pale < options.people:
        ids += group("train", False, options.people - pale)
    images, labels = pictures(ids, EACH)
    seed_all(seed)
    net = EmbeddingNet().to(memory_format=torch.channels_last)
    history = fit_embedding(
        net,
        images,
        labels,
        epochs=options.epochs,
        margin=0.3,
        lr=2e-3,
        augment=standard_cifar,
        precision=torch.bfloat16,
        seed=seed,
    )
    minutes = round(sum(history.seconds) / 60, 2)
    return {"share": share, "seed": seed, "minutes": minutes} | errors(net, tests)


def main() -> None:
    """Train what is missing from the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--quick", action="store_true", help="20 people, one epoch; no record"
    )
    parser.add_argument("--record", type=Path, default=RECORD)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    unseen = UNSEEN
    if options.quick:
        options.people, options.epochs, options.seeds, unseen = 20, 1, 1, 8
    record = {"runs": []}
    if options.record.exists() and not options.quick:
        record = json.loads(options.record.read_text(encoding="utf-8"))
    done = {(one["share"], one["seed"]) for one in record["runs"]}
    tests = {
        name: pictures(group("test", pale, unseen), UNSEEN_EACH)
        for name, pale in (("pale", True), ("deep", False))
    }
    for seed in range(options.seeds):
        for share in SHARES:
            if (share, seed) in done:
                continue
            record["runs"].append(run(share, seed, options, tests))
            record |= {
                "data": f"{options.people} drawn people, {EACH} pictures of each, "
                f"{options.epochs} epochs; measured on {unseen} others of each group",
                "command": "python tools/experiments/biased_faces.py",
                "hardware": f"{platform.machine()}, {options.threads} thread(s)",
                "date": date.today().isoformat(),
            }
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            if not options.quick:
                options.record.write_text(text, encoding="utf-8")
            print(record["runs"][-1], flush=True)


if __name__ == "__main__":
    main()
