"""Pooling with NumPy: one number for every window, and the way back.

The fast functions stand beside their slow definitions (`…_loops`); both give the
numbers of `torch.nn.functional`.
"""

from .adaptive import (
    adaptive_avg_pool2d,
    adaptive_bins,
    adaptive_max_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
)
from .average import avg_pool2d, avg_pool2d_backward, avg_pool2d_loops
from .maximum import max_pool2d, max_pool2d_backward, max_pool2d_loops
from .unpool import max_unpool2d
from .windows import pool_output_size

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_bins",
    "adaptive_max_pool2d",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool2d_loops",
    "global_avg_pool2d",
    "global_max_pool2d",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_loops",
    "max_unpool2d",
    "pool_output_size",
]
