"""What makes two pictures alike in content, and what in style (torch).

Content is where things are: feature maps are compared place by place. Style is what
occurs together anywhere: the places are summed over first, and Gram matrices compared.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from cvlib.validate import check_choice, check_floating, check_number, check_shape

NORMALIZATIONS = ("gatys", "johnson", "relative")
"""How a loss is made independent of the size of its layer; see `content_loss`."""
GRAMS = ("sum", "mean", "size")
"""What a Gram matrix is divided by; see `gram_matrix`."""


def content_loss(
    features: Tensor, target: Tensor, *, normalization: str = "gatys"
) -> Tensor:
    """How far the maps F of one picture are from the maps P of another, place by place.

    - `gatys`: ½ Σ (F − P)². It grows with the layer and with the picture.
    - `johnson`: Σ (F − P)² / (C·H·W), the mean square.
    - `relative`: Σ (F − P)² / Σ (P − mean of P's channel)². 0 is perfect, and 1 is what
      a flat map with the right mean would get, whatever the layer. (A target that is
      flat itself gets the mean square.)

    Args:
        features: (N, C, H, W) maps of the picture that is made.
        target: (N, C, H, W) or (1, C, H, W) maps of the content.
        normalization: as above.

    Returns:
        A scalar, the mean over the N pictures.

    Raises:
        TypeError: an argument is no tensor of floats.
        ShapeError: the two have not one shape.

    Source:
        Gatys, Ecker, Bethge, Image style transfer using convolutional neural networks,
        CVPR 2016, equation 1; Johnson, Alahi, Fei-Fei, Perceptual losses, ECCV 2016.

    Example:
        >>> content_loss(torch.ones(1, 2, 3, 3), torch.zeros(1, 2, 3, 3))
        tensor(9.)
    """
    N, C, H, W = check_shape("features", features, "N C H W")
    check_floating("features", features)
    match = {"to_match": f"features {tuple(features.shape)}", "C": C, "H": H, "W": W}
    check_shape("target", target, "N C H W" if len(target) != 1 else "1 C H W",
                **match, N=N)  # fmt: skip
    check_choice("normalization", normalization, NORMALIZATIONS)
    off = (features - target).square().sum((1, 2, 3))
    if normalization == "gatys":
        return off.mean() / 2
    if normalization == "johnson":
        return off.mean() / (C * H * W)
    varies = (target - target.mean((2, 3), keepdim=True)).square().sum((1, 2, 3))
    # the mean of a flat map is rounded: what it leaves is 0, not something to divide by
    least = 4 * torch.finfo(target.dtype).eps
    flat = varies <= least**2 * target.square().sum((1, 2, 3))
    return (off / _or(varies.masked_fill(flat, 0), C * H * W)).mean()


def gram_matrix(features: Tensor, *, normalization: str = "sum") -> Tensor:
    """Which channels answer together: the products of all pairs, summed over places.

    G[i, j] = Σ over positions of F[i] · F[j]. Where the answers are is summed away.

    Args:
        features: (N, C, H, W).
        normalization: what the sum is divided by: "sum" by nothing, as Gatys prints it;
            "mean" by the H·W positions, so that pictures of two sizes can be compared;
            "size" by C·H·W, as Johnson does.

    Returns:
        (N, C, C), symmetric, with no negative eigenvalue.

    Raises:
        TypeError: `features` is no tensor of floats.
        ShapeError: `features` is not (N, C, H, W).

    Source:
        Gatys, Ecker, Bethge, Texture synthesis using convolutional neural networks,
        NeurIPS 2015.

    Example:
        >>> stripes = torch.tensor([[[[1., 0, 1, 0]], [[0., 1, 0, 1]]]])
        >>> gram_matrix(stripes)  # never both at one place
        tensor([[[2., 0.],
                 [0., 2.]]])
    """
    _, C, H, W = check_shape("features", features, "N C H W")
    check_floating("features", features)
    divisor = {"sum": 1, "mean": H * W, "size": C * H * W}
    by = divisor[check_choice("normalization", normalization, GRAMS)]
    rows = features.flatten(2)  # (N, C, H·W)
    return rows @ rows.transpose(1, 2) / by


def gram_loss(gram: Tensor, target: Tensor, *, normalization: str = "gatys") -> Tensor:
    """How far two Gram matrices are apart, each the *mean* over its positions.

    - `gatys`: Σ (G − A)² / (4 C²). With Grams that are sums over M positions each this
      is the paper's Σ (G − A)² / (4 C² M²); divided first, M need not be the same.
    - `johnson`: Σ (G − A)² / C², the squared Frobenius norm between Grams of "size":
      four times as much.
    - `relative`: Σ (G − A)² / Σ A². 0 is perfect; a picture that excites nothing has 1.

    Args:
        gram: (N, C, C) of the picture that is made.
        target: (N, C, C) or (1, C, C) of the style.
        normalization: as above.

    Returns:
        A scalar, the mean over the N pictures.

    Example:
        >>> gram_loss(torch.zeros(1, 2, 2), torch.eye(2)[None])
        tensor(0.1250)
    """
    N, C, _ = check_shape("gram", gram, "N C C")
    check_shape("target", target, "N C C" if len(target) != 1 else "1 C C", N=N, C=C,
                to_match=f"gram {tuple(gram.shape)}")  # fmt: skip
    check_choice("normalization", normalization, NORMALIZATIONS)
    off = (gram - target).square().sum((1, 2))
    by = {"gatys": 4 * C**2, "johnson": C**2}.get(normalization)
    return (off / (by or _or(target.square().sum((1, 2)), C**2))).mean()


def layer_style_loss(
    features: Tensor, target: Tensor, *, normalization: str = "gatys"
) -> Tensor:
    """The style loss of one layer, E_l, from the maps of two pictures.

    Args:
        features: (N, C, H, W) of the picture that is made.
        target: (N, C, H', W') or (1, C, H', W') of the style, which may have another
            size.
        normalization: see `gram_loss`.

    Returns:
        A scalar, the mean over the N pictures.

    Source:
        Gatys, Ecker, Bethge, 2016, equation 4.

    Example:
        >>> maps = torch.rand(1, 4, 5, 5)
        >>> turned = maps.rot90(1, (2, 3))  # other places, the same style
        >>> bool(layer_style_loss(turned, maps) < 1e-12)
        True
    """
    grams = [gram_matrix(maps, normalization="mean") for maps in (features, target)]
    return gram_loss(*grams, normalization=normalization)


def style_loss(
    features: Mapping[str, Tensor],
    target: Mapping[str, Tensor],
    weights: Mapping[str, float],
    *,
    normalization: str = "gatys",
) -> Tensor:
    """The style loss over several layers: Σ w_l E_l.

    Args:
        features: maps (N, C, H, W) by layer of the picture that is made.
        target: maps by layer of the style.
        weights: w_l of each layer that counts.
        normalization: see `gram_loss`.

    Returns:
        A scalar.

    Raises:
        ValueError: `weights` names a layer that has no maps, or is empty.

    Source:
        Gatys, Ecker, Bethge, 2016, equation 5.

    Example:
        >>> a, b = {"conv1": torch.ones(1, 2, 3, 3)}, {"conv1": torch.zeros(1, 2, 3, 3)}
        >>> style_loss(a, b, {"conv1": 2.0})
        tensor(0.5000)
    """
    check_weights("weights", weights, features)
    check_weights("weights", weights, target)
    return torch.stack(
        [
            w * layer_style_loss(features[l], target[l], normalization=normalization)
            for l, w in weights.items()
        ]
    ).sum()


def tv_loss(x: Tensor, *, reduction: str = "sum") -> Tensor:
    """Total variation: the squared steps between neighbouring pixels, both ways.

    Small for smooth pictures. A little of it removes the checks and the speckle
    that features hardly see.

    Args:
        x: (N, C, H, W).
        reduction: "sum" over the values of a picture, or "mean".

    Returns:
        A scalar, the mean over the N pictures.

    Source:
        Mahendran, Vedaldi, Understanding deep image representations by inverting them,
        CVPR 2015; here with the exponent 2.

    Example:
        >>> tv_loss(torch.tensor([[[[0., 1], [2, 4]]]]))  # 1² + 2² across, 2² + 3² down
        tensor(18.)
    """
    N, C, H, W = check_shape("x", x, "N C H W")
    check_floating("x", x)
    check_choice("reduction", reduction, ["sum", "mean"])
    down = (x[:, :, 1:] - x[:, :, :-1]).square().sum()
    across = (x[..., 1:] - x[..., :-1]).square().sum()
    return (down + across) / (N * (C * H * W if reduction == "mean" else 1))


def check_weights(name: str, weights: Mapping[str, float], maps: Mapping) -> None:
    """Refuse weights of layers that are not there.

    Raises:
        ValueError: a layer is unknown, a weight negative, or there is none.
    """
    if not weights:
        raise ValueError(f"{name} must name at least one layer, got none")
    for layer, weight in weights.items():
        check_choice(f"a layer of {name}", layer, tuple(maps))
        check_number(f"{name}[{layer!r}]", weight, minimum=0)


def _or(x: Tensor, otherwise: float) -> Tensor:
    """x, or a count where it is 0 because a map is flat: then the mean square."""
    return torch.where(x > 0, x, otherwise)
