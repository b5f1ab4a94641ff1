"""Read the grammar of networks."""

import re
from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.nets import notation


def expand_grammar(text):
    """The answer."""
    return notation.expand(text)


def read(tokens, repeat):
    """A row, up to the bracket that closes it; `repeat` says what a star does."""
    row, group = [], []  # a star repeats the group
    while tokens:
        token = tokens.pop(0)
        if token in "([":
            row, group = row + group, read(tokens, repeat)
        elif token in ")]":
            break
        elif token == "*":
            group = repeat(group, int(tokens.pop(0)))
        else:
            row, group = row + group, [token]
    return row + group


def split(text):
    """Names, numbers, brackets and stars."""
    return re.findall(r"[A-Z]+|\d+|[()\[\]*]", text)


def last_layer_only(text):
    """Let a star repeat the layer before it, not the bracket."""
    return read(split(text), lambda group, n: group[:-1] + n * group[-1:])


def each_in_its_place(text):
    """Repeat each layer of a bracket where it stands."""
    return read(
        split(text), lambda group, n: [name for name in group for _ in range(n)]
    )


def once_more(text):
    """Take the number for that of the copies."""
    return read(split(text), lambda group, n: (n + 1) * group)


def at_least_once(text):
    """Take *0 for once."""
    return read(split(text), lambda group, n: max(n, 1) * group)


def one_digit(text):
    """Read one digit after a star."""
    return read(
        re.findall(r"[A-Z]+|\d|[()\[\]]|\*", re.sub(r"\*(\d)\d*", r"*\1", text)),
        lambda group, n: n * group,
    )


def inner_brackets_only(text):
    """Repeat brackets that hold no bracket, once."""

    def written_out(found):
        return "-".join([found[1]] * int(found[2]))

    text = re.sub(r"[(\[]([^()\[\]]*)[)\]]\*(\d+)", written_out, text)
    return re.findall(r"[A-Z]+", text)


def without_softmax(text):
    """Cut the line at the comma."""
    return read(split(text.split(",")[0]), lambda group, n: n * group)


def stars_ignored(text):
    """Only the names."""
    return re.findall(r"[A-Z]+", text)


def line(rng: np.random.Generator, depth: int) -> str:
    """A row of at most `depth` brackets one in another."""
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        part = str(rng.choice(["CONV", "RELU", "POOL", "CONV-RELU"]))
        if depth and rng.random() < 0.75:
            opening, closing = rng.choice(["()", "[]"])
            times = int(rng.choice([0, 1, 2, 2, 3, 3]))
            part = f"{opening}{line(rng, depth - 1)}{closing}*{times}"
        elif rng.random() < 0.25 and "-" not in part:
            part += f"*{int(rng.integers(2, 4))}"
        parts.append(part)
    return "-".join(parts)


def lines(rng: np.random.Generator) -> Iterator[Case]:
    """Plain rows, brackets, brackets in brackets; nought times and many times."""
    for depth in (1, 1, 2, 2, 3, 3):
        yield Case(line(rng, depth))
    n, m, k = (int(v) for v in rng.integers(2, 5, 3))
    yield Case(f"[(CONV-RELU)*{n}-POOL]*{m}-(FC-RELU)*{k},SOFTMAX")
    yield Case(f"[(CONV-RELU)*{k}-POOL]*{n}-(FC-RELU)*0,SOFTMAX")
    yield Case(f"(CONV-RELU)*{int(rng.integers(10, 16))}-POOL,SOFTMAX")
    yield Case(f"[CONV*{n}-(RELU-[POOL-CONV]*{m})*2]*{k}")
    yield Case(f"(CONV-RELU-POOL)*{m}-FC*{n},SOFTMAX")


EXERCISES = (
    Exercise(
        name="expand_grammar",
        title="A network in one line",
        reference=expand_grammar,
        visible=(
            Case("CONV-RELU-POOL"),
            Case("(CONV-RELU)*2-POOL"),
            Case("[(CONV-RELU)*1-POOL]*2-(FC-RELU)*0,SOFTMAX"),
            Case("[CONV*2-(RELU-POOL)*2]*2"),
            Case("(CONV-RELU)*11,SOFTMAX"),
        ),
        generate=lines,
        misconceptions=(
            Misconception(
                "stars ignored",
                stars_ignored,
                "You list every name once. A star and a number repeat what stands "
                "before them.",
            ),
            Misconception(
                "the last layer only",
                last_layer_only,
                "Your star repeats only the last layer before it. After a bracket it "
                "repeats all that the bracket holds: (CONV-RELU)*2 is CONV, RELU, "
                "CONV, RELU.",
            ),
            Misconception(
                "each layer in its place",
                each_in_its_place,
                "You repeat each layer of a bracket where it stands: CONV, CONV, "
                "RELU, RELU. The bracket is repeated as a whole: CONV, RELU, CONV, "
                "RELU.",
            ),
            Misconception(
                "inner brackets only",
                inner_brackets_only,
                "You repeat the innermost brackets and not those around them. A "
                "bracket may hold brackets: write the inner ones out first, then "
                "repeat the outer one, and go on until none is left.",
            ),
            Misconception(
                "once too often",
                once_more,
                "You take the number for that of the copies. *2 means two in all, not "
                "two more.",
            ),
            Misconception(
                "nought times is once",
                at_least_once,
                "You keep what is repeated 0 times. (FC-RELU)*0 is nothing: a network "
                "without hidden layers, K = 0.",
            ),
            Misconception(
                "one digit",
                one_digit,
                "You read one digit after a star. A number may have several: *11 is "
                "eleven times.",
            ),
            Misconception(
                "no SOFTMAX",
                without_softmax,
                "SOFTMAX is missing. It stands after a comma and is a layer like the "
                "others, the last of the list.",
            ),
        ),
        page="book/classics/grammar",
        minutes=25,
        difficulty=3,
        points=3,
    ),
)
