"""What SqueezeNet's ImageNet weights say of three photographs they never saw.

Needs the weights (see cvlib.weights) and, beside them, the names of the 1000 classes,
one a line in the order of the scores: `squeezenet1_1/imagenet_classes.txt` in the
folder named by CVLIB_DATA. Writes book/data/squeezenet_photos.json, with the few names
that it shows.
"""

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path

import torch

from cvlib import weights
from cvlib.data.photos import photo
from cvlib.image import resize
from cvlib.train import predict

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "book" / "data" / "squeezenet_photos.json"
PHOTOS, SHORT, WINDOW, SHOWN = ("chelsea", "coffee", "rocket"), 256, 224, 3


def prepared(name: str) -> torch.Tensor:
    """(1, 3, 224, 224): the shorter side to 256, then the middle, as is the custom."""
    image = photo(name)
    H, W = image.shape[:2]
    scale = SHORT / min(H, W)
    image = resize(image, (round(H * scale), round(W * scale)))
    top, left = (image.shape[0] - WINDOW) // 2, (image.shape[1] - WINDOW) // 2
    window = image[top : top + WINDOW, left : left + WINDOW]
    return torch.from_numpy(window).float().permute(2, 0, 1)[None]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="the first photograph only"
    )
    parser.add_argument("--record", type=Path, default=RECORD, help="where to write")
    chosen = parser.parse_args()
    folder = os.environ.get("CVLIB_DATA")
    if not folder:
        parser.error("CVLIB_DATA must name the folder of squeezenet1_1/")
    names = Path(folder, "squeezenet1_1", "imagenet_classes.txt").read_text("utf-8")
    names = names.splitlines()
    begin = time.perf_counter()
    model = weights.load("squeezenet1_1_imagenet")
    photos = {}
    for name in PHOTOS[:1] if chosen.quick else PHOTOS:
        probabilities = predict(model, prepared(name)).softmax(1)[0]
        best = probabilities.topk(SHOWN)
        photos[name] = [
            {"class": int(k), "name": names[k], "probability": round(float(p), 3)}
            for p, k in zip(best.values, best.indices, strict=True)
        ]
        print(name, photos[name])
    record = {
        "command": "python tools/experiments/squeezenet_photos.py",
        "seed": None,
        "hardware": f"{torch.get_num_threads()} CPU thread(s)",
        "minutes": round((time.perf_counter() - begin) / 60, 2),
        "date": date.today().isoformat(),
        "data": "photographs of scikit-image; ImageNet weights of SqueezeNet 1.1",
        "preparation": f"shorter side {SHORT}, middle {WINDOW} × {WINDOW}",
        "parameters": sum(p.numel() for p in model.parameters()),
        "photos": photos,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    chosen.record.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
