"""cvlib.vqa: words, LSTM, fusions and attention against their definitions."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cvlib.validate import ShapeError
from cvlib.vqa import PADDING, Reader, Vocabulary, attend, fuse, lstm, lstm_cell

few = settings(max_examples=25, deadline=None)


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def cell_by_hand(x, h, c, w_ih, w_hh, b):
    """One entry at a time, for one sentence, with nothing but math."""
    D = len(h)

    def total(row):
        return (
            sum(float(w) * float(v) for w, v in zip(w_ih[row], x, strict=True))
            + sum(float(w) * float(v) for w, v in zip(w_hh[row], h, strict=True))
            + float(b[row])
        )

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    said, memory = [], []
    for d in range(D):
        i, f, g, o = (total(gate * D + d) for gate in range(4))
        memory.append(sigmoid(f) * float(c[d]) + sigmoid(i) * math.tanh(g))
        said.append(sigmoid(o) * math.tanh(memory[-1]))
    return said, memory


@few
@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_a_step_is_its_definition(N, E, D, seed):
    x, h, c = numbers(N, E, seed=seed), numbers(N, D, seed=1), numbers(N, D, seed=2)
    w_ih, w_hh, b = numbers(4 * D, E, seed=3), numbers(4 * D, D, seed=4), numbers(4 * D)
    said, memory = lstm_cell(x, (h, c), w_ih, w_hh, b)
    for n in range(N):
        by_hand = cell_by_hand(x[n], h[n], c[n], w_ih, w_hh, b)
        torch.testing.assert_close(said[n], torch.tensor(by_hand[0]).double())
        torch.testing.assert_close(memory[n], torch.tensor(by_hand[1]).double())


@few
@given(st.integers(1, 3), st.integers(1, 5), st.integers(0, 99))
def test_reading_agrees_with_torch(N, L, seed):
    torch.manual_seed(seed)
    net = torch.nn.LSTM(3, 4, batch_first=True).double().requires_grad_(False)
    words = numbers(N, L, 3, seed=seed)
    lengths = torch.randint(1, L + 1, (N,))
    w_ih, w_hh, b_ih, b_hh = net._flat_weights
    said = lstm(words, lengths, w_ih, w_hh, b_ih, b_hh)
    for n, length in enumerate(lengths):
        expected = net(words[n : n + 1, :length])[0][0, -1]
        torch.testing.assert_close(said[n], expected)
    cell = torch.lstm_cell(words[:, 0], [numbers(N, 4), numbers(N, 4, seed=1)],
                           w_ih, w_hh, b_ih, b_hh)  # fmt: skip
    ours = lstm_cell(words[:, 0], (numbers(N, 4), numbers(N, 4, seed=1)),
                     w_ih, w_hh, b_ih, b_hh)  # fmt: skip
    torch.testing.assert_close(ours, tuple(cell))


def test_the_gradient_of_a_step():
    tensors = [numbers(2, 3), numbers(2, 2), numbers(2, 2, seed=1), numbers(8, 3),
               numbers(8, 2), numbers(8)]  # fmt: skip
    for tensor in tensors:
        tensor.requires_grad_()

    def step(x, h, c, w_ih, w_hh, b):
        return lstm_cell(x, (h, c), w_ih, w_hh, b)

    assert torch.autograd.gradcheck(step, tensors)


def test_what_stands_behind_the_last_word_changes_nothing():
    torch.manual_seed(0)
    reader = Reader(9, 5)
    short, long = torch.tensor([[3, 1, 2]]), torch.tensor([[3, 1, 2, PADDING, PADDING]])
    torch.testing.assert_close(reader(short), reader(long))
    embedded = reader.embed(long)
    torch.testing.assert_close(
        reader(long), lstm(embedded, torch.tensor([3]), *reader.lstm._flat_weights)
    )
    assert (reader(torch.tensor([[1, 3, 2]])) - reader(short)).abs().max() > 1e-3


def test_fusions_by_hand():
    v, q = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, -1.0]])
    assert fuse(v, q).tolist() == [[3.0, -2.0]]
    assert fuse(v, q, "sum").tolist() == [[4.0, 1.0]]
    assert fuse(v, q, "concat").tolist() == [[1.0, 2.0, 3.0, -1.0]]
    assert fuse(v, q, "image").tolist() == v.tolist()
    assert fuse(v, q, "question").tolist() == q.tolist()


def test_a_layer_on_the_concatenation_is_a_sum_of_two_layers():
    v, q, w = numbers(3, 4), numbers(3, 4, seed=1), numbers(8, 5)
    torch.testing.assert_close(
        fuse(v, q, "concat") @ w, fuse(v @ w[:4], q @ w[4:], "sum")
    )


def test_without_a_relu_only_a_product_lets_the_question_choose():
    """Of a sum the answer to one question leads that to another by a constant."""
    pictures, questions = numbers(6, 4), numbers(2, 4, seed=1)

    def lead(fusion):
        one, other = (
            fuse(pictures, q.expand(6, 4), fusion) @ numbers(4, 1) for q in questions
        )
        return one - other

    assert lead("sum").std() < 1e-9
    assert lead("product").std() > 0.1


@few
@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 3), st.integers(0, 99))
def test_attention_is_a_weighted_sum(N, R, G, seed):
    values, scores = numbers(N, R, 2, seed=seed), numbers(N, G, R, seed=seed + 1)
    for gate in ("softmax", "sigmoid"):
        seen, weights = attend(values, scores, gate=gate)
        for n in range(N):
            for g in range(G):
                e = scores[n, g].exp()
                w = e / e.sum() if gate == "softmax" else e / (1 + e)
                expected = sum(w[r] * values[n, r] for r in range(R))
                torch.testing.assert_close(seen[n, g], expected)
                torch.testing.assert_close(weights[n, g], w)


def test_a_mean_cannot_count_and_a_sum_can():
    def picture(circles):
        there = torch.zeros(1, 9, 1)
        there[0, :circles] = 1
        return there, 20 * there.mT - 10

    means, sums = (
        [attend(*picture(n), gate=gate)[0].item() for n in (1, 2, 3)]
        for gate in ("softmax", "sigmoid")
    )
    assert means == pytest.approx([1, 1, 1], abs=1e-3)
    assert sums == pytest.approx([1, 2, 3], abs=1e-3)


def test_attention_does_not_mind_the_order_of_places():
    values, scores, order = numbers(2, 6, 3), numbers(2, 4, 6), torch.randperm(6)
    for gate in ("softmax", "sigmoid"):
        here, _ = attend(values, scores, gate=gate)
        there, _ = attend(values[:, order], scores[..., order], gate=gate)
        torch.testing.assert_close(here, there)


def test_words_come_back():
    vocabulary = Vocabulary(["is it red ?", "how many ?"])
    rows = vocabulary.encode(["how many red ?", "it ?"])
    assert rows.shape == (2, 4)
    assert [vocabulary.decode(row) for row in rows] == ["how many red ?", "it ?"]
    assert (rows == PADDING).sum() == 2
    assert len(vocabulary) == 7


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (
            lambda: Vocabulary(["is it red ?"]).encode("red"),
            TypeError,
            r"^texts must be a list of texts, got 'red'; did you mean \['red'\]\?$",
        ),
        (
            lambda: Vocabulary("is it red ?"),
            TypeError,
            r"^texts must be a list of texts, got 'is it red \?'; did you mean",
        ),
        (
            lambda: Vocabulary(["is it red"]).decode([1, 4]),
            ValueError,
            r"^row must hold numbers 0 to 3, got 4$",
        ),
        (
            lambda: Vocabulary(["is it red"]).decode([1, -1]),
            ValueError,
            r"^row must hold numbers 0 to 3, got -1$",
        ),
        (
            lambda: Reader(4, 2)(torch.tensor([[1, 2], [0, 3]])),
            ValueError,
            r"^questions must begin with a word, got one that begins with 0; padding "
            r"stands behind the last word$",
        ),
        (
            lambda: Vocabulary(["is it red ?"]).encode(["rad"]),
            ValueError,
            r"^texts must be made of known words, got 'rad'; did you mean 'red'\?$",
        ),
        (
            lambda: Vocabulary(["is it"]).encode(["is it is"]),
            ValueError,
            r"^texts must have 1 to 2 words, got 3 in 'is it is'; words and marks "
            r"stand apart by spaces$",
        ),
        (
            lambda: fuse(torch.zeros(2, 3), torch.zeros(2, 4)),
            ShapeError,
            r"^question must be \(2, 3\) to match image \(2, 3\), got \(2, 4\)$",
        ),
        (
            lambda: fuse(torch.zeros(2, 3), torch.zeros(2, 3), "add"),
            ValueError,
            r"^fusion must be 'concat', 'sum', 'product', 'question' or 'image', got "
            r"'add'$",
        ),
        (
            lambda: attend(torch.zeros(2, 9, 3), torch.zeros(2, 9, 4)),
            ShapeError,
            r"^scores must be \(2, G, 9\) to match values \(2, 9, 3\), got "
            r"\(2, 9, 4\)$",
        ),
        (
            lambda: attend(torch.zeros(2, 9, 3), torch.zeros(2, 4, 9), gate="hard"),
            ValueError,
            r"^gate must be 'softmax' or 'sigmoid', got 'hard'$",
        ),
        (
            lambda: lstm_cell(torch.zeros(1, 3), (torch.zeros(1, 2),) * 2,
                              torch.zeros(2, 3), torch.zeros(8, 2)),
            ShapeError,
            r"^w_ih must be \(8, 3\), got \(2, 3\)$",
        ),
        (
            lambda: lstm(torch.zeros(1, 3, 3), torch.tensor([0]), torch.zeros(8, 3),
                         torch.zeros(8, 2)),
            ValueError,
            r"^lengths must be between 1 and 3, got 0 to 0$",
        ),
    ],
)  # fmt: skip
def test_arguments_are_refused_in_one_sentence(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()
