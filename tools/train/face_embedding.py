"""Train the embedding of faces on drawn people and ship it as `face_embedding`.

Fifteen hundred invented people, eight pictures of each, cut closer and made grey by
chance; semi-hard triplets mined within batches of 32 people with 4 pictures. Measured
on 200 people of the test split by the protocol of LFW: ten folds, the threshold chosen
on nine. On one quiet core the pictures take about four minutes and are kept, and the
training takes about ten.
`--images 1200 --epochs 6 --dry` is a trial.
"""

import torch
from recipe import ROOT, hardware, options, rounded_to_half, ship
from torch import Tensor, nn

from cvlib.data.drawn_once import people_drawn_once
from cvlib.faces import (
    face_crops,
    face_embedding,
    fit_embedding,
    pair_distances,
    verification_pairs,
)
from cvlib.metrics import best_threshold, equal_error_rate, ten_fold_accuracy
from cvlib.train import Checkpoint, seed_all

FACES = ROOT / "_build" / "faces"
PEOPLE, EACH = 1500, 8
SAMPLE = 60  # test people, with 4 pictures each, that the test of the weights measures
MARGIN = 0.3


def verified(net: nn.Module, images: Tensor, labels: Tensor) -> dict[str, float]:
    """Ten-fold accuracy, its standard error, and the equal error rate."""
    pairs, same, folds = verification_pairs(labels)
    distances = pair_distances(net, images, pairs)
    found = ten_fold_accuracy(distances, same, folds)
    return {
        "accuracy": round(found.mean, 4),
        "standard_error": round(found.standard_error, 4),
        "equal_error": round(equal_error_rate(distances, same).rate, 4),
    }


def main() -> None:
    """Draw, train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=120, images=PEOPLE * EACH)
    people = chosen.images // EACH
    draw = {"folder": FACES, "progress": True}
    images, labels = people_drawn_once("train", people=people, each=EACH, **draw)
    seen = people_drawn_once("validation", people=100, each=4, **draw)
    seed_all(chosen.seed)
    net = face_embedding().to(chosen.device, memory_format=torch.channels_last)

    def report(state) -> None:
        if state.epoch % 2 == 0:
            print(f"\nepoch {state.epoch}: {verified(net, *seen)}", flush=True)

    history = fit_embedding(
        net,
        images,
        labels,
        epochs=chosen.epochs,
        mining="semi_hard",
        margin=MARGIN,
        lr=2e-3,
        augment=face_crops,
        precision=torch.bfloat16,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint),
        after_epoch=report,
    )
    net = rounded_to_half(net.cpu().to(memory_format=torch.contiguous_format)).eval()
    pairs, same, _ = verification_pairs(seen[1])
    threshold = best_threshold(pair_distances(net, seen[0], pairs), same)
    minutes = round(sum(history.seconds) / 60, 1)
    part = people_drawn_once("test", people=SAMPLE, each=4, **draw)
    sample = verified(net, *part)
    if chosen.dry:
        print(f"{minutes} minutes, threshold {threshold:.3f}, {SAMPLE} people {sample}")
        return
    found = verified(net, *people_drawn_once("test", people=200, each=8, **draw))
    ship(
        "face_embedding",
        net,
        builder="cvlib.faces.embedding:face_embedding",
        metric="ten-fold verification accuracy on 200 unseen people",
        value=found["accuracy"],
        tolerance=0.01,
        data=f"{people} drawn people, {EACH} pictures of each",
        half=True,
        standard_error=found["standard_error"],
        equal_error=found["equal_error"],
        threshold=round(threshold, 3),
        sample=SAMPLE,
        sample_value=sample["accuracy"],
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=minutes,
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
