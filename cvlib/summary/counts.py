"""The totals of a torch model: what it has to learn, and what one picture costs."""

from collections.abc import Sequence

from torch import nn

from cvlib.summary.trace import trace


def num_parameters(model: nn.Module, *, trainable: bool = False) -> int:
    """Numbers that a model has to learn: weights, biases, γ and β; each counted once.

    Running means and variances are buffers: they are measured, not learnt.

    Args:
        model: any module.
        trainable: leave out frozen parameters.

    Example:
        >>> num_parameters(nn.Conv2d(3, 10, 3))
        280
    """
    parameters = list(model.parameters())
    return sum(p.numel() for p in parameters if p.requires_grad or not trainable)


def multiply_adds(model: nn.Module, input_size: Sequence[int]) -> int:
    """Multiply-adds of convolutions and fully connected layers for one picture.

    Papers often call this number FLOPs. One multiplication with its addition counts
    one; biases, activations, normalisation and pooling count nothing.

    Args:
        model: any module that takes one tensor; run in eval mode, without numbers.
        input_size: (C, H, W) of the picture, without the batch.

    Raises:
        ValueError: a picture of this size does not go through the model.

    Example:
        >>> multiply_adds(nn.Conv2d(3, 6, 5), (3, 32, 32))
        352800
    """
    return sum(call.multiply_adds for call in trace(model, input_size))
