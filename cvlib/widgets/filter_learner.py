"""Gradient descent finds nine weights from a picture before and a picture after."""

import numpy as np
import traitlets as t

from cvlib import filters, show
from cvlib.conv import cross_correlate2d
from cvlib.data.photos import photo
from cvlib.image import to_gray, to_uint8
from cvlib.widgets._base import Interactive

SIDE = 64
GOALS = {
    "Sobel x": filters.SOBEL_X,
    "Laplacian": filters.LAPLACIAN_4,
    "emboss": filters.EMBOSS,
    "blur": filters.box(3),
}


def _pictures() -> dict[str, list]:
    noise = np.random.default_rng(0).random((SIDE, SIDE))
    stripes = np.tile(np.arange(SIDE) // 6 % 2, (SIDE, 1)).astype(float)
    pictures = {
        "photograph": to_gray(photo("camera", SIDE)),
        "noise": noise,
        "stripes": stripes,
    }
    return {name: to_uint8(image).tolist() for name, image in pictures.items()}


class FilterLearner(Interactive):
    """Watch a kernel being learned: choose the picture, the goal and the step length.

    Example:
        >>> kernel, losses = FilterLearner(steps=50, picture="noise").learn()
        >>> bool(losses[-1] < losses[0])
        True
    """

    label = t.Unicode("Gradient descent finds the nine weights of a kernel").tag(
        sync=True
    )
    pictures = t.Dict().tag(sync=True)
    picture = t.Unicode("photograph").tag(sync=True)
    goals = t.Dict().tag(sync=True)
    goal = t.Unicode("Sobel x").tag(sync=True)
    lr = t.Float(0.3).tag(sync=True)
    momentum = t.Float(0.9).tag(sync=True)
    steps = t.Int(400).tag(sync=True)
    step = t.Int(20).tag(sync=True)

    @t.default("pictures")
    def _default_pictures(self) -> dict:
        return _pictures()

    @t.default("goals")
    def _default_goals(self) -> dict:
        return {name: kernel.tolist() for name, kernel in GOALS.items()}

    def before_and_after(self) -> tuple[np.ndarray, np.ndarray]:
        """The picture and what the wanted kernel makes of it."""
        x = np.array(self.pictures[self.picture]) / 255
        return x, cross_correlate2d(x, np.array(self.goals[self.goal], dtype=float))

    def learn(self) -> tuple[np.ndarray, np.ndarray]:
        """Kernel and losses after `steps` steps, by `cvlib.filters.learn_kernel`."""
        options = {"lr": self.lr, "steps": self.steps, "momentum": self.momentum}
        return filters.learn_kernel(*self.before_and_after(), 3, **options)

    def still(self) -> str:
        """The picture before and the picture after."""
        x, y = self.before_and_after()
        before = show.images(x, alt="The picture to learn from.", width=3.2)
        after = show.images(y, alt="The wanted answer.", width=3.2, signed=True)
        return before._repr_html_() + after._repr_html_()
