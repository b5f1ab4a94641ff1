"""Patches that maximise a unit (torch): what would it like to see best?"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cvlib.explain.layers import activations
from cvlib.explain.receptive import box_of, receptive_field
from cvlib.validate import check_int, check_positive, check_shape


@dataclass(frozen=True)
class Patch:
    """A place in one of the images, and how strongly the unit answers to it.

    Attributes:
        image: which of the images.
        position: (row, column) in the layer's map.
        value: what the unit says there.
        box: (x1, y1, x2, y2), the pixels that it sees, cut off at the border.
    """

    image: int
    position: tuple[int, int]
    value: float
    box: tuple[int, int, int, int]


def top_patches(
    model: nn.Module,
    layer: str | nn.Module,
    images: Tensor,
    unit: int,
    k: int = 9,
    *,
    one_an_image: bool = True,
    batch_size: int = 64,
) -> list[Patch]:
    """The k places where a unit answers most strongly, the strongest first.

    A unit is one channel of a layer: it asks the same question at every place. Of
    places that answer alike the first comes first.

    Args:
        model: any network; it is run in eval mode.
        layer: a name in `model.named_modules()`, or the module; its output is
            (N, units, h, w).
        images: (N, C, H, W).
        unit: which channel of the layer.
        k: how many patches at most.
        one_an_image: only the best place of each image, or nine patches of one
            picture would crowd out the others.
        batch_size: images run at a time.

    Raises:
        ShapeError: `images` is no batch, or the layer gives no maps.
        ValueError: the layer has no such unit, or is not one of the model's.

    Source:
        Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV
        2014; Girshick et al., Rich Feature Hierarchies, CVPR 2014.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1))
        >>> _ = nn.init.ones_(net[0].weight), nn.init.zeros_(net[0].bias)
        >>> dot = torch.zeros(1, 1, 5, 5)
        >>> dot[0, 0, 0, 4] = 1
        >>> top_patches(net, "0", dot, unit=0, k=1)
        [Patch(image=0, position=(0, 3), value=1.0, box=(2, 0, 5, 2))]
    """
    check_shape("images", images, "N C H W")
    k = check_positive("k", k)
    maps = unit_maps(model, layer, images, unit, batch_size=batch_size)
    N, h, w = maps.shape
    values = maps.reshape(N, h * w)
    if one_an_image:
        values, places = values.max(dim=1, keepdim=True)
    else:
        places = torch.arange(h * w).expand(N, -1)
    order = values.flatten().argsort(descending=True, stable=True)[:k].tolist()
    fields = receptive_field(model, layer, images)
    found = []
    for at in order:
        image, place = at // values.shape[1], int(places.flatten()[at])
        position = divmod(place, w)
        box = box_of(fields, position, tuple(images.shape[-2:]))
        found.append(Patch(image, position, float(values.flatten()[at]), box))
    return found


def unit_maps(
    model: nn.Module,
    layer: str | nn.Module,
    images: Tensor,
    unit: int,
    *,
    batch_size: int = 64,
) -> Tensor:
    """(N, h, w): what one unit says at every place of every image."""
    maps = []
    for batch in images.split(check_positive("batch_size", batch_size)):
        output = activations(model, layer, batch)
        _, units, _, _ = check_shape(f"the output of {layer!r}", output, "N units h w")
        if check_int("unit", unit, minimum=0) >= units:
            raise ValueError(
                f"unit must be at most {units - 1}, for {layer!r} has {units} of them, "
                f"got {unit}"
            )
        maps.append(output[:, unit])
    return torch.cat(maps)


def cut_out(images: Tensor, patch: Patch) -> Tensor:
    """The pixels of a patch, (C, height, width).

    Example:
        >>> cut_out(torch.zeros(1, 3, 8, 8), Patch(0, (0, 0), 1.0, (5, 0, 8, 3))).shape
        torch.Size([3, 3, 3])
    """
    x1, y1, x2, y2 = patch.box
    return images[patch.image, :, y1:y2, x1:x2]
