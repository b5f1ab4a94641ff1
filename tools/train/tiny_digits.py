"""Train a tiny network on 8 × 8 digits and ship it as `tiny_digits`.

Small enough for a page: a browser computes its gradient. Half a minute on one core.
"""

from functools import partial

import torch
from recipe import options, train_and_ship

from cvlib.attack.tiny import tiny_digits
from cvlib.augment import random_crop
from cvlib.data.digits import digits
from cvlib.train.schedules import one_cycle


def main() -> None:
    """Train, measure, ship."""
    train, test = (tuple(map(torch.from_numpy, digits(s))) for s in ("train", "test"))
    train_and_ship(
        "tiny_digits",
        options(__file__, __doc__, epochs=40),
        tiny_digits,
        train,
        test,
        builder="cvlib.attack.tiny:tiny_digits",
        data="handwritten digits of scikit-learn, 8 × 8",
        batch_size=64,
        lr=0.1,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=partial(random_crop, size=8, padding=1),
    )


if __name__ == "__main__":
    main()
