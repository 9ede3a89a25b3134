"""Conditions over answers: structured data, read by one small evaluator."""

from __future__ import annotations

from typing import Literal, assert_never

import msgspec

Answer = bool | int | str
Answers = dict[str, Answer]
Words = dict[str, str]
"""The same words in each language: {"fr": …, "en": …}."""

Level = Literal["red", "orange"]
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in"]


class Compare(msgspec.Struct, frozen=True, tag="compare", forbid_unknown_fields=True):
    """One answer against one value (`in`: against several)."""

    question: str
    op: Operator
    value: bool | int | str | tuple[bool | int | str, ...]


class All(msgspec.Struct, frozen=True, tag="all", forbid_unknown_fields=True):
    """Every part holds."""

    of: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any", forbid_unknown_fields=True):
    """At least one part holds."""

    of: tuple[Condition, ...]


Condition = Compare | All | AnyOf


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


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether the condition holds; a question without an answer makes its comparison false."""
    match condition:
        case Compare():
            return _compare(condition, answers)
        case All(of):
            return all(holds(part, answers) for part in of)
        case AnyOf(of):
            return any(holds(part, answers) for part in of)
        case _:
            assert_never(condition)


def questions_in(condition: Condition) -> tuple[str, ...]:
    """The link ids that the condition looks at, in order, each once."""
    match condition:
        case Compare(question=question):
            return (question,)
        case All(of) | AnyOf(of):
            return tuple(dict.fromkeys(q for part in of for q in questions_in(part)))
        case _:
            assert_never(condition)


def matching(rules: tuple[Rule, ...], answers: Answers) -> tuple[Rule, ...]:
    """The rules that hold, reds first, otherwise in the order in which they are written."""
    hit = [rule for rule in rules if holds(rule.when, answers)]
    return tuple(sorted(hit, key=lambda rule: rule.level != "red"))


def _compare(condition: Compare, answers: Answers) -> bool:
    answer = answers.get(condition.question)
    value = condition.value
    if answer is None:
        return False
    if condition.op == "in":
        return isinstance(value, tuple) and answer in value
    if condition.op in {"eq", "ne"}:
        return (answer == value) is (condition.op == "eq")
    return _ordered(condition.op, answer, value)


def _ordered(op: Operator, answer: Answer, value: object) -> bool:
    # Only numbers have an order; True < 3 would be an accident of Python.
    if isinstance(answer, bool) or not isinstance(answer, int) or not isinstance(value, int):
        return False
    return {
        "lt": answer < value,
        "le": answer <= value,
        "gt": answer > value,
        "ge": answer >= value,
    }[op]
