"""Answers to the exercises on questions about images: right ones and wrong ones."""

import math
from collections import Counter, defaultdict

import numpy as np


def blind_by_counters(questions, answers, test_questions, test_answers):
    seen = defaultdict(Counter)
    for q, a in zip(questions, answers, strict=True):
        seen[q][a] += 1
        seen[None][a] += 1
    right = 0
    for q, a in zip(test_questions, test_answers, strict=True):
        counter = seen[q] if q in seen else seen[None]
        top = max(counter.values())
        right += a == sorted(k for k in counter if counter[k] == top)[0]
    return right / len(test_answers)


def blind_by_arrays(questions, answers, test_questions, test_answers):
    questions, answers = np.array(questions), np.array(answers)

    def best(rows):
        words, counts = np.unique(answers[rows], return_counts=True)
        return words[counts.argmax()]

    given = []
    for q in test_questions:
        rows = questions == q
        given.append(best(rows if rows.any() else slice(None)))
    return float((np.array(given) == np.array(test_answers)).mean())


def blind_upside_down(questions, answers, test_questions, test_answers):
    return 1 - blind_by_arrays(questions, answers, test_questions, test_answers)


def blind_chance(questions, answers, test_questions, test_answers):
    return 1 / len(set(answers))


def balanced_by_counting(questions, answers):
    pairs = list(zip(questions, answers, strict=True))
    counts = Counter(pairs)
    limit = {}
    for q in set(questions):
        own = [n for (asked, _), n in counts.items() if asked == q]
        limit[q] = min(own) if len(own) > 1 else 0
    seen, kept = Counter(), []
    for row, pair in enumerate(pairs):
        seen[pair] += 1
        if seen[pair] <= limit[pair[0]]:
            kept.append(row)
    return kept


def balanced_by_arrays(questions, answers):
    questions, answers = np.array(questions), np.array(answers)
    kept = []
    for q in np.unique(questions):
        words = np.unique(answers[questions == q])
        rows = [np.flatnonzero((questions == q) & (answers == w)) for w in words]
        if len(rows) > 1:
            n = min(len(r) for r in rows)
            kept += [int(row) for r in rows for row in r[:n]]
    return sorted(kept)


def balanced_everything(questions, answers):
    return list(range(len(questions)))


def balanced_booleans(questions, answers):
    keep = set(balanced_by_counting(questions, answers))
    return [row in keep for row in range(len(questions))]


def logistic(z):
    return 1 / (1 + math.exp(-z))


def step_by_loops(x, h, c, W, U, b):
    D = len(h)
    said, memory = np.zeros(D), np.zeros(D)
    for d in range(D):
        i, f, g, o = (
            sum(W[r, k] * x[k] for k in range(len(x)))
            + sum(U[r, k] * h[k] for k in range(D))
            + b[r]
            for r in (d, D + d, 2 * D + d, 3 * D + d)
        )
        memory[d] = logistic(f) * c[d] + logistic(i) * math.tanh(g)
        said[d] = logistic(o) * math.tanh(memory[d])
    return said, memory


def step_by_joined_weights(x, h, c, W, U, b):
    z = np.hstack([W, U, b[:, None]]) @ np.concatenate([x, h, [1.0]])
    i, f, g, o = z.reshape(4, -1)
    i, f, o = (0.5 + 0.5 * np.tanh(gate / 2) for gate in (i, f, o))
    new = f * c + i * np.tanh(g)
    return o * np.tanh(new), new


def step_that_forgets_all(x, h, c, W, U, b):
    return step_by_loops(x, h, np.zeros_like(c), W, U, b)


def step_says_only(x, h, c, W, U, b):
    return step_by_loops(x, h, c, W, U, b)[0]


def fuse_by_einsum(v, q, A, B, how):
    a = np.einsum("ne,de->nd", v, A)
    b = np.einsum("ne,de->nd", q, B)
    return {"concat": np.hstack([a, b]), "sum": a + b, "product": a * b}[how]


def fuse_row_by_row(v, q, A, B, how):
    rows = []
    for one, other in zip(v, q, strict=True):
        a, b = A @ one, B @ other
        if how == "concat":
            rows.append([*a, *b])
        elif how == "sum":
            rows.append([s + t for s, t in zip(a, b, strict=True)])
        else:
            rows.append([s * t for s, t in zip(a, b, strict=True)])
    return np.array(rows)


def fuse_with_relu(v, q, A, B, how):
    return np.maximum(fuse_by_einsum(v, q, A, B, how), 0)


def fuse_always_sum(v, q, A, B, how):
    return fuse_by_einsum(v, q, A, B, "sum")


def attend_by_loops(values, scores, gate):
    if gate == "softmax":
        top = max(scores)
        e = [math.exp(s - top) for s in scores]
        weights = [w / sum(e) for w in e]
    else:
        weights = [logistic(s) for s in scores]
    total = np.zeros(values.shape[1])
    for w, value in zip(weights, values, strict=True):
        total += w * value
    return total


