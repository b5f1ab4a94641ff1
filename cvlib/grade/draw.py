"""Numbers for cases: small, with few digits, to be checked with pencil and paper."""

import numpy as np


def numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Multiples of ½ from −3 to 3, so an array of integers would lose something."""
    return rng.integers(-6, 7, shape) / 2


def sizes(rng: np.random.Generator, low: int, high: int, n: int = 2) -> list[int]:
    """`n` different lengths, so that an exchange of axes shows."""
    return [int(k) for k in rng.choice(np.arange(low, high + 1), n, replace=False)]
