"""Questionnaires as FHIR: ours come back exactly as they were, and branch in FHIR's own words as they do here."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.adapters import catalogue
from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.domain.rules import All, AnyOf, Compare
from chalicelib.fhir import document, questionnaire
from chalicelib.fhir.findings import NotOurs
from tests.fhir.fhir_says import asked_in_fhir, valid_questionnaire
from tests.fhir.questionnaires import LANGUAGES, answers_to, branching, questionnaires

TITLE = {"fr": "Titre", "en": "Title"}
STEPS = {f"{p.code}/{s.key}": s for p in catalogue.documents().values() for s in p.steps}


@given(questionnaires(), st.sampled_from(LANGUAGES))
def test_comes_back_as_it_was(ours, language):
    stored = questionnaire.to_fhir(ours, language)
    valid_questionnaire(stored)
    assert questionnaire.from_fhir(json.loads(json.dumps(stored))) == ours
    assert questionnaire.imported(questionnaire.exported(ours, "u", "1", TITLE, language)) == (ours, ())


@pytest.mark.parametrize("code", sorted(code for code, _ in catalogue.files()))
def test_every_pathway_comes_back_as_it_was(code):
    pathway = catalogue.document(code, 1)
    assert document.read(document.packed(pathway)) == pathway
    assert document.written(pathway) == catalogue.files()[code, 1].read_text("utf-8")


@given(st.data())
def test_enable_when_means_what_we_mean(data):
    """Read by FHIR's own rules, an item is asked exactly when ours is."""
    ours = data.draw(branching())
    answers = data.draw(answers_to(ours))
    said = questionnaire.to_fhir(ours, "en")
    for question, in_fhir in asked_in_fhir(said, ours, answers):
        assert in_fhir is question, question


@pytest.mark.parametrize("name", sorted(STEPS))
def test_of_the_catalogue_everything_is_said_in_fhirs_own_words(name):
    assert "/condition" not in json.dumps(questionnaire.to_fhir(STEPS[name].questionnaire, "fr"))


def test_a_stored_questionnaire_that_says_more_is_refused():
    stored = questionnaire.to_fhir(STEPS["inguinal-hernia/after"].questionnaire, "fr")
    stored["item"][0]["initial"] = [{"valueBoolean": True}]
    with pytest.raises(NotOurs, match="beforehand"):
        questionnaire.from_fhir(stored)


def test_what_fhir_cannot_say_stands_in_an_extension():
    ours = STEPS["inguinal-hernia/after"].questionnaire
    first, second, *rest = ours.questions
    name = first.link_id
    hard = AnyOf((All((Compare(name, "eq", "x"), Compare(name, "eq", "y"))), Compare(name, "ne", "z")))
    changed = Questionnaire((first, replace(second, show_when=hard), *rest))
    item = questionnaire.to_fhir(changed, "fr")["item"][1]
    assert "enableWhen" not in item
    assert any(one["url"].endswith("/condition") for one in item["extension"])
    assert questionnaire.from_fhir(questionnaire.to_fhir(changed, "fr")) == changed