def attend_by_einsum(values, scores, gate):
    shifted = scores - scores.max() if gate == "softmax" else scores
    e = np.exp(shifted)
    weights = e / e.sum() if gate == "softmax" else e / (1 + e)
    return np.einsum("r,rd->d", weights, values)


def attend_without_care(values, scores, gate):
    with np.errstate(all="ignore"):
        e = np.exp(scores)
        return (e / e.sum() if gate == "softmax" else e / (1 + e)) @ values


def attend_weights_only(values, scores, gate):
    return scores


def blind_by_sorting(questions, answers, test_questions, test_answers):
    def best(words):
        return sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))[0][
            0
        ]

    pairs = list(zip(questions, answers, strict=True))
    rule = {q: best(a for p, a in pairs if p == q) for q in questions}
    given = [rule.get(q, best(answers)) for q in test_questions]
    return np.mean([a == b for a, b in zip(given, test_answers, strict=True)])


def blind_row_by_row(questions, answers, test_questions, test_answers):
    return [blind_by_sorting(questions, answers, [q], [a]) == 1.0
            for q, a in zip(test_questions, test_answers, strict=True)]  # fmt: skip


def balanced_as_a_tuple(questions, answers):
    pairs = list(zip(questions, answers, strict=True))
    counts, seen, kept = Counter(pairs), Counter(), ()
    for row, (question, answer) in enumerate(pairs):
        own = [n for (asked, _), n in counts.items() if asked == question]
        seen[question, answer] += 1
        if len(own) > 1 and seen[question, answer] <= min(own):
            kept += (np.int64(row),)
    return kept


def balanced_over_every_word(questions, answers):
    pairs = list(zip(questions, answers, strict=True))
    least = {q: min(pairs.count((q, a)) for a in answers) for q in questions}
    return [n for n, p in enumerate(pairs) if pairs[:n].count(p) < least[p[0]]]


def step_by_slices(x, h, c, W, U, b):
    D = len(h)
    z = np.einsum("re,e->r", W, x) + np.einsum("rd,d->r", U, h) + b
    i, f, o = (1 / (1 + np.exp(-z[k * D : (k + 1) * D])) for k in (0, 1, 3))
    memory = f * c + i * np.tanh(z[2 * D : 3 * D])
    return [o * np.tanh(memory), memory]


def step_with_one_gate(x, h, c, W, U, b):
    _, f, g, o = np.split(W @ x + U @ h + b, 4)
    f, o = 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o))
    memory = f * c + (1 - f) * np.tanh(g)
    return o * np.tanh(memory), memory


def fuse_columns(v, q, A, B, how):
    a, b = (A @ v.T).T, (B @ q.T).T
    if how == "concat":
        return np.c_[a, b]
    return {"sum": np.add, "product": np.multiply}[how](a, b)


def fuse_after_tanh(v, q, A, B, how):
    a, b = np.tanh(v @ A.T), np.tanh(q @ B.T)
    return fuse_columns(a, b, np.eye(len(A)), np.eye(len(B)), how)


def attend_by_logarithms(values, scores, gate):
    if gate == "softmax":
        below = np.logaddexp.reduce(scores)
    else:
        below = np.logaddexp(0, scores)
    return (np.exp(scores - below)[:, None] * values).sum(axis=0)


def attend_away(values, scores, gate):
    return attend_by_einsum(values, -scores if gate == "sigmoid" else scores, gate)


RIGHT = {
    "blind_accuracy": [blind_by_counters, blind_by_arrays, blind_by_sorting],
    "balanced_rows": [balanced_by_counting, balanced_by_arrays, balanced_as_a_tuple],
    "lstm_step": [step_by_loops, step_by_joined_weights, step_by_slices],
    "fuse_senses": [fuse_by_einsum, fuse_row_by_row, fuse_columns],
    "attend_places": [attend_by_loops, attend_by_einsum, attend_by_logarithms],
}
WRONG = {
    "blind_accuracy": [
        (blind_upside_down, "expected"),
        (blind_chance, "expected"),
        (blind_row_by_row, "expected"),
    ],
    "balanced_rows": [
        (balanced_everything, ""),
        (balanced_booleans, ""),
        (balanced_over_every_word, "0 parts"),
    ],
    "lstm_step": [
        (step_that_forgets_all, "expected"),
        (step_says_only, ""),
        (step_with_one_gate, "expected"),
    ],
    "fuse_senses": [
        (fuse_with_relu, "expected"),
        (fuse_always_sum, ""),
        (fuse_after_tanh, "expected"),
    ],
    "attend_places": [
        (attend_without_care, "is infinite"),
        (attend_weights_only, ""),
        (attend_away, "expected"),
    ],
}
