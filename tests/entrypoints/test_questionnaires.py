"""Questions and answers as files, through the doors' own views, on a hospital in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.access import Forbidden, NotThere
from chalicelib.domain.errors import UnknownStep
from chalicelib.entrypoints import questionnaires
from chalicelib.fhir import questionnaire
from tests.application.worlds import HOSPITAL
from tests.desk import Desk

PUBLIC = Path(__file__).parent.parent / "fhir" / "public"
BB = (PUBLIC / "Questionnaire-bb.json").read_text("utf-8")


@pytest.fixture
def desk() -> Desk:
    return Desk().begin()


def visit(desk: Desk, view, form: dict[str, str] | None = None, step: str = "after", words: str = "en"):
    code, number = desk.base.split("/")[3:5]
    path = f"/team/pathways/{code}/{number}/x?step={step}&words={words}"
    with acting_for(HOSPITAL):
        answer = view(desk.call("GET" if form is None else "POST", path, form), code, number)
    desk.page, desk.status = answer.body, answer.status_code
    return answer


def asked(desk: Desk) -> list[str]:
    return [q.link_id for q in desk.document.step("after").questionnaire.questions]


def take_over(desk: Desk, file: str) -> None:
    visit(
        desk, questionnaires.take_in, {"file": file, "do": "replace", "revision": str(desk.version.revision)}
    )


def test_a_file_is_shown_before_anything_changes(desk):
    before = asked(desk)
    visit(desk, questionnaires.choose)
    assert "Read the file" in desk.text
    visit(desk, questionnaires.take_in, {"file": BB})
    assert desk.status == 200
    for words in (
        "10 questions",
        "birthWeight · Birth weight (kg)",
        "no limits for slips of the finger",
        "rules that look at them stay",
    ):
        assert words in desk.text
    assert asked(desk) == before


def test_what_was_shown_is_taken_over_and_can_be_undone(desk):
    before = asked(desk)
    take_over(desk, BB)
    assert desk.status == 303
    assert asked(desk)[:3] == ["nameofchild", "sex", "birthweight"]
    desk.post("/step?step=after", {"revision": str(desk.version.revision), "steps": "-1"})
    assert asked(desk) == before


def test_the_wrong_revision_is_looked_at_again(desk):
    before = asked(desk)
    visit(desk, questionnaires.take_in, {"file": BB, "do": "replace", "revision": "0"})
    assert "The draft has changed meanwhile" in desk.text
    assert f'name="revision" value="{desk.version.revision}"' in desk.page
    assert asked(desk) == before


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "This is no FHIR R4 Questionnaire"),
        ("a,b,c", "This is no FHIR R4 Questionnaire"),
        ('{"resourceType": "Bundle"}', "resourceType Bundle"),
        ('{"resourceType": "Questionnaire"}', "The file asks nothing"),
        ('{"resourceType": "Questionnaire", "item": [{"linkId": "sleep", "text": "Sleep?"}]}', "sleep Nothing was read"),
        ('{"resourceType": "Questionnaire", "item": [{"linkId": "\ufffd"}]}', "UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_and_the_item_named(desk, file, said):
    before = asked(desk)
    take_over(desk, file)
    assert desk.status == 400
    assert said in desk.text
    assert asked(desk) == before


def test_only_editors_take_questions_in(desk):
    nurse = desk.colleague("nurse-1")
    for view, form in ((questionnaires.choose, None), (questionnaires.take_in, {"file": BB})):
        with pytest.raises(Forbidden):
            visit(nurse, view, form)
    visit(nurse, questionnaires.export)
    assert nurse.status == 200


def test_no_step_no_page(desk):
    for view in (questionnaires.choose, questionnaires.export):
        with pytest.raises(UnknownStep):
            visit(desk, view, step="nothing")
    desk.base = "/team/pathways/nothing/1/edit"
    with pytest.raises(NotThere):
        visit(desk, questionnaires.export)


def test_what_goes_out_is_what_came_in(desk):
    take_over(desk, BB)
    answer = visit(desk, questionnaires.export)
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    assert "attachment" in answer.headers["Content-Disposition"]
    out = json.loads(answer.body)
    assert out["url"].endswith("/inguinal-hernia.demo.after")
    assert questionnaire.imported(answer.body.encode()) == (desk.document.step("after").questionnaire, ())
