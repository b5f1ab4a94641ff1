"""The table that make grade prints."""

from grader import demo


def test_the_table_cuts_a_long_sentence_and_marks_the_ungraded():
    rows = [
        demo.Row("demo-a", "tiny", None, 5, "not graded"),
        demo.Row("demo-b", "tiny", 2.5, 5, "x" * 500),
    ]
    _, first, second = demo.table(rows).splitlines()
    assert first.split() == ["demo-a", "tiny", "—", "/", "5", "not", "graded"]
    assert second.endswith("x…")
    assert "2.5 / 5" in second
