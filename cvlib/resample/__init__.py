"""Maps made larger, in NumPy: copy, place, blend, and count what overlaps."""

from cvlib.resample.bilinear import (
    bilinear,
    bilinear_kernel,
    bilinear_loops,
    interpolation_matrix,
    source_positions,
)
from cvlib.resample.frames import CASES, Arithmetic, Frame, conv_frames
from cvlib.resample.nearest import bed_of_nails, nearest, nearest_loops
from cvlib.resample.overlap import overlap_count
from cvlib.resample.quiz import ScatterQuiz, scatter_quiz

__all__ = [
    "CASES",
    "Arithmetic",
    "Frame",
    "ScatterQuiz",
    "bed_of_nails",
    "bilinear",
    "bilinear_kernel",
    "bilinear_loops",
    "conv_frames",
    "interpolation_matrix",
    "nearest",
    "nearest_loops",
    "overlap_count",
    "scatter_quiz",
    "source_positions",
]
