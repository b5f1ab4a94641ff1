"""A sentence becomes a point (torch): the LSTM, one step at a time.

`torch.nn.LSTM` does the same at once. Here is what happens between two words.
"""

import torch
from torch import Tensor

from cvlib.validate import check_shape


def lstm_cell(
    input: Tensor,
    hx: tuple[Tensor, Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of an LSTM: read a word, change the memory, say something of it.

    Four times the same sum of what is read and what was said, each with weights of its
    own: three gates between 0 and 1, and a proposal g between −1 and 1,

    - i: how much of the proposal is written into the memory,
    - f: how much of the memory is kept,
    - o: how much of the memory is shown.

    c' = f · c + i · g, and h' = o · tanh(c').

    Args:
        input: (N, E) the word that is read.
        hx: h and c, each (N, D): what was said last, and the memory.
        w_ih: (4D, E), in the order i, f, g, o.
        w_hh: (4D, D), in the same order.
        b_ih: (4D,) or None.
        b_hh: (4D,) or None; torch keeps two, their sum is what counts.

    Returns:
        h' and c', each (N, D).

    Raises:
        ShapeError: a shape does not fit.

    Source:
        Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 1997; the
        gate f is by Gers, Schmidhuber and Cummins, 2000.

    Example:
        >>> keep_all = torch.tensor([-9.0, 9, 0, 9])[:, None]  # i, f, g, o
        >>> zero, c = torch.zeros(1, 1), torch.tensor([[0.5]])
        >>> h, c = lstm_cell(torch.ones(1, 1), (zero, c), keep_all, torch.zeros(4, 1))
        >>> round(c.item(), 3)
        0.5
    """
    N, E = check_shape("input", input, "N E")
    h, c = hx
    _, D = check_shape("hx[0]", h, "N D", N=N, to_match=f"input {tuple(input.shape)}")
    check_shape("hx[1]", c, "N D", N=N, D=D, to_match=f"hx[0] {tuple(h.shape)}")
    check_shape("w_ih", w_ih, f"{4 * D} E", E=E)
    check_shape("w_hh", w_hh, f"{4 * D} D", D=D)
    sums = input @ w_ih.T + h @ w_hh.T  # (N, 4D)
    for bias in (b_ih, b_hh):
        sums = sums if bias is None else sums + bias
    i, f, g, o = sums.chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def lstm(
    input: Tensor,
    lengths: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> Tensor:
    """Read sentences word by word; what is said after the last word of each.

    Args:
        input: (N, L, E) words, and anything behind the last one.
        lengths: (N,) words of each, 1 to L.
        w_ih: and the other weights as for `lstm_cell`.
        w_hh: see there.
        b_ih: see there.
        b_hh: see there.

    Returns:
        (N, D).

    Raises:
        ShapeError, ValueError: a shape does not fit, a sentence has no words.

    Example:
        >>> net = torch.nn.LSTM(3, 5, batch_first=True).requires_grad_(False)
        >>> words = torch.rand(2, 4, 3)
        >>> said = lstm(words, torch.tensor([4, 2]), *net._flat_weights)
        >>> torch.allclose(said[1], net(words[1:, :2])[0][0, -1], atol=1e-6)
        True
    """
    N, L, _ = check_shape("input", input, "N L E")
    check_shape("lengths", lengths, "N", N=N, to_match=f"input {tuple(input.shape)}")
    if N and not 1 <= int(lengths.min()) <= int(lengths.max()) <= L:
        raise ValueError(
            f"lengths must be between 1 and {L}, got {int(lengths.min())} to "
            f"{int(lengths.max())}"
        )
    h = c = input.new_zeros(N, w_hh.shape[1])
    for step in range(L):
        new_h, new_c = lstm_cell(input[:, step], (h, c), w_ih, w_hh, b_ih, b_hh)
        reading = (step < lengths)[:, None]  # after its end a sentence says no more
        h, c = torch.where(reading, new_h, h), torch.where(reading, new_c, c)
    return h
