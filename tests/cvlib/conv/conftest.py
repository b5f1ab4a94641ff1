import re

import numpy as np
import pytest


@pytest.fixture(scope="session")
def says():
    """`says(error, sentence)` expects `error` with exactly this sentence."""
    return lambda error, sentence: pytest.raises(
        error, match=f"^{re.escape(sentence)}$"
    )


@pytest.fixture
def rng():
    return np.random.default_rng(0)
