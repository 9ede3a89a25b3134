"""What a comparison of two versions says, and that it never says "the same" of what differs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.adapters.catalogue import documents
from chalicelib.domain.comparing import IDENTITY, compared
from chalicelib.domain.pathway import Pathway

HERNIA = documents()["inguinal-hernia", 1]


def differences(before: Pathway, after: Pathway, language: str = "en"):
    return {
        (d.place, d.language): (d.before, d.after)
        for d in compared(before, after, language)
        if d.kind != "same"
    }


def with_after(**changes: Any) -> Pathway:
    steps = [replace(s, **changes) if s.key == "after" else s for s in HERNIA.steps]
    return replace(HERNIA, steps=tuple(steps))


def leaves(value: Any, place: tuple[Any, ...] = ()):
    """Every single value of a document, by its place."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    if not parts:
        yield place, value
    for name, part in parts:
        yield from leaves(part, (*place, name))


def put(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = put(copy[place[0]], place[1:], new)
    return copy


@pytest.mark.parametrize("document", documents().values(), ids=lambda d: d.code)
def test_a_document_is_the_same_as_itself(document):
    assert differences(document, replace(document, code="other", version=9, validated_by="Somebody")) == {}


@pytest.mark.parametrize("code", ["inguinal-hernia", "tonsillectomy-child", "colectomy-eras"])
def test_no_change_of_a_single_value_is_lost(code):
    """Values from all over the document are changed in turn, and each change is told."""
    document = documents()[code, 1]
    whole = msgspec.to_builtins(document)
    tried = 0
    for number, (place, value) in enumerate(leaves(whole)):
        if place[0] in IDENTITY or isinstance(value, tuple | dict) or value is None or number % 41:
            continue
        other = not value if isinstance(value, bool) else value + 1 if not isinstance(value, str) else "other"
        try:
            changed = msgspec.convert(put(whole, place, other), type=Pathway)
        except msgspec.ValidationError:
            continue  # not one of the words that may stand here
        if changed != document:
            tried += 1
            assert differences(document, changed), place
    assert tried > 20


def test_a_threshold_is_a_sentence():
    rules = [
        replace(r, when=replace(r.when, value=8)) if r.key == "pain_severe" else r
        for r in HERNIA.step("after").rules
    ]
    after = with_after(rules=tuple(rules))
    assert differences(HERNIA, after) == {
        ("steps.after.rules.pain_severe.when", ""): ("if “Pain” is 7 or more", "if “Pain” is 8 or more")
    }
    assert differences(HERNIA, after, "fr")["steps.after.rules.pain_severe.when", ""] == (
        "si « Douleur » est de 7 ou plus",
        "si « Douleur » est de 8 ou plus",
    )


def test_a_text_is_compared_in_each_language():
    after = with_after(title={"fr": "Et maintenant ?", "en": HERNIA.step("after").title["en"]})
    assert list(differences(HERNIA, after)) == [("steps.after.title", "fr")]


def test_what_is_added_and_removed():
    asked = HERNIA.step("after").questionnaire
    shorter = with_after(questionnaire=replace(asked, questions=asked.questions[:-1]))
    gone = f"steps.after.questionnaire.questions.{asked.questions[-1].link_id}."
    said = differences(HERNIA, shorter)
    assert said
    assert all(place.startswith(gone) and after == "" for (place, _), (_, after) in said.items())
    assert {d.kind for d in compared(shorter, HERNIA, "en")} == {"same", "added"}


def test_another_order_is_told():
    asked = HERNIA.step("after").questionnaire
    turned = with_after(questionnaire=replace(asked, questions=asked.questions[::-1]))
    ((place, (before, after)),) = differences(HERNIA, turned).items()
    assert place == ("steps.after.questionnaire.questions.order", "")
    assert before.splitlines() == after.splitlines()[::-1]
