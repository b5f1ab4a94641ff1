"""Where is the one object (torch): targets, landmarks, heads, windows.

From a vector that describes one object to a classifier that looks everywhere at once.
"""

from .heads import BoxHead, gather_boxes
from .landmarks import (
    LandmarkHead,
    flip_landmarks,
    flip_sample,
    normalized_error,
    swap_landmarks,
)
from .nets import TwoHeaded, small_body, small_net, window_classifier
from .overfeat import (
    by_cropping,
    fc_to_conv,
    linear_to_conv,
    padding_layers,
    total_stride,
)
from .targets import (
    decode_target,
    encode_target,
    localization_loss,
    localization_loss_by_definition,
)
from .training import fit_regression, random_turn
from .windows import Level, Windows, sliding_windows, sliding_windows_loops

__all__ = [
    "BoxHead",
    "LandmarkHead",
    "Level",
    "TwoHeaded",
    "Windows",
    "by_cropping",
    "decode_target",
    "encode_target",
    "fc_to_conv",
    "fit_regression",
    "flip_landmarks",
    "flip_sample",
    "gather_boxes",
    "linear_to_conv",
    "localization_loss",
    "localization_loss_by_definition",
    "normalized_error",
    "padding_layers",
    "random_turn",
    "sliding_windows",
    "sliding_windows_loops",
    "small_body",
    "small_net",
    "swap_landmarks",
    "total_stride",
    "window_classifier",
]
