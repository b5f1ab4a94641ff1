"""Layers that keep activations in hand: normalisation and dropout, with NumPy.

`batch_norm`, `local_response_norm` and `dropout` give what `torch.nn.functional` gives;
beside them stand the published rules they come from.
"""

from .batch import batch_norm, batch_norm_backward, batch_norm_by_definition
from .drop import dropout, dropout_keep
from .response import (
    local_response_norm,
    local_response_norm_alexnet,
    local_response_norm_alexnet_loops,
    local_response_norm_loops,
)

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "batch_norm_by_definition",
    "dropout",
    "dropout_keep",
    "local_response_norm",
    "local_response_norm_alexnet",
    "local_response_norm_alexnet_loops",
    "local_response_norm_loops",
]
