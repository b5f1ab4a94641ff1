import re

import pytest
import torch


@pytest.fixture(scope="session")
def says():
    """`says(error, sentence)` expects `error` with exactly this sentence."""
    return lambda error, sentence: pytest.raises(
        error, match=f"^{re.escape(sentence)}$"
    )


@pytest.fixture
def rng():
    return torch.Generator().manual_seed(0)
