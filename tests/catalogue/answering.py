"""The pathways that we ship, and answering them: all is well, or just so that one rule holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question, complete
from chalicelib.domain.rules import (
    All,
    Answer,
    Answers,
    AnyOf,
    Change,
    Compare,
    Condition,
    Earlier,
    Rule,
    holds,
    matching,
    parts_of,
)
from chalicelib.fhir.document import read

FILES = sorted((Path(__file__).parents[2] / "chalicelib/catalogue/pathways").glob("*.json"))
PATHWAYS = {file.name: read(file.read_bytes()) for file in FILES}
STEPS = {f"{p.code}/{s.key}": s for p in PATHWAYS.values() for s in p.steps}
BEFORE = {name: step for name, step in STEPS.items() if step.key == "before"}
AFTER = {name: step for name, step in STEPS.items() if step.key == "after"}

UNWELCOME_YES = {"health_change"}
"""Yes/no questions to which No is the harmless answer; elsewhere the first answer offered is harmless."""


def possible(question: Question) -> tuple[Answer, ...]:
    """Every answer that the question takes, harmless ones first."""
    if question.kind == "boolean":
        return (False, True) if question.link_id in UNWELCOME_YES else (True, False)
    if question.kind in {"scale", "number"}:
        return tuple(range(int(question.minimum), int(question.maximum) + 1))
    if question.kind == "text":
        return ("",)
    return tuple(option.code for option in question.options)


def all_well(step: Step, **otherwise: Answer) -> Answers:
    """What somebody hands in who is well, but for these answers."""
    first = {question.link_id: possible(question)[0] for question in step.questionnaire.questions}
    return complete(step.questionnaire, first | otherwise)


def so_that(step: Step, condition: Condition) -> Answers:
    """Answers of somebody who is well but for what makes the condition hold."""
    wanted = _unfolded(step, condition)
    chosen: Answers = {}
    for question in {compare.question for compare in wanted}:
        mine = [compare for compare in wanted if compare.question == question]
        chosen[question] = next(
            answer
            for answer in possible(step.questionnaire.question(question))
            if all(holds(compare, {question: answer}) for compare in mine)
        )
    return all_well(step, **chosen)


def raised(step: Step, **answers: Answer) -> list[Rule]:
    """The rules that hold for somebody who is well but for these answers."""
    return list(matching(step.rules, all_well(step, **answers)))


def level(step: Step, **answers: Answer) -> str:
    """The worst level that these answers raise, or "green"."""
    return next((rule.level for rule in raised(step, **answers)), "green")


def from_the_least(step: Step) -> Earlier:
    """Earlier answers from which every answer is a rise."""
    asked = [q for q in step.questionnaire.questions if q.kind in {"scale", "number"}]
    least: Answers = {question.link_id: question.minimum for question in asked}
    return Earlier(least, least)


def compares(condition: Condition) -> Iterator[Compare]:
    """Every single comparison in it with a value."""
    yield from (part for part in parts_of(condition) if isinstance(part, Compare))


def _unfolded(step: Step, condition: Condition) -> list[Compare]:
    """The comparisons that must hold, with those that bring their questions on the path."""
    match condition:
        case All(of):
            return [compare for part in of for compare in _unfolded(step, part)]
        case AnyOf(of):
            return _unfolded(step, of[0])
        case Compare(question=question):
            shown = step.questionnaire.question(question).show_when
            return [condition, *(_unfolded(step, shown) if shown else [])]
        case Change(question=question):
            shown = step.questionnaire.question(question).show_when
            return _unfolded(step, shown) if shown else []
