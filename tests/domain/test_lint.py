"""Every kind of mistake is found where somebody makes it; the pathways that we ship have none that blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.catalogue import documents
from chalicelib.domain.findings import Kind
from chalicelib.domain.lint import lint
from chalicelib.domain.messaging_hours import MessagingHours, Window
from chalicelib.domain.pathway import Pathway
from tests.examples import HOURS

LANGUAGES = ("fr", "en")
DOCUMENT = documents()["inguinal-hernia", 1]
Plan = dict[str, Any]


def step(plan: Plan, key: str = "after") -> Plan:
    return next(found for found in plan["steps"] if found["key"] == key)


def question(plan: Plan, link_id: str, key: str = "after") -> Plan:
    return next(q for q in step(plan, key)["questionnaire"]["questions"] if q["link_id"] == link_id)


def rule(plan: Plan, name: str, key: str = "after") -> Plan:
    return next(found for found in step(plan, key)["rules"] if found["key"] == name)


def compare(name: str, op: str, value: object) -> Plan:
    return {"type": "compare", "question": name, "op": op, "value": value}


def all_of(*parts: Plan) -> Plan:
    return {"type": "all", "of": list(parts)}


def no_english(plan: Plan) -> None:
    question(plan, "pain")["text"]["en"] = ""


def no_words_at_all(plan: Plan) -> None:
    question(plan, "pain")["text"] = {}


def another_language_only(plan: Plan) -> None:
    rule(plan, "pain_severe")["advice"] = {"ta": "x"}


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


def never_alone(plan: Plan) -> None:
    """Orange with vomiting, where the lump alone is red already."""
    vomits = compare("stomach", "in", ["once", "twice"])
    rule(plan, "groin_lump")["when"] = all_of(compare("groin", "eq", "growing"), vomits)


def milder_when_worse(plan: Plan) -> None:
    rule(plan, "pain_severe")["when"] = all_of(compare("pain", "ge", 7), compare("pain", "le", 8))
    worse = rule(plan, "pain_severe") | {"key": "pain_worst", "level": "orange"}
    step(plan)["rules"].append(worse | {"when": compare("pain", "ge", 9)})


def worst_left_out(plan: Plan) -> None:
    rule(plan, "pain_severe")["when"] = all_of(compare("pain", "ge", 7), compare("pain", "le", 9))


def option_left_out(plan: Plan) -> None:
    step(plan)["rules"] = [r for r in step(plan)["rules"] if r["key"] != "bleeding_soaked"]


def long_message(plan: Plan) -> None:
    step(plan)["messages"] = {"invite": dict.fromkeys(LANGUAGES, "{unit}: {link} " + "hello " * 15)}


def foreign_mark_in_a_message(plan: Plan) -> None:
    step(plan)["messages"] = {"invite": dict.fromkeys(LANGUAGES, "{unit}: {link} {surgeon}")}


def open_brace_in_a_message(plan: Plan) -> None:
    step(plan)["messages"] = {"reminder": dict.fromkeys(LANGUAGES, "{unit}: {link} {")}


def no_link(plan: Plan) -> None:
    step(plan)["messages"] = {"again": dict.fromkeys(LANGUAGES, "{unit}: are you better?")}


def reason_names_nothing(plan: Plan) -> None:
    rule(plan, "pain_severe")["reason"] = dict.fromkeys(LANGUAGES, "Pain {pane}")


def reminder_of_no_use(plan: Plan) -> None:
    step(plan)["timing"] |= {"useful_until_day": 1, "useful_until": "12:00"}


def no_clock(plan: Plan) -> None:
    step(plan)["timing"]["silent"] = "25:00"


def silent_before_asking(plan: Plan) -> None:
    step(plan)["timing"] |= {"silent": "09:00", "reminders": []}


def of_no_use_at_once(plan: Plan) -> None:
    step(plan)["timing"] |= {"useful_until_day": 0}


def after_is_before(plan: Plan) -> None:
    step(plan)["timing"]["day"] = -2


def before_is_after(plan: Plan) -> None:
    step(plan, "before")["timing"]["day"] = 2


def discharged_before(plan: Plan) -> None:
    step(plan, "before")["timing"]["anchor"] = "discharge"


def useful_until_an_arrival_that_is_over(plan: Plan) -> None:
    step(plan)["timing"]["useful_until"] = None


def days_out_of_order(plan: Plan) -> None:
    step(plan, "day3")["also_on"] = [5, 4]


def after_the_end(plan: Plan) -> None:
    step(plan, "day30")["also_on"] = [60]


def no_day_at_all(plan: Plan) -> None:
    plan["expected"][-1] |= {"from_day": 20, "to_day": 14}


def described_twice(plan: Plan) -> None:
    plan["expected"][1]["from_day"] = 2


def nothing_said_of_a_day(plan: Plan) -> None:
    plan["expected"][1]["from_day"] = 4


def escalation_of_nothing(plan: Plan) -> None:
    for one in plan["steps"]:
        one["rules"] = [r for r in one["rules"] if r["level"] == "red"]


def escalation_too_early(plan: Plan) -> None:
    plan["escalation"][1]["after_minutes"] = 20


def asks_a_stranger_again(plan: Plan) -> None:
    rule(plan, "painkillers")["ask_again"]["questions"] = ["sleep"]


def asks_something_else_again(plan: Plan) -> None:
    rule(plan, "painkillers")["ask_again"]["questions"] = ["fever"]


def asks_again_at_once(plan: Plan) -> None:
    rule(plan, "painkillers")["ask_again"]["after_minutes"] = 0


def score(*names: str) -> Plan:
    words = dict.fromkeys(LANGUAGES, "Comfort")
    return {"key": "comfort", "short": words, "of": list(names), "may_miss": 0, "source": "x"}


def score_of_nothing(plan: Plan) -> None:
    step(plan)["questionnaire"]["scores"] = [score("pain", "sleep")]


def score_out_of_reach(plan: Plan) -> None:
    step(plan)["questionnaire"]["scores"] = [score("pain", "feeling")]
    rule(plan, "call")["when"] = compare("comfort", "gt", 10)


def no_options(plan: Plan) -> None:
    question(plan, "call")["options"] = []


def upside_down(plan: Plan) -> None:
    question(plan, "pain")["minimum"] = 10


def asked_twice(plan: Plan) -> None:
    step(plan)["questionnaire"]["questions"].append(question(plan, "feeling"))


def long_question_by_text(plan: Plan) -> None:
    step(plan)["by_sms"] = True
    question(plan, "pain")["text"]["fr"] += " encore" * 15


def texted(plan: Plan) -> None:
    step(plan)["by_sms"] = True


MISTAKES: list[tuple[Callable[[Plan], None], Kind, str]] = [
    (no_english, "language", "pain"),
    (no_words_at_all, "language", "after.questionnaire.questions.pain.text"),
    (another_language_only, "language", "pain_severe.advice"),
    (fewer_sentences, "language", "instructions.do"),
    (lost_placeholder, "placeholder", "pain_severe"),
    (strange_placeholder, "placeholder", "instructions.intro"),
    (reason_names_nothing, "placeholder", "rules.pain_severe.reason"),
    (foreign_mark_in_a_message, "placeholder", "messages.invite"),
    (open_brace_in_a_message, "placeholder", "messages.reminder"),
    (no_link, "placeholder", "messages.again"),
    (long_message, "long_message", "messages.invite"),
    (at_night, "hours", "after"),
    (too_late, "late_reminder", "after"),
    (reminder_of_no_use, "late_reminder", "after"),
    (silent_before_asking, "days", "after"),
    (no_clock, "days", "after"),
    (of_no_use_at_once, "days", "after"),
    (after_is_before, "days", "after"),
    (before_is_after, "days", "before"),
    (discharged_before, "days", "before"),
    (useful_until_an_arrival_that_is_over, "days", "after"),
    (days_out_of_order, "days", "day3"),
    (after_the_end, "days", "day30"),
    (no_day_at_all, "days", "expected"),
    (described_twice, "days", "expected"),
    (nothing_said_of_a_day, "expected_gap", "expected"),
    (looks_ahead, "unknown_question", "after.drinking"),
    (asks_a_stranger_again, "unknown_question", "after.painkillers"),
    (score_of_nothing, "unknown_question", "after.scores.comfort"),
    (unreachable, "unreachable", "after.drinking"),
    (no_options, "unanswerable", "after.call"),
    (upside_down, "unanswerable", "after.pain"),
    (asked_twice, "unanswerable", "after.feeling"),
    (undecidable, "undecidable", "after.pain_severe"),
    (impossible_change, "undecidable", "after.pain_severe"),
    (score_out_of_reach, "undecidable", "after.call"),
    (contradicting, "overlap", "after."),
    (never_alone, "overlap", "after.groin_lump"),
    (milder_when_worse, "contradiction", "after.pain"),
    (worst_left_out, "gap", "after.pain"),
    (option_left_out, "skipped_option", "after.bleeding"),
    (asks_something_else_again, "ask_again", "after.painkillers"),
    (asks_again_at_once, "ask_again", "after.painkillers"),
    (escalation_of_nothing, "escalation", "escalation"),
    (escalation_too_early, "escalation", "escalation"),
    (no_rule, "no_consequence", "after.call"),
    (one_more_question, "too_many_questions", "after"),
    (no_licence, "no_source", "inguinal-hernia"),
    (no_rule_source, "no_source", "after.pain_severe"),
    (nobody_to_call, "no_instruction", "after.pain_severe"),
    (long_question_by_text, "long_message", "after.questionnaire.questions.pain"),
    (texted, "too_long_for_texts", "after"),
    (heavy_words, "reading_level", "inguinal-hernia"),
]


@pytest.mark.parametrize("pathway", documents().values(), ids=lambda pathway: pathway.code)
def test_what_we_ship_can_be_published(pathway: Pathway) -> None:
    assert [finding for finding in lint(pathway, HOURS, LANGUAGES) if finding.is_error] == []


@pytest.mark.parametrize(("make", "kind", "where"), MISTAKES, ids=[m[0].__name__ for m in MISTAKES])
def test_a_mistake_is_found(make: Callable[[Plan], None], kind: Kind, where: str) -> None:
    known = {(f.kind, f.where, f.said) for f in lint(DOCUMENT, HOURS, LANGUAGES)}
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    make(plan)
    found = lint(msgspec.convert(plan, Pathway), HOURS, LANGUAGES)
    new = [f for f in found if (f.kind, f.where, f.said) not in known]
    assert any(f.kind == kind and where in f.where for f in new), new


def test_a_change_that_can_happen_is_no_mistake() -> None:
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    rule(plan, "pain_severe")["when"] = changed(by=10)
    found = lint(msgspec.convert(plan, Pathway), HOURS, LANGUAGES)
    assert [finding for finding in found if finding.is_error] == []


def test_every_kind_of_finding_has_a_mistake() -> None:
    assert {kind for _, kind, _ in MISTAKES} == set(get_args(Kind))


def test_a_units_own_hours_count() -> None:
    late = MessagingHours("Europe/Paris", (Window("12:00", "18:00"),) * 7)
    assert {f.kind for f in lint(DOCUMENT, late, LANGUAGES) if f.is_error} == {"hours"}


def test_a_language_that_is_missing_is_found() -> None:
    found = lint(DOCUMENT, HOURS, ("fr", "en", "ta"))
    assert {f.kind for f in found if f.is_error} >= {"language"}


def test_a_rule_over_a_score_is_understood() -> None:
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    step(plan)["questionnaire"]["scores"] = [score("pain", "feeling")]
    rule(plan, "call")["when"] = compare("comfort", "ge", 10)
    found = {f.kind for f in lint(msgspec.convert(plan, Pathway), HOURS, LANGUAGES) if f.is_error}
    assert not found & {"undecidable", "unknown_question"}


def test_a_combination_may_be_more_urgent() -> None:
    """Fever orange, fever with a stained dressing red: no contradiction."""
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    sore = rule(plan, "badly") | {"key": "sore"}
    when = all_of(compare("fever", "eq", "mild"), compare("bleeding", "eq", "stained"))
    step(plan)["rules"].append(sore | {"when": when})
    assert [f.said for f in lint(msgspec.convert(plan, Pathway), HOURS, LANGUAGES) if f.is_error] == []


def test_other_scripts_may_take_two_messages() -> None:
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    step(plan)["messages"] = {"invite": {"ta": "{link} " + "ஆ" * 60}}
    kinds = {f.kind for f in lint(msgspec.convert(plan, Pathway), HOURS, ("ta",))}
    step(plan)["messages"]["invite"]["ta"] += "ஆ" * 60
    more = {f.kind for f in lint(msgspec.convert(plan, Pathway), HOURS, ("ta",))}
    assert more - kinds == {"long_message"}


STRANGE = (
    None, "", "x", "{", "pain", "pain_severe", -1, 0, 3, 11, 10**9, 1.5, True, [], {}, "09:00", ["pain"],
    "red", "ne", "number", "choice", "multiple", "text", "discharge", "after",
)  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Everything in a document that could be something else: what holds it, and where."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in held for place in ((value, key), *places(part))]


@given(st.data())
def test_no_document_is_too_strange(data: st.DataObject) -> None:
    """Whatever has the shape of a pathway can be checked: drafts are unfinished, and wrong in many ways."""
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT))
    plan["steps"] = [step(plan, "before"), step(plan, "after")]
    step(plan)["questionnaire"]["scores"] = [score("pain", "feeling")]
    for _ in range(data.draw(st.integers(1, 8))):
        found = places(plan)
        holder, key = found[data.draw(st.integers(0, len(found) - 1))]
        kept, holder[key] = holder[key], data.draw(st.sampled_from(STRANGE))
        try:
            document = msgspec.convert(plan, Pathway)
        except msgspec.ValidationError:
            holder[key] = kept
            continue
        assert all(finding.said for finding in lint(document, HOURS, document.languages))


@pytest.mark.parametrize("key", ["steps", "expected", "escalation", "languages", "source"])
def test_an_empty_document_can_be_checked(key: str) -> None:
    plan = msgspec.json.decode(msgspec.json.encode(DOCUMENT)) | {key: []}
    document = msgspec.convert(plan, Pathway)
    assert all(finding.said for finding in lint(document, HOURS, document.languages))
