"""Answers on DeepMask's loss and the second stage: right ones and wrong ones."""

import math

import numpy as np


def softplus(v):
    return max(v, 0) + math.log1p(math.exp(-abs(v)))


def triplet_by_triplet(f, s, m, y, lam):
    total = 0.0
    for k in range(len(y)):
        if y[k] > 0:
            pixels = zip(m[k].ravel(), f[k].ravel(), strict=True)
            total += sum(softplus(-a * b) for a, b in pixels) / m[k].size
        total += lam * softplus(-y[k] * s[k])
    return total / len(y)


def from_sigmoids(f, s, m, y, lam):
    masks = -np.log(1 / (1 + np.exp(-m * f)))
    scores = -np.log(1 / (1 + np.exp(-y * s)))
    return (((1 + y) / 2)[:, None, None] * masks).mean() + lam * scores.mean()


def both_parts(f, s, m, y, lam):
    return from_sigmoids(f, s, m, y, 0), from_sigmoids(f, s, m, y, lam)


def zero_and_one(f, s, m, y, lam):
    return float(np.logaddexp(0, -m * f).mean() * 0.9 + lam)


def by_parts(state, gradients, statistics, frozen, lr, momentum):
    after = dict(state)
    for name in state:
        words = name.split(".")
        heads = {".".join(words[: n + 1]) for n in range(len(words))}
        if heads & set(frozen):
            continue
        if name in gradients:
            after[name] = state[name] - lr * gradients[name]
        else:
            after[name] = state[name] + momentum * (statistics[name] - state[name])
    return after


def by_comprehension(state, gradients, statistics, frozen, lr, momentum):
    def free(name):
        return not any((name + ".").startswith(part + ".") for part in frozen)

    change = {name: -lr * g for name, g in gradients.items()}
    change |= {n: momentum * (v - state[n]) for n, v in statistics.items()}
    return {n: v + change[n] if free(n) else v.copy() for n, v in state.items()}


def only_the_rest(state, gradients, statistics, frozen, lr, momentum):
    after = by_parts(state, gradients, statistics, frozen, lr, momentum)
    return {n: v for n, v in after.items() if v is not state[n]}


def without_statistics(state, gradients, statistics, frozen, lr, momentum):
    after = by_parts(state, gradients, statistics, frozen, lr, momentum)
    return {n: v if n in gradients else statistics[n] for n, v in after.items()}


RIGHT = {
    "deepmask_loss": [triplet_by_triplet, from_sigmoids],
    "second_stage": [by_parts, by_comprehension],
}
WRONG = {
    "deepmask_loss": [(both_parts, "expected"), (zero_and_one, "expected")],
    "second_stage": [(only_the_rest, "lacks"), (without_statistics, "expected")],
}
