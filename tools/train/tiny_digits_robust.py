"""Train the tiny network of digits adversarially, ship it as `tiny_digits_robust`.

The same network, data and schedule as tools/train/tiny_digits.py, but every batch is
attacked with seven steps of PGD first. A minute or two on one core.
"""

from functools import partial

import torch
from recipe import hardware, options, ship

from cvlib.attack import fit_adversarially, pgd, robust_accuracy
from cvlib.attack.tiny import tiny_digits
from cvlib.augment import random_crop
from cvlib.data.digits import digits
from cvlib.train import Checkpoint, evaluate, seed_all
from cvlib.train.schedules import one_cycle

EPS = 0.2


def main() -> None:
    """Train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=40, images=1500)
    images, labels = map(torch.from_numpy, digits("train"))
    seed_all(chosen.seed)
    model = tiny_digits()
    history = fit_adversarially(
        model,
        images[: chosen.images],
        labels[: chosen.images],
        eps=EPS,
        epochs=chosen.epochs,
        steps=7,
        warm_up=0.3,
        batch_size=64,
        lr=0.1,
        schedule=one_cycle(),
        augment=partial(random_crop, size=8, padding=1),
        seed=chosen.seed,
        resume=None if chosen.dry else Checkpoint(chosen.checkpoint),
    )
    test = tuple(map(torch.from_numpy, digits("test")))
    attack = partial(pgd, eps=EPS, steps=20)
    clean = evaluate(model, *test)[1]
    robust = robust_accuracy(model, *test, [attack])
    print(f"{clean:.4f} right, {robust:.4f} under attack")
    if chosen.dry:
        return
    ship(
        "tiny_digits_robust",
        model,
        builder="cvlib.attack.tiny:tiny_digits",
        metric=f"accuracy on the test split under PGD, 20 steps, ε = {EPS}",
        value=robust,
        tolerance=0.015,
        clean=round(clean, 4),
        data="handwritten digits of scikit-learn, 8 × 8",
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=round(sum(history.seconds) / 60, 1),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
