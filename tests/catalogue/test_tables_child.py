"""The clinical table of a child's tonsils, and that everything speaks to the parent."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.pathway import unfolded
from chalicelib.domain.sms import is_gsm7, segments
from tests.catalogue.answering import PATHWAYS, STEPS, level, raised
from tests.catalogue.test_tables import HEALTH, LONGEST, fields

CHILD = unfolded(PATHWAYS["tonsillectomy-child.v1.json"])


@pytest.mark.parametrize(
    ("step", "answers", "expected"),
    [
        ("after", {"mouth": "streaks"}, "orange"),
        ("after", {"mouth": "red"}, "red"),
        ("after", {"stomach": "nausea", "drinking": "neither"}, "red"),
        ("after", {"urine": "recent"}, "green"),
        ("after", {"urine": "hours_8_to_12"}, "orange"),
        ("after", {"urine": "over_12h"}, "red"),
        ("after", {"pain": 3, "painkillers": "refused"}, "orange"),
        ("after", {"pain": 3, "painkillers": "no"}, "green"),
        ("diary", {"mouth": "streaks"}, "orange"),
        ("diary", {"mouth": "red"}, "red"),
        ("diary", {"drinks": "little"}, "orange"),
        ("diary", {"drinks": "refuses"}, "red"),
        ("diary", {"drinks": "no_urine"}, "red"),
        ("diary", {"fever": "mild"}, "orange"),
        ("diary", {"fever": "high"}, "red"),
        ("diary", {"signs": "breath"}, "red"),
        ("diary", {"signs": "faint"}, "red"),
        ("diary", {"signs": "dribbles"}, "red"),
        ("diary", {"pain": 1, "painkillers": "refused"}, "orange"),
        ("diary", {"pain": 5, "painkillers": "no"}, "orange"),
        ("diary", {"pain": 5}, "orange"),
        ("diary", {"pain": 5, "pain_course": "worse"}, "red"),
        ("diary", {"pain": 7, "painkillers": "no"}, "red"),
        ("before", {"ready": "no_consent"}, "orange"),
        ("before", {"health_change": True, "health_which": "cold"}, "red"),
    ],
)
def test_a_childs_tonsils(step, answers, expected):
    assert level(STEPS[f"tonsillectomy-child/{step}"], **answers) == expected


class TestChild:
    def test_a_parent_answers(self):
        assert CHILD.answered_by == "parent"
        for step in CHILD.steps:
            for question in step.questionnaire.questions:
                if question.link_id not in {"coming", "health_which", "ready", "call", "comment"}:
                    assert "votre enfant" in question.text["fr"].lower()
                    assert "your child" in question.text["en"].lower() or "the child" in question.text["en"]

    def test_blood_and_breath_go_to_the_emergency_number_first(self):
        for step in CHILD.steps:
            if step.phase == "after":
                for answers in ({"mouth": "red"}, {"signs": "breath"}, {"signs": "faint"}):
                    (rule,) = raised(step, **answers)
                    assert rule.call == "emergency"
                    assert rule.advice["fr"].startswith("Appelez le 15 ou le 112 maintenant.")

    @pytest.mark.parametrize(
        ("age", "hours"),
        [
            (1, {"clear_fluids": 1, "breast_milk": 3, "formula": 4, "light_meal": 4, "solids": 6}),
            (3, {"clear_fluids": 1, "light_meal": 4, "solids": 6}),
            (17, {"clear_fluids": 1, "light_meal": 4, "solids": 6}),
            (None, {"clear_fluids": 2, "solids": 6}),
        ],
    )
    def test_fasts_by_age(self, age, hours):
        told = CHILD.step("before").instructions
        assert told is not None
        assert told.fasting is not None
        assert told.fasting.hours(age) == hours | {"heavy_meal": 8}

    def test_messages_ask_about_the_child(self):
        texts = [words for step in CHILD.steps if step.phase == "after" for words in step.messages.values()]
        assert len(texts) == 3 * 10
        for text in (said for words in texts for said in words.values()):
            found = segments(text.format(**LONGEST))
            assert (found.count, found.encoding, is_gsm7(text)) == (1, "GSM-7", True)
            assert fields(text) == {"unit", "link", "phone"}
            assert "enfant" in text or "child" in text
            assert not re.search(HEALTH, text.lower()), text
