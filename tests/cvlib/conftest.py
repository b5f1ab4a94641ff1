"""What every test of cvlib begins with."""

import pytest
import torch


@pytest.fixture(autouse=True)
def same_chance() -> None:
    """Weights that a test does not ask for are the same in every run."""
    torch.manual_seed(0)
