"""Residual networks: torchvision's names, the definition of a block, plain twins."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cvlib.nets import resnet
from cvlib.summary import multiply_adds
from cvlib.validate import ShapeError

DEPTHS = {  # blocks of each stage, convolutions a block
    "resnet18": ([2, 2, 2, 2], 2),
    "resnet34": ([3, 4, 6, 3], 2),
    "resnet50": ([3, 4, 6, 3], 3),
    "resnet101": ([3, 4, 23, 3], 3),
    "resnet152": ([3, 8, 36, 3], 3),
}
PARAMETERS = {
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
}
each = pytest.mark.parametrize("name", DEPTHS)


def meta(name, **options):
    """The network without its numbers: shapes and counts cost nothing."""
    with torch.device("meta"):
        return getattr(resnet, name)(**options)


def count(module):
    return sum(p.numel() for p in module.parameters())


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def trained(block, seed=0):
    """A block whose statistics and factors are no longer those of the start."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in block.state_dict().items():
            if tensor.is_floating_point():
                spread = 0.5 + torch.rand(tensor.shape, generator=generator)
                bell = torch.randn(tensor.shape, generator=generator) / 4
                positive = "var" in name or ("bn" in name and "weight" in name)
                tensor.copy_(spread if positive else bell)
    return block.double().eval()


def torchvision_state(blocks, convolutions):
    """Names and shapes as torchvision writes them, from the table of the paper."""
    state = {"conv1.weight": (64, 3, 7, 7)} | batch_norm("bn1", 64)
    channels, widen = 64, 4 if convolutions == 3 else 1
    for stage, n in enumerate(blocks, start=1):
        width = 64 * 2 ** (stage - 1)
        for b in range(n):
            at, sizes = f"layer{stage}.{b}", [channels, width, width * widen]
            kernels = [3, 3]
            if convolutions == 3:
                sizes.insert(1, width)
                kernels = [1, 3, 1]
            for k, size in enumerate(kernels, start=1):
                shape = (sizes[k], sizes[k - 1], size, size)
                state |= {f"{at}.conv{k}.weight": shape}
                state |= batch_norm(f"{at}.bn{k}", sizes[k])
            if b == 0 and (stage > 1 or channels != width * widen):
                shape = (width * widen, channels, 1, 1)
                state |= {f"{at}.downsample.0.weight": shape}
                state |= batch_norm(f"{at}.downsample.1", width * widen)
            channels = width * widen
    return state | {"fc.weight": (1000, channels), "fc.bias": (1000,)}


def batch_norm(name, channels):
    keys = ("weight", "bias", "running_mean", "running_var")
    shapes = {f"{name}.{key}": (channels,) for key in keys}
    return shapes | {f"{name}.num_batches_tracked": ()}


@each
def test_names_and_shapes_are_torchvisions(name):
    state = {key: tuple(t.shape) for key, t in meta(name).state_dict().items()}
    assert state == torchvision_state(*DEPTHS[name])


@each
def test_the_name_counts_the_layers_with_weights_on_the_longest_way(name):
    kinds = (nn.Conv2d, nn.Linear)
    named = meta(name).named_modules()
    layers = [n for n, m in named if isinstance(m, kinds) and "downsample" not in n]
    assert len(layers) == int(name.removeprefix("resnet"))


@pytest.mark.parametrize(
    ("name", "options", "giga"),
    [
        ("resnet18", {}, 1.814),
        ("resnet34", {}, 3.664),
        ("resnet50", {}, 4.089),
        ("resnet101", {}, 7.801),
        ("resnet152", {}, 11.514),
        ("resnet50", {"stride_in_1x1": True}, 3.86),
        ("resnet101", {"stride_in_1x1": True}, 7.57),
        ("resnet152", {"stride_in_1x1": True}, 11.28),
    ],
)
def test_parameters_and_multiply_adds_are_those_of_the_literature(name, options, giga):
    net = meta(name, **options)
    assert count(net) == PARAMETERS[name]
    digits = len(str(giga).partition(".")[2])
    assert round(multiply_adds(net, (3, 224, 224)) / 1e9, digits) == giga


def test_a_basic_block_is_its_definition():
    shortcut = nn.Sequential(resnet.conv1x1(3, 5, 2), nn.BatchNorm2d(5))
    block = trained(resnet.BasicBlock(3, 5, 2, shortcut))
    x = drawn(2, 3, 7, 6).double()

    def normalised(x, bn):
        mean, var, weight, bias = (
            v[:, None, None]
            for v in (bn.running_mean, bn.running_var, bn.weight, bn.bias)
        )
        return (x - mean) / (var + bn.eps).sqrt() * weight + bias

    conv = functional.conv2d
    a1 = normalised(conv(x, block.conv1.weight, None, 2, 1), block.bn1).relu()
    z2 = normalised(conv(a1, block.conv2.weight, None, 1, 1), block.bn2)
    skip = normalised(conv(x, shortcut[0].weight, None, 2), shortcut[1])
    torch.testing.assert_close(block(x), (z2 + skip).relu())


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", [resnet.BasicBlock, resnet.Bottleneck])
def test_a_block_whose_last_factor_is_zero_is_relu(kind, training):
    channels = 4 * kind.expansion
    block = kind(channels, 4).train(training)
    last = block.bn3 if kind is resnet.Bottleneck else block.bn2
    nn.init.zeros_(last.weight)
    x = drawn(3, channels, 5, 5)
    assert torch.equal(block(x), x.relu())


