"""Multiply-adds of torch's functions: what is counted, and what is not."""

from torch import Tensor

CONVOLUTIONS = {"conv1d", "conv2d", "conv3d"}
TRANSPOSED = {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}


def cost(name: str, args: tuple, kwargs: dict, output: Tensor) -> int:
    """Multiply-adds of one call for one picture, by the convention of the tables.

    Convolutions, transposed convolutions and fully connected layers are counted, each
    as one multiplication with the addition that goes with it. Biases, activations,
    normalisation and pooling are not: they are a small share, and no table has them.
    """
    counted = name == "linear" or name in CONVOLUTIONS | TRANSPOSED
    if not counted:
        return 0
    x, weight = (
        args[i] if len(args) > i else kwargs[key]
        for i, key in enumerate(("input", "weight"))
    )
    # a convolution computes each output from C/G · k · k products; a transposed one
    # sends each input to as many outputs; a linear layer has one row an output
    numbers = x if name in TRANSPOSED else output
    return numbers[0].numel() * weight[0].numel()
