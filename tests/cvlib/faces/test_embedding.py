"""The net, its twin, the head of two answers, and how they are trained."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib.faces import (
    DeepFaceHead,
    EmbeddingNet,
    SiameseNet,
    Watch,
    all_pairs,
    batch_of_people,
    face_crops,
    face_embedding,
    fit_embedding,
    pair_distances,
    pair_features,
    verification_pairs,
)
from cvlib.losses import squared_distances
from cvlib.metrics import area_under_roc
from cvlib.train import Checkpoint, seed_all
from cvlib.validate import ShapeError

LABELS = torch.arange(12).repeat_interleave(6)


def clouds(seed=0, noise=0.7):
    """Twelve people as points in six dimensions, of which two say who it is."""
    generator = torch.Generator().manual_seed(seed)
    x = noise * torch.randn(72, 6, generator=generator)
    x[:, :2] = torch.randn(12, 2, generator=generator)[LABELS] + x[:, :2] * 0.2
    return x


def test_all_points_lie_on_the_unit_sphere():
    torch.manual_seed(0)
    points = face_embedding()(torch.rand(3, 3, 64, 64))
    assert_close(points.norm(dim=1), torch.ones(3))
    apart = squared_distances(points, points)
    assert_close(apart, 2 - 2 * points @ points.T, atol=1e-5, rtol=0)


def test_grey_pictures_of_another_size_have_points_too():
    assert EmbeddingNet(1, dimensions=16)(torch.rand(2, 1, 56, 46)).shape == (2, 16)


def test_a_picture_has_the_same_point_in_any_batch():
    torch.manual_seed(0)
    net, x = EmbeddingNet().eval(), torch.rand(4, 3, 64, 64)
    assert_close(net(x), torch.cat([net(x[k : k + 1]) for k in range(4)]))


def test_a_siamese_net_has_one_set_of_weights():
    net = EmbeddingNet()
    siamese = SiameseNet(net)
    count = sum(p.numel() for p in siamese.parameters())
    assert count == sum(p.numel() for p in net.parameters())


def test_it_does_not_matter_which_picture_comes_first():
    torch.manual_seed(0)
    siamese, x = SiameseNet(EmbeddingNet()).eval(), torch.rand(4, 3, 64, 64)
    assert_close(siamese(x[:2], x[2:]), siamese(x[2:], x[:2]))
    assert (siamese(x, x) == 0).all()


def test_its_gradient_is_the_sum_of_both_sides():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    a, b = torch.rand(1, 3), torch.rand(1, 3)
    (whole,) = torch.autograd.grad(SiameseNet(net)(a, b).sum(), net[0].weight)
    sides = [
        torch.autograd.grad((f - g).square().sum(), net[0].weight)[0]
        for f, g in ((net(a), net(b).detach()), (net(a).detach(), net(b)))
    ]
    assert_close(whole, sides[0] + sides[1])


def test_both_kinds_of_difference_are_symmetric_and_zero_for_equals():
    x = torch.rand(2, 5, generator=torch.Generator().manual_seed(0))
    f, g = x[:1], x[1:]
    for kind in ("absolute", "chi_square"):
        assert_close(pair_features(f, g, kind), pair_features(g, f, kind))
        assert (pair_features(f, f, kind) == 0).all()


def test_two_zeros_differ_by_zero_and_have_a_gradient():
    f = torch.zeros(1, 3, requires_grad=True)
    pair_features(f, torch.zeros(1, 3), "chi_square").sum().backward()
    assert torch.isfinite(f.grad).all()


def test_the_head_is_a_weighted_sum_through_a_sigmoid():
    head = DeepFaceHead(2)
    with torch.no_grad():
        head.fc.weight.copy_(torch.tensor([[-2.0, 1.0]]))
        head.fc.bias.fill_(0.5)
    f, g = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.25, 3.0]])
    assert head(f, g).item() == pytest.approx(-2 * 0.75 + 3 + 0.5)
    expected = 1 / (1 + torch.tensor(-2.0).exp())
    assert_close(head.probability(f, g), expected[None])


def test_negative_features_are_refused_for_chi_square():
    sentence = (
        "^x1 and x2 must not be negative for 'chi_square', where f \\+ g is divided by;"
        " put a ReLU before the head$"
    )
    with pytest.raises(ValueError, match=sentence):
        DeepFaceHead(2, "chi_square")(-torch.ones(1, 2), torch.ones(1, 2))


def test_a_batch_shows_each_person_several_times():
    chance = torch.Generator().manual_seed(0)
    batch = batch_of_people(LABELS, torch.tensor([3, 7, 1]), 4, chance)
    assert LABELS[batch].tolist() == [3] * 4 + [7] * 4 + [1] * 4
    assert len(set(batch.tolist())) == 12
    few = batch_of_people(torch.tensor([0, 0, 1]), torch.tensor([0, 1]), 4, chance)
    assert sorted(few.tolist()) == [0, 1, 2]


@pytest.mark.parametrize("mining", ["random", "semi_hard", "batch_hard"])
def test_training_tells_people_apart_that_it_has_never_seen(mining):
    seed_all(0)
    net, x = nn.Linear(6, 2), clouds()
    watch = Watch()
    fit_embedding(
        net, x, LABELS, epochs=60, mining=mining, lr=0.02, people=6, progress=False,
        margin=1.0, watch=watch,
    )  # fmt: skip
    unseen = clouds(seed=5)
    pairs, same, _ = verification_pairs(LABELS, folds=3)
    with torch.no_grad():
        raw = (unseen[pairs[:, 0]] - unseen[pairs[:, 1]]).square().sum(1)
        learnt = SiameseNet(net)(unseen[pairs[:, 0]], unseen[pairs[:, 1]])
    assert area_under_roc(learnt, same) > area_under_roc(raw, same) + 0.05
    assert len(watch.spread) == len(watch.active) == 120


def test_it_goes_on_where_it_was_stopped(tmp_path):
    def train(epochs, file):
        seed_all(0)
        net = nn.Linear(6, 2)
        fit_embedding(
            net, clouds(), LABELS, epochs=epochs, people=6, progress=False,
            schedule=lambda t: 1.0, resume=Checkpoint(tmp_path / file),
        )  # fmt: skip
        return net.weight

    train(2, "a.pt")
    assert_close(train(4, "a.pt"), train(4, "b.pt"))


def test_labels_that_do_not_match_are_refused():
    sentence = r"^labels must be \(72,\) to match images \(72, 6\), got \(71,\)$"
    with pytest.raises(ShapeError, match=sentence):
        fit_embedding(nn.Linear(6, 2), clouds(), LABELS[:-1], epochs=1)


def test_one_picture_of_each_person_teaches_nothing_and_is_refused():
    sentence = r"^per_person must be an integer ≥ 2, got 1; the smallest allowed is 2$"
    with pytest.raises(ValueError, match=sentence):
        fit_embedding(nn.Linear(6, 2), clouds(), LABELS, epochs=1, per_person=1)


def test_bytes_are_refused_where_they_would_be_taken_for_light():
    with pytest.raises(TypeError, match=r"^x must be floating point, got uint8"):
        face_embedding()(torch.zeros(1, 3, 48, 48, dtype=torch.uint8))


def test_no_person_is_in_two_folds_and_half_of_the_pairs_are_alike():
    pairs, same, fold = verification_pairs(LABELS, folds=4, per_fold=20, seed=1)
    people = LABELS[pairs]
    assert torch.equal(people[:, 0] == people[:, 1], same)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    for k in range(4):
        others = set(people[fold != k].flatten().tolist())
        assert not others & set(people[fold == k].flatten().tolist())
        assert same[fold == k].sum() == 20
        assert (~same[fold == k]).sum() == 20
    assert len({tuple(p) for p in pairs.tolist()}) == len(pairs)


def test_faces_are_cut_closer_and_made_grey_as_often_as_asked():
    images = torch.arange(48.0)[None, None, None] / 48 * torch.ones(40, 3, 48, 1)
    images[:, 1] = images[:, 1] / 2  # a colour

    def grey_and_width(share):
        cut = face_crops(images, torch.Generator().manual_seed(0), share=share)
        rows = cut[:, 0].flatten(1)
        width = rows.max(1).values - rows.min(1).values
        return (cut == cut[:, :1]).flatten(1).all(1), width

    grey, width = grey_and_width(0.5)
    assert 10 < grey.sum() < 30
    assert (width[~grey] < 0.93).sum() > 5
    grey, width = grey_and_width(1.0)
    assert grey.all()
    assert (width > 0.63 * 5 / 6 * 0.9).all()  # 0.4 of the area: 0.63 of the width
    grey, width = grey_and_width(0.0)
    assert not grey.any()
    assert (width > 0.97).all()  # nothing but a mirror


def test_where_there_are_few_pairs_of_one_person_there_are_few_of_two():
    _, same, fold = verification_pairs(torch.arange(12).repeat_interleave(2), folds=3)
    assert same.double().mean() == 0.5
    assert fold.bincount().tolist() == [8, 8, 8]


def test_all_pairs_are_all_of_them():
    pairs, same = all_pairs(LABELS)
    assert len(pairs) == 72 * 71 // 2
    assert same.sum() == 12 * 15


def test_distances_of_pairs_are_those_of_the_siamese_net():
    torch.manual_seed(0)
    net, x = EmbeddingNet().eval(), torch.rand(4, 3, 48, 48)
    pairs = torch.tensor([[0, 1], [2, 3], [3, 0]])
    with torch.no_grad():
        expected = SiameseNet(net)(x[pairs[:, 0]], x[pairs[:, 1]])
    assert_close(pair_distances(net, x, pairs), expected)


def test_pairs_need_two_people_a_fold():
    sentence = "^folds must be at most half the number of people, 12, got 7$"
    with pytest.raises(ValueError, match=sentence):
        verification_pairs(LABELS, folds=7)
