"""Answers as a FHIR R4 QuestionnaireResponse, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec

from chalicelib.domain.errors import InvalidAnswer
from chalicelib.domain.explain import in_language
from chalicelib.domain.questionnaire import SKIPPED, Question, Questionnaire, checked, path
from chalicelib.domain.rules import Answer, Answers
from chalicelib.fhir.findings import Finding
from chalicelib.fhir.questionnaire import written
from chalicelib.fhir.terms import Json
from chalicelib.fhir.values import answer_of, typed


def exported(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    of: str,
    language: str,
    authored: datetime,
    completed: bool,
) -> bytes:
    """A file for other systems, without a word on whose answers they are.

    `of`: the questionnaire as a canonical, "https://…|3". What was passed over or left the path is not in it.
    """
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": of,
        "status": "completed" if completed else "in-progress",
        "authored": authored.isoformat(),
        "item": _items(questionnaire, answers, language),
    }
    return written({name: value for name, value in response.items() if value})


def imported(questionnaire: Questionnaire, raw: bytes) -> tuple[Answers, tuple[Finding, ...]]:
    """The answers in somebody's file to this questionnaire, and those that do not fit."""
    answers: Answers = {}
    findings: list[Finding] = []
    asked = {q.foreign_id or q.link_id: q for q in questionnaire.questions}
    try:
        given = list(_given(msgspec.json.decode(raw, type=dict[str, Any]).get("item", [])))
    except (msgspec.DecodeError, KeyError, AttributeError, TypeError) as wrong:
        return {}, (Finding("unreadable", "", str(wrong)),)
    for link_id, values in given:
        question = asked.get(link_id)
        if question is None:
            findings.append(Finding("unknown_question", link_id))
            continue
        try:
            answers[question.link_id] = _answer(question, values)
        except InvalidAnswer as wrong:
            findings.append(Finding("answer", link_id, wrong.reason))
    return answers, tuple(findings)


def _items(questionnaire: Questionnaire, answers: Answers, language: str) -> list[Json]:
    """In the order and the groups of the questionnaire."""
    made: list[Json] = []
    asked = [q for q in path(questionnaire, answers) if answers.get(q.link_id, "") not in SKIPPED]
    firsts = _first_of_groups(questionnaire)
    for heading, group in groupby(asked, lambda question: firsts[question.link_id]):
        inner = [_item(question, answers[question.link_id], language) for question in group]
        made += inner if heading is None else [{"linkId": heading, "item": inner}]
    return made


def _first_of_groups(questionnaire: Questionnaire) -> dict[str, str | None]:
    """The link id of the group that each question stands in."""
    made: dict[str, str | None] = {}
    for heading, group in groupby(questionnaire.questions, lambda question: question.heading):
        inside = list(group)
        name = None if heading is None else f"group.{inside[0].foreign_id or inside[0].link_id}"
        made |= {question.link_id: name for question in inside}
    return made


def _item(question: Question, answer: Answer, language: str) -> Json:
    several = answer if isinstance(answer, tuple) else (answer,)
    said = [typed(question, one, language) for one in several]
    text = in_language(question.text, language)
    return {
        "linkId": question.foreign_id or question.link_id,
        **({"text": text} if text else {}),
        "answer": [_value(question, value, language) for value in said if value is not None],
    }


def _value(question: Question, value: tuple[str, object], language: str) -> Json:
    kind, said = value
    if not isinstance(said, dict):
        return {f"value{kind}": said}
    option = next(option for option in question.options if option.code == said["code"])
    text = in_language(option.text, language)
    return {"valueCoding": said | ({"display": text} if text else {})}


def _given(items: list[Json]) -> Iterator[tuple[str, list[Json]]]:
    """Every item with its answers, however deep it stands: below a group, or below an answer."""
    for item in items:
        values = item.get("answer", [])
        if values:
            yield str(item["linkId"]), values
        yield from _given(item.get("item", []))
        for value in values:
            yield from _given(value.get("item", []))


def _answer(question: Question, values: list[Json]) -> Answer:
    """`InvalidAnswer` where it does not fit, or is one too many."""
    read = tuple(answer_of(question, value, "value") for value in values)
    if None in read or (len(read) > 1 and question.kind != "multiple"):
        raise InvalidAnswer(question.link_id, "unknown")
    if question.kind == "multiple":
        return checked(question, tuple(str(one) for one in read))
    return checked(question, read[0] if read[0] is not None else "")
