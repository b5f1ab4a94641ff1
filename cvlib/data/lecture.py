"""Small volumes (NumPy) that the lectures print: the numbers behind their pictures.

`VOLUME`, `FILTERS` and `BIASES` are the lectures' animated convolution, which they took
from the CS231n notes at Stanford. The lectures come to us as a transcription by machine
that runs some rows together, so each constant says how far it can be trusted.
"""

import numpy as np
from numpy.typing import NDArray


def _constant(values: list) -> NDArray[np.float64]:
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


VOLUME = _constant(
    [
        [[2, 1, 0, 2, 1], [1, 0, 2, 1, 0], [0, 1, 2, 0, 1], [2, 1, 0, 0, 0],
         [2, 2, 1, 1, 1]],
        [[0, 0, 0, 2, 0], [0, 0, 0, 1, 2], [0, 2, 2, 2, 0], [1, 0, 1, 2, 1],
         [1, 2, 0, 1, 1]],
        [[0, 2, 0, 2, 0], [0, 0, 0, 0, 0], [2, 2, 1, 1, 2], [1, 2, 2, 1, 0],
         [0, 2, 1, 2, 2]],
    ]
)  # fmt: skip
"""(3, 5, 5) input as printed; with the slide's padding of 1 it is 3 × 7 × 7."""

FILTERS = _constant(
    [
        [[[1, -1, 0], [-1, 1, -1], [1, 1, 1]], [[0, 0, -1], [-1, 1, 1], [1, -1, 0]],
         [[-1, 0, 0], [0, 0, 0], [-1, -1, 0]]],
        [[[1, 1, 1], [1, -1, -1], [1, -1, 1]], [[-1, 0, 0], [-1, 0, -1], [1, -1, -1]],
         [[-1, 0, 0], [0, 0, 0], [-1, 0, -1]]],
    ]
)  # fmt: skip
"""(2, 3, 3, 3). The first gives all nine printed outputs. The rows of the second are
jumbled in the transcription: these are legible ones, and their map is our own."""

BIASES = _constant([1, 0])
"""(2,) one for each filter."""

STRIDE, PADDING = 2, 1

FIRST_MAP = _constant([[3, 3, -2], [2, -3, 1], [2, -5, 0]])
"""(3, 3) what the first filter writes, as printed."""
