"""Answers on the parameters and the scaling of small networks: right and wrong."""

import math


def parameters_by_layer(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    hidden = in_channels * expand_ratio
    layers = [] if expand_ratio == 1 else [(in_channels, hidden)]
    layers += [(kernel_size * kernel_size, hidden), (hidden, out_channels)]
    return sum(n * m + (2 * m if batch_norm else 0) for n, m in layers)


def parameters_by_formula(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    C, F, t, k = in_channels, out_channels, expand_ratio, kernel_size
    b = 2 * bool(batch_norm)
    total = t * C * (k**2 + b) + F * (t * C + b)
    if t > 1:
        total += t * C * (C + b)
    return total


def weights_of_the_ends(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    hidden = in_channels * expand_ratio
    return hidden * (in_channels + out_channels)


def phi_by_logarithm(budget, alpha=1.2, beta=1.1, gamma=1.15):
    return math.floor(math.log(budget) / math.log(alpha * beta**2 * gamma**2))


def phi_by_trying(budget, alpha=1.2, beta=1.1, gamma=1.15):
    phi, work = 0, 1.0
    while work * alpha * beta * beta * gamma * gamma <= budget:
        work *= alpha * beta * beta * gamma * gamma
        phi += 1
    return phi


def one_too_few(budget, alpha=1.2, beta=1.1, gamma=1.15):
    return phi_by_trying(budget, alpha, beta, gamma) - 1


def stages_by_rule(blocks, channels, depth, width):
    def eights(c):
        lower = int(c // 8) * 8
        nearest = lower if c - lower < 4 else lower + 8
        nearest = max(8, nearest)
        return nearest + 8 if nearest < 0.9 * c else nearest

    return [math.ceil(n * depth) for n in blocks], [eights(c * width) for c in channels]


def stages_by_trying(blocks, channels, depth, width):
    new_channels = []
    for c in channels:
        multiple = 8
        while multiple + 4 <= c * width or multiple < 0.9 * c * width:
            multiple += 8
        new_channels.append(multiple)
    return [-int(-n * depth // 1) for n in blocks], new_channels


def channels_only(blocks, channels, depth, width):
    return stages_by_rule(blocks, channels, depth, width)[1]


RIGHT = {
    "inverted_residual_parameters": [parameters_by_layer, parameters_by_formula],
    "largest_phi": [phi_by_logarithm, phi_by_trying],
    "scale_stages": [stages_by_rule, stages_by_trying],
}
WRONG = {
    "inverted_residual_parameters": [(weights_of_the_ends, "expected")],
    "largest_phi": [(one_too_few, "expected")],
    "scale_stages": [(channels_only, "expected")],
}
