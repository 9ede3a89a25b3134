"""What may be answered, and whether some answers make a condition true."""

from __future__ import annotations

from itertools import product
from typing import assert_never

from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question, Score
from chalicelib.domain.rules import (
    Answer,
    Answers,
    Compare,
    Condition,
    Earlier,
    Number,
    holds,
    is_number,
    parts_of,
    questions_in,
)

MOST_COMBINATIONS = 20_000
MOST_STEPS = 1000
"""A scale or number with more is looked at where something may change only."""
Values = dict[str, tuple[Answer, ...]]


def values_of(step: Step) -> Values:
    """By question, and by score, each answer at which something may change."""
    asked = {question.link_id: _possible(step, question) for question in step.questionnaire.questions}
    return asked | {score.key: _sums(step, score) for score in step.questionnaire.scores}


def combinations_of(names: tuple[str, ...] | list[str], values: Values) -> list[Answers] | None:
    """All answers to these questions; None where there are too many to look at."""
    size = 1
    for name in names:
        size *= len(values[name])
    if size > MOST_COMBINATIONS:
        return None
    return [dict(zip(names, found, strict=True)) for found in product(*(values[name] for name in names))]


def can_hold(step: Step, condition: Condition, values: Values) -> bool:
    """Whether some answers on the path of the questionnaire make the condition true."""
    names = _needed(step, condition, values)
    combinations = combinations_of(names, values)
    if combinations is None:
        return True  # too many to look at: the benefit of the doubt
    before = _farthest(step)
    asked = [q for q in step.questionnaire.questions if q.link_id in names]
    gated = [(q.link_id, q.show_when) for q in asked if q.show_when is not None]
    for answers in combinations:
        hidden = {name for name, when in gated if not holds(when, answers)}
        on_path = {name: answer for name, answer in answers.items() if name not in hidden}
        if any(holds(condition, on_path, earlier) for earlier in before):
            return True
    return False


def _farthest(step: Step) -> tuple[Earlier, Earlier]:
    """Earlier answers from which a change is as large as it can be, upwards and downwards."""
    asked = [question for question in step.questionnaire.questions if question.kind in {"scale", "number"}]
    low: Answers = {question.link_id: question.minimum for question in asked}
    high: Answers = {question.link_id: question.maximum for question in asked}
    return Earlier(low, low), Earlier(high, high)


def _needed(step: Step, condition: Condition, values: Values) -> list[str]:
    """The questions that the condition looks at, and those that lead to them."""
    names: list[str] = []
    todo = list(questions_in(condition))
    while todo:
        name = todo.pop()
        if name in names or name not in values:
            continue
        names.append(name)
        shown = next((q.show_when for q in step.questionnaire.questions if q.link_id == name), None)
        todo += questions_in(shown) if shown is not None else ()
    return names


def _possible(step: Step, question: Question) -> tuple[Answer, ...]:
    match question.kind:
        case "boolean":
            return (True, False)
        case "choice":
            return tuple(option.code for option in question.options)
        case "multiple":
            return tuple((option.code,) for option in question.options)
        case "scale":
            many = question.maximum - question.minimum > MOST_STEPS
            whole = range(int(question.minimum), int(question.maximum) + 1)
            return _around(step, question) if many else tuple(whole)
        case "number":
            return _around(step, question)
        case "text" | "date" | "display":
            return ("",)
        case _:
            assert_never(question.kind)


def _around(step: Step, question: Question) -> tuple[Number, ...]:
    """Of a number's many answers those at which something may change: its limits, and each threshold."""
    low, high = question.minimum, question.maximum
    return _near(step, question.link_id, low, high, 10.0**-question.decimals, question.decimals)


def _sums(step: Step, score: Score) -> tuple[Number, ...]:
    """What a score may come to, near each threshold."""
    known = {question.link_id: question for question in step.questionnaire.questions}
    ends = [_ends(known[name]) for name in score.of if name in known]
    return _near(step, score.key, sum(low for low, _ in ends), sum(high for _, high in ends), 1, 1)


def _ends(question: Question) -> tuple[Number, Number]:
    if question.kind in {"scale", "number"}:
        return question.minimum, question.maximum
    points = [option.score or 0 for option in question.options] or [0]
    return min(points), max(points)


def _near(
    step: Step, name: str, low: Number, high: Number, small: Number, decimals: int
) -> tuple[Number, ...]:
    asked = [q.show_when for q in step.questionnaire.questions if q.show_when is not None]
    compared = [part for when in (*asked, *(rule.when for rule in step.rules)) for part in parts_of(when)]
    values: set[Number] = {low, high}
    for part in compared:
        if isinstance(part, Compare) and part.question == name and is_number(part.value):
            values |= {round(part.value + by, decimals) for by in (-small, 0, small)}
    return tuple(sorted(value for value in values if low <= value <= high))
