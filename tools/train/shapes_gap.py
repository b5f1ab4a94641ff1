"""Train a net for shapes that ends in a global average, and ship it as `shapes_gap`.

Pictures of one paper shape with one word each (cvlib.data.weak); where the shape is, is
never told. `shapes_gmp.py` does the same with a global maximum. About two minutes on
two quiet cores.
"""

import torch
from recipe import hardware, minutes, options, ship
from torch import Tensor

from cvlib.data.weak import one_shape
from cvlib.nets import pooled
from cvlib.train import Checkpoint, evaluate, fit, seed_all

EPOCHS = 8
TRAIN, TEST, TEST_SEED, SIZE = 3000, 600, 1000, 48


def main(name: str = "shapes_gap", script: str = __file__, doc: str = __doc__) -> None:
    """Train, measure, ship."""
    chosen = options(script, doc, epochs=EPOCHS)
    images, labels, _ = one_shape(TRAIN, seed=chosen.seed, size=SIZE)
    test = one_shape(TEST, seed=TEST_SEED, size=SIZE)[:2]
    seed_all(chosen.seed)
    model = getattr(pooled, name)().to(chosen.device)
    history = fit(
        model,
        images,
        labels,
        epochs=chosen.epochs,
        batch_size=32,
        optimizer=lambda parameters: torch.optim.AdamW(parameters, lr=4e-3),
        schedule=lambda t: 1 - t,
        augment=mirror,
        validation=test,
        seed=chosen.seed,
        precision=torch.bfloat16,
        resume=Checkpoint(chosen.checkpoint),
    )
    ship(
        name,
        model,
        builder=f"cvlib.nets.pooled:{name}",
        metric="accuracy on the test split",
        value=evaluate(model, *test)[1],
        tolerance=0.005,
        data=f"cvlib.data.weak.one_shape, {SIZE} × {SIZE}: {TRAIN} of seed "
        f"{chosen.seed}, tested on {TEST} of seed {TEST_SEED}",
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=minutes(history.seconds),
        hardware=hardware(chosen.device),
    )


def mirror(images: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the batches as their mirror images: no shape has a handedness."""
    return images.flip(-1) if torch.rand(1, generator=generator) < 0.5 else images


if __name__ == "__main__":
    main()
