"""Train ResNet-20 on CIFAR-10 and ship it as `resnet20_cifar10`.

Pictures go in as they are, in [0, 1]: the first batch norm does what a normalisation of
the input would. About 30 minutes on two quiet cores with bfloat16 instructions.
"""

import torch
from recipe import copy_of_cifar10, hardware, minutes, options, ship

from cvlib.augment import standard_cifar
from cvlib.data.cifar import cifar10
from cvlib.nets.resnet import cifar_resnet20
from cvlib.train import Checkpoint, evaluate, fit, seed_all
from cvlib.train.schedules import one_cycle

EPOCHS = 30


def main() -> None:
    """Train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=EPOCHS)
    seed_all(chosen.seed)
    model = cifar_resnet20().to(chosen.device, memory_format=torch.channels_last)
    test = cifar10("test")
    history = fit(
        model,
        *cifar10("train"),
        epochs=chosen.epochs,
        lr=0.2,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=standard_cifar,
        validation=test,
        seed=chosen.seed,
        precision=torch.bfloat16,
        resume=Checkpoint(chosen.checkpoint),
    )
    ship(
        "resnet20_cifar10",
        model,
        builder="cvlib.nets.resnet:cifar_resnet20",
        metric="accuracy on the test split",
        value=evaluate(model, *test)[1],
        tolerance=0.001,
        data=copy_of_cifar10(),
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=minutes(history.seconds),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
