"""J(G) = α · content + β · style + γ · total variation, of pixels (torch)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from cvlib.style.features import Maps
from cvlib.style.losses import (
    NORMALIZATIONS,
    check_weights,
    content_loss,
    gram_loss,
    gram_matrix,
    tv_loss,
)
from cvlib.validate import check_choice, check_number, check_shape


@dataclass(frozen=True)
class Terms:
    """The parts of J for one picture, before they are weighted, and their sum J."""

    total: Tensor
    content: Tensor
    style: Tensor
    variation: Tensor


class Objective:
    """What a picture is judged by, once content and style are chosen.

    The maps of the content and the Gram matrices of the style never change, so they are
    calculated here, once.

    Args:
        maps: from pictures to maps by name; see `feature_maps`, `tapped`, `pyramid`.
        content: (1, 3, H, W) RGB in [0, 1], or None for a texture.
        style: (1, 3, H', W') RGB in [0, 1], or None to invert the content's maps.
        content_layers: where content is compared, by name with weights, or names, which
            then weigh the same; the weights are made to sum to 1.
        style_layers: likewise for style.
        alpha: weight of the content.
        beta: weight of the style.
        gamma: weight of the total variation, a mean over the values of the picture.
        normalization: of both losses. With "relative" every layer's loss lies between 0
            and about 1, and the weights mean the same for every network and size.

    Raises:
        ShapeError: a picture is not (1, 3, H, W).
        TypeError: one name is given where a list is wanted.
        ValueError: a layer is unknown, a weight negative, or nothing is asked for.

    Source:
        Gatys, Ecker, Bethge, 2016, equation 7.

    Example:
        >>> from cvlib.style import random_maps
        >>> picture = torch.rand(1, 3, 16, 16)
        >>> goal = Objective(random_maps(), picture, picture,
        ...     content_layers=["conv2_2"], style_layers=["conv1_1"], gamma=0)
        >>> float(goal(picture).total)
        0.0
    """

    def __init__(
        self,
        maps: Maps,
        content: Tensor | None,
        style: Tensor | None,
        *,
        content_layers: Mapping[str, float] | Iterable[str] = (),
        style_layers: Mapping[str, float] | Iterable[str] = (),
        alpha: float = 1.0,
        beta: float = 1.0,
        gamma: float = 0.0,
        normalization: str = "relative",
    ) -> None:
        if content is None and style is None:
            raise ValueError("content and style must not both be None: give a picture")
        self.maps = maps
        self.normalization = check_choice(
            "normalization", normalization, NORMALIZATIONS
        )
        self.alpha = check_number("alpha", alpha, minimum=0)
        self.beta = check_number("beta", beta, minimum=0)
        self.gamma = check_number("gamma", gamma, minimum=0)
        self.content, self.style = {}, {}
        self.content_weights, self.style_weights = {}, {}
        with torch.no_grad():
            if content is not None:
                check_shape("content", content, "1 3 H W")
                found = maps(content)
                self.content_weights = shares("content_layers", content_layers, found)
                self.content = {l: found[l] for l in self.content_weights}
            if style is not None:
                check_shape("style", style, "1 3 H W")
                found = maps(style)
                self.style_weights = shares("style_layers", style_layers, found)
                self.style = {
                    l: gram_matrix(found[l], normalization="mean")
                    for l in self.style_weights
                }

    def __call__(self, x: Tensor) -> Terms:
        """The terms for pictures (N, 3, H, W), means over N."""
        check_shape("x", x, "N C H W", C=3)
        return self.terms(x, self.maps(x), self.content)

    def terms(
        self, x: Tensor, found: Mapping[str, Tensor], content: Mapping[str, Tensor]
    ) -> Terms:
        """The same from maps that are there already, and for any content.

        Args:
            x: (N, 3, H, W) pictures, for the total variation.
            found: their maps.
            content: maps of the contents, (N, C, H, W) or (1, C, H, W) each.
        """
        how = {"normalization": self.normalization}
        like = total_of(
            w * content_loss(found[l], content[l], **how)
            for l, w in self.content_weights.items()
        )
        grams = {
            l: gram_matrix(found[l], normalization="mean") for l in self.style_weights
        }
        alike = total_of(
            w * gram_loss(grams[l], self.style[l], **how)
            for l, w in self.style_weights.items()
        )
        rough = tv_loss(x, reduction="mean")
        total = self.alpha * like + self.beta * alike + self.gamma * rough
        return Terms(total, like, alike, rough)


def shares(
    name: str, layers: Mapping[str, float] | Iterable[str], maps: Mapping[str, Tensor]
) -> dict[str, float]:
    """Weights by layer that sum to 1."""
    if isinstance(layers, str):  # its letters would be taken for names
        raise TypeError(
            f"{name} must be a list of names, got {layers!r}; "
            f"did you mean [{layers!r}]?"
        )
    weights = dict(layers) if isinstance(layers, Mapping) else dict.fromkeys(layers, 1)
    check_weights(name, weights, maps)
    whole = sum(weights.values())
    if not whole:
        raise ValueError(f"{name} must not all weigh 0, got {weights}")
    return {layer: weight / whole for layer, weight in weights.items()}


def total_of(terms: Iterable[Tensor]) -> Tensor:
    """Their sum, 0 if there is none."""
    return sum(terms, start=torch.zeros(()))
