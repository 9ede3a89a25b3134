"""Questions, the path through them, and what counts as an answer. Words follow FHIR R4 Questionnaire."""

from __future__ import annotations

from typing import Literal

import msgspec

from chalicelib.domain.errors import IncompleteResponse, InvalidAnswer
from chalicelib.domain.rules import Answer, Answers, Condition, Words, holds

LONGEST_TEXT = 500


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One possible answer of a choice; the code is what is stored."""

    code: str
    text: Words


class Coding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question in a terminology; `system` is LN for LOINC, L for our own codes."""

    system: Literal["LN", "L"]
    code: str
    display: str


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing asked. A scale runs from `minimum` to `maximum`, with words at its two ends."""

    link_id: str
    kind: Literal["boolean", "choice", "scale", "text"]
    text: Words
    coding: Coding
    short: Words
    """A few words for the nurse's lists: "Pain", "Nausea"."""
    help: Words | None = None
    options: tuple[Option, ...] = ()
    minimum: int = 0
    maximum: int = 10
    low: Words | None = None
    high: Words | None = None
    required: bool = True
    show_when: Condition | None = None


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions in the order in which they are asked; branches only look backwards."""

    questions: tuple[Question, ...]

    def question(self, link_id: str) -> Question:
        """The question with this link id; `InvalidAnswer` when there is none."""
        for question in self.questions:
            if question.link_id == link_id:
                return question
        raise InvalidAnswer(link_id, "unknown")


def path(questionnaire: Questionnaire, answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers lead to, in order."""
    return tuple(q for q in questionnaire.questions if q.show_when is None or holds(q.show_when, answers))


def next_question(questionnaire: Questionnaire, answers: Answers) -> Question | None:
    """The first question on the path that has not been answered or passed over, or None."""
    return next((q for q in path(questionnaire, answers) if q.link_id not in answers), None)


def checked(question: Question, answer: Answer) -> Answer:
    """The answer, if it fits the question; `InvalidAnswer` says why it does not."""
    fits = {
        "boolean": isinstance(answer, bool),
        "choice": any(answer == option.code for option in question.options),
        "scale": _is_number(answer),
        "text": isinstance(answer, str),
    }[question.kind]
    if not fits:
        raise InvalidAnswer(question.link_id, "unknown")
    if question.kind == "scale" and not question.minimum <= int(answer) <= question.maximum:
        raise InvalidAnswer(question.link_id, "range")
    if isinstance(answer, str) and len(answer) > LONGEST_TEXT:
        raise InvalidAnswer(question.link_id, "long")
    if question.required and answer == "":
        raise InvalidAnswer(question.link_id, "required")
    return answer


def complete(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """The answers on the path, each checked: what counts as handed in.

    Answers to questions that a later change took off the path are left out.
    Raises `IncompleteResponse` when a required one is missing.
    """
    asked = path(questionnaire, answers)
    missing = tuple(q.link_id for q in asked if q.required and q.link_id not in answers)
    if missing:
        raise IncompleteResponse(missing)
    return {q.link_id: checked(q, answers[q.link_id]) for q in asked if q.link_id in answers}


def coded(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """The answers on the path without free text: what rules look at, and all that an event may carry.

    An answer that a later change took off the path counts no more: it raises no alert.
    """
    asked = (q.link_id for q in path(questionnaire, answers) if q.kind != "text")
    return {link_id: answers[link_id] for link_id in asked if link_id in answers}


def _is_number(answer: Answer) -> bool:
    return isinstance(answer, int) and not isinstance(answer, bool)
