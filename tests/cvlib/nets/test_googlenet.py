"""GoogLeNet: torchvision's names, the published counts, the lecture's table."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from cvlib import show
from cvlib.nets.googlenet import (
    MODULES,
    GoogLeNet,
    GoogLeNetOutputs,
    Inception,
    InceptionAux,
    NaiveInception,
    googlenet,
    googlenet_published,
)
from cvlib.summary import num_parameters, summary
from cvlib.validate import ShapeError

TABLE = Path(__file__).parents[3] / "book" / "data" / "googlenet.csv"


def meta(make, *arguments, **options):
    """The network without its numbers: shapes and counts cost nothing."""
    with torch.device("meta"):
        return make(*arguments, **options)


def torchvisions() -> dict[str, tuple[int, ...]]:
    """Names and shapes of the state dict, written down from its layers."""
    shapes: dict[str, tuple[int, ...]] = {}

    def conv(name, c, f, k):
        shapes[f"{name}.conv.weight"] = (f, c, k, k)
        for key in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.bn.{key}"] = (f,)
        shapes[f"{name}.bn.num_batches_tracked"] = ()

    def linear(name, c, f):
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (f, c), (f,)

    conv("conv1", 3, 64, 7)
    conv("conv2", 64, 64, 1)
    conv("conv3", 64, 192, 3)
    for name, (c, one, red3, three, red5, five, pool) in MODULES.items():
        conv(f"inception{name}.branch1", c, one, 1)
        conv(f"inception{name}.branch2.0", c, red3, 1)
        conv(f"inception{name}.branch2.1", red3, three, 3)
        conv(f"inception{name}.branch3.0", c, red5, 1)
        conv(f"inception{name}.branch3.1", red5, five, 3)  # not 5, in torchvision
        conv(f"inception{name}.branch4.1", c, pool, 1)
    for name, c in (("aux1", 512), ("aux2", 528)):
        conv(f"{name}.conv", c, 128, 1)
        linear(f"{name}.fc1", 2048, 1024)
        linear(f"{name}.fc2", 1024, 1000)
    linear("fc", 1024, 1000)
    return shapes


def test_names_and_shapes_are_torchvisions():
    state = meta(googlenet).state_dict()
    assert {name: tuple(t.shape) for name, t in state.items()} == torchvisions()


def test_the_counts_are_the_published_ones():
    assert num_parameters(meta(googlenet)) == 13_004_888
    assert num_parameters(meta(googlenet, aux_logits=False)) == 6_624_904
    assert num_parameters(meta(googlenet_published)) == 6_998_552


def test_every_module_reads_what_the_one_below_writes():
    widths = list(MODULES.values())
    for below, above in pairwise(widths):
        assert above[0] == below[1] + below[3] + below[5] + below[6]
    assert sum(widths[-1][k] for k in (1, 3, 5, 6)) == 1024


@pytest.mark.parametrize("published", [False, True])
def test_a_picture_goes_through(published):
    torch.manual_seed(0)
    # untrained, torchvision's small weights need the statistics of the batch
    net = GoogLeNet(7, aux_logits=False, published=published).train(not published)
    with torch.no_grad():
        scores = net(torch.rand(2, 3, 64, 64))
    assert scores.shape == (2, 7)
    assert scores.isfinite().all()
    assert (scores[0] != scores[1]).any()


def test_the_heads_speak_in_training_only():
    net = meta(googlenet, 5)
    x = torch.zeros(2, 3, 224, 224, device="meta")
    out = net.train()(x)
    assert isinstance(out, GoogLeNetOutputs)
    assert {y.shape for y in out} == {torch.Size((2, 5))}
    assert net.eval()(x).shape == (2, 5)
    assert [n.split(" ")[0] for n in summary(net, (3, 224, 224)).notes] == [
        "aux1",
        "aux2",
    ]


def test_a_head_is_a_small_classifier():
    head = InceptionAux(512, 10, dropout=0.0).eval()
    assert head(torch.zeros(3, 512, 14, 14)).shape == (3, 10)
    assert num_parameters(head) == 512 * 128 + 256 + 2048 * 1024 + 1024 + 10 * 1025


def test_a_module_is_its_branches_laid_one_on_another():
    torch.manual_seed(0)
    block = Inception(6, 2, 3, 4, 1, 5, 7, batch_norm=False).eval()
    x = torch.rand(2, 6, 9, 9)
    y = block(x)
    assert y.shape == (2, 2 + 4 + 5 + 7, 9, 9)
    middle = block.branch2[0].conv(x).relu()
    torch.testing.assert_close(y[:, 2:6], block.branch2[1].conv(middle).relu())
    pooled = nn.functional.max_pool2d(x, 3, 1, 1)
    torch.testing.assert_close(y[:, 11:], block.branch4[1].conv(pooled).relu())


def test_the_naive_module_grows():
    assert NaiveInception(8, 2, 3, 4)(torch.zeros(1, 8, 5, 5)).shape[1] == 2 + 3 + 4 + 8


def test_it_wants_pictures():
    with pytest.raises(ShapeError, match=r"x must be \(N, 3, H, W\), got \(1, 1, 32"):
        GoogLeNet(2, aux_logits=False)(torch.zeros(1, 1, 32, 32))


def test_the_table_of_the_lecture_agrees_where_the_page_says_so():
    with TABLE.open(encoding="utf-8", newline="") as file:
        printed = list(csv.DictReader(file))
    blocks = summary(meta(googlenet_published), (3, 224, 224), depth=1, rows="all")
    names = ["conv1", "maxpool1", "conv3", "maxpool2"]
    names += ["inception3a", "inception3b", "maxpool3"]
    names += [f"inception4{letter}" for letter in "abcd"]
    marks = {}
    for line, name in zip(printed, names, strict=True):
        row = blocks[name]
        height, width, channels = line["output size"].split("×")
        assert row.shape == (int(channels), int(height), int(width))
        if not line["params"]:
            continue
        both = ["conv2", "conv3"] if name == "conv3" else [name]
        ops = sum(blocks[n].multiply_adds for n in both)
        weights = ops // (row.shape[1] * row.shape[2])  # each works once a position
        marks[name] = tuple(
            show.agreement(line[key], n)
            for key, n in (("params", weights), ("ops", ops))
        )
    assert marks == {
        "conv1": ("≠", "≠"),
        "conv3": ("✓", "✓"),
        "inception3a": ("✓", "✓"),
        "inception3b": ("✓", "✓"),
        "inception4a": ("≈", "✓"),
        "inception4b": ("≈", "✓"),
        "inception4c": ("≠", "✓"),
        "inception4d": ("≠", "✓"),
    }


def test_a_separable_first_layer_would_have_what_is_printed():
    weights = 7 * 7 * 3 * 8 + 3 * 8 * 64  # eight filters a colour, then 1 × 1
    assert show.agreement("2.7K", weights) == "✓"
    assert show.agreement("34M", weights * 112 * 112) == "✓"
