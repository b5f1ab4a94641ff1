"""What Fast and Faster R-CNN compute for each region (torch)."""

from collections.abc import Sequence

from torch import Tensor, nn

from cvlib.detect.backbone import FINE_CHANNELS, FINE_STRIDE
from cvlib.roi import roi_align, roi_pool
from cvlib.validate import check_choice, check_positive

POOLS = {"roi_align": roi_align, "roi_pool": roi_pool}
CELLS = 7
THIN = 64


class PooledHead(nn.Module):
    """Cut each region out of the map, 7 × 7 cells for all, and name and move it.

    Two linear layers on all cells, as in the papers, would have most weights of the
    whole detector. A convolution with stride 2 comes first.

    Args:
        num_classes: K + 1, with the background.
        channels: C of the map.
        hidden: units of the linear layer.
        pool: "roi_align" or "roi_pool".
        stride: pixels of the image a cell of the map.

    Example:
        >>> head = PooledHead(7)
        >>> regions = [torch.tensor([[0.0, 0, 16, 24]] * 5)]
        >>> scores, codes = head(torch.zeros(1, 64, 40, 52), regions)
        >>> scores.shape, codes.shape
        (torch.Size([5, 7]), torch.Size([5, 28]))
    """

    def __init__(
        self,
        num_classes: int,
        *,
        channels: int = FINE_CHANNELS,
        hidden: int = 128,
        pool: str = "roi_align",
        stride: int = FINE_STRIDE,
    ) -> None:
        super().__init__()
        num_classes = check_positive("num_classes", num_classes)
        self.pool = POOLS[check_choice("pool", pool, tuple(POOLS))]
        self.spatial_scale = 1 / stride
        self.body = nn.Sequential(
            nn.Conv2d(channels, THIN, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(THIN * ((CELLS + 1) // 2) ** 2, hidden),
            nn.ReLU(inplace=True),
        )
        self.classes = nn.Linear(hidden, num_classes)
        self.boxes = nn.Linear(hidden, 4 * num_classes)
        nn.init.normal_(self.classes.weight, std=0.01)
        nn.init.normal_(self.boxes.weight, std=0.001)  # at first no box moves
        nn.init.zeros_(self.classes.bias)
        nn.init.zeros_(self.boxes.bias)

    def forward(
        self, features: Tensor, regions: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Class scores (ΣR, K + 1) and codes (ΣR, (K + 1)·4)."""
        cells = self.pool(features.float(), regions, CELLS, self.spatial_scale)
        hidden = self.body(cells)  # (ΣR, C, 7, 7) to (ΣR, hidden)
        return self.classes(hidden).float(), self.boxes(hidden).float()
