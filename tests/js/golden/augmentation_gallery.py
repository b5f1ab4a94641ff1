"""What cvlib.augment makes of small pictures, boxes and fields."""

import torch

from cvlib import augment
from cvlib.augment.moves import outlines
from cvlib.augment.warps import Elastic, Rotate, blur, turn

H, W = 9, 12


def golden() -> list[dict]:
    """Pictures and boxes by every geometric move; colours; fields."""
    chance = torch.Generator().manual_seed(0)
    image = torch.rand(3, H, W, generator=chance, dtype=torch.float64)
    boxes = torch.tensor([[1.0, 2, 5, 6], [6, 0, 12, 9]], dtype=torch.float64)
    noise = torch.rand(2, 1, H, W, generator=chance, dtype=torch.float64) * 2 - 1
    cases = []

    def case(fn, *args, expected):
        plain = [a.tolist() if isinstance(a, torch.Tensor) else a for a in args]
        cases.append({"fn": fn, "args": plain, "expected": expected.tolist()})

    case("flip", image, expected=augment.horizontal_flip(image))
    case("flipBox", boxes[0], W, expected=augment.Flip((H, W)).boxes(boxes)[0])
    for window in ((1, 2, 5, 7), (0, 0, 9, 12), (4, 5, 3, 4)):
        cut = augment.resized_crop(augment.Sample(image, boxes), *window, (H, W))
        case("resizedCrop", image, *window, expected=cut.image)
        for box, moved in zip(boxes, cut.boxes, strict=True):
            case("resizedCropBox", box, *window, H, W, expected=moved)
    for angle in (0, 17, -63.5, 90, 180):
        move = Rotate((H, W), angle)
        point = torch.tensor([2.25, 7.5], dtype=torch.float64)
        case("turn", point, angle, H, W, expected=turn(point, angle, (H, W)))
        case("rotateBox", boxes[0], angle, H, W, expected=move.boxes(boxes)[0])
    for angle in (17, -63.5):
        case("rotate", image, angle, expected=augment.rotate(image, angle))
    case("outline", boxes[1], 3, expected=outlines(boxes, steps=3)[1])
    shift = torch.tensor([0.2, -0.3, 0.05], dtype=torch.float64)
    case("rgbShift", image, shift, expected=augment.rgb_shift(image, shift))
    pca = augment.fit_pca_colour(image)
    alpha = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    packed = {"values": pca[0].tolist(), "vectors": pca[1].tolist()}
    by_hand = pca.eigenvectors @ (alpha * pca.eigenvalues)
    case("pcaShift", packed, alpha, expected=by_hand)
    middle = torch.full((3, 1, 1), 0.5, dtype=torch.float64)
    assert torch.allclose(
        augment.pca_colour(middle, pca, alpha)[:, 0, 0] - 0.5, by_hand
    )
    for sigma in (0.5, 0.9):
        case("blur", noise[0, 0], sigma, expected=blur(noise, sigma)[0, 0])
    pixels = blur(noise, 0.9) * 4 / 2  # alpha 4, as elastic_displacement scales it
    case("field", noise[:, 0], 4, 0.9, expected=pixels[:, 0])
    halves = torch.tensor([W / 2, H / 2], dtype=torch.float64)
    move = Elastic((H, W), pixels.permute(1, 2, 3, 0) / halves)
    case("elastic", image, pixels[:, 0], expected=move.image(image))
    case("elasticBox", boxes[0], pixels[:, 0], expected=move.boxes(boxes)[0])
    case("elasticPoint", point, pixels[:, 0], expected=move.points(point))
    return cases
