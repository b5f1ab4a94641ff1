"""W18: pick an augmentation and its strength, and see what becomes of a photograph."""

import base64

import numpy as np
import torch
import traitlets as t
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cvlib import augment, show
from cvlib.data.photos import photo
from cvlib.image import resize, to_uint8
from cvlib.show import palette
from cvlib.widgets._base import Interactive

H, W = 120, 160
# title; rows and columns of the part shown; boxes by eye, in pixels of 120 × 160
PHOTOS = {
    "chelsea": (
        "cat",
        (0, 300, 40, 440),
        {"right eye": (38, 34, 69, 60), "left eye": (102, 43, 122, 67),
         "nose": (79, 89, 101, 107)},
    ),
    "coffee": (
        "coffee",
        (20, 380, 60, 540),
        {"cup": (37, 0, 118, 97), "spoon": (88, 15, 122, 103)},
    ),
}  # fmt: skip


def pixels(name: str) -> np.ndarray:
    """(H, W, 3) bytes: the part of a photograph that the gallery shows."""
    top, bottom, left, right = PHOTOS[name][1]
    return to_uint8(resize(photo(name)[top:bottom, left:right], (H, W)))


def sample(name: str) -> augment.Sample:
    """The same as a sample: image (3, H, W) in [0, 1], and its boxes."""
    image = torch.from_numpy(pixels(name) / 255).permute(2, 0, 1)
    boxes = torch.tensor(list(PHOTOS[name][2].values()), dtype=image.dtype)
    return augment.Sample(image, boxes)


def colours() -> augment.PCA:
    """The principal colours of the photographs shown."""
    return augment.fit_pca_colour(torch.stack([sample(name).image for name in PHOTOS]))


def _packed(name: str) -> dict:
    title, _, boxes = PHOTOS[name]
    data = base64.b64encode(pixels(name).tobytes()).decode()
    return {
        "name": name, "title": title, "height": H, "width": W, "data": data,
        "boxes": [list(box) for box in boxes.values()], "names": list(boxes),
    }  # fmt: skip


def draw_boxes(ax: Axes, boxes: torch.Tensor) -> None:
    """Dashed frames round (N, 4) boxes, over a picture that `imshow` has drawn."""
    for x1, y1, x2, y2 in boxes.tolist():
        place = (x1 - 0.5, y1 - 0.5), x2 - x1, y2 - y1
        for colour, width, style in (("white", 3.5, "-"), (palette.OUTPUT, 1.8, "--")):
            ax.add_patch(Rectangle(*place, fill=False, ec=colour, lw=width, ls=style))


class AugmentationGallery(Interactive):
    """Five draws of an augmentation beside the photograph, with its boxes.

    Example:
        >>> AugmentationGallery(kind="rotate", strength=0.2).kind
        'rotate'
    """

    label = t.Unicode("A photograph and five augmented copies, with boxes").tag(
        sync=True
    )
    photos = t.List().tag(sync=True)
    pca = t.Dict().tag(sync=True)
    photo = t.Unicode("chelsea").tag(sync=True)
    kind = t.Unicode("mirror").tag(sync=True)
    """mirror, crop, rotate, rgb, pca, elastic or all."""
    strength = t.Float(0.5).tag(sync=True)
    seed = t.Int(1).tag(sync=True)

    @t.default("photos")
    def _photos(self) -> list[dict]:
        return [_packed(name) for name in PHOTOS]

    @t.default("pca")
    def _pca(self) -> dict:
        pca = colours()
        return {
            "values": pca.eigenvalues.tolist(),
            "vectors": pca.eigenvectors.tolist(),
        }

    def still(self) -> str:
        """The photograph and its mirror image, with their boxes."""
        before = sample(self.photo)
        fig, axes = show.figure(6, 2.5, 1, 2)
        for ax, one in zip(
            axes, (before, augment.horizontal_flip(before)), strict=True
        ):
            ax.imshow(one.image.permute(1, 2, 0).numpy())
            draw_boxes(ax, one.boxes)
            show.bare(ax)
        return show.Picture(
            fig, "A photograph with boxes, and its mirror image with mirrored boxes."
        )._repr_html_()
