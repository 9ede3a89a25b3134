"""The clinical tables of operations on soft tissue, row by row: which answer raises what, on which day."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chalicelib.domain.rules import Change, Earlier, matching, parts_of
from tests.catalogue.answering import PATHWAYS, STEPS, all_well, level, raised

CODES = (
    "lap-cholecystectomy",
    "wisdom-teeth",
    "varicose-veins",
    "haemorrhoidectomy",
    "operative-hysteroscopy",
    "breast-lumpectomy",
)
FOLLOWED = {f"{code}.v1.json": PATHWAYS[f"{code}.v1.json"] for code in CODES}
ASKED = {name: step for name, step in STEPS.items() if name.startswith(CODES) and step.phase == "after"}
LATER = {name: step for name, step in ASKED.items() if step.key != "after"}
WITH_MEDICINES = {
    name: step
    for name, step in LATER.items()
    if any(question.link_id == "painkillers" for question in step.questionnaire.questions)
}

each_pathway = pytest.mark.parametrize("pathway", FOLLOWED.values(), ids=FOLLOWED.keys())
each_later = pytest.mark.parametrize("step", LATER.values(), ids=LATER.keys())
with_medicines = pytest.mark.parametrize("step", WITH_MEDICINES.values(), ids=WITH_MEDICINES.keys())


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("lap-cholecystectomy", [-1, 1, 3, 7, 14]),
        ("wisdom-teeth", [-1, 1, 3, 5, 7, 30]),
        ("varicose-veins", [-1, 1, 3, 7, 30]),
        ("haemorrhoidectomy", [-1, 1, 3, 7, 14, 30]),
        ("operative-hysteroscopy", [-1, 1, 3, 7, 14]),
        ("breast-lumpectomy", [-1, 1, 3, 7, 10, 30]),
    ],
)
def test_the_days_of_contact(code, days):
    steps = FOLLOWED[f"{code}.v1.json"].steps
    assert [step.timing.day for step in steps] == days
    assert [step.timing.day for step in steps if step.timing.then == "nothing"] == [
        day for day in days if day == 30
    ]


@each_pathway
def test_no_message_outlives_the_next_contact(pathway):
    asked = [step.timing for step in pathway.steps if step.key not in {"before", "after"}]
    for one, following in pairwise(asked):
        assert one.useful_until_day < following.day


@each_pathway
def test_every_day_has_its_words_on_what_is_normal(pathway):
    first, *_ = pathway.expected
    assert first.from_day == 1
    for one, following in zip(pathway.expected, pathway.expected[1:], strict=False):
        assert following.from_day == one.to_day + 1
    assert pathway.expected[-1].to_day == pathway.follow_up_days


@each_pathway
def test_nobody_waits_longer_than_the_call_protocol_says(pathway):
    handed_on = [(one.level, one.after_minutes, one.to) for one in pathway.escalation]
    assert handed_on == [("red", 20, "coordinator"), ("red", 60, "surgeon"), ("orange", 240, "coordinator")]


@pytest.mark.parametrize(
    ("name", "answers", "expected"),
    [
        ("lap-cholecystectomy/after", {"belly": "growing"}, "orange"),
        ("lap-cholecystectomy/after", {"belly": "hard"}, "red"),
        ("lap-cholecystectomy/after", {"pain": 4, "fever": "mild"}, "red"),
        ("lap-cholecystectomy/after", {"pain": 3, "fever": "mild"}, "orange"),
        ("lap-cholecystectomy/after", {"bleeding": "soaked"}, "red"),
        ("lap-cholecystectomy/after", {"urine": "no_over_8h"}, "red"),
        ("lap-cholecystectomy/day3", {"yellow": "yellow"}, "red"),
        ("lap-cholecystectomy/day3", {"yellow": "dark"}, "orange"),
        ("lap-cholecystectomy/day3", {"stomach": "once"}, "orange"),
        ("lap-cholecystectomy/day3", {"stomach": "twice"}, "red"),
        ("lap-cholecystectomy/day3", {"stomach": "nausea", "drinking": "neither"}, "red"),
        ("lap-cholecystectomy/day3", {"stomach": "nausea", "drinking": "drinks"}, "orange"),
        ("lap-cholecystectomy/day3", {"belly": "hard"}, "red"),
        ("lap-cholecystectomy/day3", {"scars": "red"}, "orange"),
        ("lap-cholecystectomy/day3", {"scars": "red", "fever": "mild"}, "red"),
        ("lap-cholecystectomy/day3", {"scars": "bleeding"}, "red"),
        ("lap-cholecystectomy/day7", {"pain": 5, "pain_course": "worse"}, "red"),
        ("lap-cholecystectomy/day7", {"pain": 4}, "orange"),
        ("lap-cholecystectomy/day7", {"yellow": "yellow"}, "red"),
        ("lap-cholecystectomy/day7", {"stools": "short"}, "green"),
        ("lap-cholecystectomy/day7", {"stools": "long"}, "orange"),
        ("lap-cholecystectomy/day14", {"stools": "long"}, "orange"),
        ("lap-cholecystectomy/day14", {"yellow": "yellow"}, "red"),
        ("lap-cholecystectomy/day14", {"scars": "pus"}, "orange"),
        ("wisdom-teeth/after", {"mouth_blood": "stops"}, "orange"),
        ("wisdom-teeth/after", {"mouth_blood": "still"}, "red"),
        ("wisdom-teeth/after", {"mouth": "tight"}, "orange"),
        ("wisdom-teeth/after", {"mouth": "throat"}, "red"),
        ("wisdom-teeth/after", {"fever": "mild"}, "orange"),
        ("wisdom-teeth/day3", {"mouth_blood": "stops"}, "red"),
        ("wisdom-teeth/day3", {"mouth": "growing"}, "orange"),
        ("wisdom-teeth/day3", {"mouth": "growing", "fever": "not_measured"}, "red"),
        ("wisdom-teeth/day3", {"mouth": "throat"}, "red"),
        ("wisdom-teeth/day3", {"fever": "mild"}, "red"),
        ("wisdom-teeth/day3", {"fever": "not_measured"}, "orange"),
        ("wisdom-teeth/day3", {"socket": "throb"}, "orange"),
        ("wisdom-teeth/day5", {"socket": "throb"}, "orange"),
        ("wisdom-teeth/day5", {"socket": "taste"}, "orange"),
        ("wisdom-teeth/day7", {"socket": "throb"}, "orange"),
        ("wisdom-teeth/day7", {"mouth_blood": "still"}, "red"),
        ("wisdom-teeth/day7", {"numb": "less"}, "green"),
        ("wisdom-teeth/day7", {"numb": "same"}, "orange"),
        ("wisdom-teeth/day30", {"numb": "same"}, "orange"),
        ("varicose-veins/after", {"bleeding": "soaked"}, "red"),
        ("varicose-veins/after", {"bleeding": "growing"}, "orange"),
        ("varicose-veins/after", {"vein_leg": "no_stocking"}, "orange"),
        ("varicose-veins/after", {"vein_leg": "swollen"}, "red"),
        ("varicose-veins/after", {"vein_leg": "burn"}, "orange"),
        ("varicose-veins/day3", {"vein_leg": "cord"}, "orange"),
        ("varicose-veins/day3", {"vein_leg": "cord", "fever": "mild"}, "red"),
        ("varicose-veins/day3", {"vein_leg": "numb"}, "orange"),
        ("varicose-veins/day3", {"signs": "calf"}, "orange"),
        ("varicose-veins/day7", {"signs": "breath"}, "red"),
        ("varicose-veins/day7", {"vein_leg": "bleeding"}, "red"),
        ("varicose-veins/day7", {"vein_leg": "wound"}, "orange"),
        ("varicose-veins/day7", {"vein_leg": "swollen"}, "red"),
        ("varicose-veins/day30", {"vein_leg": "numb"}, "orange"),
        ("varicose-veins/day30", {"vein_leg": "swollen"}, "red"),
        ("haemorrhoidectomy/after", {"anal_blood": "more"}, "orange"),
        ("haemorrhoidectomy/after", {"anal_blood": "clots"}, "red"),
        ("haemorrhoidectomy/after", {"urine": "hard"}, "orange"),
        ("haemorrhoidectomy/after", {"urine": "no_over_8h"}, "red"),
        ("haemorrhoidectomy/after", {"pain": 4, "fever": "mild"}, "red"),
        ("haemorrhoidectomy/after", {"signs": "faint"}, "red"),
        ("haemorrhoidectomy/day3", {"stool": "none"}, "orange"),
        ("haemorrhoidectomy/day3", {"stool": "hard"}, "orange"),
        ("haemorrhoidectomy/day3", {"urine_today": "no"}, "red"),
        ("haemorrhoidectomy/day3", {"urine_today": "hard"}, "orange"),
        ("haemorrhoidectomy/day3", {"urine_today": "hard", "fever": "mild"}, "red"),
        ("haemorrhoidectomy/day3", {"anal_blood": "more"}, "orange"),
        ("haemorrhoidectomy/day7", {"anal_blood": "more"}, "red"),
        ("haemorrhoidectomy/day7", {"anal_blood": "clots"}, "red"),
        ("haemorrhoidectomy/day14", {"anal_blood": "more"}, "red"),
        ("haemorrhoidectomy/day14", {"anal_blood": "clots"}, "red"),
        ("haemorrhoidectomy/day14", {"pain": 4}, "orange"),
        ("haemorrhoidectomy/day14", {"stool": "hard"}, "orange"),
        ("haemorrhoidectomy/day30", {"anal_blood": "more"}, "orange"),
        ("operative-hysteroscopy/after", {"period": "period"}, "green"),
        ("operative-hysteroscopy/after", {"period": "more"}, "orange"),
        ("operative-hysteroscopy/after", {"period": "soaked"}, "red"),
        ("operative-hysteroscopy/after", {"fever": "mild"}, "red"),
        ("operative-hysteroscopy/after", {"fever": "not_measured"}, "orange"),
        ("operative-hysteroscopy/after", {"pain": 5, "fever": "not_measured"}, "red"),
        ("operative-hysteroscopy/day3", {"fever": "mild"}, "red"),
        ("operative-hysteroscopy/day3", {"discharge": "smell"}, "orange"),
        ("operative-hysteroscopy/day3", {"discharge": "smell", "fever": "not_measured"}, "red"),
        ("operative-hysteroscopy/day3", {"pain": 5, "pain_course": "worse"}, "red"),
        ("operative-hysteroscopy/day7", {"period": "period"}, "green"),
        ("operative-hysteroscopy/day7", {"period": "soaked"}, "red"),
        ("operative-hysteroscopy/day14", {"period": "period"}, "orange"),
        ("operative-hysteroscopy/day14", {"period": "soaked"}, "red"),
        ("operative-hysteroscopy/day14", {"discharge": "smell"}, "orange"),
        ("breast-lumpectomy/after", {"breast": "tense"}, "red"),
        ("breast-lumpectomy/after", {"bleeding": "soaked"}, "red"),
        ("breast-lumpectomy/after", {"breast": "red"}, "orange"),
        ("breast-lumpectomy/after", {"breast": "red", "fever": "high"}, "red"),
        ("breast-lumpectomy/after", {"breast": "arm"}, "orange"),
        ("breast-lumpectomy/after", {"breast": "drain"}, "orange"),
        ("breast-lumpectomy/day3", {"breast": "blood"}, "red"),
        ("breast-lumpectomy/day3", {"breast": "pocket"}, "orange"),
        ("breast-lumpectomy/day3", {"breast": "red", "fever": "mild"}, "red"),
        ("breast-lumpectomy/day3", {"worry": 6}, "green"),
        ("breast-lumpectomy/day3", {"worry": 7}, "orange"),
        ("breast-lumpectomy/day7", {"breast": "open"}, "orange"),
        ("breast-lumpectomy/day10", {"breast": "pocket"}, "orange"),
        ("breast-lumpectomy/day10", {"breast": "tense"}, "red"),
        ("breast-lumpectomy/day30", {"arm": "less"}, "orange"),
        ("breast-lumpectomy/day30", {"mood": "down"}, "orange"),
        ("breast-lumpectomy/day30", {"breast": "arm"}, "orange"),
    ],
)
def test_what_an_operation_asks(name, answers, expected):
    assert level(STEPS[name], **answers) == expected


@each_later
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"feeling": "not_so_well"}, "orange"),
        ({"feeling": "badly"}, "red"),
        ({"pain": 3}, "green"),
        ({"pain": 7}, "red"),
        ({"fever": "high"}, "red"),
        ({"fever": "shivers"}, "red"),
        ({"signs": "breath"}, "red"),
        ({"signs": "chest"}, "red"),
        ({"signs": "faint"}, "red"),
        ({"signs": "leg"}, "red"),
        ({"signs": "calf"}, "orange"),
        ({"call": "yes"}, "orange"),
    ],
)
def test_what_every_later_day_asks(step, answers, expected):
    assert level(step, **answers) == expected


@each_later
def test_a_later_day_asks_no_more_than_nine_things_of_who_is_well(step):
    assert len(all_well(step)) - len({"comment"}) <= 9


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("wisdom-teeth/day3", {"mouth": "throat"}),
        ("varicose-veins/after", {"bleeding": "soaked"}),
        ("varicose-veins/day7", {"vein_leg": "bleeding"}),
        ("haemorrhoidectomy/day7", {"anal_blood": "clots"}),
        ("operative-hysteroscopy/day3", {"period": "soaked"}),
    ],
)
def test_what_cannot_wait_goes_to_the_emergency_number_first(name, answers):
    (rule,) = raised(STEPS[name], **answers)
    assert rule.call == "emergency"
    assert rule.advice["fr"].startswith("Appelez le 15 ou le 112 maintenant.")
    assert rule.advice["en"].startswith("Call 15 or 112 now.")


class TestPainOnLaterDays:
    """Advice comes first, and what rises against the last answer is told, never as a red of its own."""

    @with_medicines
    @pytest.mark.parametrize("taken", ["no", "none_left"])
    def test_without_medicines_is_asked_again(self, step, taken):
        (rule,) = raised(step, pain=5, painkillers=taken)
        assert (rule.key, rule.level) == ("painkillers", "orange")
        assert rule.ask_again is not None
        assert (rule.ask_again.after_minutes, rule.ask_again.questions) == (90, ("pain", "painkillers"))

    @with_medicines
    def test_that_is_severe_is_red_at_once(self, step):
        (rule,) = raised(step, pain=7, painkillers="no")
        assert (rule.level, rule.ask_again) == ("red", None)

    @with_medicines
    @pytest.mark.parametrize(("before", "told"), [(5, False), (4, False), (3, True), (0, True)])
    def test_that_rises_by_two_is_orange(self, step, before, told):
        if "pain_up" not in {rule.key for rule in step.rules}:
            pytest.skip("any pain of 4 and more is told here")
        hit = matching(step.rules, all_well(step, pain=5), Earlier(previous={"pain": before}))
        assert [rule.key for rule in hit] == (["pain_up"] if told else [])
        assert all(rule.level == "orange" for rule in hit)

    @each_later
    def test_a_change_alone_is_never_red(self, step):
        changes = [rule for rule in step.rules if any(isinstance(p, Change) for p in parts_of(rule.when))]
        assert all(rule.level == "orange" for rule in changes)

    @each_pathway
    def test_no_red_waits_for_a_second_answer(self, pathway):
        asked_again = [rule for step in pathway.steps for rule in step.rules if rule.ask_again]
        assert asked_again
        assert all(rule.level == "orange" for rule in asked_again)
