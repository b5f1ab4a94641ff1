"""The layer table: counted by hand, by torch, and by poking at the input."""

import pytest
import torch
from torch import nn

from cvlib import conv
from cvlib.summary import multiply_adds, num_parameters, summary


def small() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 10, 3),
        nn.BatchNorm2d(10),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(),
        nn.Flatten(),
        nn.Linear(10 * 4 * 4, 5),
    )


class Branches(nn.Module):
    """Two convolutions side by side, joined along the channels or added."""

    def __init__(self, one: nn.Module, two: nn.Module, join: str = "cat") -> None:
        super().__init__()
        self.one, self.two, self.join = one, two, join
        self.last = nn.Identity()

    def forward(self, x):
        a, b = self.one(x), self.two(x)
        return self.last(torch.cat([a, b], 1) if self.join == "cat" else a + b)


def field(model: nn.Module, size=(1, 33, 33)) -> tuple:
    row = summary(model, size, rows="all")[-1]
    return row.receptive_field, row.jump


def measured(model: nn.Module, n: int = 65) -> tuple[int, int]:
    """How many rows of the input change a unit, and how far the next unit's lie."""
    for parameter in model.parameters():
        nn.init.constant_(parameter, 1.0)

    def rows(unit: int) -> torch.Tensor:
        x = torch.zeros(1, 1, n, n, requires_grad=True)
        y = model(x)
        y[0, :, unit, unit].sum().backward()
        return x.grad[0, 0].abs().sum(1).nonzero().flatten()

    middle = model(torch.zeros(1, 1, n, n)).shape[-1] // 2
    here, there = rows(middle), rows(middle + 1)
    return len(here), int(there[0] - here[0])


def test_the_rows_are_what_one_counts_by_hand():
    table = summary(small(), (3, 10, 10))
    assert table.column("name") == ["input", "0", "1", "3", "6"]
    assert table.column("kind")[1:] == ["Conv2d", "BatchNorm2d", "MaxPool2d", "Linear"]
    assert table.column("shape")[1:] == [(10, 8, 8), (10, 8, 8), (10, 4, 4), (5,)]
    assert table.column("parameters") == [0, 280, 20, 0, 805]
    assert table.column("multiply_adds") == [0, 64 * 270, 0, 0, 800]
    assert table.column("activations") == [300, 640, 640, 160, 5]
    assert table.column("receptive_field") == [1, 3, 3, 4, None]
    assert table.column("jump") == [1, 1, 1, 2, None]
    assert (table.parameters, table.multiply_adds) == (1105, 18080)
    assert (table.activations, table.memory) == (1745, 4 * 1745)


def test_all_rows_and_chosen_rows():
    assert len(summary(small(), (3, 10, 10), rows="all")) == 8
    only = summary(small(), (3, 10, 10), rows=(nn.Conv2d, nn.Linear))
    assert only.column("name") == ["input", "0", "6"]
    assert only.parameters == 1105  # of the model, not of the rows


def test_a_block_is_the_sum_of_its_layers():
    net = nn.Sequential(small()[:4], nn.Sequential(nn.Flatten(), nn.Linear(160, 5)))
    table = summary(net, (3, 10, 10), depth=1)
    assert table.column("name") == ["input", "0", "1"]
    assert table.column("parameters") == [0, 300, 805]
    assert table.column("activations") == [300, 1440, 5]
    assert table["0"].shape == (10, 4, 4)
    assert table["0"].receptive_field == 4
    assert table.activations == summary(net, (3, 10, 10)).activations


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("k", [3, (1, 5)])
def test_a_convolution_counts_as_the_formula_says(bias, groups, k):
    layer = nn.Conv2d(6, 12, k, stride=2, padding=2, groups=groups, bias=bias)
    row = summary(layer, (6, 20, 22))[1]
    assert row.parameters == conv.num_parameters(6, 12, k, groups=groups, bias=bias)
    size = row.shape[1:]
    assert row.multiply_adds == conv.multiply_adds(6, 12, k, size, groups=groups)


