"""Words to numbers (torch): a network reads a question as a row of integers."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import torch
from torch import Tensor

PADDING = 0
"""What stands where a shorter question has no more words."""


class Vocabulary:
    """The words of some texts, in alphabetical order, numbered from 1.

    Args:
        texts: what the words are taken from; words stand apart by spaces.

    Attributes:
        words: of the vocabulary; `words[k - 1]` has number k.
        longest: words in the longest text.

    Raises:
        TypeError: one text is given where several are wanted.

    Example:
        >>> vocabulary = Vocabulary(["is it red", "red or blue"])
        >>> vocabulary.words
        ('blue', 'is', 'it', 'or', 'red')
        >>> vocabulary.encode(["red", "is it blue"])
        tensor([[5, 0, 0],
                [2, 3, 1]])
    """

    def __init__(self, texts: Iterable[str]) -> None:
        _refuse_one(texts)
        split = [text.split() for text in texts]
        self.words = tuple(sorted({word for text in split for word in text}))
        self.longest = max((len(text) for text in split), default=0)
        self._number = {word: k for k, word in enumerate(self.words, start=1)}

    def __len__(self) -> int:
        """Numbers in use: the words, and 0 for none."""
        return len(self.words) + 1

    def encode(self, texts: Sequence[str]) -> Tensor:
        """(N, longest) numbers of words, 0 after the last one.

        Raises:
            TypeError: one text is given where several are wanted.
            ValueError: a word is unknown, or a text too long.
        """
        _refuse_one(texts)
        rows = torch.zeros(len(texts), self.longest, dtype=torch.long)
        for n, text in enumerate(texts):
            words = text.split()
            if not 1 <= len(words) <= self.longest:
                raise ValueError(
                    f"texts must have 1 to {self.longest} words, got {len(words)} in "
                    f"{text!r}; words and marks stand apart by spaces"
                )
            rows[n, : len(words)] = torch.tensor([self._of(word) for word in words])
        return rows

    def decode(self, row: Tensor | Sequence[int]) -> str:
        """The text of a row of numbers.

        Raises:
            ValueError: a number has no word.

        Example:
            >>> Vocabulary(["is it red"]).decode([1, 2, 3, 0])
            'is it red'
        """
        numbers = [int(k) for k in row]
        for k in numbers:
            if not 0 <= k < len(self):
                raise ValueError(f"row must hold numbers 0 to {len(self) - 1}, got {k}")
        return " ".join(self.words[k - 1] for k in numbers if k != PADDING)

    def _of(self, word: str) -> int:
        if word not in self._number:
            close = get_close_matches(word, self.words, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"texts must be made of known words, got {word!r}{hint}")
        return self._number[word]


def _refuse_one(texts: object) -> None:
    if isinstance(texts, str):  # its letters would be taken for texts
        raise TypeError(
            f"texts must be a list of texts, got {texts!r}; did you mean [{texts!r}]?"
        )
