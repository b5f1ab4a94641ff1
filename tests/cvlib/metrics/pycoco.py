"""What the makers of golden sets share: pycocotools itself, and the file."""

import contextlib
import io
import json
from pathlib import Path


def figures(kind: str, targets, detections, **size: int) -> list[float]:
    """The twelve figures of pycocotools.

    Args:
        kind: "bbox" or "segm".
        targets: the annotations of each image, dictionaries, with `iscrowd`.
        detections: those that were found, with `score`.
        **size: `height` and `width` of the images, if they matter.
    """
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def numbered(images):
        return [
            {"image_id": image_id, **annotation}
            for image_id, annotations in enumerate(images, start=1)
            for annotation in annotations
        ]

    truth = [{"id": n, **a} for n, a in enumerate(numbered(targets), start=1)]
    found = numbered(detections)
    names = sorted({a["category_id"] for a in truth + found})
    api = COCO()
    api.dataset = {
        "info": {},
        "images": [{"id": n, **size} for n in range(1, len(targets) + 1)],
        "categories": [{"id": n} for n in names],
        "annotations": truth,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        api.createIndex()
        evaluation = COCOeval(api, api.loadRes(found), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(value) for value in evaluation.stats]


def record(golden: Path, sets, draw, fingerprint, by_pycocotools) -> None:
    """Draw every set, ask pycocotools, and write down both."""
    import importlib.metadata

    cases = []
    for args in sets:
        drawn = draw(*args)
        cases.append({"set": args, "fingerprint": fingerprint(*drawn),
                      "figures": by_pycocotools(*drawn)})  # fmt: skip
    version = importlib.metadata.version("pycocotools")
    text = json.dumps({"by": f"pycocotools {version}", "cases": cases}, indent=1)
    golden.write_text(text + "\n", encoding="utf-8")
