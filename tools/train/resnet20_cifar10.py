"""Train ResNet-20 on CIFAR-10 and ship it as `resnet20_cifar10`.

Pictures go in as they are, in [0, 1]: the first batch norm does what a normalisation of
the input would. About 30 minutes on two quiet cores with bfloat16 instructions.
"""

import torch
from recipe import copy_of_cifar10, options, train_and_ship

from cvlib.augment import standard_cifar
from cvlib.data.cifar import cifar10
from cvlib.nets.resnet import cifar_resnet20
from cvlib.train.schedules import one_cycle


def main() -> None:
    """Train, measure, ship."""
    train_and_ship(
        "resnet20_cifar10",
        options(__file__, __doc__, epochs=30),
        cifar_resnet20,
        cifar10("train"),
        cifar10("test"),
        builder="cvlib.nets.resnet:cifar_resnet20",
        data=copy_of_cifar10(),
        lr=0.2,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=standard_cifar,
        precision=torch.bfloat16,
    )


if __name__ == "__main__":
    main()
