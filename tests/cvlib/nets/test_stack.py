"""Stacks of fully connected blocks: the formula of the lecture, and twins alike."""

import pytest
import torch
from torch import nn
from torch.nn.functional import batch_norm

from cvlib.nets.stack import LinearBlock, linear_stack


def drawn(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("residual", [True, False])
def test_a_block_is_the_formula_of_the_lecture(residual):
    torch.manual_seed(0)
    block = LinearBlock(5, residual=residual).double()
    a0 = drawn(6, 5).abs()
    z1 = batch_norm(a0 @ block.linear1.weight.T, None, None, training=True)
    a1 = z1.relu()
    z2 = batch_norm(a1 @ block.linear2.weight.T, None, None, training=True)
    torch.testing.assert_close(block(a0), (z2 + a0 if residual else z2).relu())


@pytest.mark.parametrize("depth", [4, 8, 20, 56])
def test_twins_have_the_depth_and_the_same_parameters(depth):
    nets = [linear_stack(depth, residual=r) for r in (True, False)]
    shapes = [{k: v.shape for k, v in net.state_dict().items()} for net in nets]
    assert shapes[0] == shapes[1]
    layers = [m for m in nets[0].modules() if isinstance(m, nn.Linear)]
    assert len(layers) == depth


def test_with_its_last_factor_zero_a_residual_block_copies_and_a_plain_one_forgets():
    a = drawn(4, 3).abs().float()
    for residual in (True, False):
        block = LinearBlock(3, residual=residual)
        nn.init.zeros_(block.bn2.weight)
        assert torch.equal(block(a), a if residual else torch.zeros_like(a))


@pytest.mark.parametrize(("depth", "near"), [(5, 6), (3, 4), (2, 4), (1, 4)])
def test_another_depth_is_refused(depth, near):
    with pytest.raises(ValueError, match=r"^depth must be 4, 6, 8") as caught:
        linear_stack(depth)
    assert str(caught.value) == (
        f"depth must be 4, 6, 8, …: two layers and blocks of two, got {depth}; "
        f"did you mean {near}?"
    )
