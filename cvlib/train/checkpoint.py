"""Where a long training saves itself, and goes on from (torch)."""

import os
from dataclasses import asdict
from pathlib import Path

import torch

from cvlib.train.loop import History, State


class Checkpoint:
    """A file that holds a training after its last finished epoch.

    `fit(…, resume=Checkpoint("run.pt"))` writes it after each epoch; started again with
    the same arguments, it goes on where it was and ends with the same weights as a
    training that nobody stopped.

    Args:
        path: the file; its folder is made.

    Example:
        >>> from cvlib.train import fit
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "run.pt"
        >>> x, y = torch.randn(10, 2), torch.zeros(10).long()
        >>> net = torch.nn.Linear(2, 2)
        >>> _ = fit(net, x, y, epochs=3, resume=Checkpoint(file), progress=False)
        >>> fit(net, x, y, epochs=5, resume=Checkpoint(file), progress=False).epochs
        5
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def save(self, state: State, chance: torch.Generator) -> None:
        """Write everything the next epoch depends on; never half a file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(self.path.name + ".part")
        torch.save(
            {
                "model": state.model.state_dict(),
                "optimizer": state.optimizer.state_dict(),
                "history": asdict(state.history),
                "step": state.step,
                "epoch": state.epoch,
                "chance": chance.get_state(),
                "torch": torch.get_rng_state(),  # dropout draws from it
            },
            part,
        )
        os.replace(part, self.path)

    def load(self, state: State, chance: torch.Generator) -> None:
        """Put a training back to where it was saved; nothing if it never was."""
        if not self.path.exists():
            return
        saved = torch.load(self.path, weights_only=True)
        state.model.load_state_dict(saved["model"])
        state.optimizer.load_state_dict(saved["optimizer"])
        state.history = History(**saved["history"])
        state.step, state.epoch = saved["step"], saved["epoch"]
        chance.set_state(saved["chance"])
        torch.set_rng_state(saved["torch"])
