"""Style transfer by optimising pixels, from a small picture to a large one (torch)."""

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from cvlib.style.colour import colours, match_colours
from cvlib.style.features import Maps
from cvlib.style.objective import Objective
from cvlib.style.pixels import Drawn, Preview, optimise_pixels
from cvlib.validate import check_choice, check_shape

CONTENT_LAYERS = ("conv3_1",)
STYLE_LAYERS = ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2",
                "conv4_1")  # fmt: skip
"""For our feature net; the lower a layer, the finer the texture it describes."""
STARTS = ("colours", "content", "noise")


def on_levels(
    layers: Iterable[str] = STYLE_LAYERS, levels: int = 2, *, pixels: float = 8.0
) -> dict[str, float]:
    """Weights for the layers of a `pyramid`: 1 for each, and more for the colours.

    Args:
        layers: names of the net.
        levels: of the pyramid.
        pixels: weight of the layer of the colours. Features trained to tell cats from
            lorries care little for a wrong hue; readers do.

    Raises:
        TypeError: `layers` is one name instead of a list.

    Example:
        >>> on_levels(["conv1_1"])
        {'conv1_1': 1.0, 'pixels': 8.0, 'conv1_1/2': 1.0, 'pixels/2': 8.0}
    """
    if isinstance(layers, str):
        raise TypeError(f"layers must be a list of names, got the text {layers!r}")
    weights = {}
    for end in ("", *(f"/{2**k}" for k in range(1, levels))):
        weights |= {f"{name}{end}": 1.0 for name in layers} | {f"pixels{end}": pixels}
    return weights


def gatys(
    content: Tensor,
    style: Tensor,
    maps: Maps,
    *,
    content_layers: Mapping[str, float] | Iterable[str] = CONTENT_LAYERS,
    style_layers: Mapping[str, float] | Iterable[str] = STYLE_LAYERS,
    alpha: float = 0.2,
    beta: float = 1.0,
    gamma: float = 0.5,
    start: str | Tensor = "colours",
    sizes: Sequence[float] = (1,),
    steps: int | Sequence[int] = 60,
    method: str = "lbfgs",
    lr: float | None = None,
    seed: int = 0,
    every: int = 0,
    preview: Preview | None = None,
    progress: bool = False,
) -> Drawn:
    """A picture with the content of one and the style of another.

    Args:
        content: (1, 3, H, W) RGB in [0, 1].
        style: (1, 3, H', W') RGB in [0, 1]; its strokes come out as large, in pixels,
            as they are here.
        maps: from pictures to maps by name.
        content_layers: see `Objective`.
        style_layers: see `Objective`.
        alpha: weight of the content.
        beta: weight of the style.
        gamma: weight of the total variation.
        start: "content"; "noise"; a picture (1, 3, H, W); or "colours": the content is
            given the colours of the style first, to begin with and to be compared with.
        sizes: fractions of the sides, each solved from the result before:
            (1/4, 1/2, 1) settles the large forms first, where a step costs little.
        steps: for each size, or one number for all.
        method: see `optimise_pixels`.
        lr: see `optimise_pixels`.
        seed: of the noise.
        every: see `optimise_pixels`.
        preview: see `optimise_pixels`; at every size the picture it sees is as large.
        progress: show a bar for each size.

    Returns:
        The picture, and J at every evaluation at all sizes.

    Raises:
        ShapeError: a picture is not (1, 3, H, W).
        ValueError: a layer or a start is unknown, or steps and sizes do not match.

    Source:
        Gatys, Ecker, Bethge, 2016. From small to large: Gatys et al., Controlling
        perceptual factors in neural style transfer, CVPR 2017.

    Example:
        >>> from cvlib.style import random_maps
        >>> a, b = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
        >>> gatys(a, b, random_maps(), steps=2).image.shape
        torch.Size([1, 3, 16, 16])
    """
    *_, H, W = check_shape("content", content, "1 3 H W")
    check_shape("style", style, "1 3 H W")
    x = first_picture(content, style, start, seed)
    content = x if isinstance(start, str) and start == "colours" else content
    counts = [steps] * len(sizes) if isinstance(steps, int) else list(steps)
    if len(counts) != len(sizes):
        raise ValueError(
            f"steps must be one number, or one for each of the {len(sizes)} sizes, got "
            f"{steps!r}"
        )
    drawn = Drawn(x)
    for share, count in zip(sizes, counts, strict=True):
        size = (round(H * share), round(W * share))
        goal = Objective(
            maps, resized(content, size), scaled(style, share),
            content_layers=content_layers, style_layers=style_layers,
            alpha=alpha, beta=beta, gamma=gamma,
        )  # fmt: skip
        part = optimise_pixels(
            goal, resized(x, size), steps=count, method=method, lr=lr, every=every,
            preview=preview, progress=progress,
        )  # fmt: skip
        x = part.image
        for name in ("total", "content", "style"):
            getattr(drawn, name).extend(getattr(part, name))
    drawn.image = resized(x, (H, W))
    return drawn


