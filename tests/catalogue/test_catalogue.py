"""The pathways that we ship: complete in both languages, consistent, and as the clinical tables say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.pathway import Reminder, Timing, unfolded
from chalicelib.domain.questionnaire import Question, checked, complete, path
from chalicelib.domain.rules import Answers, holds, matching, questions_in
from chalicelib.domain.tasks import MARKS as TIMES
from tests.catalogue.answering import (
    AFTER,
    PATHWAYS,
    STEPS,
    all_well,
    compares,
    from_the_least,
    level,
    possible,
    raised,
    so_that,
)

QUESTIONS = [question for step in STEPS.values() for question in step.questionnaire.questions]

each_pathway = pytest.mark.parametrize("pathway", PATHWAYS.values(), ids=PATHWAYS.keys())
each_step = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
after_each = pytest.mark.parametrize("step", AFTER.values(), ids=AFTER.keys())

PROCEDURES = {"inguinal-hernia", "cataract", "knee-arthroscopy", "carpal-tunnel"}
PROCEDURES |= {"tonsillectomy-child", "colonoscopy", "colectomy-eras", "bariatric"}
PROCEDURES |= {"hip-arthroplasty", "knee-arthroplasty"}
PROCEDURES |= {"lap-cholecystectomy", "wisdom-teeth", "varicose-veins", "haemorrhoidectomy"}
PROCEDURES |= {"operative-hysteroscopy", "breast-lumpectomy"}
GENERAL = {"after-emergency", "before-a-stay", "day-surgery"}
MARKS = re.compile(r"\{(\w*)\}")
CLOCK = {"arrival", *TIMES.values()}
DIAGNOSES = "phlébite embolie thrombose rétention septique endophtalm décollement thrombosis retention embol"
TIMINGS = {
    "before": Timing(-1, "10:00", (Reminder(at="14:00"),), "16:00", 0),
    "after": Timing(
        1, "10:00", (Reminder(after_minutes=60), Reminder(after_minutes=180)), "15:00", 3, "20:00"
    ),
}


def words_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary of words by language, however deep."""
    if isinstance(value, dict):
        if {"fr", "en"} & value.keys():
            yield value
        for part in value.values():
            yield from words_in(part)
    if isinstance(value, list | tuple):
        for part in value:
            yield from words_in(part)


def sentences(words: dict[str, Any], language: str) -> list[str]:
    said = words[language]
    return [said] if isinstance(said, str) else list(said)


def everything_said(value: Any, language: str) -> list[str]:
    return [line for words in words_in(msgspec.to_builtins(value)) for line in sentences(words, language)]


