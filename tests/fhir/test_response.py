"""Answers as a QuestionnaireResponse: they come back as they were given."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.questionnaire import path
from chalicelib.fhir import questionnaire, response
from tests.fhir.fhir_says import valid_response
from tests.fhir.questionnaires import LANGUAGES, answers_to, questionnaires
from tests.fhir.test_foreign import FORM, item

AT = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)


def sent(ours, answers, language="en"):
    return response.exported(
        ours, answers, of="https://vigie.example/q|1", language=language, authored=AT, completed=True
    )


@given(st.data(), st.sampled_from(LANGUAGES))
def test_comes_back_as_it_was(data, language):
    ours = data.draw(questionnaires())
    answers = data.draw(answers_to(ours))
    on_path = {q.link_id for q in path(ours, answers)}
    read, findings = response.imported(ours, sent(ours, answers, language))
    assert findings == ()
    assert read == {link_id: answer for link_id, answer in answers.items() if link_id in on_path}


@given(st.data())
def test_is_valid_fhir_and_stands_where_the_questionnaire_has_it(data):
    ours = data.draw(questionnaires())
    made = json.loads(sent(ours, data.draw(answers_to(ours))))
    valid_response(made, questionnaire.to_fhir(ours, "en"))


def test_gives_back_the_names_of_the_file_that_was_imported():
    ours, _ = questionnaire.imported(
        FORM(item("a/1", "choice", answerOption=[{"valueString": "Now and then"}, {"valueInteger": 3}]))
    )
    (question,) = ours.questions
    made = json.loads(sent(ours, {question.link_id: question.options[0].code}))
    assert made["item"] == [
        {"linkId": "a/1", "text": "a/1?", "answer": [{"valueString": "Now and then"}]}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([{"valueInteger": 11}], "answer"),
        ([{"valueInteger": 1}, {"valueInteger": 2}], "answer"),
        ([{"valueString": "1"}], "answer"),
    ],
)
def test_says_what_does_not_fit(answers, kind):
    limits = [
        {"url": f"http://hl7.org/fhir/StructureDefinition/{name}Value", "valueInteger": limit}
        for name, limit in (("min", 0), ("max", 10))
    ]
    ours, _ = questionnaire.imported(FORM(item("n", "integer", extension=limits)))
    raw = {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "n", "answer": answers}]}
    read, findings = response.imported(ours, json.dumps(raw).encode())
    assert (read, [finding.kind for finding in findings]) == ({}, [kind])


def test_says_what_was_not_asked_and_what_is_no_response():
    ours, _ = questionnaire.imported(FORM(item("n", "integer")))
    raw = b'{"item":[{"linkId":"n","answer":[{"valueInteger":1,"item":[{"linkId":"x","answer":[{"valueInteger":1}]}]}]}]}'
    read, findings = response.imported(ours, raw)
    assert (read, [finding.link_id for finding in findings]) == ({"n": 1}, ["x"])
    assert response.imported(ours, b"[]")[1][0].kind == "unreadable"