def synthesise(
    style: Tensor,
    size: tuple[int, int],
    maps: Maps,
    *,
    style_layers: Mapping[str, float] | Iterable[str] = STYLE_LAYERS,
    sizes: Sequence[float] = (1,),
    seed: int = 0,
    **options: object,
) -> Drawn:
    """More of a texture: noise that is given the Gram matrices of a picture.

    Args:
        style: (1, 3, H, W) RGB in [0, 1], the texture.
        size: (height, width) of what is made.
        maps: from pictures to maps by name.
        style_layers: see `Objective`.
        sizes: fractions of the sides, as in `gatys`.
        seed: of the noise.
        **options: gamma, and what `optimise_pixels` takes.

    Source:
        Gatys, Ecker, Bethge, Texture synthesis using convolutional neural networks,
        NeurIPS 2015.

    Example:
        >>> from cvlib.style import random_maps
        >>> texture = torch.rand(1, 3, 16, 16)
        >>> synthesise(texture, (16, 24), random_maps(), steps=2).image.shape
        torch.Size([1, 3, 16, 24])
    """
    check_shape("style", style, "1 3 H W")
    mean, root = colours(style)
    noise = torch.randn(3, size[0] * size[1], generator=_chance(seed))
    x = (mean + root @ noise).reshape(1, 3, *size).clamp(0, 1)
    gamma = options.pop("gamma", 0.0)
    drawn = Drawn(x)
    for share in sizes:
        goal = Objective(
            maps, None, scaled(style, share), style_layers=style_layers, gamma=gamma
        )
        small = tuple(round(n * share) for n in size)
        part = optimise_pixels(goal, resized(x, small), **options)
        x = part.image
        drawn.total += part.total
        drawn.style += part.style
    drawn.image = resized(x, size)
    return drawn


def invert(
    content: Tensor,
    maps: Maps,
    layer: str,
    *,
    gamma: float = 0.1,
    levels: int = 4,
    seed: int = 0,
    **options: object,
) -> Drawn:
    """Grey noise that is given the maps of a picture at one layer: what does it keep?

    Args:
        content: (1, 3, H, W) RGB in [0, 1].
        maps: from pictures to maps by name.
        layer: whose maps are given.
        gamma: weight of the total variation: of all pictures with these maps, a smooth
            one is looked for.
        levels: see `optimise_pixels`.
        seed: of the noise.
        **options: what `optimise_pixels` takes.

    Source:
        Mahendran, Vedaldi, Understanding deep image representations by inverting them,
        CVPR 2015.

    Example:
        >>> from cvlib.style import random_maps
        >>> made = invert(torch.rand(1, 3, 16, 16), random_maps(), "conv1_1", steps=2)
        >>> made.image.shape
        torch.Size([1, 3, 16, 16])
    """
    goal = Objective(maps, content, None, content_layers=[layer], gamma=gamma)
    noise = torch.randn(content.shape, generator=_chance(seed))
    start = (0.5 + 0.02 * noise).clamp(0, 1)
    return optimise_pixels(goal, start, levels=levels, **options)


def first_picture(
    content: Tensor, style: Tensor, start: str | Tensor, seed: int
) -> Tensor:
    """Where the optimisation begins."""
    if isinstance(start, Tensor):
        check_shape("start", start, "1 3 H W", H=content.shape[2], W=content.shape[3],
                    to_match=f"content {tuple(content.shape)}")  # fmt: skip
        return start
    check_choice("start", start, STARTS)
    if start == "noise":
        return torch.rand(content.shape, generator=_chance(seed))
    return match_colours(content, style) if start == "colours" else content


def resized(x: Tensor, size: tuple[int, int]) -> Tensor:
    """A picture at another size: smoothed when it shrinks, bicubic when it grows."""
    if tuple(x.shape[-2:]) == size:
        return x
    smaller = size[0] < x.shape[-2]
    mode = "bilinear" if smaller else "bicubic"
    return interpolate(x, size, mode=mode, antialias=smaller).clamp(0, 1)


def scaled(x: Tensor, share: float) -> Tensor:
    """A picture at a fraction of its size."""
    return resized(x, (round(x.shape[-2] * share), round(x.shape[-1] * share)))


def _chance(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
