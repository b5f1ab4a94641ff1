"""A seeded network, pictures, and what three other libraries make of them.

`python -m tests.cvlib.attack.other_libraries` writes golden.json anew; it needs
torchattacks, foolbox and adversarial-robustness-toolbox, the tests do not.
"""

import importlib.metadata
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

GOLDEN = Path(__file__).with_name("golden.json")
EPS, ALPHA, STEPS = 0.06, 0.013, 7
EPS_L2, ALPHA_L2 = 0.8, 0.17


def network(dtype: torch.dtype = torch.float64) -> nn.Module:
    """Two convolutions with curves between, and a layer to five classes."""
    rng = np.random.default_rng(3)
    net = nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.Tanh(),
        nn.Conv2d(6, 8, 3, stride=2), nn.Softplus(),
        nn.Flatten(), nn.Linear(32, 5),
    )  # fmt: skip
    for weight in net.parameters():
        drawn = rng.normal(0, 1.8 / max(1, weight[0].numel()) ** 0.5, weight.shape)
        weight.data = torch.tensor(drawn)
    with torch.no_grad():  # no class is ahead from the beginning
        net[-1].bias -= net(torch.tensor(rng.uniform(size=(64, 2, 5, 5)))).mean(0)
    return net.to(dtype).eval()


def pictures(dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, ...]:
    """Six of 2 × 5 × 5, some values black or white; their classes; other classes."""
    rng = np.random.default_rng(4)
    images = np.clip(rng.normal(0.5, 0.35, (6, 2, 5, 5)), 0, 1).round(3)
    images = torch.tensor(images, dtype=dtype)
    labels = network(dtype)(images).argmax(1)
    return images, labels, (labels + torch.tensor([1, 2, 3, 4, 1, 2])) % 5


def by_torchattacks() -> dict[str, torch.Tensor]:
    """In float64."""
    import torchattacks as ta

    net, (images, labels, targets) = network(), pictures()

    def run(attack, targeted=False):
        if targeted:
            attack.set_mode_targeted_by_label(quiet=True)
        return attack(images, targets if targeted else labels)

    steps = {"steps": STEPS, "random_start": False}
    linf = {"eps": EPS, "alpha": ALPHA} | steps
    l2 = {"eps": EPS_L2, "alpha": ALPHA_L2} | steps
    return {
        "fgsm": run(ta.FGSM(net, eps=EPS)),
        "fgsm targeted": run(ta.FGSM(net, eps=EPS), True),
        "bim": run(ta.BIM(net, eps=EPS, alpha=ALPHA, steps=STEPS)),
        "pgd": run(ta.PGD(net, **linf)),
        "pgd targeted": run(ta.PGD(net, **linf), True),
        "pgd l2": run(ta.PGDL2(net, **l2)),
        "pgd l2 targeted": run(ta.PGDL2(net, **l2), True),
    }


def by_art() -> dict[str, torch.Tensor]:
    """In float32, as the library computes."""
    from art.attacks.evasion import FastGradientMethod, ProjectedGradientDescent
    from art.estimators.classification import PyTorchClassifier

    images, labels, _ = pictures(torch.float32)
    net = PyTorchClassifier(
        network(torch.float32), nn.CrossEntropyLoss(), (2, 5, 5), 5, clip_values=(0, 1)
    )
    x, y = images.numpy(), np.eye(5, dtype=np.float32)[labels]
    pgd = ProjectedGradientDescent(
        net, eps=EPS, eps_step=ALPHA, max_iter=STEPS, num_random_init=0, verbose=False
    )
    found = {
        "fgsm art": FastGradientMethod(net, eps=EPS).generate(x, y),
        "pgd art": pgd.generate(x, y),
    }
    return {name: torch.tensor(value).double() for name, value in found.items()}


def by_foolbox() -> dict[str, torch.Tensor]:
    """In float32: the attacks that look for the smallest change."""
    import foolbox as fb

    images, labels, targets = pictures(torch.float32)
    net = fb.PyTorchModel(network(torch.float32), bounds=(0, 1))
    smallest = fb.attacks.L2CarliniWagnerAttack(steps=1000, binary_search_steps=9)
    wanted = fb.criteria.TargetedMisclassification(targets)
    found = {
        "deepfool": fb.attacks.L2DeepFoolAttack().run(net, images, labels),
        "carlini wagner": smallest.run(net, images, labels),
        "carlini wagner targeted": smallest.run(net, images, wanted),
    }
    return {name: value.double() for name, value in found.items()}


def main() -> None:
    """Ask all three, and write down what they say."""
    names = ("torchattacks", "adversarial-robustness-toolbox", "foolbox")
    found = by_torchattacks() | by_art() | by_foolbox()
    record = {
        "by": [f"{name} {importlib.metadata.version(name)}" for name in names],
        "found": {
            name: np.round(value.numpy(), 10).ravel().tolist()
            for name, value in found.items()
        },
    }
    GOLDEN.write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
