"""What R-CNN computes for each region: all of it, from the pixels (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cvlib.boxes import box_convert
from cvlib.detect.backbone import CHANNELS, small_backbone
from cvlib.roi import roi_align
from cvlib.validate import check_positive

SIDE = 96
AT_ONCE = 256


def warp(
    image: Tensor, boxes: Tensor, size: int = SIDE, *, context: float = 0.125
) -> Tensor:
    """Every region of an image, whatever its shape, as a square of `size` pixels.

    R-CNN enlarges each region first, so that the square shows some of what is round
    the object: 16 of 227 pixels on each side. What lies outside the image is black.

    Args:
        image: (3, H, W).
        boxes: (R, 4) xyxy.
        size: side of the squares.
        context: how much wider and higher the region becomes, as a share of it.

    Returns:
        (R, 3, size, size).

    Source:
        Girshick et al., Rich feature hierarchies, CVPR 2014, appendix A.

    Example:
        >>> warp(torch.rand(3, 40, 60), torch.tensor([[5.0, 5, 25, 15]])).shape
        torch.Size([1, 3, 96, 96])
    """
    middle = box_convert(boxes, "xyxy", "cxcywh")
    middle[:, 2:] *= 1 + context
    wider = box_convert(middle, "cxcywh", "xyxy")
    return roi_align(image[None], [wider], size, sampling_ratio=1, aligned=True)


class WarpedHead(nn.Module):
    """A whole classifier for each region, warped from the pixels.

    Args:
        num_classes: K + 1, with the background.
        hidden: units before the two outputs.

    Example:
        >>> head = WarpedHead(7).eval()
        >>> regions = [torch.tensor([[0.0, 0, 16, 24]] * 5)]
        >>> scores, codes = head(torch.zeros(1, 3, 40, 60), regions)
        >>> scores.shape, codes.shape
        (torch.Size([5, 7]), torch.Size([5, 28]))
    """

    def __init__(self, num_classes: int, *, hidden: int = 96) -> None:
        super().__init__()
        num_classes = check_positive("num_classes", num_classes)
        self.body = nn.Sequential(
            small_backbone(),  # (R, 80, 12, 12)
            nn.MaxPool2d(3),
            nn.Flatten(),
            nn.Linear(CHANNELS * (SIDE // 24) ** 2, hidden),
            nn.ReLU(inplace=True),
        )
        self.classes = nn.Linear(hidden, num_classes)
        self.boxes = nn.Linear(hidden, 4 * num_classes)

    def features(self, pixels: Tensor, regions: Sequence[Tensor]) -> Tensor:
        """(ΣR, hidden): what step 3 of the recipe keeps on disk."""
        warped = [
            warp(image, part)
            for image, own in zip(pixels, regions, strict=True)
            for part in own.split(AT_ONCE)  # a bound on memory
        ]
        if self.training:
            return self.body(torch.cat(warped))
        return torch.cat([self.body(part) for part in warped])

    def forward(
        self, pixels: Tensor, regions: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Class scores (ΣR, K + 1) and codes (ΣR, (K + 1)·4)."""
        hidden = self.features(pixels, regions)
        return self.classes(hidden).float(), self.boxes(hidden).float()
