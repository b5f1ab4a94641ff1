"""What cvlib says of the fifteen cases, of their sizes and of some of their frames."""

from dataclasses import asdict

from cvlib.resample import CASES, Arithmetic, conv_frames


def golden() -> list[dict]:
    """Every case: its sizes, three of its windows, where its pixels stand."""
    cases = []
    extra = Arithmetic(3, 3, stride=2, padding=1, dilation=2, transposed=True)
    for case in [*CASES.values(), extra]:
        c = asdict(case)
        names = {"output": "output_size", "drawn": "drawn", "border": "border",
                 "spacing": "spacing", "step": "step"}  # fmt: skip
        sizes = {name: getattr(case, there) for name, there in names.items()}
        cases.append({"fn": "sizes", "args": [c], "expected": sizes})
        line = case.real().any(axis=0)
        for i, real in enumerate(line.tolist()):
            cases.append({"fn": "isReal", "args": [c, i], "expected": real})
        frames = list(conv_frames(case))
        for at in (0, len(frames) // 2, len(frames) - 1):
            frame = frames[at]
            expected = {"row": frame.row, "column": frame.column,
                        "taps": frame.taps.tolist(),
                        "read": frame.read.tolist()}  # fmt: skip
            cases.append({"fn": "windowAt", "args": [c, at], "expected": expected})
    return cases
