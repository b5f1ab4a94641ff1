"""Tables kept as files: heads and cells in words, and no row that seems doubled."""

import pytest

from cvlib import show


def cells(*values: str) -> list:
    lines = ["what", *(f'"{value}"' for value in values)]
    return show.csv_table(lines).column("what")


def test_heads_are_words():
    heads = "voc2007_map,top5_error_percent,fps,multiply_adds,test_ms"
    shown = show.csv_table([heads, "1,2,3,4,5"]).columns
    assert shown == ["VOC 2007 mAP", "top-5 error in %", "pictures a second",
                     "multiply-adds", "test in ms"]  # fmt: skip


def test_whole_numbers_are_numbers_and_nothing_else_is():
    assert cells("138,357,544", "12", "007", "1.50", "1-2") == [
        138_357_544, 12, "007", "1.50", "1-2"]  # fmt: skip


def test_signs_stand_for_letters():
    assert cells("3x3", "25x", "xy", "11.3 * 10^9", "0.412000", "9.5e-04", "") == [
        "3×3", "25×", "xy", "11.3 * 10⁹", "0.412", "9.5e−04", "–"]  # fmt: skip


def test_a_long_note_breaks_in_few_places():
    (note,) = cells("a few words " * 6)
    assert [len(line) <= 20 for line in note.split(" ")] == [True] * 4


def test_rows_that_two_lectures_print_say_which_lecture():
    lines = ["net,time,source", "A,2,one (000)", "A,2,other (003)"]
    shown = show.csv_table(lines)
    assert shown.columns == ["lecture", "net", "time"]
    assert shown.column("lecture") == ["000", "003"]
    lines[2] = "A,3,other (003)"
    assert show.csv_table(lines).columns == ["net", "time"]


def test_a_file_without_rows_is_refused():
    wanted = "^lines must hold a header and at least one row, got no row$"
    with pytest.raises(ValueError, match=wanted):
        show.csv_table(["net,time"])
