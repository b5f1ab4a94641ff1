"""Answers to the exercise on the channels of a DenseNet: right ones and wrong ones."""


def step_by_step(first, growth, blocks):
    channels = first
    table = []
    for layers in blocks:
        row = []
        for _ in range(layers):
            row.append(channels)
            channels += growth
        table.append(row)
        channels //= 2
    return table


def by_ranges(first, growth, blocks):
    table = []
    for layers in blocks:
        end = first + growth * layers
        table.append(list(range(first, end, growth)))
        first = end // 2
    return tuple(table)


def flat(first, growth, blocks):
    return [c for row in step_by_step(first, growth, blocks) for c in row]


def totals(first, growth, blocks):
    return [row[-1] + growth for row in step_by_step(first, growth, blocks)]


def rounded_up(first, growth, blocks):
    table = []
    for layers in blocks:
        table.append([first + growth * k for k in range(layers)])
        first = -(-(first + growth * layers) // 2)
    return table


RIGHT = {"densenet_channels": [step_by_step, by_ranges]}
WRONG = {
    "densenet_channels": [(flat, ""), (totals, ""), (rounded_up, "expected")],
}
