"""What cvlib says to an answer, and that the key survives the way to the page."""

from cvlib.widgets import Question
from cvlib.widgets import question as q

TYPED = [
    "24", " 24 ", "24,0", "2.4e1", "−3", "-3", "0,5", ".5", "1/9", "1 / 9", "-1/4",
    "61 706", "61,706", "61.706", "1,281,167", "1.281.167,5", "1'000", "1,024",
    "0,125", "0.125", "1000,5", "5.1 %", "5.1%", "", "abc", "1/0", "1//2", "--2", "%",
    "1.2.3", "1/", "3 px", ",", "1e", "12,34,56",
]  # fmt: skip


def case(fn: str, *args: object) -> dict:
    """One call of the function of question.py that has the name of `fn`."""
    python = "".join(f"_{c.lower()}" if c.isupper() else c for c in fn)
    return {"fn": fn, "args": list(args), "expected": getattr(q, python)(*args)}


def golden() -> list[dict]:
    """Numbers as people type them, and right, half right and wrong answers."""
    cases = [case("parseNumber", text, "%") for text in TYPED]
    number = {
        "answer": 61706.0,
        "tolerance": 0.0,
        "unit": "weights",
        "feedback": [[61626.0, "The biases count too."]],
        "explain": "Yes.",
    }
    for text in ["61706", "61,706", "61 706 weights", "61626", "7", "1e9", "many"]:
        cases.append(case("checkNumber", text, number))
    near = {**number, "answer": 1 / 9, "tolerance": 0.001, "feedback": [], "unit": ""}
    cases += [case("checkNumber", t, near) for t in ["0.111", "1/9", "0.2", "0,1125"]]
    one = {"correct": [1], "feedback": ["A.", "", "C."], "explain": "B it is."}
    two = {**one, "correct": [0, 1], "feedback": ["", "", "C."]}
    for chosen in [[], [0], [1], [2], [0, 1], [1, 0], [2, 1], [0, 1, 2]]:
        cases += [case("checkChoice", chosen, key) for key in (one, two)]
    order = {"correct": [2, 0, 1], "feedback": [[2, 1, "No."]], "explain": "So."}
    for shown in [[0, 1, 2], [2, 0, 1], [2, 1, 0], [0, 2, 1], [1, 2, 0]]:
        cases.append(case("checkOrder", shown, order))
    asked = Question.order("½ first?", ["½", "⅓", "¼"], explain="“Quoted” & done")
    hidden = q.json.loads(q.base64.b64decode(asked.key))
    cases.append({"fn": "reveal", "args": [asked.key], "expected": hidden})
    # published test values of 32-bit FNV-1a
    for text, name in [("", "811c9dc5"), ("a", "e40c292c"), ("foobar", "bf9cf968")]:
        cases.append({"fn": "fingerprint", "args": [text], "expected": name})
    return cases
