"""Boxes that hypothesis draws: on whole pixels, so that what touches, touches."""

import torch
from hypothesis import strategies as st

coordinates = st.integers(-20, 60)


@st.composite
def a_box(draw):
    """x1, y1, x2, y2; now and then without a width or a height."""
    x, y = draw(coordinates), draw(coordinates)
    return [x, y, x + draw(st.integers(0, 40)), y + draw(st.integers(0, 40))]


@st.composite
def some_boxes(draw, min_size=0, max_size=8, dtype=torch.float32):
    """(N, 4)."""
    rows = draw(st.lists(a_box(), min_size=min_size, max_size=max_size))
    return torch.tensor(rows, dtype=dtype).reshape(-1, 4)


@st.composite
def scored_boxes(draw, max_size=12):
    """(N, 4) boxes and (N,) scores; many scores are equal."""
    boxes = draw(some_boxes(max_size=max_size))
    N = len(boxes)
    tenths = draw(st.lists(st.integers(0, 5), min_size=N, max_size=N))
    return boxes, torch.tensor(tenths, dtype=torch.float32) / 10


def random_boxes(rng, n: int, *, size=100.0, side=40.0, dtype=torch.float64):
    """(n, 4) with an area, anywhere."""
    corner = torch.rand(n, 2, generator=rng, dtype=dtype) * size
    sides = 1 + torch.rand(n, 2, generator=rng, dtype=dtype) * side
    return torch.cat([corner, corner + sides], dim=1)
