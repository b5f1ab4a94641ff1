"""W3: nine numbers to edit, and what they make of a photograph."""

import base64

import numpy as np
import traitlets as t

from cvlib import filters, show
from cvlib.data.photos import photo
from cvlib.image import to_gray, to_uint8
from cvlib.widgets._base import Interactive

SIDE = 160
TITLES = {"camera": "photographer", "chelsea": "cat", "brick": "brick wall"}
KERNELS = {
    "identity": filters.IDENTITY,
    "blur": filters.box(3),
    "blur 5 × 5": filters.box(5),
    "sharpen": filters.SHARPEN,
    "vertical": filters.VERTICAL,
    "horizontal": filters.HORIZONTAL,
    "Sobel x": filters.SOBEL_X,
    "Sobel y": filters.SOBEL_Y,
    "Scharr x": filters.SCHARR_X,
    "Laplacian": filters.LAPLACIAN_4,
    "emboss": filters.EMBOSS,
}


def pixels(name: str) -> np.ndarray:
    """A square grey cut from the middle of a photograph, (SIDE, SIDE) uint8."""
    image = photo(name, SIDE)
    top, left = ((n - SIDE) // 2 for n in image.shape[:2])
    return to_uint8(to_gray(image[top : top + SIDE, left : left + SIDE]))


def _packed(name: str, title: str) -> dict:
    data = base64.b64encode(pixels(name).tobytes()).decode()
    return {"name": name, "title": title, "height": SIDE, "width": SIDE, "data": data}


class KernelEditor(Interactive):
    """Type a kernel and see its response to a photograph, and the products at a pixel.

    Example:
        >>> KernelEditor(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]]).response().shape
        (160, 160)
    """

    label = t.Unicode("A kernel to edit and its response to a photograph").tag(
        sync=True
    )
    photos = t.List().tag(sync=True)
    photo = t.Unicode("camera").tag(sync=True)
    presets = t.Dict().tag(sync=True)
    kernel = t.List(default_value=filters.VERTICAL.tolist()).tag(sync=True)
    at = t.List(default_value=[55, 16]).tag(sync=True)

    @t.default("photos")
    def _photos(self) -> list[dict]:
        return [_packed(name, title) for name, title in TITLES.items()]

    @t.default("presets")
    def _presets(self) -> dict:
        return {name: kernel.tolist() for name, kernel in KERNELS.items()}

    def response(self) -> np.ndarray:
        """What the kernel makes of the photograph, (SIDE, SIDE)."""
        kernel = np.array(self.kernel, dtype=float)
        return filters.filter_image(pixels(self.photo) / 255, kernel)

    def still(self) -> str:
        """The photograph beside the response."""
        response = self.response()
        image = pixels(self.photo) / 255
        edges = abs(np.sum(self.kernel)) < 1e-9
        return "".join(
            show.images(picture, alt=alt, width=3.2, signed=signed)._repr_html_()
            for picture, alt, signed in [
                (image, f"Photograph: {TITLES.get(self.photo, self.photo)}.", False),
                (
                    response if edges else np.clip(response, 0, 1),
                    "Response of the kernel.",
                    edges,
                ),
            ]
        )
