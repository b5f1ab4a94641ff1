"""Verification, recognition, growth of errors, and enrolment."""

import pytest
import torch

from cvlib.faces import Gallery, error_growth, identify, verify
from cvlib.validate import ShapeError

PEOPLE = torch.tensor([[1.0, 0], [0, 1], [-1, 0]])


def test_at_the_threshold_a_pair_is_accepted():
    assert verify(torch.tensor([0.5, 0.4, 0.6]), 0.5).tolist() == [True, True, False]


def test_a_smaller_distance_never_turns_a_yes_into_a_no():
    d = torch.linspace(0, 4, 41)
    for threshold in (0.0, 0.7, 4.0):
        accepted = verify(d, threshold)
        assert (accepted[:-1] >= accepted[1:]).all()


def test_the_nearest_is_named_and_strangers_are_not():
    queries = torch.tensor([[0.9, 0.1], [0.0, 5.0], [-1.0, 0.1]])
    found = identify(queries, PEOPLE, 0.5)
    assert found.index.tolist() == [0, -1, 2]
    torch.testing.assert_close(found.distance, torch.tensor([0.02, 16.0, 0.01]))


def test_with_one_person_it_is_verification():
    queries = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    found = identify(queries, PEOPLE[:1], 1.0)
    d = (queries - PEOPLE[0]).square().sum(1)
    assert torch.equal(found.index == 0, verify(d, 1.0))


def test_of_equally_near_people_the_first_is_named():
    assert identify(torch.zeros(1, 2), PEOPLE, 2.0).index.tolist() == [0]


def test_one_in_a_hundred_is_two_in_three_among_a_hundred():
    assert error_growth(0.01, 1) == pytest.approx(0.01)
    assert error_growth(0.01, 100) == pytest.approx(0.6340, abs=1e-4)
    assert error_growth(0, 10**6) == 0
    assert error_growth(1, 5) == 1


def test_the_growth_is_what_chance_does():
    chance = torch.Generator().manual_seed(0)
    wrong = torch.rand(200_000, 8, generator=chance) < 0.05
    assert wrong.any(1).double().mean() == pytest.approx(
        error_growth(0.05, 8), abs=5e-3
    )


def test_one_picture_is_enough_and_no_one_else_changes():
    known = Gallery(0.5)
    known.enrol("Ada", PEOPLE[:1])
    queries = PEOPLE + 0.1
    assert known.who(queries) == ["Ada", None, None]
    known.enrol("Emmy", PEOPLE[1:2])
    assert known.who(queries) == ["Ada", "Emmy", None]
    known.forget("Ada")
    assert known.who(queries) == [None, "Emmy", None]


def test_several_pictures_are_remembered_by_their_mean():
    known = Gallery(0.01)
    known.enrol("Ada", torch.tensor([[0.8, 0.0], [1.2, 0.0]]))
    assert known.who(torch.tensor([[1.0, 0.05]])) == ["Ada"]


def test_who_is_remembered_keeps_no_network():
    known = Gallery(1.0)
    known.enrol("Ada", PEOPLE[:1].clone().requires_grad_() * 2)
    assert not known.rows[0].requires_grad


def test_an_empty_gallery_knows_nobody():
    assert Gallery(1.0).who(PEOPLE) == [None] * 3


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: verify([0.5], 1),
            TypeError,
            r"^distances must be a torch tensor, got list",
        ),
        (
            lambda: verify(torch.tensor([1]), 1),
            TypeError,
            r"^distances must be floating point, got int64",
        ),
        (
            lambda: identify(PEOPLE, PEOPLE[:0], 1.0),
            ValueError,
            r"^gallery must hold at least one embedding, got none$",
        ),
        (
            lambda: identify(PEOPLE, torch.zeros(2, 3), 1.0),
            ShapeError,
            r"^x2 must be \(M, 2\) to match x1 \(3, 2\), got \(2, 3\)",
        ),
        (
            lambda: error_growth(0.1, 0),
            ValueError,
            r"^people must be a positive integer, got 0; the smallest allowed is 1$",
        ),
        (
            lambda: error_growth(1.5, 3),
            ValueError,
            r"^error must be between 0 and 1, got 1\.5$",
        ),
        (
            lambda: Gallery(1.0).enrol("Ada", PEOPLE[:0]),
            ValueError,
            r"^embeddings must hold at least one embedding, got none$",
        ),
        (
            lambda: Gallery(1.0).enrol("Ada", [[0.0, 1.0]]),
            TypeError,
            r"^embeddings must be a torch tensor, got list",
        ),
        (
            lambda: Gallery(1.0).enrol("Ada", PEOPLE.long()),
            TypeError,
            r"^embeddings must be floating point, got int64",
        ),
        (
            lambda: Gallery(1.0).forget("Ada"),
            ValueError,
            r"^name must be one of \[\], got 'Ada'$",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_nobody_is_enrolled_twice():
    known = Gallery(1.0)
    known.enrol("Ada", PEOPLE[:1])
    sentence = r"^name must be new, got 'Ada', who is enrolled already$"
    with pytest.raises(ValueError, match=sentence):
        known.enrol("Ada", PEOPLE[1:2])
    with pytest.raises(ShapeError, match=r"^embeddings must be \(K, 2\), got \(1, 3\)"):
        known.enrol("Emmy", torch.zeros(1, 3))
