"""A questionnaire that somebody else has written, over the public doors: in, asked, answered, and out again."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from infra.local.visitor import Browser, fill_in, patient_browser
from tests.fhir.fhir_says import valid_questionnaire, valid_response
from tests.running import LocalStack
from tests.stories.cast import booking, movement, stage

pytestmark = pytest.mark.slow

FILE = Path(__file__).parent.parent / "fhir" / "public" / "Questionnaire-f201.json"
BOUNDARY = "a-line-of-no-file"
CARPAL_TUNNEL = "AHPA009"


def coordinator(web: str) -> Browser:
    browser = Browser(web)
    browser.request("POST", "/_local/sign-in", "member=coordinator-1", "application/x-www-form-urlencoded")
    return browser.get("/team/pathways/carpal-tunnel/1?lang=en")


def hidden(browser: Browser, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', browser.page)[1]


def change(browser: Browser, path: str, **fields: str) -> Browser:
    """Send a form of the editor, made from the newest revision."""
    browser.get(path)
    return browser.post(path, revision=hidden(browser, "revision"), **fields)


def send_file(browser: Browser, path: str, **fields: str) -> int:
    """A form with a file, as browsers send it; follows where it leads."""
    parts = {"csrf": hidden(browser, "csrf"), **fields}
    body = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    status, headers, browser.page = browser.request("POST", path, f"{body}--{BOUNDARY}--\r\n", kind)
    if status == 303:
        browser.get(headers["location"])
    return status


def test_in_asked_answered_and_out(stack: LocalStack) -> None:
    s = stage(stack.doors)
    team = coordinator(s.doors.web)
    team.post("/team/pathways/carpal-tunnel/1/copy")
    base = team.path.removesuffix("/edit")
    step = imported(team, base)
    published(team, base)
    questionnaire = json.loads(team.get(f"{base}/questionnaire?step={step}").page)
    valid_questionnaire(questionnaire)

    patient = s.patient(CARPAL_TUNNEL)
    s.send(booking(patient, s.now()))
    s.go(-1, "10:00")
    s.send(movement(patient, "A01", patient.operation_at - timedelta(hours=1)))
    s.send(movement(patient, "A03", patient.operation_at + timedelta(hours=4)))
    s.go(2, "10:00")
    browser = patient_browser(s.doors.web, s.texts(patient)[-1], patient.born)
    assert "Do you have allergies?" in browser.get(f"/my/{step}/q/1").text()
    fill_in(
        browser, {"1": "yes", "2_1": "x", "2_2": "1956-03-27", "2_3": "Île de Ré", "2_4": "y", "3_2": "no"}
    )
    assert browser.path == f"/my/{step}/done"

    nurse = s.nurse()
    episode = s.episode(patient)
    assert "Answers as a file" in nurse.get(f"/team/episodes/{episode}?lang=en").text()
    response = json.loads(nurse.get(f"/team/episodes/{episode}/response?step={step}").page)
    valid_response(response, questionnaire)
    assert response["questionnaire"] == f"{questionnaire['url']}|{questionnaire['version']}"
    assert response["status"] == "completed"
    assert said(response["item"])["1"] == [{"valueBoolean": True}]
    assert said(response["item"])["2.3"] == [{"valueString": "Île de Ré"}]
    team.get(base)
    team.post(f"{base}/retire")


def imported(team: Browser, base: str) -> str:
    """Put HL7's file into a contact of its own on day 2; the contact's key."""
    change(team, f"{base}/edit/about?words=en", do="silence:fr", title="Carpal tunnel")
    change(team, f"{base}/edit/time?words=en", do="add", title="Lifelines", day="2")
    step = "lifelines"
    path = f"{base}/import?step={step}&words=en"
    team.get(path)
    assert send_file(team, path, file='{"resourceType": "Questionnaire", "item": [{"linkId": "7"}]}') == 400
    assert "7 Nothing was read" in team.text()
    assert send_file(team, path, file=FILE.read_text("utf-8")) == 200
    assert "7 questions" in team.text()
    revision = hidden(team, "revision")
    assert send_file(team, path, file=FILE.read_text("utf-8"), do="replace", revision=revision) == 303
    assert "What is your country of birth?" in team.text()
    shown = team.get(f"{base}/edit/question?{urlencode({'step': step, 'item': '1', 'words': 'en'})}")
    assert "On the patient’s phone" in shown.text()
    return step


def published(team: Browser, base: str) -> None:
    team.get(base)
    team.post(f"{base}/review", translator="Translator One", clinician="Dr Démo-Alpha")
    team.get(f"{base}/publish")
    team.post(f"{base}/publish")
    assert "Published: new bookings begin with it." in team.text(), team.text()


def said(items: list[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for item in items:
        found |= {item["linkId"]: item["answer"]} if "answer" in item else said(item["item"])
    return found
