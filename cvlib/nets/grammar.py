"""Networks from one line: [(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K,SOFTMAX (torch).

`from_grammar` builds what a line says, `to_grammar` finds the shortest line for a
network that is there already. The notation itself is read in `cvlib.nets.notation`.
"""

from collections import OrderedDict

from torch import nn

from cvlib.nets.notation import GrammarError, compress, expand, parse, write
from cvlib.validate import check_positive

__all__ = [
    "GrammarError",
    "compress",
    "expand",
    "from_grammar",
    "parse",
    "to_grammar",
    "write",
]


class _Builder:
    """Adds one layer after another and knows what comes out of the last."""

    def __init__(self, *, size: int, channels: int, width: int, max_width: int) -> None:
        self.layers: OrderedDict[str, nn.Module] = OrderedDict()
        self.size = self.side = check_positive("size", size)
        self.channels = check_positive("in_channels", channels)
        self.width, self.max_width = width, max_width
        self.pools = 0
        self.features = 0  # numbers in a row, once the map is flattened

    def numbered(self, kind: str) -> str:
        """The name of the next layer of a kind: conv1, conv2."""
        return f"{kind}{1 + sum(name.startswith(kind) for name in self.layers)}"

    def relu(self) -> None:
        """Changes no shape."""
        self.layers[self.numbered("relu")] = nn.ReLU()

    def conv(self, kernel_size: int) -> None:
        """Keep the size; as many filters as the pools before it say."""
        self.refuse_after_fc("CONV")
        filters = min(self.width * 2**self.pools, self.max_width)
        same = kernel_size // 2
        conv = nn.Conv2d(self.channels, filters, kernel_size, padding=same)
        self.layers[self.numbered("conv")] = conv
        self.channels = filters

    def pool(self) -> None:
        """Halve the size, rounding down."""
        self.refuse_after_fc("POOL")
        self.pools += 1
        if self.side < 2:
            raise ValueError(
                f"size must be at least {2**self.pools} for {self.pools} POOLs, got "
                f"{self.size}: {self.pools - 1} of them leave 1 × 1, which cannot be "
                "halved; take fewer"
            )
        self.layers[self.numbered("pool")] = nn.MaxPool2d(2)
        self.side //= 2

    def fc(self, name: str, units: int) -> None:
        """See everything; flatten first if what comes is a map."""
        if not self.features:
            self.layers["flatten"] = nn.Flatten()
            self.features = self.channels * self.side**2
        self.layers[name] = nn.Linear(self.features, units)
        self.features = units

    def refuse_after_fc(self, name: str) -> None:
        """A row of numbers has no height and width."""
        if self.features:
            raise ValueError(
                f"text must have every {name} before the first FC, got one after it: "
                "FC forgets where things are"
            )


def from_grammar(
    text: str,
    *,
    size: int = 32,
    in_channels: int = 3,
    num_classes: int = 10,
    width: int = 64,
    max_width: int = 512,
    hidden: int = 4096,
    kernel_size: int = 3,
    optional: bool = True,
    **letters: int,
) -> nn.Sequential:
    """Build what a line of the grammar says, by VGG's plan for the widths.

    Convolutions keep the size; the pools are 2 × 2 and halve it, rounding down. The
    first convolutions have `width` filters, and each pool doubles that up to
    `max_width`. SOFTMAX stands for the layer of class scores: the softmax itself
    belongs to the loss, as everywhere in torch.

    Args:
        text: a line of the grammar.
        size: H and W of the pictures.
        in_channels: C of the pictures.
        num_classes: K, the number of scores of SOFTMAX.
        width: filters before the first pool.
        max_width: the most filters of any layer.
        hidden: units of each FC.
        kernel_size: of every CONV, odd.
        optional: whether layers with a question mark are there.
        **letters: what each letter stands for, `N=2`.

    Returns:
        A network from (N, C, size, size) to (N, K), its layers named conv1, relu1, …

    Raises:
        GrammarError: the line cannot be read.
        ValueError: CONV or POOL comes after FC, there are more pools than the picture
            can be halved, the kernel is even, or a letter has no value.

    Source:
        The pattern is that of Stanford's CS231n; the widths are those of Simonyan and
        Zisserman, ICLR 2015.

    Example:
        >>> net = from_grammar("[(CONV-RELU)*N-POOL]*2-FC,SOFTMAX", N=1, hidden=100)
        >>> [name for name, _ in net.named_children()]  # doctest: +NORMALIZE_WHITESPACE
        ['conv1', 'relu1', 'pool1', 'conv2', 'relu2', 'pool2', 'flatten', 'fc1',
         'scores']
    """
    k = check_positive("kernel_size", kernel_size)
    if k % 2 == 0:
        raise ValueError(f"kernel_size must be odd to keep the size, got {k}; try 3")
    builder = _Builder(
        size=size, channels=in_channels, width=width, max_width=max_width
    )
    for name in expand(text, optional=optional, **letters):
        match name:
            case "CONV":
                builder.conv(k)
            case "RELU":
                builder.relu()
            case "POOL":
                builder.pool()
            case "FC":
                builder.fc(builder.numbered("fc"), hidden)
            case "SOFTMAX":
                builder.fc("scores", num_classes)
    return nn.Sequential(builder.layers)


NAMES = {nn.Conv2d: "CONV", nn.ReLU: "RELU", nn.MaxPool2d: "POOL", nn.Linear: "FC"}


def to_grammar(net: nn.Module) -> str:
    """The shortest line for a network without branches.

    Other layers than convolutions, ReLUs, max-pools and fully connected ones are left
    out, and a last fully connected layer is written SOFTMAX.

    Args:
        net: its modules are registered in the order in which they are used.

    Raises:
        ValueError: the network has none of these layers.

    Example:
        >>> to_grammar(from_grammar("[(CONV-RELU)*2-POOL]*3-(FC-RELU)*2,SOFTMAX"))
        '[(CONV-RELU)*2-POOL]*3-(FC-RELU)*2,SOFTMAX'
    """
    names = [NAMES[type(m)] for m in net.modules() if type(m) in NAMES]
    if not names:
        raise ValueError(
            f"net must have at least one layer the grammar knows, got "
            f"{type(net).__name__}; it writes CONV, RELU, POOL and FC"
        )
    if names[-1] == "FC":
        names[-1] = "SOFTMAX"
    return compress(names)
