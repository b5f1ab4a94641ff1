"""Parameters and multiply-adds of the known networks, to the unit.

A network is made on the meta device, so even VGG costs no memory. The published numbers
are torchvision's documentation's and the papers'; here they are exact.
"""

import importlib
from functools import cache

import pytest
import torch

from cvlib.summary import Summary, summary

NETS = {  # module, function, options: parameters, multiply-adds at 224 × 224
    ("alexnet", "alexnet"): (61_100_840, 714_188_480),
    ("alexnet", "alexnet_2012"): (60_965_224, None),
    ("alexnet", "alexnet_lecture"): (62_378_344, None),
    ("vgg", "vgg11"): (132_863_336, None),
    ("vgg", "vgg13"): (133_047_848, None),
    ("vgg", "vgg16"): (138_357_544, 15_470_264_320),
    ("vgg", "vgg19"): (143_667_240, None),
    ("googlenet", "googlenet"): (6_624_904, None),
    ("googlenet", "googlenet_published"): (6_998_552, None),
    ("resnet", "resnet18"): (11_689_512, 1_814_073_344),
    ("resnet", "resnet34"): (21_797_672, 3_663_761_408),
    ("resnet", "resnet50"): (25_557_032, 4_089_184_256),
    ("resnet", "resnet101"): (44_549_160, 7_801_405_440),
    ("resnet", "resnet152"): (60_192_808, 11_513_626_624),
    ("densenet", "densenet121"): (7_978_856, 2_834_161_664),
    ("mobilenet", "mobilenet_v2"): (3_504_872, 300_774_272),
    ("efficientnet", "efficientnet_b0"): (5_288_548, 385_814_752),
    ("squeezenet", "squeezenet1_1"): (1_235_496, 349_151_936),
}
IN_THE_PAPER = {"resnet50": "3.86", "resnet101": "7.57", "resnet152": "11.28"}
"""With the stride in the first 1 × 1 of a block: thousand millions of multiply-adds."""


@cache
def table(module: str, make: str, side: int = 224, **options: object) -> Summary:
    if module == "googlenet":
        options["aux_logits"] = False  # its heads run in training only
    with torch.device("meta"):
        net = getattr(importlib.import_module(f"cvlib.nets.{module}"), make)(**options)
    return summary(net, (3, side, side))


@pytest.mark.parametrize(("module", "make"), NETS)
def test_a_network_counts_what_is_published(module, make):
    parameters, multiply_adds = NETS[module, make]
    side = 227 if make.startswith("alexnet_") else 224
    counted = table(module, make, side)
    assert counted.parameters == parameters
    if multiply_adds:
        assert counted.multiply_adds == multiply_adds


@pytest.mark.parametrize(("make", "printed"), IN_THE_PAPER.items())
def test_with_the_stride_of_the_paper_a_residual_net_costs_less(make, printed):
    counted = table("resnet", make, stride_in_1x1=True)
    assert f"{counted.multiply_adds / 1e9:.2f}" == printed


@pytest.mark.parametrize(("module", "make"), NETS)
def test_the_rows_add_up_to_the_network(module, make):
    counted = table(module, make, 227 if make.startswith("alexnet_") else 224)
    assert sum(counted.column("parameters")) == counted.parameters
    assert sum(counted.column("multiply_adds")) == counted.multiply_adds
    assert counted.notes == []


def test_lenet_has_61_706():
    from cvlib.nets.lenet import lenet5

    counted = summary(lenet5(), (1, 32, 32))
    assert counted.parameters == 61_706
    assert sum(counted.column("parameters")) == 61_706


def test_the_activations_of_vgg_are_not_24_million():
    counted = table("vgg", "vgg16")
    assert counted.activations == 15_237_608
    assert counted.memory == 4 * 15_237_608  # 61 MB


def test_fields_grow_as_far_as_the_literature_says():
    """Araujo, Norris and Sim, Computing receptive fields (Distill 2019), table 1."""
    assert table("alexnet", "alexnet")["features.12"].receptive_field == 195
    assert table("vgg", "vgg16")["features.30"].receptive_field == 212
    deep = table("resnet", "resnet101", stride_in_1x1=True)["layer4.2.bn3"]
    assert (deep.receptive_field, deep.jump) == (1027, 32)
