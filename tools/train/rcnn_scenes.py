"""Train R-CNN on the scenes benchmark, in its five steps, and ship it as `rcnn_scenes`.

On the first half of Faster R-CNN's pictures, the last steps on 300 of them; measured on
the same test split. Half an hour on one quiet core with bfloat16 instructions, most of
it in steps 2 and 3. Each step's result is kept, so it can be stopped and started again.
"""

import time

import torch
from detectors import pretrained_backbone
from proposed import FOLDER, Proposed, with_proposals
from recipe import hardware, options, ship
from torch import Tensor, nn
from tqdm import tqdm

from cvlib.augment import (
    random_channel_permutation,
    random_horizontal_flip,
    random_jitter,
)
from cvlib.detect import WarpedHead, detections, fit_detector, standard_detection
from cvlib.detect.five_steps import (
    Classifier,
    FineTuning,
    cache_features,
    cut_out,
    finish,
    fit_machines,
    fit_regressors,
)
from cvlib.detect.models import rcnn_scenes
from cvlib.metrics import mean_average_precision
from cvlib.train import Checkpoint, fit, seed_all
from cvlib.train.loop import computing_in
from cvlib.train.schedules import one_cycle

PICTURES = 3_000  # half of those of Faster R-CNN: each takes two hundred squares
CACHED, JUDGED = 300, 60  # pictures, of the training and of the validation split
SAMPLE = 6  # of the test split, measured alone: all take long to measure again
SHARED = {"schedule": one_cycle(), "precision": torch.bfloat16}


def augment(squares: Tensor, chance: torch.Generator) -> Tensor:
    """Mirrored, in another light, in other colours."""
    squares = random_horizontal_flip(squares, chance)
    squares = random_jitter(
        squares, chance, brightness=0.4, contrast=0.4, saturation=0.8
    )
    return random_channel_permutation(squares, chance)


class Judge:
    """Measures outputs on features that are computed once."""

    @torch.no_grad()
    def __init__(self, head: WarpedHead, data: Proposed, n: int) -> None:
        self.head, self.part = head, [data[i] for i in range(n)]
        with computing_in(torch.bfloat16, next(head.parameters()).device):
            self.features = [
                head.features(image[None], [target["proposals"]]).float()
                for image, target in tqdm(self.part, desc="features to judge by")
            ]

    @torch.no_grad()
    def __call__(self, *, independent: bool) -> float:
        """Mean average precision with the head's present outputs."""
        found = []
        for (image, target), x in zip(self.part, self.features, strict=True):
            outputs = self.head.classes(x), self.head.boxes(x)
            regions, sizes = [target["proposals"]], [tuple(image.shape[1:])]
            found += detections(*outputs, regions, sizes, independent=independent)
        return mean_average_precision(found, [target for _, target in self.part]).mean


def main() -> None:
    """The five steps, then measure and ship."""
    chosen = options(__file__, __doc__, epochs=2)
    begin, classes = time.perf_counter(), 7
    seed_all(chosen.seed)
    model = rcnn_scenes().to(chosen.device, memory_format=torch.channels_last)
    model.output["independent"] = False  # until step 4
    head = model.per_region
    head.body[0].load_state_dict(pretrained_backbone().state_dict())
    for weight in head.boxes.parameters():
        nn.init.zeros_(weight)  # no box moves before step 5
    data = with_proposals("train", PICTURES, quick=True)

    def kept(step: str) -> Checkpoint:
        file = chosen.checkpoint.with_stem(f"{chosen.checkpoint.stem}-{step}")
        if chosen.fresh:
            file.unlink(missing_ok=True)
        return Checkpoint(file)

    squares, labels = cut_out(tqdm(data, desc="step 1, objects cut out"))
    fit(
        Classifier(head), squares, labels,
        epochs=5, batch_size=64, lr=0.05, weight_decay=5e-4, augment=augment,
        seed=chosen.seed, resume=kept("classifier"), **SHARED,
    )  # fmt: skip
    fit_detector(
        FineTuning(model), data,
        epochs=chosen.epochs, batch_size=4, lr=1e-3, augment=standard_detection,
        seed=chosen.seed, resume=kept("tuned"), **SHARED,
    )  # fmt: skip
    model.eval()
    judge = Judge(head, with_proposals("validation", quick=False), JUDGED)
    reached = {"softmax": judge(independent=False)}
    print(reached, flush=True)
    file = FOLDER / "rcnn_scenes-cache.pt"
    if chosen.fresh or not file.exists():
        part = (data[i] for i in tqdm(range(CACHED), desc="step 3, features"))
        with computing_in(torch.bfloat16, torch.device(chosen.device)):
            torch.save(cache_features(head, part), file)
    cache = torch.load(file, weights_only=False)
    size = cache.features.numel() * 2 / 1e6
    print(f"{len(cache)} regions, {size:.0f} MB of features in half precision")
    finish(model, fit_machines(cache, classes), head.boxes)
    reached["machines"] = judge(independent=True)
    finish(model, head.classes, fit_regressors(cache, classes))
    reached["regressors"] = judge(independent=True)
    print(reached, flush=True)
    test = with_proposals("test", quick=False)
    few = round(Judge(head, test, SAMPLE)(independent=True), 4)
    ship(
        "rcnn_scenes",
        model.to(memory_format=torch.contiguous_format),
        builder="cvlib.detect.models:rcnn_scenes",
        metric="mAP@0.5 (VOC, area) on the test split",
        value=Judge(head, test, len(test))(independent=True),
        tolerance=0.005,
        data=f"scenes benchmark, {PICTURES} training images",
        sample=SAMPLE,
        sample_value=few,
        **{step: round(value, 4) for step, value in reached.items()},
        seed=chosen.seed,
        epochs=chosen.epochs,
        minutes=round((time.perf_counter() - begin) / 60, 1),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
