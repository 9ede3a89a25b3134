"""The clinical tables of what is followed for days and months: colectomy, bariatric surgery, new joints."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chalicelib.domain.pathway import Pathway, unfolded
from chalicelib.domain.rules import Answers, Earlier, Rule, matching
from tests.catalogue.answering import PATHWAYS, STEPS, all_well, level

CODES = ("tonsillectomy-child", "colonoscopy", "colectomy-eras", "bariatric", "hip-arthroplasty")
CODES += ("knee-arthroplasty",)
MAJOR = {code: unfolded(PATHWAYS[f"{code}.v1.json"]) for code in CODES}
DAYS = {
    "tonsillectomy-child": [-1, *range(1, 11)],
    "colonoscopy": [-3, -1, 1, 3, 7, 14],
    "colectomy-eras": [-1, 1, 2, 3, 4, 5, 6, 7, 10, 14, 30],
    "bariatric": [-1, *range(1, 11), 14, 30],
    "hip-arthroplasty": [-1, 1, 3, 7, 14, 21, 30, 90],
    "knee-arthroplasty": [-1, 1, 3, 7, 14, 21, 30, 90],
}
STOMA = {"transit": "pouch", "stoma": "measured"}

each_major = pytest.mark.parametrize("pathway", MAJOR.values(), ids=MAJOR.keys())
joints = pytest.mark.parametrize("joint", ["hip", "knee"])


@each_major
class TestDays:
    def test_people_are_asked_on_the_days_of_the_table(self, pathway: Pathway):
        assert [step.timing.day for step in pathway.steps] == DAYS[pathway.code]

    def test_no_contact_is_still_sent_when_the_next_one_is(self, pathway: Pathway):
        """Somebody who goes home late would get both at the same moment."""
        after = [step.timing for step in pathway.steps if step.phase == "after"]
        for one, following in pairwise(after):
            limit = (one.useful_until_day, one.useful_until)
            assert limit < (following.day, following.invite)

    def test_what_is_normal_has_no_gap(self, pathway: Pathway):
        last = max(step.timing.day for step in pathway.steps)
        assert all(pathway.expected_on(day) for day in range(1, last + 1))

    def test_nobody_is_called_for_being_silent_on_day_30(self, pathway: Pathway):
        late = [step for step in pathway.steps if step.timing.day >= 30]
        assert all(step.timing.then == "nothing" for step in late)

    def test_an_alert_that_nobody_takes_is_handed_on(self, pathway: Pathway):
        chain = [(one.level, one.after_minutes, one.to) for one in pathway.escalation]
        assert chain == [("red", 20, "coordinator"), ("red", 60, "surgeon"), ("orange", 240, "coordinator")]


@each_major
def test_advice_is_tried_first_only_where_pain_may_wait(pathway: Pathway):
    tried = {
        (rule.key, rule.level, rule.ask_again.after_minutes, rule.ask_again.questions)
        for step in pathway.steps
        for rule in step.rules
        if rule.ask_again
    }
    first = {("painkillers", "orange", 90, ("pain", "painkillers"))}
    assert tried == (set() if pathway.code == "colonoscopy" else first)


@pytest.mark.parametrize("day", ["diary", "day30"])
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"signs": "belly_hard"}, "red"),
        ({"signs": "wound_pus"}, "red"),
        ({"signs": "wound_red"}, "orange"),
        ({"signs": "leg"}, "red"),
        ({"signs": "chest"}, "red"),
        ({"stomach": "three_or_more"}, "red"),
        ({"stomach": "twice"}, "orange"),
        ({"transit": "none"}, "green"),
        ({"transit": "none", "stomach": "nausea"}, "green"),
        ({"transit": "none", "stomach": "once"}, "red"),
        ({"transit": "gas", "stomach": "once"}, "green"),
        ({"transit": "gas", "no_stool": "over_3"}, "orange"),
        ({"transit": "none", "no_stool": "over_3"}, "orange"),
        (STOMA | {"stoma_volume": 299}, "orange"),
        (STOMA | {"stoma_volume": 300}, "green"),
        (STOMA | {"stoma_volume": 1500}, "green"),
        (STOMA | {"stoma_volume": 1501}, "orange"),
        ({"transit": "pouch", "stoma": "usual"}, "green"),
        ({"transit": "pouch", "stoma": "little"}, "orange"),
        ({"transit": "pouch", "stoma": "much"}, "orange"),
        ({"transit": "stools", "stoma": "measured", "stoma_volume": 100}, "green"),  # left the path
        ({"fever": "high"}, "red"),
        ({"pain": 5, "pain_course": "worse"}, "red"),
    ],
)
def test_colectomy(day, answers, expected):
    assert level(STEPS[f"colectomy-eras/{day}"], **answers) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"transit": "none"}, "green"),
        ({"transit": "none", "stomach": "once"}, "green"),
        ({"transit": "none", "stomach": "twice"}, "red"),
        ({"signs": "belly_hard"}, "red"),
        ({"signs": "not_up"}, "orange"),
        ({"bleeding": "soaked"}, "red"),
    ],
)
def test_colectomy_on_the_day_after(answers, expected):
    assert level(STEPS["colectomy-eras/after"], **answers) == expected


@pytest.mark.parametrize(
    "name", ["colectomy-eras/diary", "bariatric/after", "bariatric/diary", "bariatric/day30"]
)
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"pulse": 99}, "green"),
        ({"pulse": 100}, "orange"),
        ({"pulse": 119}, "orange"),
        ({"pulse": 120}, "red"),
        ({"pulse_can": "no"}, "green"),
        ({"pulse_can": "no", "pulse": 120}, "green"),  # left the path
        ({"pulse_can": "racing"}, "orange"),
    ],
)
def test_pulse(name, answers, expected):
    assert level(STEPS[name], **answers) == expected


@pytest.mark.parametrize(
    ("step", "answers", "expected"),
    [
        ("diary", {"fluids": "some"}, "green"),
        ("diary", {"fluids": "little"}, "orange"),
        ("diary", {"fluids": "vomits"}, "orange"),
        ("diary", {"fluids": "all"}, "red"),
        ("diary", {"signs": "black"}, "red"),
        ("diary", {"signs": "belly_hard"}, "red"),
        ("diary", {"signs": "breath"}, "red"),
        ("diary", {"signs": "dizzy"}, "orange"),
        ("diary", {"signs": "shoulder"}, "orange"),
        ("diary", {"signs": "shoulder", "pulse": 100}, "red"),
        ("diary", {"fever": "high"}, "red"),
        ("diary", {"pain": 5, "pain_course": "worse"}, "red"),
        ("after", {"signs": "shoulder"}, "green"),
        ("after", {"signs": "shoulder", "pulse": 110}, "red"),
        ("after", {"signs": "black"}, "red"),
        ("after", {"signs": "wound_blood"}, "red"),
        ("after", {"signs": "dizzy"}, "orange"),
        ("after", {"stomach": "nausea", "drinking": "neither"}, "red"),
        ("day30", {"fluids": "little"}, "orange"),
        ("day30", {"signs": "black"}, "red"),
    ],
)
def test_bariatric(step, answers, expected):
    assert level(STEPS[f"bariatric/{step}"], **answers) == expected


@joints
@pytest.mark.parametrize("day", ["day3", "day7", "day14", "day21", "day30"])
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"wound": "red"}, "orange"),
        ({"wound": "red", "fever": "mild"}, "red"),
        ({"wound": "ooze", "fever": "not_measured"}, "red"),
        ({"wound": "pus"}, "red"),
        ({"wound": "bleeding"}, "red"),
        ({"signs": "calf"}, "red"),
        ({"signs": "leg"}, "red"),
        ({"signs": "breath"}, "red"),
        ({"signs": "not_walking"}, "orange"),
        ({"fever": "mild"}, "orange"),
        ({"pain": 6}, "green"),
        ({"pain": 6, "pain_course": "worse"}, "red"),
        ({"pain": 6, "painkillers": "no"}, "orange"),
        ({"pain": 7}, "red"),
    ],
)
def test_a_new_joint(joint, day, answers, expected):
    assert level(STEPS[f"{joint}-arthroplasty/{day}"], **answers) == expected


@joints
def test_a_wound_may_ooze_until_day_5(joint):
    days = ("day3", "day7", "day14", "day90")
    levels = [level(STEPS[f"{joint}-arthroplasty/{day}"], wound="ooze") for day in days]
    assert levels == ["green", "orange", "orange", "orange"]


@pytest.mark.parametrize(
    ("step", "answers", "expected"),
    [
        ("hip-arthroplasty/after", {"hip": "growing"}, "orange"),
        ("hip-arthroplasty/after", {"hip": "sudden"}, "red"),
        ("hip-arthroplasty/after", {"signs": "calf"}, "red"),
        ("hip-arthroplasty/day7", {"hip": "sudden"}, "red"),
        ("hip-arthroplasty/day14", {"hip": "swollen"}, "orange"),
        ("hip-arthroplasty/day21", {"thinner": "no"}, "orange"),
        ("hip-arthroplasty/day21", {"thinner": "none"}, "green"),
        ("hip-arthroplasty/day90", {"hip": "sudden"}, "red"),
        ("hip-arthroplasty/day90", {"pain": 4}, "orange"),
        ("hip-arthroplasty/day90", {"walking": "worse"}, "orange"),
        ("hip-arthroplasty/before", {"home_help": False}, "orange"),
        ("knee-arthroplasty/after", {"knee": "growing"}, "orange"),
        ("knee-arthroplasty/after", {"knee": "hot"}, "orange"),
        ("knee-arthroplasty/after", {"knee": "hot", "fever": "mild"}, "red"),
        ("knee-arthroplasty/day7", {"knee": "hot", "fever": "not_measured"}, "red"),
        ("knee-arthroplasty/day14", {"knee": "stiff"}, "orange"),
        ("knee-arthroplasty/day90", {"knee": "stiff"}, "orange"),
        ("knee-arthroplasty/day90", {"wound": "pus"}, "red"),
        ("knee-arthroplasty/day90", {"walking": "same"}, "orange"),
    ],
)
def test_hip_and_knee(step, answers, expected):
    assert level(STEPS[step], **answers) == expected


def holding(name: str, earlier: Earlier, **answers: int | str) -> set[str]:
    step = STEPS[name]
    rules: tuple[Rule, ...] = matching(step.rules, all_well(step, **answers), earlier)
    return {rule.key for rule in rules}


class TestChanges:
    @joints
    @pytest.mark.parametrize(
        ("before", "now", "rises"), [(2, 4, True), (3, 4, False), (1, 3, False), (6, 6, False)]
    )
    def test_pain_that_rises_after_a_new_joint(self, joint, before, now, rises):
        keys = holding(f"{joint}-arthroplasty/day7", Earlier(previous={"pain": before}), pain=now)
        assert keys == ({"pain_up"} if rises else set())

    @pytest.mark.parametrize("name", ["colectomy-eras/diary", "bariatric/diary"])
    def test_pain_that_rises_in_the_belly_waits_for_no_second_question(self, name):
        said: Answers = {"pain": 4, "painkillers": "no"}
        assert holding(name, Earlier(previous={"pain": 3}), **said) == {"painkillers"}
        assert holding(name, Earlier(previous={"pain": 2}), **said) == {"painkillers", "pain_up"}

    @pytest.mark.parametrize("name", ["colectomy-eras/diary", "bariatric/diary"])
    @pytest.mark.parametrize(
        ("first", "now", "keys"),
        [
            (70, 90, {"pulse_rising"}),
            (71, 90, set()),
            (60, 89, set()),
            (60, 100, {"pulse_raised"}),
            (60, 120, {"pulse_fast"}),
        ],
    )
    def test_a_pulse_that_rises(self, name, first, now, keys):
        assert holding(name, Earlier(baseline={"pulse": first}), pulse=now) == keys
