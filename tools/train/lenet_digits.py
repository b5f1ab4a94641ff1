"""Train LeNet-5 on handwritten digits and ship it as `lenet_digits`.

The digits of scikit-learn, 8 × 8, enlarged to 32 × 32. About a minute on one core.
"""

from functools import partial

import torch
from recipe import options, train_and_ship

from cvlib.augment import random_crop
from cvlib.data.digits import digits
from cvlib.nets.lenet import lenet5
from cvlib.train.schedules import one_cycle


def main() -> None:
    """Train, measure, ship."""
    train, test = (
        tuple(map(torch.from_numpy, digits(split, size=32)))
        for split in ("train", "test")
    )
    train_and_ship(
        "lenet_digits",
        options(__file__, __doc__, epochs=30),
        lenet5,
        train,
        test,
        builder="cvlib.nets.lenet:lenet5",
        data="handwritten digits of scikit-learn, enlarged to 32 × 32",
        batch_size=64,
        lr=0.05,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=partial(random_crop, size=32, padding=3),
    )


if __name__ == "__main__":
    main()
