"""Train LeNet-5 on handwritten digits and ship it as `lenet_digits`.

The digits of scikit-learn, 8 × 8, enlarged to 32 × 32. About a minute on one core.
"""

from functools import partial

import torch
from recipe import hardware, minutes, options, ship

from cvlib.augment import random_crop
from cvlib.data.digits import digits
from cvlib.nets.lenet import lenet5
from cvlib.train import Checkpoint, evaluate, fit, seed_all
from cvlib.train.schedules import one_cycle


def enlarged(split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """One split of the digits at LeNet's size."""
    images, labels = digits(split, size=32)
    return torch.from_numpy(images), torch.from_numpy(labels)


def main() -> None:
    """Train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=30)
    seed_all(chosen.seed)
    model = lenet5().to(chosen.device)
    test = enlarged("test")
    history = fit(
        model,
        *enlarged("train"),
        epochs=chosen.epochs,
        batch_size=64,
        lr=0.05,
        weight_decay=5e-4,
        schedule=one_cycle(),
        augment=partial(random_crop, size=32, padding=3),
        validation=test,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint),
    )
    ship(
        "lenet_digits",
        model,
        builder="cvlib.nets.lenet:lenet5",
        metric="accuracy on the test split",
        value=evaluate(model, *test)[1],
        tolerance=0.001,
        data="handwritten digits of scikit-learn, enlarged to 32 × 32",
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=minutes(history.seconds),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