class TestWholePathway:
    def test_there_are_procedures_and_two_general_ones(self):
        assert {p.code for p in PATHWAYS.values()} == PROCEDURES | GENERAL

    @pytest.mark.parametrize(("file", "pathway"), PATHWAYS.items(), ids=PATHWAYS.keys())
    def test_is_named_after_its_code_and_version(self, file, pathway):
        assert file == f"{pathway.code}.v{pathway.version}.json"

    @each_pathway
    def test_says_whose_it_is_and_what_it_goes_by(self, pathway):
        assert pathway.licence == "CC-BY-4.0"
        assert pathway.author
        assert len(pathway.source) > 5
        assert pathway.validated_by is None or pathway.validated_by.strip()

    @each_pathway
    def test_has_its_contacts_at_their_times(self, pathway):
        """Both for an operation; one of them where there is only a coming, or only a going."""
        contacts = {"after-emergency": {"after"}, "before-a-stay": {"before"}}.get(pathway.code, set(TIMINGS))
        usual = {step.key: step.timing for step in pathway.steps if step.key in TIMINGS}
        limits = {key: timing.useful_until_day for key, timing in usual.items()}
        anchor = {"after-emergency": "discharge", "before-a-stay": "admission"}.get(pathway.code, "operation")
        assert usual == {
            key: replace(TIMINGS[key], useful_until_day=limits[key], anchor=anchor) for key in contacts
        }
        assert all(limit <= TIMINGS[key].useful_until_day for key, limit in limits.items())
        steps = unfolded(pathway).steps
        assert pathway.follow_up_days >= max(step.timing.useful_until_day for step in steps)
        assert all(bool(step.instructions) == (step.phase == "before") for step in steps)
        days = [step.timing.day for step in steps if step.phase == "after"]
        assert all(pathway.expected_on(day) for day in days)

    @each_pathway
    def test_is_complete_in_french_and_english(self, pathway):
        found = list(words_in(msgspec.to_builtins(pathway)))
        assert len(found) > (100 if pathway.code in PROCEDURES else 30)
        for words in found:
            assert words.keys() == {"fr", "en"}
            assert len(sentences(words, "fr")) == len(sentences(words, "en"))
            assert all(line == line.strip() != "" for lang in words for line in sentences(words, lang))

    @each_pathway
    def test_has_the_same_placeholders_in_both_languages(self, pathway):
        for words in words_in(msgspec.to_builtins(pathway)):
            for fr, en in zip(sentences(words, "fr"), sentences(words, "en"), strict=True):
                assert sorted(MARKS.findall(fr)) == sorted(MARKS.findall(en)), fr

    @each_pathway
    def test_is_typeset_as_french_is(self, pathway):
        shown = [replace(step, messages={}) for step in pathway.steps]
        for line in everything_said([shown, pathway.expected], "fr"):
            assert not re.search(r"'| [?!;:»]|« |\w[?!;:]", line), line

    @each_pathway
    def test_never_names_a_diagnosis_or_a_dose(self, pathway):
        for line in everything_said(pathway, "fr") + everything_said(pathway, "en"):
            assert not any(word in line.lower() for word in DIAGNOSES.split()), line
            assert not re.search(r"\d\s?(mg|g|ml|gouttes|comprimés|tablets|drops)\b", line), line

    @each_pathway
    def test_names_only_clock_times_where_they_are_filled_in(self, pathway):
        for step in pathway.steps:
            asked = [replace(q, show_when=None) for q in step.questionnaire.questions]
            for line in everything_said([step.instructions, asked], "fr"):
                assert set(MARKS.findall(line)) <= (CLOCK if step.instructions else set()), line


class TestQuestions:
    @each_step
    def test_are_told_apart(self, step):
        links = [q.link_id for q in step.questionnaire.questions]
        assert len(links) == len(set(links))

    @each_step
    def test_offer_what_their_kind_needs(self, step):
        for question in step.questionnaire.questions:
            codes = [option.code for option in question.options]
            assert len(codes) == len(set(codes)), question.link_id
            assert (len(codes) >= 2) is (question.kind == "choice"), question.link_id
            assert all(re.fullmatch(r"[a-z0-9_]+", code) for code in [*codes, question.link_id])
            if question.kind == "scale":
                assert (question.minimum, question.maximum) == (0, 10), question.link_id
                assert question.low, question.link_id
                assert question.high, question.link_id
            assert all(len(question.short[lang]) <= 25 for lang in question.short), question.link_id

    @each_step
    def test_branch_backwards_only_and_can_all_be_reached(self, step):
        seen: set[str] = set()
        for question in step.questionnaire.questions:
            if question.show_when:
                assert set(questions_in(question.show_when)) <= seen
                assert question in path(step.questionnaire, so_that(step, question.show_when))
            seen.add(question.link_id)

    @each_step
    def test_end_with_a_line_that_may_stay_empty(self, step):
        *asked, last = step.questionnaire.questions
        assert (last.link_id, last.kind, last.required) == ("comment", "text", False)
        assert all(q.required and q.kind != "text" for q in asked)

    def test_before_begin_with_the_promise_to_come(self):
        for step in STEPS.values():
            if step.phase == "before":
                first = step.questionnaire.questions[0]
                assert (first.link_id, first.kind) == ("coming", "boolean")

    def test_are_coded_in_loinc_only_where_loinc_has_the_very_question(self):
        for question in QUESTIONS:
            if question.coding.system == "LN":
                assert (question.link_id, question.coding.code) == ("pain", "72514-3")
            else:
                assert re.fullmatch(r"VIGIE-[A-Z-]+", question.coding.code)
            assert question.coding.display.isascii()

    def test_with_the_same_code_are_the_same_question_everywhere(self):
        known: dict[str, Question] = {}
        for question in QUESTIONS:
            other = known.setdefault(question.coding.code, question)
            assert (other.text, other.kind, other.short) == (question.text, question.kind, question.short)
            texts = {option.code: option.text for option in other.options}
            assert all(texts.get(o.code, o.text) == o.text for o in question.options)


