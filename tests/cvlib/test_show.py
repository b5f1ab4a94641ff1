"""Figures: described in words, in the colours of the page, the same every time."""

import re

import numpy as np
import pytest

from cvlib import show
from cvlib.show import palette

WIDEST = 46 * 16  # the text column of the page, in pixels


def line() -> show.Picture:
    fig, ax = show.figure(3, 2)
    ax.plot([0, 1], [1, 0], color=palette.INPUT)
    ax.set_title("a line", color=palette.INPUT_INK)
    return show.Picture(fig, alt='It falls "fast" & far.')


def examples() -> dict[str, show.Picture]:
    image = np.arange(25.0).reshape(5, 5) / 25
    kernel = np.array([[1.0, 0, -1]] * 3)
    wide = np.zeros((40, 80))
    return {
        "line": line(),
        "numbers": show.numbers(image, kernel, between=["⋆"], titles=["x", "w"]),
        "sliding": show.sliding(image, kernel, step=4),
        "images": show.images(wide, wide, wide, alt="Three dark pictures."),
        "colour": show.images(np.ones((4, 4, 3)), alt="A white picture."),
        "signed": show.images(image - 0.5, alt="Dark to light.", signed=True),
        "maps": show.feature_maps(np.ones((8, 4, 4)), alt="Eight maps."),
        "responses": show.kernel_responses(
            image, {"edge": kernel}, [image - 0.5], alt="An edge."
        ),
        "windows": show.window_rows(12, 3, stride=2, padding=1),
    }


EXAMPLES = sorted(examples())


@pytest.mark.parametrize("words", ["", "  \n"])
def test_a_picture_without_words_is_refused(words):
    fig, _ = show.figure()
    wanted = "^alt must say in words what the figure shows, got nothing$"
    with pytest.raises(ValueError, match=wanted):
        show.Picture(fig, alt=words)


def test_the_words_are_the_label_of_the_figure():
    svg = line().svg()
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    assert 'role="img"' in svg
    assert 'aria-label="It falls &quot;fast&quot; &amp; far."' in svg
    assert repr(line()) == 'Picture: It falls "fast" & far.'


def test_colours_follow_the_page():
    svg = line().svg()
    assert f"stroke: var(--cv-input, {palette.INPUT})" in svg
    assert f"fill: var(--cv-input-ink, {palette.INPUT_INK})" in svg
    bare = re.findall(rf": ({'|'.join(palette.VARIABLES)})[;\"]", svg, re.I)
    assert bare == []


def test_marks_on_a_picture_do_not():
    shot = np.full((20, 20, 3), 0.5)
    shown = show.detections([shot], [[[1, 8, 9, 15]]], truth=[[[2, 8, 9, 15]]], alt="-")
    assert "var(--cv-" not in shown.svg()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_figure_is_the_same_bytes(name):
    assert examples()[name].svg() == examples()[name].svg()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_fits_the_column(name):
    picture = examples()[name]
    style = re.search(
        r'style="--natural:(\d+)px;width:var\(--natural\);max-width:100%', picture.svg()
    )
    assert int(style[1]) <= WIDEST
    assert picture._repr_html_().startswith('<div class="cv-figure"><svg ')


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_asks_nobody_for_anything(name):
    svg = examples()[name].svg()
    links = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', svg)
    assert [a or b for a, b in links if not (a or b).startswith(("#", "data:"))] == []
    assert "<script" not in svg
    assert "<?xml" not in svg


def test_two_figures_on_one_page_do_not_share_an_id_with_another_meaning():
    meaning: dict[str, str] = {}
    for picture in examples().values():
        for tag in re.findall(r"<[^>]*\bid=\"[^>]*>", picture.svg()):
            name = re.search(r'\bid="([^"]*)"', tag)[1]
            # ids are digests of what they stand for: alike means the same thing
            assert meaning.setdefault(name, tag) == tag
            assert re.fullmatch(r"[\w-]*[0-9a-f]{10}\w*", name), name


