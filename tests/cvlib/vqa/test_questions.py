"""cvlib.data.questions: right answers, and nothing to gain from the question alone."""

import re
from collections import Counter, defaultdict

import numpy as np
import pytest
import torch

from cvlib.data.questions import (
    ANSWERS,
    ANSWERS_OF,
    COLOURS,
    KINDS,
    NOT_ASKED,
    SHAPES,
    Scene,
    all_questions,
    answer,
    answer_table,
    balanced_rows,
    counted,
    draw,
    question_set,
    scene,
    unbalanced_rows,
    vocabulary,
)
from cvlib.data.questions.scenes import SIZE
from cvlib.vqa import blind_accuracy
from cvlib.vqa.nets import ANSWERS as NET_ANSWERS
from cvlib.vqa.nets import WORDS as NET_WORDS

SCENES = [scene("test", number) for number in range(150)]


@pytest.fixture(scope="module")
def data():
    return question_set("test", pictures=4000, per_kind=1440)


@pytest.fixture(scope="module")
def unbalanced():
    return question_set("test", pictures=1500, per_kind=1440, balanced=False)


def by_hand(text: str, seen: Scene) -> str | None:
    """Read the words alone, as somebody who has never met `Question`."""
    things = list(zip(seen.colours, seen.shapes, seen.centres, strict=True))
    found = re.fullmatch(r"how many (\w+?)(?: shapes)? are in this image \?", text)
    if found:
        names = {found[1], found[1].removesuffix("s"), found[1].removesuffix("es")}
        number = sum(bool(names & {c, s}) for c, s, _ in things)
        return str(number) if number < 5 else None
    found = re.fullmatch(r"what colour is the (\w+) \?", text)
    if found:
        answers = [c for c, s, _ in things if s == found[1]]
        return answers[0] if len(answers) == 1 else None
    found = re.fullmatch(r"what is the (\w+) shape \?", text)
    if found:
        answers = [s for c, s, _ in things if c == found[1]]
        return answers[0] if len(answers) == 1 else None
    found = re.fullmatch(r"is there a (\w+) (\w+) \?", text)
    if found:
        if not any(c == found[1] for c, *_ in things):
            return None
        if not any(s == found[2] for _, s, _ in things):
            return None
        here = any((c, s) == (found[1], found[2]) for c, s, _ in things)
        return "yes" if here else "no"
    found = re.fullmatch(r"is the (\w+) shape (.+) the (\w+) shape \?", text)
    one = [at for c, _, at in things if c == found[1]]
    two = [at for c, _, at in things if c == found[3]]
    if len(one) != 1 or len(two) != 1:
        return None
    (x, y), (u, v) = one[0], two[0]
    apart = abs(x - u) if found[2] in ("left of", "right of") else abs(y - v)
    if apart < 5:
        return None
    holds = {"left of": x < u, "right of": x > u, "above": y < v, "below": y > v}
    return "yes" if holds[found[2]] else "no"


def test_the_answer_is_the_one_that_reading_the_words_gives():
    for seen in SCENES:
        for question in all_questions():
            assert answer(question, seen) == by_hand(question.text, seen)


def test_the_table_holds_the_same_answers():
    table = answer_table(SCENES)
    asked = 0
    for p, seen in enumerate(SCENES):
        for q, question in enumerate(all_questions()):
            right = answer(question, seen)
            expected = NOT_ASKED if right is None else ANSWERS.index(right)
            assert table[p, q] == expected
            asked += right is not None
    assert asked > 20 * len(SCENES)


def test_every_answer_of_a_question_is_equally_frequent(data):
    """Counted from texts and words, with nothing of the code that chose the rows."""
    numbers, words = defaultdict(Counter), vocabulary()
    for row, right in zip(data.texts, data.answer.tolist(), strict=True):
        numbers[words.decode(row)][ANSWERS[right]] += 1
    assert len(numbers) == len(all_questions())
    for question in all_questions():
        found = numbers[question.text]
        assert set(found) == set(ANSWERS_OF[question.kind])
        assert len(set(found.values())) == 1, question.text
    assert len(data) == 7200
    assert data.kind.bincount().tolist() == [1440] * len(KINDS)


