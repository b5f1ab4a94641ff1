"""What cvlib reads in a line of the grammar, and what it builds."""

from cvlib.nets import notation
from cvlib.widgets.grammar_builder import GrammarBuilder

LECTURE = "[(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K,SOFTMAX"
LINES = [
    "CONV-RELU-POOL",
    "(CONV-RELU-POOL)*2-(FC-RELU)*2,SOFTMAX",
    "[ (CONV-RELU)*2 - POOL ]*2 - [(CONV-RELU)*3-POOL]*3-(FC-RELU)*2 , SOFTMAX",
    "[CONV*2-(RELU-[POOL?-CONV]*2)*2]*3",
    "(FC-RELU)*0,SOFTMAX",
    "(CONV)-[RELU-(POOL)]",
]
WRONG = [
    *("", "CONV-", "CONV--RELU", "(CONV-RELU", "(CONV-RELU]", "CONV)", "CONV RELU"),
    *("CONV*2*3", "conv-RELU", "(CONV-RELU)*-POOL", "CONV,RELU", "SOFTMAX-FC"),
    *("(FC,SOFTMAX)*2", "?CONV", "CONV??"),
]
NETS = [
    {},
    {"n": 1, "m": 5, "k": 0, "width": 64},
    {"n": 3, "m": 2, "k": 3, "hidden": 64},
    {"optional": False, "m": 1, "width": 8},
    {"line": LINES[1], "size": 64, "width": 16},
    {"line": LINES[2], "size": 224, "width": 64, "hidden": 4096},
]


def golden() -> list[dict]:
    """Lines read, places of what is wrong, and shapes and parameters of networks."""
    letters = {"N": 2, "M": 3, "K": 1}
    cases = [
        {
            "fn": "expand",
            "args": [line, letters, optional],
            "expected": {"names": notation.expand(line, optional=optional, **letters)},
        }
        for line in [LECTURE, *LINES]
        for optional in (True, False)
    ]
    for line in WRONG:
        try:
            notation.parse(line)
        except notation.GrammarError as error:
            expected = {"at": error.position}
            cases.append({"fn": "expand", "args": [line], "expected": expected})
    for state in NETS:
        widget = GrammarBuilder(**state)
        letters = {"N": widget.n, "M": widget.m, "K": widget.k}
        names = notation.expand(widget.line, optional=widget.optional, **letters)
        rows = [
            {
                "name": name,
                "side": s[1] if s[1:] else 0,
                "channels": s[0],
                "parameters": n,
            }
            for name, s, n in widget.rows()
        ]
        task = {
            "size": widget.size,
            "classes": {32: 10, 64: 200, 224: 1000}[widget.size],
        }
        options = task | {"width": widget.width, "hidden": widget.hidden}
        plain = [name for name in names if name != "RELU"]
        cases.append(
            {"fn": "build", "args": [plain, options], "expected": {"rows": rows}}
        )
        connected = sum(r["parameters"] for r in rows if not r["side"])
        total = sum(r["parameters"] for r in rows)
        expected = {"all": total, "connected": connected, "share": connected / total}
        cases.append({"fn": "totals", "args": [rows], "expected": expected})
    return cases
