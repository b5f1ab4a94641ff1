"""Curves and diagnoses by cvlib."""

from dataclasses import asdict, replace

from cvlib.train.diagnosis import ADVICE, ATLAS, Simulated, diagnose, noise, simulate
from cvlib.widgets.curve_diagnosis import LOOKS

TREATED = [
    replace(ATLAS["overfitting"], regularisation=16.0),
    replace(ATLAS["overfitting"], regularisation=1000.0),
    replace(ATLAS["too little capacity"], capacity=10.0),
    replace(ATLAS["too little capacity"], rate=0.01),
    replace(ATLAS["late start"], stuck=0),
    replace(ATLAS["late start"], rate=0.1),
    replace(ATLAS["explosion"], rate=12.0),
    replace(ATLAS["rate too high"], capacity=4.0),
]


def golden() -> list[dict]:
    """Every patient of the atlas, and some after treatment."""
    cases = []
    for seed, patient in enumerate([*ATLAS.values(), *TREATED]):
        luck = noise(seed)
        curves = simulate(patient, luck)
        found = asdict(diagnose(curves))
        del found["advice"]
        given = asdict(curves)
        cases += [
            {"fn": "simulate", "args": [vars(patient), luck], "expected": given},
            {"fn": "diagnose", "args": [given], "expected": found},
        ]
    lost = [0.4, 0.7, 0.3, 0.1, 0.1, 0.1]
    lost = Simulated([2 - a for a in lost], lost, [2.0] * 6, lost)
    found = {k: v for k, v in asdict(diagnose(lost)).items() if k != "advice"}
    cases.append({"fn": "diagnose", "args": [asdict(lost)], "expected": found})
    was = vars(ATLAS["late start"])
    dose = {"rate": 2.0, "capacity": 0.5, "regularisation": 4.0, "rescaled": True}
    after = {"rate": 2.0, "capacity": 0.5, "regularisation": 4.0, "stuck": 0}
    cases.append({"fn": "treat", "args": [was, dose], "expected": after})
    cases.append({"fn": "treat", "args": [was, {}], "expected": was})
    found = {"name": "healthy", "because": "all is well"}
    words = [LOOKS, ADVICE]
    yes = f"Yes, healthy: all is well. {ADVICE['healthy']}"
    no = (
        f"Not explosion: you would see {LOOKS['explosion']}. "
        f"Here you see {LOOKS['healthy']}."
    )
    return [
        *cases,
        {"fn": "verdict", "args": ["healthy", found, *words], "expected": yes},
        {"fn": "verdict", "args": ["explosion", found, *words], "expected": no},
    ]
