"""cvlib.show.window_rows: the places of a window, as a figure."""

import pytest

from cvlib import show


def texts(picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].texts]


def test_pixels_padding_and_outputs_are_counted():
    picture = show.window_rows(5, 3, padding=1)
    assert texts(picture)[:7] == ["0", "0", "1", "2", "3", "4", "0"]
    assert "5 pixels" in texts(picture)
    assert "5 outputs" in texts(picture)


def test_the_alternative_text_names_what_is_not_read():
    assert show.window_rows(8, 3, stride=2).alt.endswith("3 outputs. Not read: 7.")
    assert show.window_rows(7, 3, stride=2).alt.endswith("3 outputs.")


def test_a_dilated_kernel_draws_its_taps_apart():
    picture = show.window_rows(7, 3, dilation=3, title="d = 3")
    taps = [p for p in picture.figure.axes[0].patches if p.get_height() == 0.4]
    assert [round(tap.get_x()) for tap in taps] == [0, 3, 6]
    assert "d = 3" in texts(picture)


def test_a_kernel_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="kernel_size must span at most the padded"):
        show.window_rows(2, 3)
