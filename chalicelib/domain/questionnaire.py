"""Questions, the path through them, and what counts as an answer. Words follow FHIR R4 Questionnaire."""

from __future__ import annotations

from datetime import date
from typing import Literal, assert_never

import msgspec

from chalicelib.domain.errors import IncompleteResponse, InvalidAnswer
from chalicelib.domain.rules import Answer, Answers, Condition, Number, Words, holds, is_number

LONGEST_TEXT = 500
Kind = Literal["boolean", "choice", "multiple", "scale", "number", "text", "date", "display"]
"""`display` tells something and asks nothing; `multiple` takes several of its options."""
SKIPPED: tuple[Answer, ...] = ("", ())
"""A question that was passed over."""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One possible answer of a choice; the code is what is stored."""

    code: str
    text: Words
    score: Number | None = None
    """What it counts in a score (FHIR's ordinal value)."""
    exclusive: bool = False
    """ "None of these": no other option goes with it."""
    system: str = ""
    """The code system of an imported code."""
    given_as: Literal["coding", "string", "integer", "date", "time"] = "coding"
    """What an imported option was: one without a code is given back as its text."""


class Coding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question in a terminology; `system` is LN for LOINC, L for our own codes."""

    system: Literal["LN", "L"]
    code: str
    display: str


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing asked. A scale runs from `minimum` to `maximum`, with words at its two ends.

    A number may have decimals and a unit, and its limits say what can only be a slip of the finger.
    """

    link_id: str
    kind: Kind
    text: Words
    coding: Coding
    short: Words
    """A few words for the nurse's lists: "Pain", "Nausea"."""
    help: Words | None = None
    options: tuple[Option, ...] = ()
    minimum: Number = 0
    maximum: Number = 10
    decimals: int = 0
    unit: str = ""
    """Of a number, as it is printed: "/min", "°C", "ml"."""
    low: Words | None = None
    high: Words | None = None
    required: bool = True
    show_when: Condition | None = None
    heading: Words | None = None
    """The name of the group that the question stands in."""
    foreign_id: str = ""
    """Its link id in the file that it was imported from: exports give it back."""


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sum over answers: of scales and numbers themselves, of options what each counts."""

    key: str
    """Stands among the answers; no question has this link id."""
    short: Words
    of: tuple[str, ...]
    may_miss: int = 0
    """How many of the questions may be without an answer; the sum is then scaled up to all of them."""
    source: str = ""


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions in the order in which they are asked; branches only look backwards."""

    questions: tuple[Question, ...]
    scores: tuple[Score, ...] = ()

    def question(self, link_id: str) -> Question:
        """The question with this link id; `InvalidAnswer` when there is none."""
        for question in self.questions:
            if question.link_id == link_id:
                return question
        raise InvalidAnswer(link_id, "unknown")


def path(questionnaire: Questionnaire, answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers lead to, in order; what only tells something is among them."""
    return tuple([q for q in questionnaire.questions if q.show_when is None or holds(q.show_when, answers)])


def next_question(questionnaire: Questionnaire, answers: Answers) -> Question | None:
    """The first question on the path that has not been answered or passed over, or None."""
    asked = (q for q in path(questionnaire, answers) if q.kind != "display")
    return next((q for q in asked if q.link_id not in answers), None)


def checked(question: Question, answer: Answer) -> Answer:
    """The answer, if it fits the question; `InvalidAnswer` says why it does not.

    An empty one passes over a question that need not be answered.
    """
    if answer in SKIPPED:
        if question.required or question.kind == "display":
            raise InvalidAnswer(question.link_id, "required")
        return answer
    if not _fits(question, answer):
        raise InvalidAnswer(question.link_id, "unknown")
    if is_number(answer) and not question.minimum <= answer <= question.maximum:
        raise InvalidAnswer(question.link_id, "range")
    if isinstance(answer, str) and len(answer) > LONGEST_TEXT:
        raise InvalidAnswer(question.link_id, "long")
    if isinstance(answer, tuple) and not _together(question, answer):
        raise InvalidAnswer(question.link_id, "together")
    return answer


def _fits(question: Question, answer: Answer) -> bool:
    match question.kind:
        case "boolean":
            return isinstance(answer, bool)
        case "choice":
            return answer in _codes(question)
        case "multiple":
            return isinstance(answer, tuple) and _codes(question).issuperset(answer)
        case "scale":
            return isinstance(answer, int) and is_number(answer)
        case "number":
            return is_number(answer) and round(answer, question.decimals) == answer
        case "date":
            return isinstance(answer, str) and _is_date(answer)
        case "text":
            return isinstance(answer, str)
        case "display":
            return False
        case _:
            assert_never(question.kind)


def _codes(question: Question) -> set[str]:
    return {option.code for option in question.options}


def _together(question: Question, answer: tuple[str, ...]) -> bool:
    alone = any(option.exclusive and option.code in answer for option in question.options)
    return len(answer) == len(set(answer)) and not (alone and len(answer) > 1)


def _is_date(answer: str) -> bool:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return False
    return True


def complete(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """The answers on the path, each checked: what counts as handed in.

    Answers to questions that a later change took off the path are left out.
    Raises `IncompleteResponse` when a required one is missing.
    """
    asked = path(questionnaire, answers)
    missing = tuple(
        q.link_id for q in asked if q.required and q.kind != "display" and q.link_id not in answers
    )
    if missing:
        raise IncompleteResponse(missing)
    return {q.link_id: checked(q, answers[q.link_id]) for q in asked if q.link_id in answers}


def coded(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """The answers on the path without free text, and the scores: what rules look at and events carry.

    An answer that a later change took off the path counts no more: it raises no alert. A question that was
    passed over has none.
    """
    asked = (q.link_id for q in path(questionnaire, answers) if q.kind != "text")
    said = {link_id: answers[link_id] for link_id in asked if answers.get(link_id, "") not in SKIPPED}
    sums = {score.key: total(score, questionnaire, said) for score in questionnaire.scores}
    return said | {key: value for key, value in sums.items() if value is not None}


def total(score: Score, questionnaire: Questionnaire, answers: Answers) -> Number | None:
    """The sum, scaled up where a few items are missing; None where too many are."""
    counted = [
        points
        for link_id in score.of
        if link_id in answers
        and (points := _points(questionnaire.question(link_id), answers[link_id])) is not None
    ]
    if not counted or len(score.of) - len(counted) > score.may_miss:
        return None
    whole = sum(counted) * len(score.of) / len(counted)
    return int(whole) if whole == int(whole) else round(whole, 1)


def _points(question: Question, answer: Answer) -> Number | None:
    if is_number(answer):
        return answer
    said = answer if isinstance(answer, tuple) else (answer,)
    points = [option.score for option in question.options if option.code in said]
    return None if not points or None in points else sum(p for p in points if p is not None)