def test_text_stays_text_in_the_faces_of_the_page():
    svg = show.numbers([[1.5, -2]]).svg()
    assert "1.5" in svg
    assert "−2" in svg
    assert "--cv-text-face" in svg
    assert "DejaVu" not in svg


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.0, 2, "2"),
        (-1.5, 2, "−1.5"),
        (1 / 3, 2, "0.33"),
        (-0.001, 2, "0"),
        (100, 0, "100"),
        (np.inf, 2, "∞"),
        (-np.inf, 2, "−∞"),
        (np.nan, 2, "NaN"),
    ],
)
def test_a_number_is_printed_as_on_paper(value, digits, text):
    assert show.number(value, digits) == text


def test_numbers_say_what_they_show():
    picture = show.numbers([[1, 2], [3, 4]], [5, 6], titles=["x", "w"])
    assert picture.alt == "x: 1 2; 3 4; w: 5 6."
    assert show.numbers([1], alt="One.").alt == "One."


@pytest.mark.parametrize(
    ("step", "stride", "padding", "place"),
    [(0, 1, 0, "1 of 9"), (8, 1, 0, "9 of 9"), (3, 2, 1, "4 of 9")],
)
def test_sliding_says_where_the_window_is_and_what_it_finds(
    step, stride, padding, place
):
    image, kernel = np.arange(25.0).reshape(5, 5), np.ones((3, 3))
    alt = show.sliding(image, kernel, step=step, stride=stride, padding=padding).alt
    i, j = divmod(step, 3)
    padded = np.pad(image, padding)
    total = padded[stride * i : stride * i + 3, stride * j : stride * j + 3].sum()
    assert f"position {place}" in alt
    assert alt.endswith(f"add up to {total:.0f}.")


def test_sliding_hides_what_is_not_reached_yet():
    image, kernel = np.full((3, 3), 7.0), np.ones((2, 2))
    shown = show.sliding(image, kernel, step=1).svg()
    assert shown.count(">28<") == 2
    assert show.sliding(image, kernel, all_outputs=True).svg().count(">28<") == 4


def test_images_must_be_described():
    with pytest.raises(TypeError, match="alt"):
        show.images(np.zeros((2, 2)))


def test_zero_is_white_and_the_ends_are_the_books_colours():
    ends = show.diverging(np.array([-1.0, 0.0, 1.0, 9.0]))
    colours = ["#" + "".join(f"{round(255 * c):02x}" for c in row) for row in ends]
    assert colours == [palette.GRADIENT, "#ffffff", palette.INPUT, palette.INPUT]
    assert show.diverging(np.zeros((2, 3))).shape == (2, 3, 3)


def test_a_table_keeps_numbers_to_the_right_and_groups_thousands():
    table = show.table(["layer", "n"], [("conv", 61706), ("fc", -12)], caption="Sizes")
    assert str(table) == "layer       n\nconv   61\u202f706\nfc        −12"
    html = table._repr_html_()
    assert "<caption>Sizes</caption>" in html
    assert '<th scope="col" style="text-align:right">n</th>' in html
    assert '<td style="text-align:right">61\u202f706</td>' in html
    assert '<td style="text-align:left">conv</td>' in html
    assert table.column("n") == [61706, -12]


def test_a_table_cannot_be_broken_by_what_it_holds():
    html = show.table(["a<b"], [("<script>&",)])._repr_html_()
    assert '<th scope="col" style="text-align:left">a&lt;b</th>' in html
    assert "&lt;script&gt;&amp;" in html


def test_a_short_row_is_refused():
    wanted = r"^every row must have 2 entries, one a column, got \(1,\)$"
    with pytest.raises(ValueError, match=wanted):
        show.table(["a", "b"], [(1, 2), (1,)])


def test_a_figure_belongs_to_nobody_else():
    import matplotlib.pyplot as plt

    show.figure()
    assert plt.get_fignums() == []


def test_bare_takes_ticks_and_frame_away():
    _, axes = show.figure(4, 2, 1, 2)
    show.bare(axes)
    for ax in axes:
        assert len(ax.get_xticks()) == len(ax.get_yticks()) == 0
        assert not any(spine.get_visible() for spine in ax.spines.values())
