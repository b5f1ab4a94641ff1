"""What cvlib.augment and cvlib.segment make of small pictures and labels."""

import torch

from cvlib.augment import elastic
from cvlib.augment.warps import blur
from cvlib.segment import move_labels

H, W = 10, 12


def golden() -> list[dict]:
    """Fields of three widths and strengths; pictures and labels bent by each."""
    chance = torch.Generator().manual_seed(0)
    image = torch.rand(H, W, generator=chance, dtype=torch.float64)
    labels = torch.randint(0, 2, (H, W), generator=chance)
    noise = torch.rand(2, 1, H, W, generator=chance, dtype=torch.float64) * 2 - 1
    halves = torch.tensor([W / 2, H / 2], dtype=torch.float64)
    cases = []

    def case(fn, *args, expected):
        plain = [a.tolist() if isinstance(a, torch.Tensor) else a for a in args]
        cases.append({"fn": fn, "args": plain, "expected": expected})

    for alpha, sigma in ((4, 0.6), (9, 1.0), (30, 1.0)):
        pixels = (blur(noise, sigma) * alpha / 2)[:, 0]
        case("blur", noise[0, 0], sigma, expected=blur(noise, sigma)[0, 0].tolist())
        case("field", noise[:, 0], alpha, sigma, expected=pixels.tolist())
        displacement = pixels.permute(1, 2, 0)[None] / halves
        bent, moved = move_labels(
            image[None], labels, lambda s, d=displacement: elastic(s, d)
        )
        case("bend", image, pixels, expected=bent[0].tolist())
        case("bendLabels", labels, pixels, expected=moved.tolist())
        case("farthest", pixels, expected=pixels.norm(dim=0).max().item())
        case("folded", pixels, expected=share_folded(pixels))
        same = (moved != 255) & (labels != 255)
        wrong = int(((moved != labels) & same).sum()) / int(same.sum())
        case("differing", moved, labels, expected=wrong)
    return cases


def share_folded(pixels: torch.Tensor) -> float:
    """Where the determinant of the derivative of q + d(q) is not positive."""
    down = (pixels[:, 1:] - pixels[:, :-1])[:, :, :-1]
    right = (pixels[:, :, 1:] - pixels[:, :, :-1])[:, :-1]
    derivative = torch.stack([right, down], -1).permute(1, 2, 0, 3) + torch.eye(2)
    return (torch.linalg.det(derivative) <= 0).double().mean().item()
