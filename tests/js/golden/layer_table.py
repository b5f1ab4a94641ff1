"""Shares and words of the layer table, from the summary of real networks."""

import numpy as np

from cvlib.show import table
from cvlib.widgets.layer_table import networks


def percent(share: float) -> str:
    p = 100 * share
    if 0 < p < 0.1:
        return "under 0.1 %"
    return f"{p:.1f} %" if 0 < p < 9.95 else f"{p:.0f} %"


def golden() -> list[dict]:
    """Every quantity of every network; whole numbers as the tables print them."""
    cases = []
    for rows in networks().values():
        for at in (2, 3, 4):
            values = [row[at] for row in rows]
            part = np.array(values) / np.sum(values)
            cases.append({"fn": "shares", "args": [values], "expected": part.tolist()})
            for k in (1, 3):
                expected = float(np.sort(part)[::-1][:k].sum())
                cases.append(
                    {"fn": "largest", "args": [values, k], "expected": expected}
                )
    cases.append({"fn": "shares", "args": [[0, 0]], "expected": [0, 0]})
    for n in (0, 1000, 9999, 10_000, 150_528, 102_760_448, 15_470_264_320):
        text = repr(table(["n"], [(n,)])).split("\n")[-1].strip()
        cases.append({"fn": "whole", "args": [n], "expected": text})
    for share in (0.0, 0.0004, 0.0011, 0.0333, 0.0994, 0.0996, 0.1, 0.7428, 1.0):
        cases.append({"fn": "percent", "args": [share], "expected": percent(share)})
    return cases
