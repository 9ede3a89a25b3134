"""When a question is asked: our conditions and FHIR's enableWhen.

What enableWhen cannot say exactly stands in an extension of ours, as our own JSON, and is believed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import All, AnyOf, Compare, Condition, Operator
from chalicelib.fhir.findings import Kind
from chalicelib.fhir.terms import CONDITION, Json, extension, found
from chalicelib.fhir.values import answer_of, typed

OPERATORS: dict[Operator, str] = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OURS: dict[str, Operator] = {theirs: ours for ours, theirs in OPERATORS.items()}
ORDER = frozenset({"lt", "le", "gt", "ge"})
MEASURED = frozenset({"scale", "number"})
"""Kinds whose answers have an order here; FHIR orders dates, too."""
Asked = dict[str, Question]
"""The questions before this one, by the link id that FHIR knows."""
Report = Callable[[Kind, str], None]


def written(condition: Condition | None, asked: Asked, language: str) -> tuple[Json, list[Json]]:
    """The fields of an item that say it, and the extension where they do not say all."""
    if condition is None:
        return {}, []
    fields = _enable_when(condition, asked, language)
    if fields and _combined(fields, asked, _nothing) == condition:
        return fields, []
    return fields, [extension(CONDITION, "String", msgspec.json.encode(condition).decode())]


def read(item: Json, asked: Asked, report: Report) -> Condition | None:
    """When the item is asked; what cannot be kept is reported, and the item then asked more often."""
    own = found(item, CONDITION)
    if own is not None:
        kept: Condition = msgspec.json.decode(own, type=Condition)
        return kept
    return _combined(item, asked, report)


def together(*conditions: Condition | None) -> Condition | None:
    """All of them, where there are any."""
    held = tuple(one for one in conditions if one is not None)
    return All(held) if len(held) > 1 else next(iter(held), None)


def _nothing(kind: Kind, detail: str) -> None:
    """Where we read what we have just written."""


def _enable_when(condition: Condition, asked: Asked, language: str) -> Json:
    match condition:
        case Compare(op="in") | AnyOf():
            behaviour, parts = "any", condition.of if isinstance(condition, AnyOf) else (condition,)
        case _:
            behaviour, parts = "all", condition.of if isinstance(condition, All) else (condition,)
    clauses: list[Json] = []
    for part in parts:
        made = _clauses(part, behaviour, asked, language)
        if not made:
            return {}
        clauses += made
    more = {"enableBehavior": behaviour} if len(clauses) > 1 else {}
    return {"enableWhen": clauses, **more}


def _clauses(part: Condition, behaviour: str, asked: Asked, language: str) -> list[Json]:
    """One comparison; none where FHIR would mean something else."""
    if not isinstance(part, Compare):
        return []
    name = next((name for name, question in asked.items() if question.link_id == part.question), None)
    if name is None or (part.op == "ne" and behaviour == "any") or (part.op == "in" and behaviour == "all"):
        return []
    if part.op in ORDER and asked[name].kind not in MEASURED:
        return []
    made: list[Json] = []
    for value in part.value if isinstance(part.value, tuple) else (part.value,):
        said = typed(asked[name], value, language)
        if said is None:
            return []
        operator = "=" if part.op == "in" else OPERATORS[part.op]
        made.append({"question": name, "operator": operator, f"answer{said[0]}": said[1]})
    # Not equal holds in FHIR where nothing was answered, and with us does not.
    there = {"question": name, "operator": "exists", "answerBoolean": True}
    return [there, *made] if part.op == "ne" else made


def _combined(item: Json, asked: Asked, report: Report) -> Condition | None:
    clauses, any_of = item.get("enableWhen", ()), item.get("enableBehavior") == "any"
    read = list(_conditions(clauses, asked, report))
    kept = tuple(condition for condition in read if condition is not None)
    if not kept or (any_of and len(kept) < len(read)):
        return None
    if len(kept) == 1:
        return kept[0]
    if not any_of:
        return All(kept)
    return _one_of(kept) or AnyOf(kept)


def _one_of(parts: tuple[Condition, ...]) -> Compare | None:
    equal = [part for part in parts if isinstance(part, Compare) and part.op == "eq"]
    if len(equal) < len(parts) or len({part.question for part in equal}) > 1:
        return None
    values = tuple(part.value for part in equal if not isinstance(part.value, tuple))
    return Compare(equal[0].question, "in", values)


def _conditions(clauses: list[Json], asked: Asked, report: Report) -> Iterator[Condition | None]:
    """Each clause, None for one that cannot be kept; "exists" before "not equal" is part of it."""
    guarded = {clause["question"] for clause in clauses if clause.get("operator") == "exists"}
    unequal = {clause["question"] for clause in clauses if clause.get("operator") == "!="}
    for clause in clauses:
        name, operator = clause["question"], clause["operator"]
        question = asked.get(name)
        if operator == "exists" and clause.get("answerBoolean") is True and name in unequal:
            continue
        made = None if question is None else _condition(question, operator, clause)
        if made is None:
            report("condition", f"{name} {operator}")
        elif operator == "!=" and name not in guarded and question and _may_be_unanswered(question):
            report("not_equal", name)
        yield made


def _may_be_unanswered(question: Question) -> bool:
    return not question.required or question.show_when is not None


def _condition(question: Question, operator: str, clause: Json) -> Compare | None:
    if operator == "exists":
        return _answered(question) if clause.get("answerBoolean") is True else None
    value, ours = answer_of(question, clause, "answer"), OURS.get(operator)
    if value is None or ours is None or (ours in ORDER and question.kind not in MEASURED):
        return None
    return Compare(question.link_id, ours, value)


def _answered(question: Question) -> Compare | None:
    """Whether there is any answer, in the words that we have."""
    match question.kind:
        case "boolean":
            return Compare(question.link_id, "in", (True, False))
        case "choice" | "multiple":
            return Compare(question.link_id, "in", tuple(option.code for option in question.options))
        case "scale" | "number":
            return Compare(question.link_id, "ge", question.minimum)
        case _:
            return None
