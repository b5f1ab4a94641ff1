"""Transfer learning in three regimes, against the number of labelled pictures.

The source net is ResNet-20, trained on CIFAR-10 (resnet20_cifar10 of `cvlib.weights`).
The new task: tell ten materials apart in grey patches of photographs. For 10 to 1000
labelled pictures, the same test pictures are classified by
- `features`: a new linear layer on precomputed features, the body frozen;
- `top`: the last stage trained too, all below it frozen (and computed once);
- `all`: everything trained, from the old weights;
- `scratch`: the same net from random weights.
Every seed draws other labelled pictures and another new layer.

What is done is kept under _build/experiments (by the hash of the source's weights) and
not done again; writes book/data/transfer.json.
"""

import argparse
import copy
import hashlib
import json
import time
from datetime import date
from pathlib import Path
from statistics import mean, stdev

import torch
from torch import Tensor, nn

from cvlib import weights
from cvlib.data.patches import patches
from cvlib.nets.resnet import cifar_resnet20
from cvlib.train import adapt, evaluate, fit, precompute_features, seed_all
from cvlib.train.schedules import cosine

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "transfer.json"
FOLDER = ROOT / "_build" / "experiments" / "transfer"
SOURCE, SEEDS, SIZES = "resnet20_cifar10", (0, 1, 2), (10, 30, 100, 300, 1000)
REGIMES = {"features": "avgpool", "top": "layer2", "all": None, "scratch": None}
RATES = {"features": 0.1, "top": 0.02, "all": 0.02, "scratch": 0.1}
STEPS, BATCH, TEST, DECAY = 60, 25, 500, 5e-4
Data = tuple[Tensor, Tensor]


def drawn(pool: Data, n: int, seed: int) -> Data:
    """n labelled pictures, as equal a number of each class as possible."""
    images, labels = pool
    chance = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(images), generator=chance)
    each = [order[labels[order] == k][: n // 10] for k in range(10)]
    chosen = torch.cat(each)
    return images[chosen], labels[chosen]


def train_and_test(regime: str, source: nn.Module, data: Data, test: Data, seed: int):
    """Test accuracy after about `STEPS` steps, and what it cost."""
    begin, used = time.perf_counter(), time.process_time()
    seed_all(seed)
    start = cifar_resnet20() if regime == "scratch" else source
    model = adapt(start, 10, up_to=REGIMES[regime], seed=seed)
    whole = model
    if REGIMES[regime]:  # what lies below is the same in every epoch
        data, test = (
            (precompute_features(model, x, REGIMES[regime]), y) for x, y in (data, test)
        )
        upper = [model.layer3, model.avgpool] if regime == "top" else []
        model = nn.Sequential(*upper, nn.Flatten(), model.fc)
    batch = min(BATCH, len(data[0]))
    fit(
        model, *data, epochs=max(1, round(STEPS * batch / len(data[0]))),
        batch_size=batch, lr=RATES[regime], weight_decay=DECAY, schedule=cosine(),
        seed=seed, explosion=None, precision=torch.bfloat16, progress=False,
    )  # fmt: skip
    trained = sum(p.numel() for p in whole.parameters() if p.requires_grad)
    return {
        "accuracy": round(evaluate(model, *test)[1], 4),
        "trained": trained,
        "seconds": round(time.perf_counter() - begin, 2),
        "cpu_seconds": round(time.process_time() - used, 2),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="two sizes, one seed")
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to keep")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    source = weights.load(SOURCE).to(memory_format=torch.channels_last)
    digest = fingerprint(source)
    folder = chosen.folder / digest
    folder.mkdir(parents=True, exist_ok=True)
    seeds, sizes = ((0,), (10, 30)) if chosen.quick else (SEEDS, SIZES)
    runs: dict[tuple, dict] = {}
    pool, test = patches("train", n=3000), patches("test", n=TEST)
    for seed in seeds:
        for n in sizes:
            data = drawn(pool, n, seed)
            for regime in REGIMES:
                path = folder / f"{regime}-{n}-{seed}.json"
                if not path.exists():
                    run = train_and_test(
                        regime, copy.deepcopy(source), data, test, seed
                    )
                    path.write_text(json.dumps(run), encoding="utf-8")
                    print(path.stem, run, flush=True)
                runs[regime, n, seed] = json.loads(path.read_text("utf-8"))
        write(chosen, runs, digest)


def fingerprint(model: nn.Module) -> str:
    """Twelve digits of the hash of all weights."""
    digest = hashlib.sha256()
    for value in model.state_dict().values():
        digest.update(value.contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]


def write(chosen: argparse.Namespace, runs: dict[tuple, dict], digest: str) -> None:
    """The record of the seeds that are done."""
    rows = []
    for regime, n in dict.fromkeys(key[:2] for key in runs):
        of = [run for key, run in runs.items() if key[:2] == (regime, n)]
        values = [run["accuracy"] for run in of]
        rows.append({
            "regime": regime, "images": n,
            "mean": round(mean(values), 4),
            "deviation": round(stdev(values), 4) if values[1:] else None,
            "runs": values, "trained": of[0]["trained"],
            "seconds": round(mean(run["seconds"] for run in of), 2),
        })  # fmt: skip
    total = {
        key: round(sum(run[key] for run in runs.values()) / 60, 1)
        for key in ("seconds", "cpu_seconds")
    }
    record = {
        "command": "python tools/experiments/transfer.py",
        "seeds": sorted({key[2] for key in runs}),
        "hardware": f"{chosen.threads} CPU thread(s), bfloat16",
        "minutes": total["seconds"],
        "cpu_minutes": total["cpu_seconds"],
        "date": date.today().isoformat(),
        "source": f"{SOURCE}, weights {digest}",
        "data": f"grey patches of photographs, ten materials, {TEST} test pictures",
        "training": f"{STEPS} steps, batches of at most {BATCH}, momentum 0.9, weight "
        f"decay {DECAY}, rates {RATES} falling by half a cosine",
        "rows": rows,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
