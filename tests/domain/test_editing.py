"""Each change to a pathway, and what holds for all of them: the result is a pathway, and undo is exact."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.adapters.catalogue import documents
from chalicelib.domain import editing, texts
from chalicelib.domain import editing_questions as eq
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.lint import lint
from chalicelib.domain.pathway import Pathway, Reminder
from chalicelib.domain.questionnaire import Score
from chalicelib.domain.rules import AskAgain
from tests.examples import HOURS

WHOLE = documents()["inguinal-hernia", 1]
HERNIA = replace(WHOLE, steps=WHOLE.steps[:2])
"""The day before and the day after."""
Edit = Callable[[Pathway], Pathway]


def asked(pathway: Pathway, key: str = "after") -> list[str]:
    return [question.link_id for question in pathway.step(key).questionnaire.questions]


def rules(pathway: Pathway, key: str = "after") -> list[str]:
    return [rule.key for rule in pathway.step(key).rules]


@pytest.mark.parametrize(
    ("words", "taken", "name"),
    [
        ("Pain at night?", set(), "pain_at_night"),
        ("Œdème à l’œil", set(), "oedeme_a_loeil"),
        ("Pain", {"pain", "pain_2"}, "pain_3"),
        ("الألم", set(), "item"),
        ("one two three four five six seven eight", set(), "one_two_three_four_five_six_se"),
    ],
)
def test_names_are_made_of_words(words, taken, name):
    assert editing.named(words, taken) == name


def test_a_new_step_stands_where_its_day_is():
    made, key = editing.add_step(HERNIA, {"fr": "Une semaine après", "en": "A week later"}, 7)
    assert [step.key for step in made.steps] == ["before", "after", "une_semaine_apres"]
    early, first = editing.add_step(made, {"fr": "Avant"}, -7)
    assert (early.steps[0].key, first) == ("avant", "avant")
    assert lint(made, HOURS, made.languages) == lint(HERNIA, HOURS, HERNIA.languages)
    assert key == "une_semaine_apres"


def test_steps_are_copied_moved_in_time_and_removed():
    copied, key = editing.duplicate_step(HERNIA, "after")
    assert copied.step(key).timing.day == 2
    timing = replace(copied.step(key).timing, day=-3, reminders=(Reminder(at="12:00"),))
    moved = editing.timed(copied, key, timing, (5, 5, -3))
    assert moved.step(key).also_on == (5,)
    assert editing.remove_step(moved, key) == HERNIA
    one = editing.remove_step(HERNIA, "before")
    assert editing.remove_step(one, "after") == one
    with pytest.raises(UnknownStep):
        editing.with_step(HERNIA, "nothing", lambda step: step)


def test_a_question_of_the_library_comes_before_the_closing_text():
    pulse = eq.library(documents().values())["72514-3"]
    made, link_id = eq.add_question(HERNIA, "after", pulse)
    assert link_id == "pain_2"
    assert asked(made)[-2:] == [link_id, "comment"]
    assert made.step("after").questionnaire.question(link_id).show_when is None


def test_a_blank_question_gets_a_code_of_its_own():
    new = eq.blank({"fr": "Avez-vous faim ?"}, "choice", {"x"})
    assert (new.link_id, new.coding.code) == ("avez_vous_faim", "OWN-AVEZ-VOUS-FAIM")
    assert len(new.options) == 2


def test_questions_are_moved_copied_and_renamed_without_breaking_rules():
    up = eq.move_question(HERNIA, "after", "pain", -1)
    assert asked(up)[:2] == ["pain", "feeling"]
    assert eq.move_question(up, "after", "pain", -1) == up
    copied, link_id = eq.duplicate_question(HERNIA, "after", "pain")
    assert asked(copied)[1:3] == ["pain", link_id]
    question = HERNIA.step("after").questionnaire.question("pain")
    renamed = eq.change_question(HERNIA, "after", replace(question, text={"fr": "Mal ?", "en": "Ache?"}))
    assert rules(renamed) == rules(HERNIA)
    assert eq.uses(renamed.step("after"), "pain") == eq.uses(HERNIA.step("after"), "pain")


def test_removing_a_question_says_who_looks_at_it():
    used = eq.uses(HERNIA.step("after"), "pain")
    assert "pain_severe" in used.rules
    assert used.branches == ("painkillers", "pain_course")
    kept = eq.remove_question(HERNIA, "after", "pain", with_uses=False)
    assert rules(kept) == rules(HERNIA)
    assert "unknown_question" in {f.kind for f in lint(kept, HOURS, kept.languages)}
    gone = eq.remove_question(HERNIA, "after", "pain", with_uses=True)
    assert not set(used.rules) & set(rules(gone))
    assert gone.step("after").questionnaire.question("painkillers").show_when is None
    assert not eq.uses(gone.step("after"), "pain").any


def test_scores_and_repeated_questions_lose_a_removed_question_too():
    scored = eq.with_scores(
        HERNIA, "after", (Score("sum", {"en": "Sum"}, ("pain", "urine")), Score("p", {"en": "P"}, ("pain",)))
    )
    first = replace(scored.step("after").rules[0], ask_again=AskAgain(60, ("pain",)))
    gone = eq.remove_question(eq.change_rule(scored, "after", first), "after", "pain", with_uses=True)
    assert [score.of for score in gone.step("after").questionnaire.scores] == [("urine",)]
    assert all(rule.ask_again is None for rule in gone.step("after").rules)


def test_rules_are_added_copied_and_removed():
    made, key = eq.add_rule(HERNIA, "after", "pain", "fr")
    rule = made.step("after").rules[-1]
    assert (key, rule.key, rule.reason["fr"]) == ("pain", "pain", "Douleur: {pain}")
    twice, copy = eq.duplicate_rule(made, "after", key)
    assert rules(twice)[-2:] == [key, copy]
    left = editing.swapped(twice.step("after").rules, eq.rule_place(twice.step("after").rules, copy), None)
    assert eq.with_rules(twice, "after", left) == made


def test_every_text_has_a_place_and_can_be_said_anew():
    found = texts.texts(HERNIA)
    assert {texts.completeness(found, language) for language in ("fr", "en")} == {100}
    place = "steps.after.questionnaire.questions.pain.text"
    changed = texts.say(HERNIA, place, "en", "")
    assert texts.completeness(texts.texts(changed), "en") == 99
    assert (
        texts.say(changed, place, "en", HERNIA.step("after").questionnaire.question("pain").text["en"])
        == HERNIA
    )
    for nowhere in ("title.x", "steps.after.key", "steps.nobody.title", "code"):
        with pytest.raises((KeyError, TypeError)):
            texts.say(HERNIA, nowhere, "en", "x")


def test_a_lost_placeholder_is_named():
    place = "steps.after.rules.pain_severe.reason"
    changed = texts.say(HERNIA, place, "en", "Severe pain")
    (text,) = [text for text in texts.texts(changed) if text.place == place]
    assert text.lost_marks("en") == ("pain",)
    assert text.lost_marks("fr") == ()


def test_a_new_language_begins_empty():
    spoken = editing.add_language(HERNIA, "ar")
    assert texts.completeness(texts.texts(spoken), "ar") == 0
    assert editing.remove_language(editing.add_language(spoken, "ar"), "ar") == HERNIA
    alone = editing.remove_language(HERNIA, "en")
    assert editing.remove_language(alone, "fr") == alone


words = st.text(max_size=12)
step_keys = st.sampled_from(["before", "after", "nobody"])
link_ids = st.sampled_from(["pain", "urine", "coming", "nobody"])


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Any change that a page can ask for, also on what is no longer there."""
    key, link_id, said = draw(step_keys), draw(link_ids), {"fr": draw(words), "en": draw(words)}
    day, by, flag = draw(st.integers(-9, 40)), draw(st.integers(-3, 3)), draw(st.booleans())
    kind = draw(st.sampled_from(["boolean", "choice", "scale", "text"]))
    return draw(
        st.sampled_from(
            [
                lambda p: editing.add_step(p, said, day)[0],
                lambda p: editing.duplicate_step(p, key)[0],
                lambda p: editing.remove_step(p, key),
                lambda p: editing.timed(p, key, replace(p.step(key).timing, day=day), (by, day + by)),
                lambda p: editing.add_expected(p, said["fr"]),
                lambda p: editing.add_language(p, "ar"),
                lambda p: eq.add_question(p, key, eq.blank(said, kind, asked(p, key)))[0],
                lambda p: eq.move_question(p, key, link_id, by),
                lambda p: eq.duplicate_question(p, key, link_id)[0] if link_id in asked(p, key) else p,
                lambda p: eq.remove_question(p, key, link_id, with_uses=flag),
                lambda p: eq.add_rule(p, key, link_id, "fr")[0] if link_id in asked(p, key) else p,
                lambda p: texts.say(p, f"steps.{key}.title", "en", said["en"]),
            ]
        )
    )


@given(st.lists(edits(), max_size=6))
def test_whatever_is_done_the_document_is_read_again_and_undone_exactly(changes):
    kept = [msgspec.json.encode(HERNIA)]
    for change in changes:
        try:
            after = change(msgspec.json.decode(kept[-1], type=Pathway))
        except (UnknownStep, KeyError):
            continue
        written = msgspec.json.encode(after)
        assert msgspec.json.decode(written, type=Pathway) == after
        keys = [step.key for step in after.steps]
        assert len(keys) == len(set(keys))
        assert all(len(asked(after, key)) == len(set(asked(after, key))) for key in keys)
        lint(after, HOURS, after.languages)
        kept.append(written)
    assert [msgspec.json.encode(msgspec.json.decode(state, type=Pathway)) for state in kept] == kept