class TestRules:
    """Of each step all its rules in one test: there are some 1,800 of them."""

    @each_step
    def test_are_told_apart(self, step):
        keys = [rule.key for rule in step.rules]
        assert len(keys) == len(set(keys))

    @each_step
    def test_look_at_answers_that_can_be_given(self, step):
        for compare in (compare for rule in step.rules for compare in compares(rule.when)):
            question = step.questionnaire.question(compare.question)
            values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
            assert isinstance(compare.value, tuple) is (compare.op == "in")
            assert [checked(question, value) for value in values] == list(values)

    @each_step
    def test_can_come_true_by_what_is_handed_in(self, step):
        never = [r.key for r in step.rules if not holds(r.when, so_that(step, r.when), from_the_least(step))]
        assert never == []

    @each_step
    def test_name_in_their_reason_only_what_is_known_when_they_come_true(self, step):
        for rule in step.rules:
            marks = {mark for line in rule.reason.values() for mark in MARKS.findall(line)}
            assert marks <= set(questions_in(rule.when)), rule.key
            assert marks <= so_that(step, rule.when).keys(), rule.key

    @each_step
    def test_tell_the_patient_what_to_do(self, step):
        # Nurses read the same advice where nothing is filled in: it names no clock time and no number.
        assert not any(MARKS.search(line) for rule in step.rules for line in rule.advice.values())
        urgent = [rule for rule in step.rules if rule.level == "red"]
        for rule, (lang, call) in product(urgent, (("fr", "ppelez"), ("en", "all "))):
            assert call in rule.advice[lang], rule.key
            if step.phase == "after":
                assert "15" in rule.advice[lang], rule.key
                assert "112" in rule.advice[lang], rule.key

    @each_step
    def test_say_that_a_clinician_must_sign_them(self, step):
        for rule in step.rules:
            assert rule.source.startswith("Clinical default, to be signed; "), rule.key
            assert len(rule.source) > 60, rule.key

    @each_step
    @given(data=st.data())
    def test_do_not_see_answers_that_left_the_path(self, step, data):
        known: Answers = {
            q.link_id: data.draw(st.sampled_from(possible(q))) for q in step.questionnaire.questions
        }
        assert matching(step.rules, known) == matching(step.rules, complete(step.questionnaire, known))


class TestAllWell:
    @each_step
    def test_raises_nothing(self, step):
        assert matching(step.rules, all_well(step)) == ()

    @each_step
    def test_is_short(self, step):
        assert len(path(step.questionnaire, all_well(step))) <= {"before": 8, "after": 11}[step.phase]

    @each_step
    def test_is_what_each_question_offers_first(self, step):
        for question in step.questionnaire.questions:
            if question.kind == "choice" and question.show_when is None:
                answers = all_well(step, **{question.link_id: question.options[0].code})
                assert matching(step.rules, answers) == ()


class TestPain:
    """The boundaries: 0-3 well, 4-6 after analgesics orange, from 7 red."""

    @after_each
    @pytest.mark.parametrize(
        ("pain", "expected"),
        list(enumerate(["green"] * 4 + ["orange"] * 3 + ["red"] * 4)),
    )
    def test_by_itself(self, step, pain, expected):
        assert level(step, pain=pain) == expected

    @after_each
    @pytest.mark.parametrize("pain", [4, 6])
    @pytest.mark.parametrize("taken", ["no", "none_left"])
    def test_without_analgesics_is_orange(self, step, pain, taken):
        assert [rule.key for rule in raised(step, pain=pain, painkillers=taken)] == ["painkillers"]

    @after_each
    @pytest.mark.parametrize("pain", [4, 6])
    def test_that_rises_despite_analgesics_is_red(self, step, pain):
        assert [rule.key for rule in raised(step, pain=pain, pain_course="worse")] == ["pain_rising"]

    @after_each
    def test_is_told_in_words(self, step):
        (rule,) = raised(step, pain=5)
        assert rule.reason["fr"] == "Douleur {pain}/10, antalgiques pris"
