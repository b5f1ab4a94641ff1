"""cvlib.vqa: networks that look and read, their training and what is measured."""

import pytest
import torch

from cvlib.train import Checkpoint
from cvlib.validate import ShapeError
from cvlib.vqa import (
    FUSIONS,
    AttentionVqa,
    CnnLstm,
    accuracy_by_kind,
    augment_light,
    best_blind_answers,
    blind_accuracy,
    fit_answers,
    predict_answers,
    with_places,
)
from cvlib.vqa.training import rows_by_picture

NETS = [*(lambda f=f: CnnLstm(f) for f in (*FUSIONS, "question", "image")),
        AttentionVqa, lambda: AttentionVqa("softmax")]  # fmt: skip


def asked(M: int = 6, P: int = 3, seed: int = 0):
    """Pictures, which one each question is about, and questions."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(P, 3, 48, 48, generator=generator)
    picture = torch.arange(M) % P
    return images, picture, torch.randint(1, 34, (M, 10), generator=generator)


@pytest.mark.parametrize("make", NETS)
def test_a_picture_asked_twice_is_looked_at_once_with_the_same_answers(make):
    torch.manual_seed(0)
    net = make().eval()
    images, picture, questions = asked()
    with torch.no_grad():
        together = net(images, questions, picture)
        alone = net(images[picture], questions)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)
    order = torch.tensor([3, 1, 5, 0, 4, 2])
    with torch.no_grad():
        shuffled = net(images, questions[order], picture[order])
    torch.testing.assert_close(shuffled, together[order], atol=1e-5, rtol=1e-4)


def test_a_covered_eye_sees_nothing_and_a_covered_ear_hears_nothing():
    torch.manual_seed(0)
    blind, deaf, both = (CnnLstm(f).eval() for f in ("question", "image", "product"))
    (images, picture, questions), (other, _, others) = asked(), asked(seed=1)

    def moved(net, a, b):
        with torch.no_grad():
            before = net(images, questions, picture)
            return (net(a, b, picture) - before).abs().max().item()

    assert moved(blind, other, questions) == 0
    assert moved(blind, images, others) > 1e-4
    assert moved(deaf, images, others) == 0
    assert moved(deaf, other, questions) > 1e-4
    assert moved(both, other, questions) > 1e-4
    assert moved(both, images, others) > 1e-4


def test_every_weight_of_both_senses_is_taught():
    images, picture, questions = asked()
    for net in (CnnLstm(), CnnLstm("concat"), AttentionVqa()):
        net(images, questions, picture).square().sum().backward()
        still = [n for n, p in net.named_parameters() if p.grad is None]
        assert still == []


def test_where_it_looks_is_what_it_uses():
    net = AttentionVqa().eval()
    images, picture, questions = asked()
    with torch.no_grad():
        weights = net.weights(images, questions, picture)
        softmax = AttentionVqa("softmax").eval().weights(images, questions, picture)
    assert weights.shape == (6, 4, 6, 6)
    assert weights.min() > 0
    assert weights.max() < 1
    torch.testing.assert_close(softmax.sum((2, 3)), torch.ones(6, 4))


def test_places_are_known_by_their_coordinates():
    maps = with_places(torch.zeros(2, 1, 6, 6))
    assert maps.shape == (2, 3, 6, 6)
    assert maps[0, 1, :, 0].tolist() == [-1] * 6
    assert maps[0, 2, -1].tolist() == [1] * 6


@pytest.fixture(scope="module")
def easy():
    """Is there red, or is there blue? Pictures are all red, all blue, or neither."""
    generator = torch.Generator().manual_seed(0)
    images = 0.1 * torch.rand(60, 3, 48, 48, generator=generator)
    kind = torch.arange(60) % 3
    images[kind == 0, 0] += 0.8
    images[kind == 1, 2] += 0.8
    picture = torch.arange(60).repeat_interleave(2)
    questions = torch.tensor([[1, 3], [2, 3]]).repeat(60, 1)
    answers = (kind[picture] == questions[:, 0] - 1).long()
    return images, picture, questions, answers


def test_both_senses_learn_what_one_cannot(easy):
    images, picture, questions, answers = easy
    right = {}
    for fusion in ("product", "question", "image"):
        torch.manual_seed(0)
        net = CnnLstm(fusion, words=4, answers=2)
        fit_answers(net, images, picture, questions, answers, epochs=6, batch_size=10,
                    lr=0.003, progress=False)  # fmt: skip
        given = predict_answers(net, images, picture, questions).argmax(1)
        right[fusion] = (given == answers).float().mean().item()
    assert right["product"] > 0.95
    # blind: "no" is right for two pictures of three
    assert right["question"] == pytest.approx(2 / 3)
    assert right["image"] <= 2 / 3 + 0.01


def test_a_training_that_was_stopped_goes_on(easy, tmp_path):
    images, picture, questions, answers = easy

    def trained(net, epochs, resume=None):
        fit_answers(net, images, picture, questions, answers, epochs=epochs,
                    batch_size=20, schedule=lambda t: 1.0, augment=augment_light,
                    progress=False, resume=resume)  # fmt: skip
        return net

    def fresh():
        torch.manual_seed(0)
        return AttentionVqa(words=4, answers=2)

    whole = trained(fresh(), 2)
    trained(fresh(), 1, Checkpoint(tmp_path / "run.pt"))
    rest = trained(fresh(), 2, Checkpoint(tmp_path / "run.pt"))
    for a, b in zip(whole.parameters(), rest.parameters(), strict=True):
        assert torch.equal(a, b)


def test_prediction_does_not_depend_on_batches_or_order(easy):
    torch.manual_seed(0)
    images, picture, questions, _ = easy
    net = CnnLstm(words=4, answers=2).train()
    whole = predict_answers(net, images, picture, questions)
    assert net.training
    torch.testing.assert_close(
        predict_answers(net, images, picture, questions, batch_size=7), whole
    )
    bytes_ = (images * 255).round().to(torch.uint8)
    order = torch.randperm(120)
    torch.testing.assert_close(
        predict_answers(net, bytes_, picture[order], questions[order]),
        predict_answers(net, bytes_, picture, questions)[order],
    )


def test_prediction_leaves_every_part_in_the_mode_it_was_in():
    net = CnnLstm(words=3, answers=2).train()
    net.eye.eval()  # as when its averages are to stay
    modes = [module.training for module in net.modules()]
    x, asked = torch.rand(2, 3, 48, 48), torch.ones(2, 1).long()
    predict_answers(net, x, torch.arange(2), asked)
    assert [module.training for module in net.modules()] == modes


def test_light_leaves_things_where_they_are():
    images = torch.rand(4, 3, 48, 48)
    lit = augment_light(images, torch.Generator().manual_seed(0))
    factors = (lit / images.clamp(1e-6)).flatten(2)
    middle = factors.median(2).values
    assert (middle - 1).abs().max() <= 0.1 + 1e-5
    assert (middle - 1).abs().max() > 0.02


def test_the_best_blind_rule_by_trying_all_rules():
    generator = torch.Generator().manual_seed(0)
    questions = torch.randint(0, 3, (40,), generator=generator)
    answers = torch.randint(0, 3, (40,), generator=generator)
    best = max(
        sum(rule[q] == a for q, a in zip(questions, answers, strict=True)).item()
        for rule in torch.cartesian_prod(*[torch.arange(3)] * 3)
    )
    assert blind_accuracy(questions, answers) == pytest.approx(best / 40)
    assert best_blind_answers(torch.tensor([5, 5]), torch.tensor([3, 1])) == {5: 1}


def test_accuracy_by_kind_adds_up():
    generator = torch.Generator().manual_seed(0)
    given, right, kinds = torch.randint(0, 3, (3, 50), generator=generator)
    found = accuracy_by_kind(given, right, kinds, ["a", "b", "c"])
    shares = [found[name] * (kinds == k).sum().item() for k, name in enumerate("abc")]
    assert sum(shares) / 50 == pytest.approx(found["all"])
    only = accuracy_by_kind(given, right, torch.zeros(50).long(), ["a", "b", "c"])
    assert set(only) == {"a", "all"}


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: CnnLstm()(torch.zeros(2, 3, 48, 48), torch.ones(3, 9).long()),
            r"^questions must be \(2, L\) to match images \(2, 3, 48, 48\) where `of` "
            r"is not given, got \(3, 9\)$",
        ),
        (
            lambda: CnnLstm()(torch.zeros(2, 3, 32, 32), torch.ones(2, 9).long()),
            r"^images must be \(P, 3, 48, 48\), got \(2, 3, 32, 32\)$",
        ),
        (
            lambda: accuracy_by_kind(torch.ones(2), torch.ones(3), torch.ones(2), []),
            r"^answers must be \(2,\) to match predicted \(2,\), got \(3,\)$",
        ),
    ],
)
def test_shapes_are_refused_in_one_sentence(call, sentence):
    with pytest.raises(ShapeError, match=sentence):
        call()


def test_values_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r"^picture must name each of the 3 images at "
                       r"least once and no other, got 2 different ones, 0 to 2$"
                       ):  # fmt: skip
        rows_by_picture(torch.tensor([0, 2, 2]), 3)
    with pytest.raises(ValueError, match=r"got 3 different ones, -1 to 1$"):
        rows_by_picture(torch.tensor([-1, 0, 1]), 3)
    with pytest.raises(ValueError, match=r"got 0 different ones$"):
        rows_by_picture(torch.zeros(0).long(), 3)
    with pytest.raises(ValueError, match=r"^predicted must hold at least one answer, "
                       r"got none$"):  # fmt: skip
        accuracy_by_kind(*torch.zeros(3, 0), ["a"])
    with pytest.raises(TypeError, match=r"^images must be floating point, got uint8"):
        CnnLstm()(torch.zeros(1, 3, 48, 48).byte(), torch.ones(1, 9).long())
    with pytest.raises(ValueError, match=r"^questions must hold at least one row, got "
                       r"none$"):  # fmt: skip
        blind_accuracy(torch.tensor([]), torch.tensor([]))
    with pytest.raises(ValueError, match=r"^fusion must be .*; did you mean "
                       r"'product'\?$"):  # fmt: skip
        CnnLstm("produkt")
