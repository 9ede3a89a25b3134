"""Our questions as items of a FHIR Questionnaire."""

from __future__ import annotations

from itertools import groupby

from chalicelib.domain.questionnaire import LONGEST_TEXT, Option, Question, Score
from chalicelib.domain.rules import Words
from chalicelib.domain.units import ucum
from chalicelib.fhir import terms
from chalicelib.fhir.conditions import Asked, written
from chalicelib.fhir.terms import Json, control, extension, said
from chalicelib.fhir.values import option_value

NO_LIMITS = (0, 10)
"""What a question says that has no limits."""


def items(questions: tuple[Question, ...], language: str) -> list[Json]:
    """One item for each question; those that stand under one heading in a group."""
    asked: Asked = {}
    made: list[Json] = []
    for heading, group in groupby(questions, lambda question: question.heading):
        inner: list[Json] = []
        for question in group:
            inner.append(_item(question, asked, language))
            asked[inner[-1]["linkId"]] = question
        made += inner if heading is None else [_group(heading, inner, language)]
    return made


def score(one: Score, language: str) -> Json:
    """A score, which FHIR has no field for."""
    parts = [
        extension("key", "String", one.key),
        {"url": "short", **said(one.short, language, "valueString")},
        *(extension("of", "String", link_id) for link_id in one.of),
        *([extension("mayMiss", "Integer", one.may_miss)] if one.may_miss else []),
        *([extension("source", "String", one.source)] if one.source else []),
    ]
    return {"url": terms.SCORE, "extension": parts}


def _group(heading: Words, inner: list[Json], language: str) -> Json:
    link_id = f"group.{inner[0]['linkId']}"
    return {"linkId": link_id, "type": "group", **said(heading, language), "item": inner}


def _item(question: Question, asked: Asked, language: str) -> Json:
    link_id = question.foreign_id or question.link_id
    fields, condition = written(question.show_when, asked, language)
    told = question.kind == "display"
    made = {
        "linkId": link_id,
        "type": fhir_type(question),
        **said(question.text, language),
        "required": question.required and not told,
        "repeats": question.kind == "multiple",
        "maxLength": LONGEST_TEXT if question.kind == "text" else 0,
        "code": [] if told else [_coding(question)],
        **fields,
        "extension": _extensions(question, language) + condition,
        "answerOption": [_option(option, language) for option in question.options],
        "item": [] if told else _below(question, link_id, language),
    }
    return {name: value for name, value in made.items() if value}


def _coding(question: Question) -> Json:
    coding = question.coding
    code = {"system": terms.SYSTEMS[coding.system], "code": coding.code, "display": coding.display}
    return {name: value for name, value in code.items() if value}


def fhir_type(question: Question) -> str:
    """FHIR's word for its kind."""
    if question.kind == "number" and question.decimals:
        return "decimal"
    kinds = {"scale": "integer", "number": "integer", "multiple": "choice"}
    return kinds.get(question.kind, question.kind)


def _extensions(question: Question, language: str) -> list[Json]:
    made = [{"url": terms.SHORT, **said(question.short, language, "valueString")}]
    if question.kind == "display":
        made.append(extension(terms.CODING, "Coding", _coding(question)))
        made += [{"url": terms.HELP, **said(question.help, language, "valueString")}] if question.help else []
    if question.foreign_id:
        made.append(extension(terms.LINK_ID, "String", question.link_id))
    if question.kind == "scale":
        made.append(control("slider"))
    if question.kind in {"scale", "number"} or (question.minimum, question.maximum) != NO_LIMITS:
        made += [
            _limit(terms.MINIMUM, question.minimum),
            _limit(terms.MAXIMUM, question.maximum),
        ]
    if question.decimals:
        made.append(extension(terms.DECIMALS, "Integer", question.decimals))
    if question.unit:
        unit = {"system": terms.UCUM, "code": ucum(question.unit), "display": question.unit}
        made.append(extension(terms.UNIT, "Coding", unit))
    return made


def _limit(url: str, limit: float) -> Json:
    return extension(url, "Integer" if isinstance(limit, int) else "Decimal", limit)


def _option(option: Option, language: str) -> Json:
    kind, value = option_value(option, language)
    more = []
    if option.score is not None:
        more.append(extension(terms.ORDINAL, "Decimal", option.score))
    if option.exclusive:
        more.append(extension(terms.EXCLUSIVE, "Boolean", True))
    if kind == "String":
        more.append(extension(terms.CODE, "String", option.code))
    made: Json = {"extension": more} if more else {}
    if isinstance(value, dict):
        return {"valueCoding": value | said(option.text, language, "display"), **made}
    others = {code: text for code, text in option.text.items() if code != language}
    return {f"value{kind}": value, **said(others, language, f"value{kind}"), **made}


def _below(question: Question, link_id: str, language: str) -> list[Json]:
    """What is told with the question: help, and the words at the two ends."""
    told = {"help": question.help, "lower": question.low, "upper": question.high}
    return [
        {
            "linkId": f"{link_id}.{name}",
            "type": "display",
            **said(words, language),
            "extension": [control(name)],
        }
        for name, words in told.items()
        if words is not None
    ]