def test_the_question_alone_tells_nothing(data):
    """The mutual information of question and answer is that of kind and answer."""

    def information(groups):
        joint = torch.zeros(int(groups.max()) + 1, len(ANSWERS), dtype=torch.float64)
        joint.index_put_((groups, data.answer), torch.tensor(1.0).double(), True)
        joint /= len(data)
        alone = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
        some = joint > 0
        return (joint[some] * (joint[some] / alone[some]).log2()).sum().item()

    assert information(data.question) == pytest.approx(information(data.kind), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_every_blind_rule_is_right_as_often_as_a_guess(data, seed):
    rng = np.random.default_rng(seed)
    rule = [ANSWERS.index(rng.choice(q.answers)) for q in all_questions()]
    given = torch.tensor(rule)[data.question]
    for k, kind in enumerate(KINDS):
        own = data.kind == k
        right = (given == data.answer)[own].double().mean().item()
        assert right == pytest.approx(1 / len(ANSWERS_OF[kind]))
    chance = np.mean([1 / len(ANSWERS_OF[kind]) for kind in KINDS])
    assert blind_accuracy(data.question, data.answer) == pytest.approx(chance)
    assert chance == pytest.approx(0.33)


def test_questions_as_they_come_can_be_guessed(unbalanced):
    best = blind_accuracy(unbalanced.question, unbalanced.answer)
    assert best > 0.42
    assert len(set(counted(unbalanced)["count"].values())) == 5


def test_a_set_is_what_its_rows_say(data):
    for row in torch.randperm(len(data))[:200].tolist():
        question = all_questions()[data.question[row]]
        seen = data.scenes[data.picture[row]]
        assert answer(question, seen) == ANSWERS[data.answer[row]]
        assert KINDS[data.kind[row]] == question.kind
        assert vocabulary().decode(data.texts[row]) == question.text
    assert data.images.dtype == torch.uint8
    assert len(data.images) == len(data.scenes) == len(data.picture.unique())
    picture = data.picture[0]
    drawn = torch.from_numpy(draw(data.scenes[picture]).transpose(2, 0, 1).copy())
    assert torch.equal(data.images[picture], drawn)


def test_the_nets_of_the_book_are_made_for_these_words_and_answers():
    assert (len(vocabulary()), len(ANSWERS)) == (NET_WORDS, NET_ANSWERS)
    assert len(set(ANSWERS)) == len(ANSWERS)
    assert len({question.text for question in all_questions()}) == 118


def test_no_two_splits_share_a_scene_and_each_can_be_drawn_again():
    facts = {split: [scene(split, n) for n in range(30)] for split in
             ("train", "validation", "test")}  # fmt: skip
    everything = [seen for scenes in facts.values() for seen in scenes]
    assert len(set(everything)) == len(everything)
    assert scene("train", 7) == facts["train"][7]
    a, b = (question_set("validation", pictures=700, per_kind=160) for _ in "ab")
    assert torch.equal(a.images, b.images)
    assert torch.equal(a.answer, b.answer)


def test_shapes_lie_inside_and_do_not_touch():
    for seen in SCENES:
        xy, radii = np.array(seen.centres), np.array(seen.radii)
        assert 3 <= len(seen) <= 6
        assert (xy - radii[:, None] >= 0).all()
        assert (xy + radii[:, None] <= SIZE).all()
        apart = np.linalg.norm(xy[:, None] - xy, axis=-1) - radii[:, None] - radii
        assert (apart + 99 * np.eye(len(seen)) > 1).all()


def test_the_picture_shows_what_is_said_of_it():
    for seen in SCENES[:40]:
        image = draw(seen).astype(float)
        for colour, (x, y), tint in zip(seen.colours, seen.centres, seen.tints,
                                        strict=True):  # fmt: skip
            pixel = image[int(y), int(x)]
            along = 2 * np.array([int(x), int(y)]) / (SIZE - 1) - 1
            light = 1 + along @ np.array(seen.slope)
            wanted = np.minimum(255 * np.array(tint) * light, 255)
            assert abs(pixel - wanted).max() < 3, colour


def test_a_larger_picture_is_the_same_scene():
    small, large = draw(SCENES[0]), draw(SCENES[0], scale=3)
    assert large.shape == (144, 144, 3)
    means = large.reshape(48, 3, 48, 3, 3).mean((1, 3))
    assert abs(means - small).mean() < 1.5


def test_colours_and_shapes_are_all_used():
    colours = Counter(c for seen in SCENES for c in seen.colours)
    shapes = Counter(s for seen in SCENES for s in seen.shapes)
    assert set(colours) == set(COLOURS)
    assert set(shapes) == set(SHAPES)


def test_as_they_come_each_kind_is_asked_as_often_as_wanted():
    table = answer_table(SCENES)
    picture, question = unbalanced_rows(table, 30, np.random.default_rng(0))
    assert (table[picture, question] != NOT_ASKED).all()
    kinds = Counter(all_questions()[q].kind for q in question)
    assert kinds == dict.fromkeys(KINDS, 30)
    assert len(set(zip(picture, question, strict=True))) == len(picture)


def test_arguments_are_refused_in_one_sentence():
    few = answer_table(SCENES[:20])
    sentence = (
        r"^pictures must be enough to find 6 with the answer '0' to 'how many red "
        r"shapes are in this image \?', got 5; draw more of them, or ask for fewer "
        r"questions$"
    )
    sentence = sentence.replace("got 5", r"got \d")
    with pytest.raises(ValueError, match=sentence):
        balanced_rows(few[:6], 270, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^pictures must be enough to ask 500 "
                       r"questions of the kind 'count', got \d+; draw more of them, "
                       r"or ask for fewer questions$"):  # fmt: skip
        unbalanced_rows(few, 500, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^split must be 'train', 'validation' or "
                                         r"'test', got 'tset'; did you mean 'test'\?$"
                       ):  # fmt: skip
        question_set("tset")
    with pytest.raises(ValueError, match=r"^kind must be 'count', 'colour', 'shape', "
                                         r"'relation' or 'existence', got 'where'$"
                       ):  # fmt: skip
        all_questions("where")
    with pytest.raises(ValueError, match=r"^table must be \(P, 118\), got \(6, 117\)"):
        balanced_rows(few[:6, 1:], 40, np.random.default_rng(0))
