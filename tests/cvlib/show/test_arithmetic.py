"""Drawings of windows show what the frames hold."""

from collections import Counter

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from cvlib import show
from cvlib.resample import CASES, conv_frames
from cvlib.show import palette as p


def fills(ax) -> Counter:
    """How many cells are filled with each colour."""
    cells = [c for c in ax.patches if isinstance(c, Rectangle)]
    return Counter(to_hex(c.get_facecolor()) for c in cells if c.get_fill())


@pytest.mark.parametrize("name", CASES)
def test_a_frame_has_a_cell_for_everything_it_says(name):
    case, frames = CASES[name], list(conv_frames(CASES[name]))
    step = len(frames) // 2
    picture = show.conv_frame(case, step)
    found, read = fills(picture.figure.axes[0]), len(frames[step].read)
    assert found[p.KERNEL] == read
    assert found[p.KERNEL_FILL] == case.kernel_size**2 - read
    assert found[p.INPUT_FILL] == case.size**2 - read
    assert found[p.HAND_FILL] == 1
    assert found[p.OUTPUT_FILL] == step
    word = "pixel" if read == 1 else "pixels"
    assert picture.alt.endswith(
        f"Window {step + 1} of {len(frames)} lies on {read} {word}."
    )


def test_a_sheet_has_a_panel_for_every_case():
    picture = show.conv_cases(CASES)
    titles = [ax.get_title(loc="left") for ax in picture.figure.axes]
    assert titles[0] == "no padding: 4 → 2"
    assert len([t for t in titles if t]) == 15
    assert "dilation: 7 by 7 becomes 3 by 3" in picture.alt
