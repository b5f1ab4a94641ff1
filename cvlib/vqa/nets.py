"""Networks that answer questions (torch): a CNN looks, an LSTM reads, and they meet."""

import torch
from torch import Tensor, nn

from cvlib.validate import check_choice, check_floating, check_positive, check_shape
from cvlib.vqa.fusion import FUSIONS, ONE_SENSE, attend, fuse
from cvlib.vqa.words import PADDING

WORDS, ANSWERS = 34, 16
"""Numbers in the vocabulary, and answers, of the questions about generated scenes."""
SIDE = 6  # of the map of a picture of 48 × 48


class Eye(nn.Sequential):
    """Pictures (N, 3, 48, 48) to maps (N, C, 6, 6), each place with its neighbours.

    Args:
        widths: channels of the four convolutions.

    Example:
        >>> Eye()(torch.rand(2, 3, 48, 48)).shape
        torch.Size([2, 64, 6, 6])
    """

    def __init__(self, widths: tuple[int, int, int, int] = (24, 48, 64, 64)) -> None:
        layers, inputs = [], 3
        for width, kernel_size, stride in zip(widths, (5, 3, 3, 3), (2, 2, 2, 1),
                                              strict=True):  # fmt: skip
            conv = nn.Conv2d(
                inputs, width, kernel_size, stride, kernel_size // 2, bias=False
            )
            layers += [conv, nn.BatchNorm2d(width), nn.ReLU()]
            inputs = width
        super().__init__(*layers)


class Reader(nn.Module):
    """Questions (N, L) as numbers of words to (N, D): what an LSTM says at the end.

    Args:
        words: numbers in use, 0 for none among them.
        dimensions: D.
        embedding: entries of a word's vector.

    Example:
        >>> Reader(9, 5)(torch.tensor([[3, 1, 0], [3, 1, 2]])).shape
        torch.Size([2, 5])
    """

    def __init__(self, words: int, dimensions: int, *, embedding: int = 32) -> None:
        super().__init__()
        self.embed = nn.Embedding(
            check_positive("words", words), embedding, padding_idx=PADDING
        )
        self.lstm = nn.LSTM(embedding, dimensions, batch_first=True)

    def forward(self, questions: Tensor) -> Tensor:
        """(N, L) to (N, D); what stands behind the last word changes nothing.

        Raises:
            ShapeError, ValueError: questions are not (N, L), or one has no first word.
        """
        N, _ = check_shape("questions", questions, "N L")
        if (questions[:, :1] == PADDING).any():
            raise ValueError(
                "questions must begin with a word, got one that begins with "
                f"{PADDING}; padding stands behind the last word"
            )
        last = (questions != PADDING).sum(1) - 1
        said, _ = self.lstm(self.embed(questions))  # (N, L, D) after each word
        return said[torch.arange(N, device=said.device), last]


def one_loudness(inputs: int, outputs: int) -> nn.Sequential:
    """A linear layer whose output has mean 0 and deviation 1, then a scale and a shift.

    An untrained LSTM speaks softly, and a product with next to nothing is next to
    nothing: neither sense would learn until the other had.

    Example:
        >>> said = one_loudness(3, 64)(0.1 * torch.rand(1, 3))
        >>> round(said.std().item(), 1)
        1.0
    """
    return nn.Sequential(nn.Linear(inputs, outputs, bias=False), nn.LayerNorm(outputs))


class CnnLstm(nn.Module):
    """A picture becomes one vector, a question another, and the two become an answer.

    Args:
        fusion: one of `FUSIONS`; "question" covers the picture, "image" the question.
        words: numbers in the vocabulary.
        answers: K, what to choose from.
        dimensions: D of both vectors.
        channels: of the map when it is flattened, places and all.

    Source:
        Antol et al., VQA: Visual question answering, ICCV 2015 (there with VGG's
        features, a product, 1 024 dimensions).

    Example:
        >>> net = CnnLstm()
        >>> net(torch.rand(2, 3, 48, 48), torch.ones(2, 10).long()).shape
        torch.Size([2, 16])
        >>> sum(p.numel() for p in net.parameters())
        354880
    """

    def __init__(
        self,
        fusion: str = "product",
        *,
        words: int = WORDS,
        answers: int = ANSWERS,
        dimensions: int = 192,
        channels: int = 24,
    ) -> None:
        super().__init__()
        self.fusion = check_choice("fusion", fusion, (*FUSIONS, *ONE_SENSE))
        D = dimensions
        self.eye = Eye()
        self.look = nn.Sequential(
            nn.Conv2d(64, channels, 1),
            nn.ReLU(),
            nn.Flatten(),
            *one_loudness(channels * SIDE**2, D),
            nn.ReLU(),
        )
        self.reader = Reader(words, 96)
        self.read = one_loudness(96, D)
        self.answer = nn.Sequential(
            nn.Linear(2 * D if fusion == "concat" else D, D),
            nn.ReLU(),
            nn.Linear(D, answers),
        )

    def forward(
        self, images: Tensor, questions: Tensor, of: Tensor | None = None
    ) -> Tensor:
        """Pictures (P, 3, 48, 48) in [0, 1] and questions (M, L) to (M, K) scores.

        `of` (M,) says which picture each question is about: a picture that is asked
        much is looked at once. Without it question m is about picture m.
        """
        seen, of = pictures_of(images, questions, of)
        v, q = self.look(self.eye(seen - 0.5))[of], self.read(self.reader(questions))
        return self.answer(fuse(v, q, self.fusion))


