"""Conditions as sentences: what the rule builder shows, and what a clinician signs on the printed sheet."""

from __future__ import annotations

from typing import assert_never

from chalicelib.domain.explain import NO, YES, in_language
from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question, Score
from chalicelib.domain.rules import All, AnyOf, Change, Compare, Condition, Number, Words, is_number

IF: Words = {"fr": "si", "en": "if"}
AND: Words = {"fr": " et ", "en": " and "}
OR: Words = {"fr": " ou ", "en": " or "}
QUOTED: Words = {"fr": "« {} »", "en": "“{}”"}
NUMBERS: dict[str, Words] = {
    "eq": {"fr": "{name} est de {value}", "en": "{name} is {value}"},
    "ne": {"fr": "{name} n’est pas de {value}", "en": "{name} is not {value}"},
    "lt": {"fr": "{name} est de moins de {value}", "en": "{name} is less than {value}"},
    "le": {"fr": "{name} est de {value} ou moins", "en": "{name} is {value} or less"},
    "gt": {"fr": "{name} est de plus de {value}", "en": "{name} is more than {value}"},
    "ge": {"fr": "{name} est de {value} ou plus", "en": "{name} is {value} or more"},
}
BETWEEN: Words = {
    "fr": "{name} est entre {low} et {high}",
    "en": "{name} is between {low} and {high}",
}
CODES: dict[str, Words] = {
    "is": {"fr": "{name} est {value}", "en": "{name} is {value}"},
    "is not": {"fr": "{name} n’est pas {value}", "en": "{name} is not {value}"},
    "has": {"fr": "{name} comprend {value}", "en": "{name} includes {value}"},
    "has not": {"fr": "{name} ne comprend pas {value}", "en": "{name} does not include {value}"},
}
CHANGES: dict[str, Words] = {
    "ge": {"fr": "{name} a augmenté de {by} ou plus {then}", "en": "{name} has risen by {by} or more {then}"},
    "gt": {
        "fr": "{name} a augmenté de plus de {by} {then}",
        "en": "{name} has risen by more than {by} {then}",
    },
    "le": {"fr": "{name} a baissé de {by} ou plus {then}", "en": "{name} has fallen by {by} or more {then}"},
    "lt": {
        "fr": "{name} a baissé de plus de {by} {then}",
        "en": "{name} has fallen by more than {by} {then}",
    },
}
COMPARED: Words = {"fr": "l’écart {then}", "en": "the difference {then}"}
THEN: dict[str, Words] = {
    "baseline": {"fr": "depuis la première réponse", "en": "since the first answer"},
    "previous": {"fr": "depuis la réponse précédente", "en": "since the answer before"},
}


def in_words(condition: Condition, step: Step, language: str) -> str:
    """The condition as half a sentence: "if “Pain” is 7 or more and “Analgesics” is “no”".

    Names are the short ones of nurses' lists. The words are in French or, for every other language,
    English; answers are in the language where the team has said them in it.
    """
    return f"{in_language(IF, language)} {_clause(condition, step, language)}"


def name_in_words(link_id: str, step: Step, language: str) -> str:
    """The short name of a question or score, in quotes; its id where there is none any more."""
    asked = _asked(step, link_id)
    return _quoted(link_id if asked is None else in_language(asked.short, language), language)


def number_in_words(value: Number, unit: str, language: str) -> str:
    """A number as people of the language write it: "38,5 °C"."""
    said = f"{value:g}"
    if language == "fr":
        said = said.replace(".", ",")
    return f"{said}\u00a0{unit}" if unit else said


def _clause(condition: Condition, step: Step, language: str) -> str:
    match condition:
        case Compare():
            return _compare(condition, step, language)
        case Change():
            return _change(condition, step, language)
        case All(of):
            said = [
                f"({part})" if isinstance(inner, AnyOf) else part
                for inner, part in _merged(of, step, language)
            ]
            return in_language(AND, language).join(said)
        case AnyOf(of):
            return f",{in_language(OR, language)}".join(_clause(part, step, language) for part in of)
        case _:
            assert_never(condition)


def _merged(of: tuple[Condition, ...], step: Step, language: str) -> list[tuple[Condition, str]]:
    """Each part in words; "4 or more and 6 or less" becomes "between 4 and 6"."""
    said: list[tuple[Condition, str]] = []
    rest = list(of)
    while rest:
        part = rest.pop(0)
        upper = rest[0] if rest else None
        if _is_range(part, upper):
            said.append((part, _between(part, rest.pop(0), step, language)))
        else:
            said.append((part, _clause(part, step, language)))
    return said


def _is_range(low: Condition, high: Condition | None) -> bool:
    return (
        isinstance(low, Compare)
        and isinstance(high, Compare)
        and (low.question, low.op, high.op) == (high.question, "ge", "le")
    )


def _between(low: Condition, high: Condition, step: Step, language: str) -> str:
    if not (isinstance(low, Compare) and isinstance(high, Compare)):
        raise TypeError(low)
    ends = {"low": _value(low, step, language), "high": _value(high, step, language)}
    return in_language(BETWEEN, language).format(name=name_in_words(low.question, step, language), **ends)


def _compare(part: Compare, step: Step, language: str) -> str:
    name = name_in_words(part.question, step, language)
    if is_number(part.value):
        words = NUMBERS[part.op if part.op in NUMBERS else "eq"]
    else:
        asked = _asked(step, part.question)
        several = isinstance(asked, Question) and asked.kind == "multiple"
        verb = "has" if several else "is"
        words = CODES[f"{verb} not" if part.op == "ne" else verb]
    return in_language(words, language).format(name=name, value=_value(part, step, language))


def _change(part: Change, step: Step, language: str) -> str:
    then = in_language(THEN[part.against], language)
    rising = part.op in {"ge", "gt"}
    unit = _unit(_asked(step, part.question))
    by = number_in_words(part.by if rising else -part.by, unit, language)
    if (part.by > 0) is rising and part.by != 0:
        name = name_in_words(part.question, step, language)
        return in_language(CHANGES[part.op], language).format(name=name, by=by, then=then)
    difference = in_language(COMPARED, language).format(then=then)
    name = f"{name_in_words(part.question, step, language)}, {difference}"
    value = number_in_words(part.by, unit, language)
    return in_language(NUMBERS[part.op], language).format(name=name, value=value)


def _value(part: Compare, step: Step, language: str) -> str:
    asked = _asked(step, part.question)
    values = part.value if isinstance(part.value, tuple) else (part.value,)
    said = [_one(value, asked, language) for value in values]
    return in_language(OR, language).join(said)


def _one(
    value: bool | Number | str,  # noqa: FBT001 - an answer
    asked: Question | Score | None,
    language: str,
) -> str:
    if isinstance(value, bool):
        return _quoted(in_language(YES if value else NO, language), language)
    if is_number(value):
        return number_in_words(value, _unit(asked), language)
    options = asked.options if isinstance(asked, Question) else ()
    found = next((option.text for option in options if option.code == value), None)
    return _quoted(str(value) if found is None else in_language(found, language), language)


def _asked(step: Step, name: str) -> Question | Score | None:
    questions = {question.link_id: question for question in step.questionnaire.questions}
    scores = {score.key: score for score in step.questionnaire.scores}
    return questions.get(name) or scores.get(name)


def _unit(asked: Question | Score | None) -> str:
    return asked.unit if isinstance(asked, Question) else ""


def _quoted(words: str, language: str) -> str:
    return in_language(QUOTED, language).format(words)
