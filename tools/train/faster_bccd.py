"""Train Faster R-CNN on photographs of blood cells and ship it as `faster_bccd`.

Needs BCCD (see cvlib.data.voc.bccd). The pictures are halved to 240 × 320: a red cell
is then about 50 pixels wide. About ten minutes on one quiet core with bfloat16
instructions.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from detectors import Example, pretrained, train_and_ship_detector
from recipe import options
from torch.nn.functional import avg_pool2d

from cvlib.augment import (
    Sample,
    random_horizontal_flip,
    random_jitter,
    random_resized_crop,
)
from cvlib.boxes import remove_small_boxes
from cvlib.data.voc import bccd
from cvlib.detect.models import faster_bccd

NAMES = {"train": "train", "validation": "val", "test": "test"}


class Halved(Sequence):
    """A split in memory, pictures and boxes at half their size."""

    def __init__(self, split: str, n: int | None = None) -> None:
        self.examples, cells = [], bccd(NAMES[split])
        for i in range(min(n or len(cells), len(cells))):
            image, target = cells[i]
            boxes = target["boxes"] / 2
            self.examples.append((avg_pool2d(image, 2), target | {"boxes": boxes}))

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Example:
        return self.examples[index]


def augment(example: Example, chance: torch.Generator) -> Example:
    """Mirrored, cropped, in a slightly other light; colours say what a cell is."""
    image, target = example
    sample = Sample(image, target["boxes"])
    sample = random_horizontal_flip(sample, chance)
    if torch.rand((), generator=chance) < 0.5:  # a slide has no top
        sample = upside_down(sample)
    size = tuple(image.shape[1:])
    sample = random_resized_crop(sample, chance, size=size, scale=(0.5, 1.0))
    left = remove_small_boxes(sample.boxes, 6.0)
    image = random_jitter(sample.image, chance, brightness=0.2, contrast=0.2)
    rows = {key: value[left] for key, value in target.items()}
    return image, rows | {"boxes": sample.boxes[left]}


def upside_down(sample: Sample) -> Sample:
    """The mirror image in a horizontal line."""
    boxes, height = sample.boxes.clone(), sample.size[0]
    boxes[:, [1, 3]] = height - sample.boxes[:, [3, 1]]
    return replace(sample, image=sample.image.flip(1), boxes=boxes)


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_detector(
        "faster_bccd",
        options(__file__, __doc__, epochs=25),
        pretrained(faster_bccd),
        builder="cvlib.detect.models:faster_bccd",
        splits=Halved,
        data="BCCD at half size",
        augment=augment,
        batch_size=4,
        lr=1e-3,
    )


if __name__ == "__main__":
    main()
