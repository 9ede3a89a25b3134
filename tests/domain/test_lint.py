"""Every kind of mistake is found where somebody makes it; the pathways that we ship have none that blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest

from chalicelib.adapters.catalogue import pathways
from chalicelib.domain.findings import Kind
from chalicelib.domain.lint import lint
from chalicelib.domain.messaging_hours import MessagingHours, Window
from chalicelib.domain.pathway import Pathway
from tests.examples import HOURS, PATHWAY

LANGUAGES = ("fr", "en")
Plan = dict[str, Any]


def step(plan: Plan, key: str = "after") -> Plan:
    return next(found for found in plan["steps"] if found["key"] == key)


def question(plan: Plan, link_id: str, key: str = "after") -> Plan:
    return next(q for q in step(plan, key)["questionnaire"]["questions"] if q["link_id"] == link_id)


def rule(plan: Plan, name: str, key: str = "after") -> Plan:
    return next(found for found in step(plan, key)["rules"] if found["key"] == name)


def compare(name: str, op: str, value: object) -> Plan:
    return {"type": "compare", "question": name, "op": op, "value": value}


def no_english(plan: Plan) -> None:
    question(plan, "pain")["text"]["en"] = ""


def fewer_sentences(plan: Plan) -> None:
    step(plan, "before")["instructions"]["do"]["en"].pop()


def lost_placeholder(plan: Plan) -> None:
    rule(plan, "pain_severe")["reason"]["en"] = "Severe pain"


def strange_placeholder(plan: Plan) -> None:
    for said in step(plan, "before")["instructions"]["intro"].values():
        step(plan, "before")["instructions"]["intro"] = {"fr": said + " {surgeon}", "en": said + " {surgeon}"}


def at_night(plan: Plan) -> None:
    step(plan)["timing"]["invite"] = "07:00"


def too_late(plan: Plan) -> None:
    step(plan)["timing"]["reminders"] = [{"after_minutes": 300}]


def looks_ahead(plan: Plan) -> None:
    question(plan, "drinking")["show_when"] = compare("comment", "eq", "x")


def unreachable(plan: Plan) -> None:
    question(plan, "drinking")["show_when"] = compare("stomach", "eq", "never")


def undecidable(plan: Plan) -> None:
    rule(plan, "pain_severe")["when"] = compare("pain", "gt", 10)


def changed(by: float) -> Plan:
    return {"type": "change", "question": "pain", "against": "previous", "op": "ge", "by": by}


def impossible_change(plan: Plan) -> None:
    rule(plan, "pain_severe")["when"] = changed(by=11)


def contradicting(plan: Plan) -> None:
    rule(plan, "not_so_well")["when"] = compare("feeling", "in", ["not_so_well", "badly"])


def no_rule(plan: Plan) -> None:
    step(plan)["rules"] = [r for r in step(plan)["rules"] if r["key"] != "call"]


def one_more_question(plan: Plan) -> None:
    again = question(plan, "call") | {"link_id": "again"}
    step(plan)["questionnaire"]["questions"] += [again, again | {"link_id": "and_again"}]


def no_licence(plan: Plan) -> None:
    plan["licence"] = ""


def no_rule_source(plan: Plan) -> None:
    rule(plan, "pain_severe")["source"] = " "


def nobody_to_call(plan: Plan) -> None:
    rule(plan, "pain_severe")["advice"]["fr"] = "Reposez-vous."


def heavy_words(plan: Plan) -> None:
    sentence = "Conformément aux recommandations institutionnelles interprofessionnelles susmentionnées " * 6
    step(plan, "before")["instructions"]["do"]["fr"] = [
        sentence for _ in step(plan, "before")["instructions"]["do"]["fr"]
    ]


def texted(plan: Plan) -> None:
    step(plan)["by_sms"] = True


MISTAKES: list[tuple[Callable[[Plan], None], Kind, str]] = [
    (no_english, "language", "pain"),
    (fewer_sentences, "language", "instructions.do"),
    (lost_placeholder, "placeholder", "pain_severe"),
    (strange_placeholder, "placeholder", "instructions.intro"),
    (at_night, "hours", "after"),
    (too_late, "late_reminder", "after"),
    (looks_ahead, "unknown_question", "after.drinking"),
    (unreachable, "unreachable", "after.drinking"),
    (undecidable, "undecidable", "after.pain_severe"),
    (impossible_change, "undecidable", "after.pain_severe"),
    (contradicting, "overlap", "after."),
    (no_rule, "no_consequence", "after.call"),
    (one_more_question, "too_many_questions", "after"),
    (no_licence, "no_source", "inguinal-hernia"),
    (no_rule_source, "no_source", "after.pain_severe"),
    (nobody_to_call, "no_instruction", "after.pain_severe"),
    (texted, "too_long_for_texts", "after"),
    (heavy_words, "reading_level", "inguinal-hernia"),
]


@pytest.mark.parametrize("pathway", pathways().values(), ids=lambda pathway: pathway.code)
def test_what_we_ship_can_be_published(pathway: Pathway) -> None:
    assert [finding for finding in lint(pathway, HOURS, LANGUAGES) if finding.is_error] == []


@pytest.mark.parametrize(("make", "kind", "where"), MISTAKES, ids=[m[0].__name__ for m in MISTAKES])
def test_a_mistake_is_found(make: Callable[[Plan], None], kind: Kind, where: str) -> None:
    known = {(f.kind, f.where, f.said) for f in lint(PATHWAY, HOURS, LANGUAGES)}
    plan = msgspec.json.decode(msgspec.json.encode(PATHWAY))
    make(plan)
    found = lint(msgspec.convert(plan, Pathway), HOURS, LANGUAGES)
    new = [f for f in found if (f.kind, f.where, f.said) not in known]
    assert any(f.kind == kind and where in f.where for f in new), new


def test_a_change_that_can_happen_is_no_mistake() -> None:
    plan = msgspec.json.decode(msgspec.json.encode(PATHWAY))
    rule(plan, "pain_severe")["when"] = changed(by=10)
    found = lint(msgspec.convert(plan, Pathway), HOURS, LANGUAGES)
    assert [finding for finding in found if finding.is_error] == []


def test_every_kind_of_finding_has_a_mistake() -> None:
    assert {kind for _, kind, _ in MISTAKES} == set(get_args(Kind))


def test_a_units_own_hours_count() -> None:
    late = MessagingHours("Europe/Paris", (Window("12:00", "18:00"),) * 7)
    assert {f.kind for f in lint(PATHWAY, late, LANGUAGES) if f.is_error} == {"hours"}


def test_a_language_that_is_missing_is_found() -> None:
    found = lint(PATHWAY, HOURS, ("fr", "en", "ta"))
    assert {f.kind for f in found if f.is_error} >= {"language"}
