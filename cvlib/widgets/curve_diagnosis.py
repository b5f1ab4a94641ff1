"""W9: eight trainings to diagnose by their curves, and to treat."""

from typing import TYPE_CHECKING

import traitlets as t

from cvlib import show
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

if TYPE_CHECKING:  # cvlib.train brings torch along: not for a page without curves
    from cvlib.train.diagnosis import Patient, Simulated

ORDER = (
    "overfitting", "late start", "rate too low", "healthy", "explosion",
    "too little capacity", "never learns", "rate too high",
)  # fmt: skip
LOOKS = {
    "healthy": "a fast fall that flattens, and a validation curve close behind",
    "rate too low": "a slow, even fall that has not ended when training does",
    "rate too high": "a fast first fall that stops too high, and jumps ever after",
    "explosion": "a loss that rises from the start until the guard ends it",
    "overfitting": "two accuracies that part, and a validation loss that rises again",
    "too little capacity": "two curves that lie together, flat, and far too low",
    "late start": "nothing at all for a while, and then a normal training",
    "never learns": "an accuracy that stays at guessing to the end",
}
"""What one would see, to be put after "you would see"."""


class CurveDiagnosis(Interactive):
    """Look at two charts, say what is wrong, and try the cure.

    Example:
        >>> CurveDiagnosis(patient=0, regularisation=16).diagnosis()
        'healthy'
    """

    label = t.Unicode("Curves of a training to diagnose and to treat").tag(sync=True)
    patients = t.List().tag(sync=True)
    luck = t.List().tag(sync=True)
    looks = t.Dict(default_value=LOOKS).tag(sync=True)
    advice = t.Dict().tag(sync=True)
    patient = t.Int(0).tag(sync=True)
    rate = t.Float(1).tag(sync=True)
    capacity = t.Float(1).tag(sync=True)
    regularisation = t.Float(1).tag(sync=True)
    rescaled = t.Bool(False).tag(sync=True)

    @t.default("patients")
    def _patients(self) -> list[dict]:
        from cvlib.train.diagnosis import ATLAS

        return [vars(ATLAS[name]) for name in ORDER]

    @t.default("luck")
    def _luck(self) -> list:
        from cvlib.train.diagnosis import noise

        return [noise(seed) for seed in range(len(ORDER))]

    @t.default("advice")
    def _advice(self) -> dict:
        from cvlib.train.diagnosis import ADVICE

        return ADVICE

    def treated(self) -> "Patient":
        """The patient on show after the treatment on show."""
        from cvlib.train.diagnosis import Patient

        was = self.patients[self.patient]
        return Patient(
            rate=was["rate"] * self.rate,
            capacity=was["capacity"] * self.capacity,
            regularisation=was["regularisation"] * self.regularisation,
            stuck=0 if self.rescaled else was["stuck"],
        )

    def curves(self) -> "Simulated":
        """The curves on show."""
        from cvlib.train.diagnosis import simulate

        return simulate(self.treated(), self.luck[self.patient])

    def diagnosis(self) -> str:
        """What they say."""
        from cvlib.train.diagnosis import diagnose

        return diagnose(self.curves()).name

    def still(self) -> str:
        """Loss and accuracy, of training and validation."""
        curves = self.curves()
        fig, axes = show.figure(6.2, 2.6, 1, 2)
        epochs = range(1, len(curves.train_loss) + 1)
        for ax, name in zip(axes, ("loss", "accuracy"), strict=True):
            for part, colour in (("train", p.GRADIENT), ("val", p.OUTPUT)):
                ax.plot(epochs, getattr(curves, f"{part}_{name}"), color=colour)
            ax.set(title=name, xlabel="epoch", xlim=(0, 40))
        axes[1].set_ylim(0, 1)
        words = f"Loss and accuracy over 40 epochs: {LOOKS[self.diagnosis()]}."
        return show.Picture(fig, words)._repr_html_()
