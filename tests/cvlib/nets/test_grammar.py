"""The grammar of networks: reading, writing, building, and what it says of an error."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cvlib.nets import alexnet, grammar, lenet, notation, vgg

quick = settings(deadline=None, derandomize=True, max_examples=80)
VGG16 = "[(CONV-RELU)*2-POOL]*2-[(CONV-RELU)*3-POOL]*3-(FC-RELU)*2,SOFTMAX"
LECTURE = "[(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K,SOFTMAX"

layers = st.builds(
    notation.Layer, st.sampled_from(["CONV", "RELU", "POOL", "FC"]), st.booleans()
)
rows = st.recursive(
    st.lists(layers, min_size=1, max_size=3).map(tuple),
    lambda inner: st.lists(
        layers
        | st.builds(notation.Repeat, inner, st.integers(0, 5) | st.sampled_from("NMK")),
        min_size=1,
        max_size=3,
    ).map(tuple),
    max_leaves=6,
)


def meta(make, *args, **options):
    with torch.device("meta"):
        return make(*args, **options)


def count(net):
    return sum(p.numel() for p in net.parameters())


@quick
@given(rows)
def test_what_is_written_is_read_back(row):
    assert notation.parse(notation.write(row)) == row


@quick
@given(st.lists(st.sampled_from(["CONV", "RELU", "POOL"]), min_size=1, max_size=14))
def test_a_compressed_list_expands_to_itself_and_is_never_longer(names):
    text = notation.compress(names)
    assert notation.expand(text) == names
    assert len(text) <= len("-".join(names))


def test_the_lectures_line_is_expanded_by_its_letters():
    short = notation.expand(LECTURE, N=1, M=1, K=1)
    assert short == ["CONV", "RELU", "POOL", "FC", "RELU", "SOFTMAX"]
    without = notation.expand(LECTURE, N=2, M=2, K=0, optional=False)
    assert without == ["CONV", "RELU"] * 4 + ["SOFTMAX"]


def test_blanks_and_kinds_of_bracket_do_not_matter():
    assert notation.parse(" [ CONV - RELU ] * 2 ") == notation.parse("(CONV-RELU)*2")
    assert notation.write(notation.parse("([CONV-RELU]*2-POOL)*3")) == (
        "[(CONV-RELU)*2-POOL]*3"
    )


@pytest.mark.parametrize(
    ("text", "sentence", "character"),
    [
        ("", "text must have a layer or a bracket here, got the end", 1),
        ("CONV-", "text must have a layer or a bracket here, got the end", 6),
        ("CONV--RELU", "text must have a layer or a bracket here, got '-'", 6),
        ("(CONV-RELU", "text must have '-' or ')' here, got the end", 11),
        ("(CONV-RELU]", "text must have '-' or ')' here, got ']'", 11),
        ("CONV)", "text must have '-' or the end here, got ')'", 5),
        ("CONV RELU", "text must have '-' or the end here, got 'RELU'", 6),
        ("CONV*2*3", "text must have '-' or the end here, got '*'", 7),
        (
            "conv-RELU",
            "text must have a layer or a bracket here (did you mean CONV?), got 'conv'",
            1,
        ),
        (
            "(CONV-RELU)*-POOL",
            "text must have a whole number or a letter after '*', got '-'",
            13,
        ),
        (
            "CONV,RELU",
            "text must have SOFTMAX after the comma; '-' joins other layers, "
            "got 'RELU'",
            5,
        ),
        ("SOFTMAX-FC", "text must have SOFTMAX at its end only", 1),
        ("(FC,SOFTMAX)*2", "text must have SOFTMAX at its end only", 5),
    ],
)
def test_an_error_points_at_the_character(text, sentence, character):
    with pytest.raises(grammar.GrammarError) as caught:
        grammar.parse(text)
    first, line, caret = str(caught.value).split("\n")
    assert first == f"{sentence} at character {character}"
    assert line[4:] == text
    assert caret.index("^") == 4 + caught.value.position == 3 + character


@pytest.mark.parametrize(
    ("letters", "kind", "sentence"),
    [
        ({"N": 1, "M": 1}, ValueError, r"^K must be given a value, got none; add K=2$"),
        ({"N": 1, "M": 1, "K": -1}, ValueError, r"^K must be an integer ≥ 0, got -1"),
        ({"N": 1.5, "M": 1, "K": 1}, TypeError, r"^N must be an integer ≥ 0, got 1.5"),
    ],
)
def test_letters_need_whole_numbers(letters, kind, sentence):
    with pytest.raises(kind, match=sentence):
        notation.expand(LECTURE, **letters)


def test_vgg16_is_one_line():
    net = meta(grammar.from_grammar, VGG16, size=224, num_classes=1000)
    assert count(net) == 138_357_544
    theirs = [tuple(p.shape) for p in meta(vgg.vgg16).parameters()]
    assert [tuple(p.shape) for p in net.parameters()] == theirs


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lenet.lenet5, "(CONV-RELU-POOL)*2-(FC-RELU)*2,SOFTMAX"),
        (
            alexnet.alexnet,
            "(CONV-RELU-POOL)*2-(CONV-RELU)*3-POOL-(FC-RELU)*2,SOFTMAX",
        ),
        (
            vgg.vgg11,
            "(CONV-RELU-POOL)*2-[(CONV-RELU)*2-POOL]*3-(FC-RELU)*2,SOFTMAX",
        ),
        (vgg.vgg16, VGG16),
        (vgg.vgg16_bn, VGG16),
    ],
)
def test_the_classics_are_written_in_one_line(make, text):
    assert grammar.to_grammar(meta(make)) == text


def test_a_built_network_gives_scores_and_its_line_back():
    text = "[(CONV-RELU)*1-POOL]*2-(FC-RELU)*1,SOFTMAX"
    net = grammar.from_grammar(text, size=9, in_channels=1, width=4, hidden=5)
    assert net(torch.rand(3, 1, 9, 9)).shape == (3, 10)
    assert [tuple(p.shape) for p in net.parameters()][::2] == [
        *((4, 1, 3, 3), (8, 4, 3, 3), (5, 8 * 2 * 2), (10, 5))
    ]
    assert grammar.to_grammar(net) == "(CONV-RELU-POOL)*2-FC-RELU,SOFTMAX"
    assert notation.expand(grammar.to_grammar(net)) == notation.expand(text)


def test_widths_double_with_each_pool_up_to_the_largest():
    net = meta(
        grammar.from_grammar, "[CONV-POOL]*4-CONV", width=8, max_width=32, size=64
    )
    convs = [m for m in net if isinstance(m, nn.Conv2d)]
    assert [m.out_channels for m in convs] == [8, 16, 32, 32, 32]


def test_a_line_without_fc_is_fully_convolutional():
    net = grammar.from_grammar("(CONV-RELU)*2", width=4, kernel_size=5)
    assert net(torch.rand(1, 3, 20, 30)).shape == (1, 4, 20, 30)


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        (
            "(CONV-POOL)*6",
            {"size": 32},
            r"^size must be at least 64 for 6 POOLs, got 32: 5 of them leave 1 × 1, "
            r"which cannot be halved; take fewer$",
        ),
        (
            "FC-CONV",
            {},
            r"^text must have every CONV before the first FC, got one after it: FC "
            r"forgets where things are$",
        ),
        ("FC-POOL", {}, r"^text must have every POOL before the first FC, got one"),
        ("CONV", {"kernel_size": 4}, r"^kernel_size must be odd to keep the size, got"),
        ("CONV", {"size": 0}, r"^size must be a positive integer, got 0"),
    ],
)
def test_what_cannot_be_built_is_explained(text, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        grammar.from_grammar(text, **options)


def test_a_network_of_other_layers_has_no_line():
    with pytest.raises(ValueError, match=r"^net must have at least one layer the "):
        grammar.to_grammar(nn.Sequential(nn.Tanh()))
