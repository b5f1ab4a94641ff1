"""What the benchmarks of torch code share: two programs by turns, and the table.

Both run the same case by turns in one process, so that a busy moment of the machine
hits both. The table shows medians, then the ratio of the quickest runs: where it
differs much from the ratio of the medians, the machine was busy. Nothing here fails:
time is not a test.
"""

import argparse
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

import torch

ROUNDS = 9
Pair = tuple[Callable[[], object], Callable[[], object]]


def milliseconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return 1e3 * (perf_counter() - start)


def by_turns(ours: Callable[[], object], theirs: Callable[[], object], rounds: int):
    """Milliseconds of each run of ours, and of theirs; without the first."""
    ours(), theirs()
    pairs = [(milliseconds(ours), milliseconds(theirs)) for _ in range(rounds)]
    return zip(*pairs, strict=True)


def run_cases(doc: str, cases: Mapping[str, tuple[Callable[[], Pair], str]]) -> None:
    """The command line: a line for each case, with its target."""
    parser = argparse.ArgumentParser(description=doc.split("\n\n")[0])
    parser.add_argument("only", nargs="?", default="", help="part of a case's name")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    columns = "ours ms", "peer ms", "ratio", "quickest"
    print(f"{'case':<34}" + "".join(f"{name:>10}" for name in columns) + "    target")
    for name, (case, target) in cases.items():
        if arguments.only not in name:
            continue
        mine, peers = by_turns(*case(), ROUNDS)
        ratios = [f(mine) / f(peers) for f in (median, min)]
        times = f"{median(mine):10.2f}{median(peers):10.2f}"
        print(f"{name:<34}{times}{ratios[0]:10.2f}{ratios[1]:10.2f}    {target}")
