"""Train a small VGG-like network on CIFAR-10 and ship it as `features`.

It is trained with batch norms, which are then folded into the convolutions. About 20
minutes on two quiet cores with bfloat16 instructions.
"""

from functools import partial

import torch
from recipe import copy_of_cifar10, options, train_and_ship

from cvlib.augment import standard_cifar
from cvlib.data.cifar import cifar10
from cvlib.nets.features import FeatureNet, folded
from cvlib.train.schedules import one_cycle


def main() -> None:
    """Train, fold, measure, ship."""
    train_and_ship(
        "features",
        options(__file__, __doc__, epochs=16),
        partial(FeatureNet, batch_norm=True),
        cifar10("train"),
        cifar10("test"),
        builder="cvlib.nets.features:feature_net",
        data=copy_of_cifar10(),
        finish=folded,
        lr=0.1,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=standard_cifar,
        precision=torch.bfloat16,
    )


if __name__ == "__main__":
    main()
