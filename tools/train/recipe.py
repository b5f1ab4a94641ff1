"""What every training script shares: its options, where it saves, how it ends."""

import argparse
import hashlib
import os
import platform
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from cvlib.data.cifar import cifar10_source
from cvlib.train import Checkpoint, evaluate, fit, seed_all

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "cvlib" / "weights"
MANIFEST = WEIGHTS / "MANIFEST.toml"
Data = tuple[Tensor, Tensor]


def options(
    script: str, doc: str, *, epochs: int, images: int | None = None
) -> argparse.Namespace:
    """The options that all scripts understand.

    Args:
        script: its file.
        doc: what `--help` says of it.
        epochs: unless others are wanted.
        images: of the train split, unless fewer are wanted for a trial; None for
            scripts without trials.
    """
    parser = argparse.ArgumentParser(
        prog=f"python tools/train/{Path(script).name}",
        description=doc,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--device", default=None, help="cuda where there is one, or cpu"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--checkpoint",
        type=Path,
        default=ROOT / "_build" / "train" / f"{Path(script).stem}.pt",
        help="saved after each epoch; started again, the script goes on from it",
    )
    parser.add_argument("--fresh", action="store_true", help="forget the checkpoint")
    if images:
        parser.add_argument("--images", type=int, default=images)
        parser.add_argument("--dry", action="store_true", help="measure, write nothing")
    chosen = parser.parse_args()
    if chosen.fresh:
        chosen.checkpoint.unlink(missing_ok=True)
    chosen.device = chosen.device or ("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(chosen.threads)
    return chosen


def hardware(device: str) -> str:
    """What computed, in words that mean something in another year."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    name = names[0] if names else platform.machine()
    return f"{name}, {torch.get_num_threads()} thread(s)"


def copy_of_cifar10() -> str:
    """Which CIFAR-10 was used."""
    copies = {"jpeg": "a copy as JPEG files", "archive": "the original archive"}
    return f"CIFAR-10, {copies[cifar10_source()]}"


def train_and_ship(
    name: str,
    chosen: argparse.Namespace,
    make: Callable[[], nn.Module],
    train: Data,
    test: Data,
    *,
    builder: str,
    data: str,
    tolerance: float = 0.001,
    finish: Callable[[nn.Module], nn.Module] = lambda model: model,
    **settings: Any,
) -> None:
    """Train a classifier, measure it on the test split, write its file and entry.

    Args:
        name: of the weights.
        chosen: the options of the command line.
        make: the untrained net.
        train: images and labels.
        test: images and labels.
        builder: `module:function` that makes the empty net that is shipped.
        data: what it was trained and measured on, in words.
        tolerance: how far a new measurement may be away.
        finish: what is shipped, made from what was trained.
        **settings: of `cvlib.train.fit`.
    """
    seed_all(chosen.seed)
    model = make().to(chosen.device, memory_format=torch.channels_last)
    history = fit(
        model,
        *train,
        epochs=chosen.epochs,
        validation=test,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint),
        **settings,
    )
    model = finish(model.cpu().to(memory_format=torch.contiguous_format)).eval()
    ship(
        name,
        model,
        builder=builder,
        metric="accuracy on the test split",
        value=evaluate(model, *test)[1],
        tolerance=tolerance,
        data=data,
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=round(sum(history.seconds) / 60, 1),
        hardware=hardware(chosen.device),
    )


def ship(
    name: str,
    model: nn.Module,
    *,
    builder: str,
    metric: str,
    value: float,
    tolerance: float,
    data: str,
    half: bool = False,
    **notes: str | int | float,
) -> None:
    """Write the weights and their entry in the manifest.

    Args:
        name: of the weights.
        model: what is shipped, on any device.
        builder: `module:function` that makes the empty net.
        metric: what `value` is.
        value: measured now.
        tolerance: how far a new measurement may be away.
        data: what it was trained and measured on.
        half: keep two bytes a number; see `rounded_to_half`.
        **notes: seed, epochs, minutes, hardware…
    """
    path = WEIGHTS / f"{name}.safetensors"
    state = {
        key: value.half() if half and value.is_floating_point() else value
        for key, value in model.state_dict().items()
    }
    save_file({k: v.detach().cpu().contiguous() for k, v in state.items()}, path)
    entry = {
        "builder": builder,
        "script": f"tools/train/{name}.py",
        "data": data,
        "metric": metric,
        "value": round(value, 4),
        "tolerance": tolerance,
        **notes,
        "date": date.today().isoformat(),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    entries = tomllib.loads(MANIFEST.read_text("utf-8")) if MANIFEST.exists() else {}
    entries[name] = entry
    MANIFEST.write_text(written(entries), encoding="utf-8")
    megabytes = path.stat().st_size / 1e6
    print(f"{path.relative_to(ROOT)}: {megabytes:.2f} MB, {metric} {value:.4f}")


def rounded_to_half(model: nn.Module) -> nn.Module:
    """The net as it will be shipped and is to be measured: two bytes a number.

    In evaluation mode, on the CPU, in the usual order of memory.
    """
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    return model.half().float()


def written(entries: dict[str, dict]) -> str:
    """The manifest as TOML, in the order of the alphabet."""
    lines = ["# Written by tools/train/*.py; a test measures each value again."]
    for name, entry in sorted(entries.items()):
        lines += ["", f"[{name}]"]
        for key, value in entry.items():
            if isinstance(value, str):
                value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
            lines.append(f"{key} = {value}")
    return "\n".join(lines) + "\n"
