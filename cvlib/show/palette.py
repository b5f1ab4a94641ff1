"""One colour code through the whole book, safe for colour-blind readers.

Each colour has a mark (lines, points), an ink (text on the page) and a fill (behind
numbers). `cvlib/widgets/kit.css` holds the same values and their twins in the dark.
"""

INPUT, INPUT_INK, INPUT_FILL = "#0072b2", "#005b8f", "#d9e9f5"
KERNEL, KERNEL_INK, KERNEL_FILL = "#e69f00", "#7d5200", "#fcebc8"
OUTPUT, OUTPUT_INK, OUTPUT_FILL = "#009e73", "#00664a", "#d2f0e6"
GRADIENT, GRADIENT_INK, GRADIENT_FILL = "#d55e00", "#9c4200", "#fae0cf"
HAND, HAND_INK, HAND_FILL = "#cc79a7", "#8f3a6a", "#f7e2ee"
INK, MUTED, RULE, SURFACE = "#1f2328", "#59636e", "#d0d7de", "#ffffff"

VARIABLES = {
    colour: f"--cv-{name}"
    for name, colour in {
        **{
            f"{kind.lower()}{part.lower().replace('_', '-')}": globals()[kind + part]
            for kind in ("INPUT", "KERNEL", "OUTPUT", "GRADIENT", "HAND")
            for part in ("", "_INK", "_FILL")
        },
        "ink": INK,
        "muted": MUTED,
        "rule": RULE,
        "surface": SURFACE,
    }.items()
}
"""Each colour's name in the style sheet, so that figures follow the page's theme."""

KINDS = {
    "input": (INPUT, INPUT_INK, INPUT_FILL),
    "kernel": (KERNEL, KERNEL_INK, KERNEL_FILL),
    "output": (OUTPUT, OUTPUT_INK, OUTPUT_FILL),
    "gradient": (GRADIENT, GRADIENT_INK, GRADIENT_FILL),
    "hand": (HAND, HAND_INK, HAND_FILL),
    "plain": (MUTED, INK, SURFACE),
}
