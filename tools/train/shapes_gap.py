"""Train a net for shapes that ends in a global average, and ship it as `shapes_gap`.

Pictures of one paper shape with one word each (cvlib.data.weak); where the shape is, is
never told. `shapes_gmp.py` does the same with a global maximum. About two minutes on
two quiet cores.
"""

import torch
from recipe import options, train_and_ship
from torch import Tensor

from cvlib.data.weak import one_shape
from cvlib.nets import pooled

EPOCHS = 8
TRAIN, TEST, TEST_SEED, SIZE = 3000, 600, 1000, 48


def main(name: str = "shapes_gap", script: str = __file__, doc: str = __doc__) -> None:
    """Train, measure, ship."""
    chosen = options(script, doc, epochs=EPOCHS)
    images, labels, _ = one_shape(TRAIN, seed=chosen.seed, size=SIZE)
    test = one_shape(TEST, seed=TEST_SEED, size=SIZE)[:2]
    train_and_ship(
        name,
        chosen,
        getattr(pooled, name),
        (images, labels),
        test,
        builder=f"cvlib.nets.pooled:{name}",
        data=f"cvlib.data.weak.one_shape, {SIZE} × {SIZE}: {TRAIN} of seed "
        f"{chosen.seed}, tested on {TEST} of seed {TEST_SEED}",
        tolerance=0.005,
        batch_size=32,
        optimizer=lambda parameters: torch.optim.AdamW(parameters, lr=4e-3),
        schedule=lambda t: 1 - t,
        augment=mirror,
        precision=torch.bfloat16,
    )


def mirror(images: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the batches as their mirror images: no shape has a handedness."""
    return images.flip(-1) if torch.rand(1, generator=generator) < 0.5 else images


if __name__ == "__main__":
    main()
