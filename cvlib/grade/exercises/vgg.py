"""The table of a VGG line by line, and stacks of small kernels."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def rows_of(
    side,
    channels,
    layers,
    *,
    biases=False,
    kernel=None,
    flat=True,
    halve=True,
    depth=True,
    area=True,
    start=True,
):
    """The rows, or what becomes of them when one rule is left out."""
    first = channels
    rows = [(side * side * channels, 0)] if start else []
    for layer in layers:
        kind, _, number = layer.partition("-")
        weights, wide = 0, int(number or 0)
        if kind == "maxpool":
            side = side // 2 if halve else side - 1
        elif kind == "FC":
            inputs = side * side * channels if flat else channels
            weights, side, channels = inputs * wide, 1, wide
        else:
            k = kernel or int(kind.removeprefix("conv"))
            weights = k * k * (channels if depth else first) * wide
            channels = wide
        weights += wide if biases else 0
        rows.append((side * side * channels if area else side * side, weights))
    return rows


def vgg_rows(side, channels, layers):
    """The answer."""
    return rows_of(side, channels, layers)


def with_biases(side, channels, layers):
    """Count the biases."""
    return rows_of(side, channels, layers, biases=True)


def always_three(side, channels, layers):
    """Take every convolution for a 3 × 3."""
    return rows_of(side, channels, layers, kernel=3)


def channels_into_the_head(side, channels, layers):
    """Let the first fully connected layer read one number a channel."""
    return rows_of(side, channels, layers, flat=False)


def pool_with_stride_one(side, channels, layers):
    """Let a pool take one pixel away."""
    return rows_of(side, channels, layers, halve=False)


def depth_of_the_picture(side, channels, layers):
    """Every filter as deep as the picture."""
    return rows_of(side, channels, layers, depth=False)


def one_map(side, channels, layers):
    """Keep one map, not all of them."""
    return rows_of(side, channels, layers, area=False)


def without_the_input(side, channels, layers):
    """Begin with the first layer."""
    return rows_of(side, channels, layers, start=False)


def in_bytes(side, channels, layers):
    """Four bytes a number."""
    return [(4 * n, weights) for n, weights in rows_of(side, channels, layers)]


def sums_so_far(side, channels, layers):
    """Running sums of the memory."""
    rows = np.cumsum(rows_of(side, channels, layers), axis=0)
    return [(int(n), int(weights)) for n, weights in rows]


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """Plain nets of one to three blocks with a head; one layer alone; the column B."""
    for blocks in (1, 1, 2, 2, 3, 3):
        layers = []
        for _ in range(blocks):
            width = int(rng.integers(4, 40))
            for _ in range(int(rng.integers(1, 4))):
                layers.append(f"conv{int(rng.choice([1, 3, 3, 5]))}-{width}")
            layers.append("maxpool")
        wide = int(rng.integers(5, 60))
        head = [f"FC-{wide}", f"FC-{int(rng.integers(2, 12))}"]
        side = int(rng.integers(2, 6)) * 2**blocks
        yield Case(side, int(rng.integers(2, 5)), layers + head)
    f = int(rng.integers(2, 20))
    yield Case(int(rng.integers(3, 9)), 3, [f"conv3-{f}"])
    yield Case(8, 2, [f"conv3-{f}", f"conv1-{f + 1}", "maxpool", f"conv3-{f + 2}"])
    yield Case(4, f, ["maxpool", "FC-10"])
    yield Case(6, 3, [f"FC-{f}", "FC-5"])


def stack_or_single(channels, kernel_size):
    """The answer."""
    layers = (kernel_size - 1) // 2
    return layers, layers * 9 * channels**2, kernel_size**2 * channels**2


def layers_by_division(channels, kernel_size):
    """Take the smallest stack with k = 3 n."""
    layers = -(-kernel_size // 3)
    return layers, layers * 9 * channels**2, kernel_size**2 * channels**2


def one_layer_more(channels, kernel_size):
    """Add three pixels, then two a layer, from nothing."""
    layers = (kernel_size + 1) // 2
    return layers, layers * 9 * channels**2, kernel_size**2 * channels**2


def one_channel(channels, kernel_size):
    """Count for one channel in."""
    layers = (kernel_size - 1) // 2
    return layers, layers * 9 * channels, kernel_size**2 * channels


def taps_only(channels, kernel_size):
    """Count the taps."""
    layers = (kernel_size - 1) // 2
    return layers, layers * 9, kernel_size**2


def one_layer_of_the_stack(channels, kernel_size):
    """Weights of one layer of the stack."""
    layers = (kernel_size - 1) // 2
    return layers, 9 * channels**2, kernel_size**2 * channels**2


def biases_too(channels, kernel_size):
    """Count the biases."""
    layers = (kernel_size - 1) // 2
    stack = layers * (9 * channels**2 + channels)
    return layers, stack, kernel_size**2 * channels**2 + channels


def exchanged(channels, kernel_size):
    """The single layer first."""
    layers = (kernel_size - 1) // 2
    return layers, kernel_size**2 * channels**2, layers * 9 * channels**2


def kernels(rng: np.random.Generator) -> Iterator[Case]:
    """Odd kernels from 3 to 15, channels from 1 to some hundreds."""
    for k in (3, 5, 7, 9, 11, 13, 15):
        yield Case(int(rng.integers(2, 500)), k)
    yield Case(1, int(rng.choice([5, 7, 9])))
    yield Case(int(rng.integers(2, 500)), int(rng.choice([17, 21, 31])))


EXERCISES = (
    Exercise(
        name="vgg_rows",
        title="The table of a VGG, row by row",
        reference=vgg_rows,
        visible=(
            Case(4, 3, ["conv3-8", "maxpool", "FC-10"]),
            Case(8, 1, ["conv3-2", "conv1-4", "maxpool", "conv3-4"]),
            Case(2, 5, ["FC-7", "FC-3"]),
            Case(16, 2, ["conv5-6", "maxpool", "conv3-9", "maxpool", "FC-20", "FC-10"]),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "counted the biases",
                with_biases,
                "You count the biases. The table of the lecture leaves them out, and "
                "so does this exercise: a 3 × 3 layer from 3 to 64 channels has 1728.",
            ),
            Misconception(
                "every kernel is 3 × 3",
                always_three,
                "You take every convolution for a 3 × 3. The number before the dash "
                "is the side of the kernel: conv1-256 is a 1 × 1 with 256 filters.",
            ),
            Misconception(
                "the head reads one number a channel",
                channels_into_the_head,
                "Your first fully connected layer reads one number a channel. It reads "
                "every number of the last maps: side · side · channels.",
            ),
            Misconception(
                "the pool takes one pixel",
                pool_with_stride_one,
                "Your pools take one pixel away. A 2 × 2 pool with stride 2 halves "
                "height and width.",
            ),
            Misconception(
                "filters as deep as the picture",
                depth_of_the_picture,
                "Your filters are all as deep as the picture. A filter is as deep as "
                "the maps that it reads: remember the channels of the row above.",
            ),
            Misconception(
                "kept one map",
                one_map,
                "You keep one map a layer. A layer with 64 filters puts out 64 maps, "
                "and all of them are kept.",
            ),
            Misconception(
                "left the input out",
                without_the_input,
                "The first row is missing: the picture itself has to be kept too, and "
                "has no weights.",
            ),
            Misconception(
                "memory in bytes",
                in_bytes,
                "You give bytes. The table counts numbers; four bytes each come later.",
            ),
            Misconception(
                "running sums",
                sums_so_far,
                "You add up what came before. Every row of the table stands for "
                "itself.",
            ),
        ),
        page="book/classics/vgg",
        minutes=25,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="stack_or_single",
        title="A stack of 3 × 3 against one large kernel",
        reference=stack_or_single,
        visible=(Case(1, 5), Case(10, 5), Case(3, 7), Case(64, 3), Case(2, 11)),
        generate=kernels,
        misconceptions=(
            Misconception(
                "three pixels a layer",
                layers_by_division,
                "You let every layer of the stack see three pixels more. Neighbouring "
                "windows overlap: each layer adds k − 1 = 2 pixels, so two see 5.",
            ),
            Misconception(
                "two pixels from nothing",
                one_layer_more,
                "Your stack has one layer too many. Start from one: a pixel sees "
                "itself, the first layer sees 3, the second 5.",
            ),
            Misconception(
                "filters one channel deep",
                one_channel,
                "Your filters are one channel deep. With C channels in and C filters "
                "there are C · C pairs, and each has k · k weights.",
            ),
            Misconception(
                "taps without channels",
                taps_only,
                "You count the taps of one kernel. Every one of C filters has such a "
                "kernel for each of C channels.",
            ),
            Misconception(
                "one layer of the stack",
                one_layer_of_the_stack,
                "You count the weights of one layer of the stack. Add up all of them.",
            ),
            Misconception(
                "counted the biases",
                biases_too,
                "You count the biases. Leave them out here: the comparison is about "
                "18 C² and 25 C².",
            ),
            Misconception(
                "exchanged the two",
                exchanged,
                "The two counts stand in the wrong order: first the stack, then the "
                "single layer.",
            ),
        ),
        page="book/classics/vgg",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
