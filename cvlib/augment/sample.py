"""An image with all that is known about places in it (torch)."""

from dataclasses import dataclass, replace

from torch import Tensor

from cvlib.validate import check_shape


@dataclass(frozen=True, eq=False)
class Sample:
    """One image, and its boxes, masks and points, which move when it moves.

    Coordinates are continuous: the pixel in row y and column x covers the square from
    (x, y) to (x + 1, y + 1). Boxes keep their number and order, so labels that stand
    beside them stay right; a box that has left the picture is empty, and `visible`
    says so. What a mirror does to the meaning of a point is the caller's duty: the
    left eye of a mirrored face is where the right eye was, so after a flip exchange
    the rows of left and right points (or their label ids) yourself.

    Args:
        image: (C, H, W).
        boxes: (N, 4) xyxy pixels, x2 and y2 one past the last.
        masks: (N, H, W) bool.
        points: (…, 2) as (x, y).

    Raises:
        ShapeError: a shape is not as above, or the masks are not of the image's size.

    Example:
        >>> sample = Sample(torch.zeros(3, 8, 8), boxes=torch.tensor([[0., 0, 2, 3]]))
        >>> sample.size
        (8, 8)
    """

    image: Tensor
    boxes: Tensor | None = None
    masks: Tensor | None = None
    points: Tensor | None = None

    def __post_init__(self) -> None:
        _, H, W = check_shape("image", self.image, "C H W")
        if self.boxes is not None:
            check_shape("boxes", self.boxes, "N 4")
        if self.masks is not None:
            match = f"image {tuple(self.image.shape)}"
            check_shape("masks", self.masks, "N H W", H=H, W=W, to_match=match)
        if self.points is not None:
            check_shape("points", self.points, "... 2")

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image."""
        return tuple(self.image.shape[-2:])

    def visible(self, *, min_area: float = 0.0) -> Tensor:
        """(N,) bool: which boxes still hold more than `min_area` pixels."""
        if self.boxes is None:
            raise ValueError("visible asks about boxes, and this sample has none")
        width, height = (self.boxes[:, 2:] - self.boxes[:, :2]).unbind(1)
        return width * height > min_area

    def keep(self, which: Tensor) -> "Sample":
        """The same image with the chosen boxes and masks alone; points stay.

        Args:
            which: (N,) bool, or indices, as for any tensor.
        """
        chosen = {
            name: getattr(self, name)[which]
            for name in ("boxes", "masks")
            if getattr(self, name) is not None
        }
        return replace(self, **chosen)
