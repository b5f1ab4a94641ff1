"""The network that every detector of this book looks through (torch).

One backbone for all of them, so that what differs is the detector. It is small, so that
a laptop trains it, and its last blocks are dilated: an object of 112 pixels must fit
into what one cell sees, and a cell of stride 8 must still tell one of 14 from its
neighbour.
"""

from torch import Tensor, nn

from cvlib.nets.normalize import Normalize
from cvlib.nets.resnet import conv3x3

STRIDE = 8
CHANNELS = 80
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