def test_a_transposed_convolution_costs_what_the_convolution_back_costs():
    forth = nn.Conv2d(4, 6, 3, stride=2, padding=1)
    back = nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1)
    assert summary(forth, (4, 9, 9))[1].shape == (6, 5, 5)
    assert summary(back, (6, 5, 5))[1].shape == (4, 9, 9)
    assert multiply_adds(back, (6, 5, 5)) == multiply_adds(forth, (4, 9, 9))


@pytest.mark.parametrize(
    "model",
    [
        nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.ReLU(), nn.Conv2d(2, 1, 5)),
        nn.Sequential(nn.Conv2d(1, 2, 3, dilation=3), nn.AvgPool2d(3, stride=2)),
        nn.Sequential(nn.Conv2d(1, 1, 5, padding="same"), nn.AdaptiveAvgPool2d(13)),
        Branches(nn.Conv2d(1, 2, 1), nn.Conv2d(1, 2, 5, padding=2)),
        Branches(nn.Conv2d(1, 2, 3, padding=1), nn.Identity(), join="add"),
    ],
    ids=["strides", "dilation", "bins", "inception", "residual"],
)
def test_a_field_is_what_the_gradient_finds(model):
    assert field(model, (1, 65, 65)) == measured(model)


def test_a_transposed_convolution_brings_the_units_closer():
    layers = nn.Conv2d(1, 1, 3, stride=2, padding=1), nn.ConvTranspose2d(1, 1, 2, 2)
    assert field(nn.Sequential(*layers)) == (3, 1)
    wide = nn.ConvTranspose2d(1, 1, 4, stride=2, padding=1)
    assert field(nn.Sequential(layers[0], wide)) == (5, 1)  # two units, two apart
    assert field(nn.ConvTranspose2d(1, 1, 2, 2)) == (None, None)  # half a pixel


def test_a_field_is_none_where_none_is_defined():
    apart = Branches(nn.Conv2d(1, 1, 1, stride=2), nn.MaxPool2d(1, 2))
    assert field(apart) == (1, 2)
    half = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 3))
    assert field(half) == (None, None)  # this function is not known to keep places
    assert field(nn.AdaptiveAvgPool2d(1)) == (None, None)
    unlike = Branches(nn.Identity(), nn.Sequential(nn.MaxPool2d(3, 2, 1), Twice()))
    assert field(unlike, (1, 32, 32)) == (None, None)


class Twice(nn.Module):
    def forward(self, x):
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def test_an_oblong_kernel_sees_an_oblong_field():
    assert field(nn.Conv2d(1, 1, (1, 7), stride=(1, 2))) == ((1, 7), (1, 2))


def test_a_shared_layer_works_twice_and_is_learnt_once():
    layer = nn.Conv2d(4, 4, 3, padding=1)
    table = summary(nn.Sequential(layer, nn.ReLU(), layer), (4, 8, 8))
    assert table.column("parameters")[1:] == [148, 0]
    assert table.parameters == 148 == num_parameters(nn.Sequential(layer, layer))
    assert table.multiply_adds == 2 * 64 * 144


def test_functions_called_without_a_module_are_counted():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(8, 3, 3, 3))

        def forward(self, x):
            y = nn.functional.conv2d(x, self.weight, padding=1)
            return nn.functional.max_pool2d(y.relu(), kernel_size=2)

    row = summary(Functional(), (3, 8, 8))[1]
    assert (row.parameters, row.multiply_adds) == (216, 64 * 216)
    assert (row.receptive_field, row.jump) == (4, 2)


def test_parts_that_do_not_run_are_named():
    net = Branches(nn.Conv2d(3, 2, 1), nn.Identity())
    net.helper = nn.Sequential(nn.Linear(3, 2))  # in training only, say
    table = summary(net, (3, 10, 10))
    assert table.notes == ["helper did not run: 8 parameters that the rows leave out"]
    assert table.parameters == 8 + 8


