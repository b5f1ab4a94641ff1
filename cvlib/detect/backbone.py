"""The network that every detector of this book looks through (torch).

One backbone for all of them, so that what differs is the detector. It is small, so that
a laptop trains it, and its last blocks are dilated: an object of 112 pixels must fit
into what one cell sees, and a cell of stride 8 must still tell one of 14 from its
neighbour.
"""

from torch import Tensor, nn
from torch.nn.functional import interpolate

from cvlib.nets.normalize import Normalize
from cvlib.nets.resnet import conv3x3

STRIDE = 8
CHANNELS = 80
FINE_STRIDE, FINE_CHANNELS = 4, 64
MEAN, STD = (0.45, 0.45, 0.45), (0.25, 0.25, 0.25)


class DilatedBlock(nn.Module):
    """A residual block whose 3 × 3 kernels may have gaps.

    Args:
        inplanes: channels of the input.
        planes: channels of the output.
        stride: of the first convolution and of the short cut.
        dilation: of both convolutions.

    Example:
        >>> DilatedBlock(16, 32, stride=2)(torch.zeros(1, 16, 8, 8)).shape
        torch.Size([1, 32, 4, 4])
    """

    def __init__(
        self, inplanes: int, planes: int, *, stride: int = 1, dilation: int = 1
    ) -> None:
        super().__init__()
        around = {"padding": dilation, "dilation": dilation, "bias": False}
        self.body = nn.Sequential(
            nn.Conv2d(inplanes, planes, 3, stride, **around),
            nn.BatchNorm2d(planes),
            nn.ReLU(inplace=True),
            nn.Conv2d(planes, planes, 3, **around),
            nn.BatchNorm2d(planes),
        )
        self.shortcut = nn.Sequential()
        if stride > 1 or inplanes != planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inplanes, planes, 1, stride, bias=False),
                nn.BatchNorm2d(planes),
            )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes, H/stride, W/stride)."""
        return self.relu(self.body(x) + self.shortcut(x))


def small_backbone() -> nn.Sequential:
    """Pictures (N, 3, H, W) in [0, 1] to maps (N, 80, H/8, W/8); sides divide by 8.

    Example:
        >>> net = small_backbone().eval()
        >>> net(torch.zeros(1, 3, 160, 208)).shape
        torch.Size([1, 80, 20, 26])
    """
    return nn.Sequential(
        Normalize(MEAN, STD),
        conv3x3(3, 24, stride=2),
        nn.BatchNorm2d(24),
        nn.ReLU(inplace=True),
        DilatedBlock(24, 32, stride=2),
        DilatedBlock(32, 64, stride=2),
        DilatedBlock(64, CHANNELS, dilation=2),
        DilatedBlock(CHANNELS, CHANNELS, dilation=2),
    )


class FineBackbone(nn.Module):
    """The map of `small_backbone`, twice as fine: pictures to (N, 64, H/4, W/4).

    The deep map knows what is there but is coarse; the one half way through is fine but
    has seen little. The deep one is enlarged and both are added: one step of a feature
    pyramid. Regions are cut from this map, since on the deep one an object of 16 pixels
    would be 2 × 2 cells.

    Attributes:
        deep: the `small_backbone`.

    Source:
        Lin et al., Feature pyramid networks for object detection, CVPR 2017.

    Example:
        >>> net = FineBackbone().eval()
        >>> net(torch.zeros(1, 3, 160, 208)).shape
        torch.Size([1, 64, 40, 52])
    """

    HALF_WAY = 5  # layers of `deep` up to the end of its block of stride 4

    def __init__(self) -> None:
        super().__init__()
        self.deep = small_backbone()
        self.lateral = nn.Conv2d(32, FINE_CHANNELS, 1)
        self.top_down = nn.Conv2d(CHANNELS, FINE_CHANNELS, 1)
        self.smooth = nn.Sequential(
            nn.Conv2d(FINE_CHANNELS, FINE_CHANNELS, 3, padding=1, bias=False),
            nn.BatchNorm2d(FINE_CHANNELS),
            nn.ReLU(inplace=True),
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 64, H/4, W/4); sides divide by 8."""
        fine = self.deep[: self.HALF_WAY](pixels)  # (N, 32, H/4, W/4)
        deep = self.deep[self.HALF_WAY :](fine)  # (N, 80, H/8, W/8)
        enlarged = interpolate(self.top_down(deep), scale_factor=2)
        return self.smooth(self.lateral(fine) + enlarged)
