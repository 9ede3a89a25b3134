"""Conditions over answers: structured data, read by one small evaluator."""

from __future__ import annotations

import operator
from typing import Literal, TypeGuard, assert_never

import msgspec

Number = int | float
"""A whole number stays one: 7, not 7.0."""
Answer = bool | int | float | str | tuple[str, ...]
"""Yes or no, a number, a code or a text, several codes."""
Answers = dict[str, Answer]
"""By link id. A score stands among the answers under its own key: it is an answer that is computed."""
Words = dict[str, str]
"""The same words in each language: {"fr": …, "en": …}."""

Level = Literal["red", "orange"]
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in"]


class Compare(msgspec.Struct, frozen=True, tag="compare", forbid_unknown_fields=True):
    """One answer, or one score, against one value (`in`: against several).

    Where several codes may be answered, `eq` and `in` hold when any of them is meant.
    """

    question: str
    op: Operator
    value: bool | int | float | str | tuple[bool | int | float | str, ...]


class Change(msgspec.Struct, frozen=True, tag="change", forbid_unknown_fields=True):
    """By how much an answer differs from what the same patient said before.

    `baseline` is the first answer of the follow-up, `previous` the latest one before this step. Holds
    when `answer - then` compares with `by`; without an earlier answer it never holds.
    """

    question: str
    against: Literal["baseline", "previous"]
    op: Literal["lt", "le", "gt", "ge"]
    by: float


class All(msgspec.Struct, frozen=True, tag="all", forbid_unknown_fields=True):
    """Every part holds."""

    of: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any", forbid_unknown_fields=True):
    """At least one part holds."""

    of: tuple[Condition, ...]


Condition = Compare | Change | All | AnyOf


class Earlier(msgspec.Struct, frozen=True):
    """What the patient answered in other steps: the first answer to each question, and the latest."""

    baseline: Answers = {}
    previous: Answers = {}


NOTHING_EARLIER = Earlier()
ORDERED = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}


class AskAgain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Advice first: the patient reads it, is asked again, and only what persists is an alert."""

    after_minutes: int
    questions: tuple[str, ...]
    """What is asked again."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the team wants to hear about: when it holds, a line stands on the worklist.

    `reason` is read by the nurse and may name answers in braces ("Pain {pain}/10");
    `advice` is read by the patient at once. A red rule also shows the urgent card, with the number
    that `call` says first: the unit's own, or the country's emergency number.
    """

    key: str
    level: Level
    when: Condition
    reason: Words
    advice: Words
    source: str
    call: Literal["unit", "emergency"] = "unit"
    ask_again: AskAgain | None = None


def holds(condition: Condition, answers: Answers, earlier: Earlier = NOTHING_EARLIER) -> bool:
    """Whether the condition holds; a question without an answer makes its comparison false.

    Every rule reads every answer: the commonest kinds first, and plain loops, take half the time.
    """
    if isinstance(condition, Compare):
        return _compare(condition, answers)
    if isinstance(condition, All):
        for part in condition.of:  # noqa: SIM110
            if not holds(part, answers, earlier):
                return False
        return True
    if isinstance(condition, AnyOf):
        for part in condition.of:  # noqa: SIM110
            if holds(part, answers, earlier):
                return True
        return False
    return _change(condition, answers, earlier)


def parts_of(condition: Condition) -> tuple[Compare | Change, ...]:
    """The comparisons that the condition is made of."""
    match condition:
        case Compare() | Change():
            return (condition,)
        case All(of) | AnyOf(of):
            return tuple(part for inner in of for part in parts_of(inner))
        case _:
            assert_never(condition)


def questions_in(condition: Condition) -> tuple[str, ...]:
    """The link ids (and keys of scores) that the condition looks at, in order, each once."""
    return tuple(dict.fromkeys(part.question for part in parts_of(condition)))


def matching(
    rules: tuple[Rule, ...], answers: Answers, earlier: Earlier = NOTHING_EARLIER
) -> tuple[Rule, ...]:
    """The rules that hold, reds first, otherwise in the order in which they are written."""
    hit = [rule for rule in rules if holds(rule.when, answers, earlier)]
    return tuple(sorted(hit, key=lambda rule: rule.level != "red"))


def is_number(answer: object) -> TypeGuard[Number]:
    """Whether it has an order; True < 3 would be an accident of Python."""
    return isinstance(answer, (int, float)) and not isinstance(answer, bool)


def _compare(condition: Compare, answers: Answers) -> bool:
    answer = answers.get(condition.question)
    if answer is None:
        return False
    value = condition.value
    if (ordered := ORDERED.get(condition.op)) is not None:
        return is_number(answer) and is_number(value) and ordered(answer, value)
    if isinstance(answer, str):
        is_meant = answer in value if isinstance(value, tuple) else answer == value
        return is_meant is (condition.op != "ne")
    meant = value if isinstance(value, tuple) else (value,)
    return _meet(answer if isinstance(answer, tuple) else (answer,), meant) is (condition.op != "ne")


def _meet(said: tuple[object, ...], meant: tuple[object, ...]) -> bool:
    for one in said:
        for other in meant:
            # True == 1 in Python, and a yes is no number.
            if one == other and isinstance(one, bool) is isinstance(other, bool):
                return True
    return False


def _change(condition: Change, answers: Answers, earlier: Earlier) -> bool:
    now = answers.get(condition.question)
    then = getattr(earlier, condition.against).get(condition.question)
    return is_number(now) and is_number(then) and ORDERED[condition.op](now - then, condition.by)
