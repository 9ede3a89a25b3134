"""What invented patients answer: well, but for what chance adds."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from chalicelib.domain.rules import Compare, holds, parts_of

if TYPE_CHECKING:
    from random import Random

    from chalicelib.application.cohort import Cohort
    from chalicelib.domain.pathway import Pathway, Step
    from chalicelib.domain.questionnaire import Question
    from chalicelib.domain.rules import Answer, Answers, Number

Habit = tuple[list["Answer"], list[float]]
"""Answers to one question, and up to where a throw of the dice means each of them."""
Habits = dict[str, dict[str, Habit]]
"""By step and question."""
SOME_DAY = "2026-11-26"


def habits(pathway: Pathway, cohort: Cohort) -> Habits:
    """How often each answer is given, by what the rules make of it."""
    return {
        step.key: {q.link_id: _habit(step, q, cohort) for q in step.questionnaire.questions}
        for step in pathway.steps
    }


def answered(step: Step, usual: dict[str, Habit], cohort: Cohort, dice: Random, known: Answers) -> Answers:
    """All answers on the patient's own path; what is known already is not asked."""
    answers: Answers = {}
    for question in step.questionnaire.questions:
        if question.kind == "display":
            continue
        if question.show_when is None or holds(question.show_when, answers):
            said = known.get(question.link_id)
            answers[question.link_id] = _answer(step, question, usual, cohort, dice) if said is None else said
    return answers


def _answer(step: Step, question: Question, usual: dict[str, Habit], cohort: Cohort, dice: Random) -> Answer:
    if question.kind == "scale" and question.link_id.startswith("pain"):
        return min(cohort.pain(step.timing.day, dice), question.maximum)
    answers, limits = usual[question.link_id]
    return answers[min(bisect(limits, dice.random()), len(answers) - 1)]


def _habit(step: Step, question: Question, cohort: Cohort) -> Habit:
    answers = _possible(question)
    levels = [_levels(step, question.link_id, answer) for answer in answers]
    chances = _even(answers, levels, cohort)
    if question.kind in {"boolean", "choice", "multiple"}:
        chances = _by_code(question, levels, cohort)
    limits, limit = [], 0.0
    for chance in chances:
        limit += chance
        limits.append(limit)
    return answers, limits


def _possible(question: Question) -> list[Answer]:
    match question.kind:
        case "boolean":
            return [True, False]
        case "choice":
            return [option.code for option in question.options] or [""]
        case "multiple":
            return [(option.code,) for option in question.options] or [()]
        case "scale" | "number":
            return list(_numbers(question))
        case "date":
            return [SOME_DAY]
        case _:
            return ["…" if question.required else ""]


def _numbers(question: Question) -> list[Number]:
    """Whole ones where there are any."""
    whole = range(int(question.minimum), int(question.maximum) + 1)
    return [number for number in whole if number >= question.minimum] or [question.minimum]


def _by_code(question: Question, levels: list[set[str]], cohort: Cohort) -> list[float]:
    """The first answer to which nothing follows is the usual one; branches are answered evenly."""
    usual = next((place for place, level in enumerate(levels) if not level), 0)
    rare = 1.0 if question.show_when is not None else cohort.unwelcome
    weights = [rare * (cohort.grave if level == {"red"} else 1.0) for level in levels]
    weights[usual] = 0.0
    weights[usual] = 1.0 if question.show_when is not None else max(1.0 - sum(weights), 0.0)
    whole = sum(weights)
    return [weight / whole for weight in weights]


def _even(answers: list[Answer], levels: list[set[str]], cohort: Cohort) -> list[float]:
    """Numbers: mostly those where no rule holds, whatever else is answered."""
    told = sum(map(bool, levels))
    quiet = len(answers) - told
    return [
        cohort.unwelcome * (cohort.grave if "red" in level else 1.0) / told if level else 1.0 / quiet
        for level in levels
    ]


def _levels(step: Step, link_id: str, answer: Answer) -> set[str]:
    """Of the rules that say something about this answer, and would hold with the right other answers."""
    found: set[str] = set()
    for rule in step.rules:
        parts = parts_of(rule.when)
        about = [part for part in parts if part.question == link_id and isinstance(part, Compare)]
        if about and len(about) == sum(part.question == link_id for part in parts):
            found |= {rule.level} if all(holds(part, {link_id: answer}) for part in about) else set()
    return found
