"""W13: a network from one line of the grammar, drawn and counted."""

import traitlets as t

from cvlib import show
from cvlib.nets.notation import expand
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

CLASSES = {32: 10, 64: 200, 224: 1000}


class GrammarBuilder(Interactive):
    """Type a line or move its letters; see the layers, their sizes and parameters.

    Example:
        >>> sum(n for _, _, n in GrammarBuilder(n=1, m=1, k=0).rows())
        82826
    """

    label = t.Unicode("A network built from one line of the grammar").tag(sync=True)
    line = t.Unicode("[(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K,SOFTMAX").tag(sync=True)
    n = t.Int(2).tag(sync=True)
    m = t.Int(3).tag(sync=True)
    k = t.Int(1).tag(sync=True)
    optional = t.Bool(True).tag(sync=True)
    size = t.Int(32).tag(sync=True)
    width = t.Int(32).tag(sync=True)
    hidden = t.Int(256).tag(sync=True)

    def rows(self) -> list[tuple[str, tuple[int, ...], int]]:
        """Each layer but the ReLUs: its name, its output, its parameters.

        Raises:
            GrammarError, ValueError: the line cannot be read or built.
        """
        import torch  # a page that only shows the widget need not wait for it

        from cvlib.nets.grammar import from_grammar

        letters = {"N": self.n, "M": self.m, "K": self.k}
        rows, x = [], torch.zeros(1, 3, self.size, self.size, device="meta")
        with torch.device("meta"):
            net = from_grammar(
                self.line,
                size=self.size,
                width=self.width,
                hidden=self.hidden,
                num_classes=CLASSES[self.size],
                optional=self.optional,
                **letters,
            )
        names = iter(expand(self.line, optional=self.optional, **letters))
        for label, layer in net.named_children():
            x = layer(x)
            name = "" if label == "flatten" else next(names)
            if name not in ("", "RELU"):
                count = sum(q.numel() for q in layer.parameters())
                rows.append((name, tuple(x.shape[1:]), count))
        return rows

    def still(self) -> str:
        """The sides of the maps, one bar a layer."""
        rows = [("input", (3, self.size, self.size), 0), *self.rows()]
        fig, ax = show.figure(6.4, 2.2)
        for i, (name, shape, _) in enumerate(rows):
            colour = p.INPUT if name == "input" else p.OUTPUT
            ax.bar(i, shape[-1] if len(shape) == 3 else 1, color=colour, width=0.7)
        ax.set(xticks=range(len(rows)), ylabel="side of the map")
        ax.set_xticklabels([name for name, *_ in rows], rotation=60)
        total = sum(count for *_, count in rows)
        alt = ", ".join(f"{n} {' × '.join(map(str, s[::-1]))}" for n, s, _ in rows)
        return show.Picture(fig, f"{alt}; {total} parameters.")._repr_html_()