def test_products_that_are_not_counted_are_named():
    class Attends(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x):
            return self.attention(x, x, x)[0]

    table = summary(Attends(), (5, 8))
    assert table.notes == [
        "attention (MultiheadAttention): its products are not counted"
    ]
    assert table.parameters == sum(table.column("parameters")) == 288


def test_the_model_is_left_as_it_was():
    net = small().train()
    net[1].eval()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    summary(net, (3, 10, 10))
    assert [m.training for m in net] == [True, False, True, True, True, True, True]
    assert all(torch.equal(before[k], v) for k, v in net.state_dict().items())
    assert not net._forward_hooks
    assert not net[0]._forward_pre_hooks


def test_a_model_without_numbers_will_do():
    with torch.device("meta"):
        net = small()
    assert multiply_adds(net, (3, 10, 10)) == 18080


def test_a_model_that_asks_for_a_value_runs_on_real_zeros():
    class Asks(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)
            self.scale = torch.ones(2, 1, 1)  # neither parameter nor buffer

        def forward(self, x):
            y = self.conv(x) * self.scale
            return y if y.sum().item() > 0 else -y

    assert multiply_adds(Asks(), (1, 5, 5)) == 9 * 18


def test_frozen_parameters_can_be_left_out():
    net = small()
    net[0].requires_grad_(False)
    assert num_parameters(net) - num_parameters(net, trainable=True) == 280


def test_the_table_is_shown_as_text_html_and_pandas():
    table = summary(small(), (3, 10, 10), title="Small")
    text = repr(table)
    assert "8 × 8 × 10" in text
    assert text.split("\n")[-1].split(maxsplit=1)[0] == "sum"
    assert "18\u202f080" in text.split("\n")[-1]
    page = table._repr_html_()
    assert page.startswith('<div class="cv-table"><table class="table"><caption>Small')
    assert page.count("<tr>") == 1 + 5 + 1
    assert "8\u00a0×\u00a08\u00a0×\u00a010" in page
    frame = table.frame()
    assert list(frame.index) == table.column("name")
    assert frame["parameters"].sum() == 1105
    assert frame.loc["6"].isna().sum() == 2  # field and jump of a global layer
    assert str(frame["receptive_field"].dtype) == "Int64"


def test_a_row_is_found_by_name():
    table = summary(small(), (3, 10, 10))
    assert table["0"].kind == "Conv2d"
    with pytest.raises(KeyError, match="no row is called 'conv'; there are input, 0"):
        table["conv"]


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (
            lambda: summary(nn.Linear, (3,)),
            TypeError,
            r"model must be an nn.Module, got Linear; did you mean Linear\(\)\?",
        ),
        (
            lambda: summary(small(), (1, 3, 10, 10)),
            ValueError,
            r"input_size must fit the model, got \(1, 3, 10, 10\): layer '0' said .*; "
            r"did you mean \(3, 10, 10\), without the batch\?",
        ),
        (
            lambda: summary(small(), (3, 12, 12)),
            ValueError,
            r"input_size must fit the model, got \(3, 12, 12\): layer '6' said ",
        ),
        (
            lambda: summary(small(), (3, 10.5, 10)),
            TypeError,
            r"input_size must be a positive integer, got 10.5; did you mean 10\?",
        ),
        (
            lambda: summary(small(), (3, 10, 10), rows="leaves"),
            ValueError,
            "rows must be 'layers' or 'all', got 'leaves'",
        ),
        (
            lambda: summary(small(), (3, 10, 10), depth=0),
            ValueError,
            "depth must be a positive integer, got 0; the smallest allowed is 1",
        ),
    ],
    ids=["class", "batch", "size", "fraction", "rows", "depth"],
)
def test_a_wrong_argument_gets_one_sentence(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()


def test_the_mode_is_restored_when_the_picture_does_not_fit():
    net = small().train()
    with pytest.raises(ValueError, match="must fit the model"):
        summary(net, (4, 10, 10))
    assert all(m.training for m in net.modules())
    assert not net[0]._forward_hooks
