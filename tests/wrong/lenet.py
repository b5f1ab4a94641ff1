"""Answers to the exercise on LeNet-5: right ones and wrong ones."""


def by_the_formula(size, in_channels, filters, kernel_size, hidden, num_classes):
    total, below = 0, in_channels
    for F in filters:
        total += (kernel_size * kernel_size * below + 1) * F
        size = (size - kernel_size + 1) // 2
        below = F
    numbers = size * size * below
    for units in [*hidden, num_classes]:
        total += numbers * units + units
        numbers = units
    return total


def recursively(size, in_channels, filters, kernel_size, hidden, num_classes):
    if filters:
        F, *rest = filters
        own = F * in_channels * kernel_size**2 + F
        size = len(range(0, size - kernel_size, 2))
        return own + recursively(size, F, rest, kernel_size, hidden, num_classes)
    total, below = 0, in_channels * size**2
    for units in (*hidden, num_classes):
        total, below = total + units * (1 + below), units
    return total


def as_torch_counts(size, in_channels, filters, kernel_size, hidden, num_classes):
    return float(
        by_the_formula(size, in_channels, filters, kernel_size, hidden, num_classes)
    )


def convolutions_only(size, in_channels, filters, kernel_size, hidden, num_classes):
    total = 0
    for F in filters:
        total, in_channels = total + F * (in_channels * kernel_size**2 + 1), F
    return total


def each_layer(size, in_channels, filters, kernel_size, hidden, num_classes):
    return [
        by_the_formula(size, in_channels, filters, kernel_size, hidden, num_classes)
    ]


RIGHT = {"lenet_params": [by_the_formula, recursively]}
WRONG = {
    "lenet_params": [
        (as_torch_counts, "holds fractions"),
        (convolutions_only, "is expected"),
        (each_layer, "expected"),
    ]
}