def test_without_a_shortcut_zeros_give_zeros():
    block = resnet.BasicBlock(4, 4, residual=False).eval()
    nn.init.zeros_(block.bn2.weight)
    assert not block(drawn(1, 4, 5, 5)).any()


def test_the_gradient_reaches_the_input_past_layers_of_zeros():
    for residual, reached in ((True, True), (False, False)):
        block = resnet.BasicBlock(2, 2, residual=residual).eval()
        nn.init.zeros_(block.conv2.weight)
        x = drawn(1, 2, 4, 4).abs().requires_grad_()
        block(x).sum().backward()
        assert bool(x.grad.any()) is reached


@pytest.mark.parametrize("make", [resnet.BasicBlock, resnet.Bottleneck])
def test_the_gradient_is_right(make):
    block = trained(make(2 * make.expansion, 2))
    x = drawn(1, 2 * make.expansion, 3, 3, seed=3).double().requires_grad_()
    assert torch.autograd.gradcheck(block, x)


def test_a_stride_in_the_1x1_never_reads_three_quarters_of_the_pixels():
    for early, share in ((True, 0.25), (False, 1.0)):
        shortcut = nn.Sequential(resnet.conv1x1(8, 16, 2), nn.BatchNorm2d(16))
        block = resnet.Bottleneck(8, 4, 2, shortcut, stride_in_1x1=early)
        x = drawn(16, 8, 6, 6).requires_grad_()
        trained(block).float()(x).square().sum().backward()
        read = x.grad.abs().sum(dim=(0, 1)) > 0
        assert read.float().mean().item() == share


def test_one_picture_at_a_time_gives_what_a_batch_gives():
    torch.manual_seed(0)
    net = resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=7).eval()
    x = drawn(3, 3, 64, 48)
    one_by_one = torch.cat([net(picture[None]) for picture in x])
    torch.testing.assert_close(net(x), one_by_one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("depth", [8, 20, 32, 56, 110])
def test_a_net_for_cifar_has_its_depth_and_its_twins_parameters(depth):
    with torch.device("meta"):
        net = resnet.CifarResNet(depth)
        plain = resnet.CifarResNet(depth, residual=False)
    layers = [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    assert len(layers) == depth
    shapes = {key: t.shape for key, t in net.state_dict().items()}
    assert shapes == {key: t.shape for key, t in plain.state_dict().items()}


@pytest.mark.parametrize(
    ("name", "millions"), [("20", 0.27), ("32", 0.46), ("56", 0.85), ("110", 1.7)]
)
def test_the_parameters_are_those_of_the_papers_table(name, millions):
    with torch.device("meta"):
        net = resnet.CifarResNet(int(name))
    assert round(count(net) / 1e6, 1 if name == "110" else 2) == millions


def test_the_four_names_make_four_nets():
    shapes = {}
    for kind in ("resnet", "plain"):
        for depth in (20, 56):
            net = meta(f"cifar_{kind}{depth}", num_classes=4)
            shapes[kind, depth] = len(list(net.layer1)), net.layer1[0].residual
            assert net(torch.zeros(2, 3, 32, 32, device="meta")).shape == (2, 4)
    expected = {(k, d): (d // 6, k == "resnet") for k, d in shapes}
    assert shapes == expected


def test_a_plain_twin_is_the_same_net_without_the_sum():
    torch.manual_seed(0)
    net = resnet.CifarResNet(8).eval()
    plain = resnet.CifarResNet(8, residual=False).eval()
    plain.load_state_dict(net.state_dict())
    x = drawn(1, 16, 4, 4).abs()
    with_shortcut, without = net.layer1[0], plain.layer1[0]
    branch = with_shortcut.bn2(
        with_shortcut.conv2(with_shortcut.bn1(with_shortcut.conv1(x)).relu())
    )
    torch.testing.assert_close(without(x), branch.relu())
    torch.testing.assert_close(with_shortcut(x), (branch + x).relu())


def test_the_shortcut_without_parameters_takes_every_second_pixel():
    x = drawn(2, 3, 5, 6)
    y = resnet.PadChannels(2, 2)(x)
    assert y.shape == (2, 5, 3, 3)
    assert torch.equal(y[:, :3], x[:, :, ::2, ::2])
    assert not y[:, 3:].any()


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: resnet.CifarResNet(21),
            ValueError,
            "depth must be 6n + 2 (8, 14, 20, …), got 21; did you mean 20?",
        ),
        (
            lambda: resnet.ResNet(resnet.BasicBlock, [2, 2]),
            ValueError,
            "layers must have 4 numbers, one a stage, got [2, 2]",
        ),
        (
            lambda: meta("resnet18")(torch.zeros(1, 224, 224, 3, device="meta")),
            ShapeError,
            "x must be (N, 3, H, W), got (1, 224, 224, 3); "
            "did you mean x.movedim(-1, -3)?",
        ),
        (
            lambda: meta("cifar_resnet20")(torch.zeros(1, 1, 32, 32, device="meta")),
            ShapeError,
            "x must be (N, 3, H, W), got (1, 1, 32, 32)",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == sentence
