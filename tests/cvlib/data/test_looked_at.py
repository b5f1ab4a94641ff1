"""Windows cut out of scenes, labelled by what they frame."""

import numpy as np
import torch

from cvlib.data.looked_at import framed_windows
from cvlib.data.scenes import scene

SCENES = [scene(k, n_objects=3) for k in range(3)]


def test_every_object_is_framed_and_the_rest_is_background():
    windows, labels = framed_windows(SCENES, jitter=2, background=6, window=24)
    assert windows.shape == (3 * (3 * 2 + 6), 3, 24, 24)
    names = [name for shot in SCENES for name in shot.names]
    for k, name in enumerate(("circle", "triangle", "cross"), start=1):
        assert (labels == k).sum() == 2 * names.count(name)


def test_the_same_seed_cuts_the_same_windows():
    one, other = (framed_windows(SCENES[:1], seed=4) for _ in range(2))
    assert torch.equal(one[0], other[0])
    assert not torch.equal(one[0], framed_windows(SCENES[:1], seed=5)[0])


def test_a_window_shows_its_object():
    """The colour in the middle of the frame is the colour in the middle of the box."""
    shot = SCENES[0]
    windows, _ = framed_windows([shot], jitter=1, background=0, window=32)
    for window, box in zip(windows, shot.boxes, strict=True):
        x, y = ((box[:2] + box[2:]) / 2).astype(int)
        near = shot.image[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3)
        middle = window[:, 13:19, 13:19].flatten(1).T.numpy()
        assert np.abs(middle.mean(0) - near.mean(0)).max() < 0.35
