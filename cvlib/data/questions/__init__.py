"""Questions about generated scenes, with balanced answers.

    from cvlib.data.questions import question_set

Facts come first, pictures are drawn from them, and a question is asked of a scene only
where its answer is beyond doubt.
"""

from cvlib.data.questions.ask import (
    ANSWERS,
    ANSWERS_OF,
    KINDS,
    NOT_ASKED,
    RELATIONS,
    Question,
    all_questions,
    answer,
    answer_table,
)
from cvlib.data.questions.balance import (
    QuestionSet,
    balanced_rows,
    counted,
    question_set,
    unbalanced_rows,
    vocabulary,
)
from cvlib.data.questions.scenes import COLOURS, SHAPES, SIZE, Scene, draw, scene

__all__ = [
    "ANSWERS",
    "ANSWERS_OF",
    "COLOURS",
    "KINDS",
    "NOT_ASKED",
    "RELATIONS",
    "SHAPES",
    "SIZE",
    "Question",
    "QuestionSet",
    "Scene",
    "all_questions",
    "answer",
    "answer_table",
    "balanced_rows",
    "counted",
    "draw",
    "question_set",
    "scene",
    "unbalanced_rows",
    "vocabulary",
]
