"""Answers and answer options as FHIR writes them: `value[x]`, `answer[x]`."""

from __future__ import annotations

from chalicelib.domain.questionnaire import Option, Question
from chalicelib.domain.rules import Answer, is_number
from chalicelib.fhir.terms import Json

ANSWER_TYPES = ("Coding", "String", "Integer", "Date", "Time")
"""What FHIR allows an answer option to be."""


def typed(question: Question, value: Answer, language: str) -> tuple[str, object] | None:
    """FHIR's type and value of one answer; None where it is no answer to this question."""
    if isinstance(value, bool):
        return ("Boolean", value) if question.kind == "boolean" else None
    if is_number(value):
        return number(question, value) if question.kind in {"scale", "number"} else None
    if question.kind in {"text", "date"}:
        return ("Date" if question.kind == "date" else "String", value)
    option = next((one for one in question.options if one.code == value), None)
    return None if option is None else option_value(option, language)


def number(question: Question, value: float) -> tuple[str, object] | None:
    """The type is the question's; a fraction does not answer a whole number."""
    if question.decimals:
        return ("Decimal", value)
    return ("Integer", value) if isinstance(value, int) else None


def option_value(option: Option, language: str) -> tuple[str, object]:
    """An option as it was imported; one of ours, or one that has been reworded since, is a coding."""
    text = option.text.get(language, "")
    if option.given_as == "string" and text:
        return "String", text
    if option.given_as == "integer" and text == option.code:
        return "Integer", int(text)
    if option.given_as in {"date", "time"} and text == option.code:
        return option.given_as.capitalize(), text
    system = {"system": option.system} if option.system else {}
    return "Coding", {**system, "code": option.code}


def answer_of(question: Question, holder: Json, prefix: str) -> Answer | None:
    """The answer in `answer[x]` or `value[x]`; None where it is none to this question."""
    name = next((name for name in holder if name.startswith(prefix)), "")
    kind, value = name.removeprefix(prefix), holder.get(name, "")
    if question.options:
        return _code(question.options, kind, value)
    if kind == "Quantity":
        value = value.get("value")
    if kind == "DateTime":
        value = str(value)[: len("2026-11-25")]
    if question.kind == "boolean":
        return value if isinstance(value, bool) else None
    if question.kind in {"date", "text"}:
        return value if isinstance(value, str) else None
    return value if is_number(value) else None


def _code(options: tuple[Option, ...], kind: str, value: object) -> str | None:
    if isinstance(value, dict):
        wanted = (value.get("system", ""), value.get("code") or value.get("display"))
        exact = [o.code for o in options if (o.system, o.code) == wanted]
        return exact[0] if exact else next((o.code for o in options if o.code == wanted[1]), None)
    given = kind.lower()
    same = (o.code for o in options if o.given_as == given and str(value) in o.text.values())
    return next(same, None)
