"""The clinical tables, row by row: which answer raises what. And the texts of messages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from chalicelib.domain.episode.contact_events import ReplyText
from chalicelib.domain.notice import Kind
from chalicelib.domain.outgoing import STOPPED
from chalicelib.domain.replies import ASKS
from chalicelib.domain.sms import is_gsm7, segments
from tests.catalogue.answering import AFTER, BEFORE, level, possible, raised

TEXTS = Path(__file__).parents[2] / "chalicelib/catalogue/texts"
SMS, EMAIL, VOICE = (
    json.loads((TEXTS / f"{name}.json").read_text("utf-8")) for name in ("sms", "email", "voice")
)
KINDS = {f"{kind}_{phase}" for kind in ("invite", "reminder") for phase in ("before", "after")}
KINDS |= set(get_args(Kind)) - {"invite", "reminder", "answer", "question"}
ANSWERS = (set(get_args(ReplyText)) - {""}) | {STOPPED, "question"}
"""Texts that answer a text."""
LONGEST = {
    "unit": "Chirurgie ambulatoire B2",
    "day": "Thu 26/11",
    "time": "07:30",
    "link": f"https://vigie.demo-abc.example/p/demo.{'x' * 22}",
    "phone": "01 00 00 00 00",
}
HEALTH = "opér|opera|surg|chirurg|hosp|malad|ill|pain|doul|hern|catar|knee|genou|anesth|pansement|dressing"

each_before = pytest.mark.parametrize("step", BEFORE.values(), ids=BEFORE.keys())
each_after = pytest.mark.parametrize("step", AFTER.values(), ids=AFTER.keys())
with_dressing = pytest.mark.parametrize(
    "step", [AFTER[f"{code}/after"] for code in ("inguinal-hernia", "knee-arthroscopy")]
)
hernia, cataract, knee = (
    AFTER[f"{code}/after"] for code in ("inguinal-hernia", "cataract", "knee-arthroscopy")
)


def offers(step, answers):
    """Whether the step asks these questions, and takes these answers."""
    asked = {question.link_id: possible(question) for question in step.questionnaire.questions}
    return all(answer in asked.get(name, ()) for name, answer in answers.items())


@each_before
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"coming": False}, "red"),
        ({"health_change": True}, "red"),
        ({"health_change": True, "health_which": "other"}, "red"),
        ({"escort": False}, "red"),
        ({"medicines": "no"}, "red"),
        ({"medicines": "unsure"}, "red"),
        ({"medicines": "none"}, "green"),
        ({"fasting": False}, "orange"),
        ({"call": "yes"}, "orange"),
        ({"ready": "no_medicines"}, "orange"),
        ({"ready": "neither"}, "orange"),
        ({"ready": "no_papers"}, "green"),
    ],
)
def test_the_day_before(step, answers, expected):
    if not answers.keys() <= {question.link_id for question in step.questionnaire.questions}:
        pytest.skip("asked before an operation only")
    assert level(step, **answers) == expected


@each_after
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"feeling": "not_so_well"}, "orange"),
        ({"feeling": "badly"}, "red"),
        ({"stomach": "nausea"}, "green"),
        ({"stomach": "once"}, "green"),
        ({"stomach": "twice"}, "orange"),
        ({"stomach": "three_or_more"}, "red"),
        ({"stomach": "nausea", "drinking": "drinks"}, "orange"),
        ({"stomach": "once", "drinking": "neither"}, "red"),
        ({"stomach": "twice", "drinking": "neither"}, "red"),
        ({"stomach": "not_eating", "drinking": "drinks"}, "orange"),
        ({"fever": "not_measured"}, "orange"),
        ({"fever": "high"}, "red"),
        ({"fever": "shivers"}, "red"),
        ({"signs": "breath"}, "red"),
        ({"signs": "chest"}, "red"),
        ({"signs": "faint"}, "red"),
        ({"signs": "leg"}, "red"),
        ({"doctor": "doctor"}, "orange"),
        ({"doctor": "emergency"}, "red"),
        ({"call": "yes"}, "orange"),
    ],
)
def test_the_day_after(step, answers, expected):
    if not offers(step, answers):
        pytest.skip("does not concern this patient")
    assert level(step, **answers) == expected


@pytest.mark.parametrize("name", sorted(AFTER.keys() - {"operative-hysteroscopy/after"}))
def test_a_mild_fever_is_orange_but_after_an_operation_inside_the_womb(name):
    assert level(AFTER[name], fever="mild") == "orange"


@with_dressing
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"bleeding": "stained"}, "green"),
        ({"bleeding": "growing"}, "orange"),
        ({"bleeding": "soaked"}, "red"),
        ({"urine": "no_under_8h"}, "orange"),
        ({"urine": "no_over_8h"}, "red"),
    ],
)
def test_dressing_and_urine(step, answers, expected):
    assert level(step, **answers) == expected


@pytest.mark.parametrize(
    ("step", "answers", "expected"),
    [
        (hernia, {"groin": "scrotum"}, "orange"),
        (hernia, {"groin": "growing"}, "red"),
        (hernia, {"groin": "lump"}, "orange"),
        (hernia, {"groin": "lump", "stomach": "nausea"}, "orange"),
        (hernia, {"groin": "lump", "stomach": "once"}, "red"),
        (hernia, {"urine": "hard"}, "orange"),
        (hernia, {"signs": "calf"}, "orange"),
        (hernia, {"signs": "not_up"}, "orange"),
        (cataract, {"vision": "same"}, "green"),
        (cataract, {"vision": "covered"}, "green"),
        (cataract, {"vision": "worse"}, "red"),
        (cataract, {"eye": "light"}, "orange"),
        (cataract, {"eye": "red"}, "red"),
        (cataract, {"eye": "flashes"}, "red"),
        (cataract, {"drops": "missed"}, "orange"),
        (cataract, {"drops": "later"}, "green"),
        (cataract, {"drops": "no_shield"}, "green"),
        (cataract, {"pain": 1, "pain_course": "worse"}, "orange"),
        (cataract, {"pain": 3, "pain_course": "worse"}, "orange"),
        (cataract, {"pain": 4, "painkillers": "no", "pain_course": "worse"}, "red"),
        (cataract, {"signs": "calf"}, "orange"),
        (knee, {"knee": "growing"}, "orange"),
        (knee, {"knee": "hot"}, "orange"),
        (knee, {"knee": "hot", "fever": "mild"}, "red"),
        (knee, {"knee": "hot", "fever": "not_measured"}, "red"),
        (knee, {"signs": "calf"}, "red"),
        (knee, {"signs": "not_walking"}, "orange"),
    ],
)
def test_what_an_operation_adds(step, answers, expected):
    assert level(step, **answers) == expected


@each_after
def test_signs_that_threaten_life_go_to_the_emergency_number_first(step):
    for sign in ("breath", "chest", "faint"):
        (rule,) = raised(step, signs=sign)
        assert rule.advice["fr"].startswith("Appelez le 15 ou le 112 maintenant.")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("texts", [SMS, EMAIL, VOICE], ids=["sms", "email", "voice"])
def test_every_message_exists_in_both_languages(texts):
    assert texts.keys() == (KINDS | ANSWERS if texts is SMS else KINDS)
    assert all(words.keys() == {"fr", "en"} for words in texts.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["fr", "en"])
class TestMessages:
    def test_an_sms_fits_one_segment_with_the_longest_values(self, kind, language):
        assert [len(LONGEST[name]) for name in ("unit", "link", "phone")] == [24, 60, 14]
        found = segments(SMS[kind][language].format(**LONGEST))
        assert (found.count, found.encoding) == (1, "GSM-7")
        assert is_gsm7(SMS[kind][language])

    def test_says_who_writes_and_where_to_call(self, kind, language):
        for text in (SMS[kind][language], EMAIL[kind][language]["body"]):
            assert {"unit", "phone"} <= fields(text) <= LONGEST.keys()
            assert ("link" in fields(text)) is (kind not in {"moved", "cancelled"})
        assert fields(EMAIL[kind][language]["subject"]) <= {"unit", "day", "time"}

    def test_a_call_says_twice_what_to_do_and_has_no_link(self, kind, language):
        words = VOICE[kind][language]
        assert {"unit", "phone"} <= fields(words) <= LONGEST.keys() - {"link"}
        twice = "day" if kind in {"moved", "cancelled"} else "phone"
        assert words.count(f"{{{twice}}}") == 2

    def test_tells_nothing_about_health(self, kind, language):
        mail = EMAIL[kind][language]
        for text in (SMS[kind][language], mail["subject"], mail["body"], VOICE[kind][language]):
            assert not re.search(HEALTH, text.lower().replace("still", "").replace("will", "")), text

    def test_an_email_says_who_reads_answers_and_what_to_do_in_an_emergency(self, kind, language):
        mail = EMAIL[kind][language]
        assert "\n" not in mail["subject"]
        if kind in {"moved", "cancelled"}:
            return
        assert {"fr": "infirmières lisent", "en": "nurses read"}[language] in mail["body"]
        assert "15" in mail["body"]
        assert "112" in mail["body"]


def test_no_wording_that_asks_is_longer_than_the_lint_thinks():
    assert all(len(text) <= len(ASKS) for text in SMS["question"].values())


@pytest.mark.parametrize("kind", sorted(ANSWERS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_answer_to_a_text_fits_one_segment_and_says_where_to_call(kind, language):
    asked = {"question": "Avez-vous mal en ce moment?", "choices": "1 oui, 2 non", "emergency": "112"}
    text = SMS[kind][language]
    found = segments(text.format(**LONGEST, **asked))
    assert (found.count, found.encoding, is_gsm7(text)) == (1, "GSM-7", True)
    assert {"unit", "phone"} <= fields(text) <= LONGEST.keys() | asked.keys()
    assert not re.search(HEALTH, text.lower().replace("will", "")), text


def test_every_event_has_words() -> None:
    """A new event without words would break the page of the episode that has it."""
    from typing import get_args

    from chalicelib.domain.episode import Event
    from chalicelib.entrypoints.staff_words import EVENTS

    assert {kind.__name__ for kind in get_args(Event)} == set(EVENTS)