class AttentionVqa(nn.Module):
    """The question chooses the places to look at; what is there becomes the answer.

    Every place of the map also knows where it is: its x and y, −1 to 1, are two more
    channels.

    Args:
        gate: "sigmoid" adds up what it looks at, "softmax" takes the mean.
        glances: G, looks at once.
        words: numbers in the vocabulary.
        answers: K.
        dimensions: D.

    Source:
        Yang et al., Stacked attention networks for image question answering, CVPR 2016
        (there with softmax, two looks one after the other).

    Example:
        >>> net = AttentionVqa()
        >>> x, questions = torch.rand(2, 3, 48, 48), torch.ones(2, 10).long()
        >>> net(x, questions).shape, net.weights(x, questions).shape
        (torch.Size([2, 16]), torch.Size([2, 4, 6, 6]))
        >>> sum(p.numel() for p in net.parameters())
        259964
    """

    def __init__(
        self,
        gate: str = "sigmoid",
        *,
        glances: int = 4,
        words: int = WORDS,
        answers: int = ANSWERS,
        dimensions: int = 192,
    ) -> None:
        super().__init__()
        self.gate = check_choice("gate", gate, ("softmax", "sigmoid"))
        D, self.glances = dimensions, glances
        self.eye = Eye()
        self.wanted = nn.Conv2d(66, D, 1)
        self.reader = Reader(words, 96)
        self.wants = one_loudness(96, D)
        self.score = nn.Linear(D, glances)
        self.values = nn.Conv2d(66, 48, 1)
        self.look = nn.Sequential(*one_loudness(48 * glances, D), nn.ReLU())
        self.read = one_loudness(96, D)
        self.answer = nn.Sequential(nn.Linear(D, D), nn.ReLU(), nn.Linear(D, answers))

    def forward(
        self, images: Tensor, questions: Tensor, of: Tensor | None = None
    ) -> Tensor:
        """As for `CnnLstm`."""
        return self._both(images, questions, of)[0]

    def weights(
        self, images: Tensor, questions: Tensor, of: Tensor | None = None
    ) -> Tensor:
        """Where it looks: (M, G, 6, 6)."""
        return self._both(images, questions, of)[1].unflatten(2, (SIDE, SIDE))

    def _both(
        self, images: Tensor, questions: Tensor, of: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        seen, of = pictures_of(images, questions, of)
        maps = with_places(self.eye(seen - 0.5))  # (P, 66, 6, 6)
        said = self.reader(questions)  # (M, 96)
        wanted = self.wanted(maps).flatten(2).mT[of]  # (M, 36, D)
        scores = self.score((wanted * self.wants(said)[:, None]).relu()).mT
        values = self.values(maps).relu().flatten(2).mT[of]  # (M, 36, 48)
        glances, weights = attend(values, scores, gate=self.gate)
        v = self.look(glances.flatten(1))
        return self.answer(fuse(v, self.read(said))), weights


def pictures_of(
    images: Tensor, questions: Tensor, of: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Check what a net is asked; the pictures, and which one each question is about.

    Example:
        >>> images, questions = torch.zeros(2, 3, 48, 48), torch.ones(2, 4).long()
        >>> pictures_of(images, questions, None)[1]
        tensor([0, 1])
    """
    side = 8 * SIDE
    P, *_ = check_shape("images", images, "P C H W", C=3, H=side, W=side)
    check_floating("images", images)
    M, _ = check_shape("questions", questions, "M L")
    if of is None:
        check_shape("questions", questions, "M L", M=P,
                    to_match=f"images {tuple(images.shape)} where `of` is not given"
                    )  # fmt: skip
        of = torch.arange(P, device=images.device)
    check_shape("of", of, "M", M=M, to_match=f"questions {tuple(questions.shape)}")
    return images, of


def with_places(maps: Tensor) -> Tensor:
    """(N, C, H, W) to (N, C + 2, H, W): the x and the y of each place, −1 to 1.

    Example:
        >>> with_places(torch.zeros(1, 1, 2, 3))[0, 1:].tolist()
        [[[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]], [[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]]
    """
    N, _, H, W = check_shape("maps", maps, "N C H W")
    x = torch.linspace(-1, 1, W).expand(N, 1, H, W)
    y = torch.linspace(-1, 1, H)[:, None].expand(N, 1, H, W)
    return torch.cat([maps, x.to(maps), y.to(maps)], 1)


def vqa_scenes() -> CnnLstm:
    """The net that `cvlib.weights.load("vqa_scenes")` fills.

    Example:
        >>> vqa_scenes().fusion
        'product'
    """
    return CnnLstm()


def vqa_attention() -> AttentionVqa:
    """The net that `cvlib.weights.load("vqa_attention")` fills.

    Example:
        >>> vqa_attention().gate
        'sigmoid'
    """
    return AttentionVqa()
