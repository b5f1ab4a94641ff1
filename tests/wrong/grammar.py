"""Answers to the exercise on the grammar of networks: right ones and wrong ones."""

import re


def from_the_inside(text):
    text = re.sub(r"([A-Z]+)\*", r"(\1)*", text.replace(",", "-"))
    text = text.replace("[", "(").replace("]", ")")
    inner = re.compile(r"\(([^()]*)\)(?:\*(\d+))?")
    while inner.search(text):
        text = inner.sub(lambda m: "-".join([m[1]] * int(m[2] or 1)), text)
    return re.findall("[A-Z]+", text)


def with_a_stack(text):
    stack, last = [[]], []
    for token in re.findall(r"[A-Z]+|\d+|[()\[\]]", text):
        if token in ("(", "["):
            stack.append([])
        elif token in (")", "]"):
            last = stack.pop()
            stack[-1].extend(last)
        elif token.isdigit():
            row = stack[-1]
            del row[len(row) - len(last) :]
            row.extend(last * int(token))
        else:
            last = [token]
            stack[-1].append(token)
    return stack[0]


def one_string(text):
    return "-".join(with_a_stack(text))


def kinds_only(text):
    return sorted(set(with_a_stack(text)))


def counted(text):
    return len(with_a_stack(text))


RIGHT = {"expand_grammar": [from_the_inside, with_a_stack]}
WRONG = {
    "expand_grammar": [
        (one_string, "expected"),
        (kinds_only, "expected"),
        (counted, "expected"),
    ]
}
