"""cvlib.metrics.ranking: the share of wrong answers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.metrics import topk_error
from cvlib.validate import ShapeError


def by_definition(scores, labels, k):
    wrong = 0
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        others = row[:label] + row[label + 1 :]
        wrong += sum(other >= row[label] for other in others) >= k
    return torch.tensor(wrong / len(labels))


@st.composite
def guesses(draw, elements):
    """Scores (N, K), labels (N,) and k; few distinct values make many ties."""
    N, K = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    rows = st.lists(elements, min_size=K, max_size=K)
    scores = torch.tensor(
        draw(st.lists(rows, min_size=N, max_size=N)), dtype=torch.float64
    )
    labels = draw(st.lists(st.integers(0, K - 1), min_size=N, max_size=N))
    return scores, torch.tensor(labels), draw(st.integers(1, K))


@settings(deadline=None)  # torch takes its time at the first call
@given(guesses(st.integers(0, 2)))
def test_agrees_with_the_definition_also_on_ties(case):
    assert_close(topk_error(*case), by_definition(*case))


@given(st.data())
def test_agrees_with_torch_topk_without_ties(data):
    K = data.draw(st.integers(1, 6))
    rows = [data.draw(st.permutations(range(K))) for _ in range(5)]
    scores = torch.tensor(rows, dtype=torch.float32)
    labels = torch.tensor([data.draw(st.integers(0, K - 1)) for _ in rows])
    k = data.draw(st.integers(1, K))
    found = (scores.topk(k).indices == labels[:, None]).any(dim=1)
    assert_close(topk_error(scores, labels, k), 1 - found.float().mean())


@given(guesses(st.integers(-3, 3)))
def test_no_order_of_the_classes_changes_it(case):
    scores, labels, k = case
    K = scores.shape[1]
    reverse = torch.arange(K - 1, -1, -1)
    assert_close(topk_error(scores[:, reverse], K - 1 - labels, k), topk_error(*case))


@given(guesses(st.integers(-3, 3)))
def test_more_guesses_never_hurt_and_all_of_them_are_enough(case):
    scores, labels, _ = case
    errors = [topk_error(scores, labels, k + 1) for k in range(scores.shape[1])]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == 0


@given(guesses(st.integers(-3, 3)))
def test_a_batch_is_the_mean_of_its_images(case):
    scores, labels, k = case
    alone = [
        topk_error(scores[n : n + 1], labels[n : n + 1], k) for n in range(len(labels))
    ]
    assert_close(topk_error(*case), torch.stack(alone).mean())


def test_a_network_that_scores_all_classes_alike_has_learned_nothing():
    assert topk_error(torch.zeros(4, 10), torch.arange(4), k=5) == 1


def test_logits_and_probabilities_agree():
    scores = torch.randn(50, 10, generator=torch.manual_seed(0))
    labels = torch.arange(50) % 10
    assert_close(
        topk_error(scores, labels, 5), topk_error(scores.softmax(1), labels, 5)
    )


def test_infinite_scores_are_scores():
    scores = torch.tensor([[float("-inf"), float("inf")]])
    assert topk_error(scores, torch.tensor([1])) == 0


@pytest.mark.parametrize(
    ("scores", "labels", "k", "error", "sentence"),
    [
        (
            torch.zeros(2, 3), torch.zeros(2, 1).long(), 1, ShapeError,
            r"labels must be \(2,\) to match scores \(2, 3\), got \(2, 1\); "
            r"did you mean labels\[:, 0\]\?",
        ),
        (
            torch.zeros(3), torch.zeros(3).long(), 1, ShapeError,
            r"scores must be \(N, K\), got \(3,\); did you mean scores\[None\]\?",
        ),
        (
            torch.zeros(2, 3), torch.tensor([1, 3]), 1, ValueError,
            r"labels must lie between 0 and 2 to match scores \(2, 3\), got 1 to 3; "
            r"did you mean labels - 1\?",
        ),
        (
            torch.zeros(2, 3), torch.tensor([0, -1]), 1, ValueError,
            r"labels must lie between 0 and 2 to match scores \(2, 3\), got -1 to 0",
        ),
        (
            torch.zeros(2, 3), torch.zeros(2), 1, TypeError,
            r"labels must be integers, got torch.float32; "
            r"did you mean labels.long\(\)\?",
        ),
        (
            torch.zeros(2, 3), torch.zeros(2).long(), 4, ValueError,
            "k must be at most the number of classes, 3, got 4",
        ),
        (
            torch.zeros(2, 3), torch.zeros(2).long(), 0, ValueError,
            "k must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            torch.full((2, 3), torch.nan), torch.zeros(2).long(), 1, ValueError,
            "scores must not contain NaN, got 6 of 6 values; find the operation that "
            r"made them, often 0/0 or log\(0\)",
        ),
        (
            torch.zeros(0, 3), torch.zeros(0).long(), 1, ValueError,
            r"scores must hold at least one image, got \(0, 3\); the mean of none is "
            "undefined",
        ),
    ],
)  # fmt: skip
def test_a_wrong_argument_gets_one_sentence(scores, labels, k, error, sentence):
    with pytest.raises(error, match=f"^{sentence}$"):
        topk_error(scores, labels, k)
