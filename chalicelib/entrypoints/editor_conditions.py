"""Conditions in a form: lines of "and" and "or", each a question, a comparison and a value."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.alternatives import Alternatives, Part, alternatives, changed
from chalicelib.domain.editing_questions import likely
from chalicelib.domain.explain import in_language
from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question, Score
from chalicelib.domain.rules import Change, Compare, Condition, is_number
from chalicelib.entrypoints.editor_fields import Fields

Asked = dict[str, Question | Score]
NUMBER_OPS = ("ge", "gt", "le", "lt", "eq", "ne")
CHANGE_OPS = ("rise-previous", "fall-previous", "rise-baseline", "fall-baseline")
MOST_LINES = 20


def asked_in(step: Step, before: str = "") -> Asked:
    """What a condition can look at: questions (those before this one) and scores, by name."""
    found: Asked = {}
    for question in step.questionnaire.questions:
        if question.link_id == before:
            return found
        if question.kind not in {"text", "display", "date"}:
            found[question.link_id] = question
    return found if before else found | {score.key: score for score in step.questionnaire.scores}


def lines(condition: Condition | None, asked: Asked, language: str) -> list[dict[str, Any]]:
    """The lines as the form shows them, and an empty one to add to them."""
    made: list[dict[str, Any]] = []
    for group in alternatives(condition):
        for number, part in enumerate(group):
            join = "and" if number else "or"
            made.append({"join": join, "about": part.question, "cell": _cell(part, asked, language)})
    return [*made, {"join": "and", "about": "", "cell": None}]


def read_condition(fields: Fields, asked: Asked, old: Condition | None) -> Condition | None:
    """The condition that the form's lines mean; what nobody touched stays as it was written."""
    known = [part for group in alternatives(old) for part in group]
    groups: list[tuple[Part, ...]] = []
    for number in range(MOST_LINES):
        about = fields.text(f"when.{number}.about")
        if not about:
            continue
        part = _part(fields, f"when.{number}", about, asked, known[number] if number < len(known) else None)
        if groups and fields.text(f"when.{number}.join") != "or":
            groups[-1] = (*groups[-1], part)
        else:
            groups.append((part,))
    flat: Alternatives = tuple(groups)
    return changed(old, flat)


def _part(fields: Fields, name: str, about: str, asked: Asked, old: Part | None) -> Part:
    """One line. A question that was just chosen begins with an answer that is likely to matter."""
    question = asked.get(about)
    if question is None:  # it is gone: the line stays as it is, and the lint says so
        return old if old is not None and old.question == about else Compare(about, "eq", value="")
    if fields.text(f"{name}.was") != about:
        return _first(about, question)
    if isinstance(question, Question) and question.options:
        return _codes(fields, name, question, old)
    if isinstance(question, Question) and question.kind == "boolean":
        return Compare(about, "eq", value=fields.text(f"{name}.value") == "yes")
    return _number(fields, name, about, old)


def _first(about: str, asked: Question | Score) -> Part:
    return likely(asked) if isinstance(asked, Question) else Compare(about, "ge", 1)


def _codes(fields: Fields, name: str, question: Question, old: Part | None) -> Part:
    chosen = tuple(o.code for o in question.options if fields.flag(f"{name}.code.{o.code}"))
    not_one = fields.text(f"{name}.op") == "ne"
    if not chosen:
        fields.problems[f"{name}.value"] = ("choose", "")
        return old if old is not None and old.question == question.link_id else likely(question)
    value = chosen[0] if len(chosen) == 1 else chosen
    op = "ne" if not_one else "eq" if len(chosen) == 1 else "in"
    if isinstance(old, Compare) and (old.question, old.op) == (question.link_id, op) and _same(old, chosen):
        return old
    return Compare(question.link_id, op, value)  # type: ignore[arg-type]


def _same(old: Compare, chosen: tuple[str, ...]) -> bool:
    return set(old.value if isinstance(old.value, tuple) else (old.value,)) == set(chosen)


def _number(fields: Fields, name: str, about: str, old: Part | None) -> Part:
    before = old.by if isinstance(old, Change) else old.value if isinstance(old, Compare) else 0
    value = fields.number(f"{name}.value", before if is_number(before) else 0)
    op = fields.one_of(f"{name}.op", NUMBER_OPS + CHANGE_OPS, "ge")
    if op in CHANGE_OPS:
        way, _, against = op.partition("-")
        by = abs(value) if way == "rise" else -abs(value)
        return Change(about, against, "ge" if way == "rise" else "le", by)  # type: ignore[arg-type]
    return Compare(about, op, value)  # type: ignore[arg-type]


def _cell(part: Part, asked: Asked, language: str) -> dict[str, Any]:
    """The comparison and value of a line."""
    question = asked.get(part.question)
    if isinstance(part, Change):
        way = "rise" if part.op in {"ge", "gt"} else "fall"
        return _cell_of("number", f"{way}-{part.against}", abs(part.by), question)
    if isinstance(question, Question) and question.options:
        meant = part.value if isinstance(part.value, tuple) else (part.value,)
        cell = _cell_of("codes", "ne" if part.op == "ne" else "in", "", question)
        options = [(o.code, in_language(o.text, language), o.code in meant) for o in question.options]
        return cell | {"options": options}
    if isinstance(part.value, bool):
        return _cell_of("boolean", "eq", "yes" if part.value is (part.op != "ne") else "no", question)
    return _cell_of("number" if is_number(part.value) else "gone", part.op, part.value, question)


def _cell_of(kind: str, op: str, value: Any, question: Question | Score | None) -> dict[str, Any]:
    unit = question.unit if isinstance(question, Question) else ""
    shown = f"{value:g}" if is_number(value) else value
    return {"kind": kind, "op": op, "value": shown, "unit": unit, "options": []}
