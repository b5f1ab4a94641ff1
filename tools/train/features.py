"""Train a small VGG-like network on CIFAR-10 and ship it as `features`.

It is trained with batch norms, which are then folded into the convolutions. About 20
minutes on two quiet cores with bfloat16 instructions.
"""

import torch
from recipe import copy_of_cifar10, hardware, minutes, options, ship

from cvlib.augment import standard_cifar
from cvlib.data.cifar import cifar10
from cvlib.nets.features import FeatureNet, folded
from cvlib.train import Checkpoint, evaluate, fit, seed_all
from cvlib.train.schedules import one_cycle


def main() -> None:
    """Train, fold, measure, ship."""
    chosen = options(__file__, __doc__, epochs=20)
    seed_all(chosen.seed)
    model = FeatureNet(batch_norm=True)
    model = model.to(chosen.device, memory_format=torch.channels_last)
    test = cifar10("test")
    history = fit(
        model,
        *cifar10("train"),
        epochs=chosen.epochs,
        lr=0.1,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=standard_cifar,
        validation=test,
        seed=chosen.seed,
        precision=torch.bfloat16,
        resume=Checkpoint(chosen.checkpoint),
    )
    plain = folded(model.cpu().to(memory_format=torch.contiguous_format))
    ship(
        "features",
        plain,
        builder="cvlib.nets.features:feature_net",
        metric="accuracy on the test split",
        value=evaluate(plain, *test)[1],
        tolerance=0.001,
        data=copy_of_cifar10(),
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=minutes(history.seconds),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
