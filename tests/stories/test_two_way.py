"""Patients who answer by text message: over the provider's signed door, to the nurse's list."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from infra.local.visitor import Browser
from tests.running import LocalStack
from tests.stories.cast import Stage, booking, movement, stage

pytestmark = pytest.mark.slow


def invited(stack: LocalStack):
    s = stage(stack.doors)
    patient = s.patient()
    s.send(booking(patient, s.now()))
    s.go(-1, "10:00")
    assert len(s.texts(patient)) == 1
    return s, patient


def line(s: Stage, patient) -> str:
    return s.row(s.nurse(), patient)


class TestAnswersByText:
    def test_ok_is_noted_and_the_other_questions_are_left(self, stack: LocalStack) -> None:
        s, patient = invited(stack)
        s.doors.reply(patient.address, "OK, merci !")
        noted = s.texts(patient)[-1]["text"]
        assert "bien noté" in noted
        assert "/p/demo." in noted
        nurse = s.nurse()
        assert "Call" not in s.row(nurse, patient)
        nurse.get(f"/team/episodes/{s.episode(patient)}?lang=en")
        assert "OK, merci !" in nurse.text()

    def test_no_is_a_red_line(self, stack: LocalStack) -> None:
        s, patient = invited(stack)
        s.doors.reply(patient.address, "NON")
        assert "Call now" in line(s, patient)
        assert "01 99 00 00 10" in s.texts(patient)[-1]["text"]

    def test_stop_works_at_once_until_a_nurse_undoes_it(self, stack: LocalStack) -> None:
        s, patient = invited(stack)
        s.doors.reply(patient.address, "stop")
        assert "STOP" in line(s, patient)
        confirmed = s.texts(patient)
        assert len(confirmed) == 2
        s.send(booking(patient, s.now()))  # the hospital repeats the number: the wish stays
        s.send(movement(patient, "A01", patient.operation_at - timedelta(hours=1)))
        s.send(movement(patient, "A03", patient.operation_at + timedelta(hours=4)))
        s.go(1, "11:30")
        assert s.texts(patient) == confirmed
        nurse = s.nurse()
        assert "STOP" in s.row(nurse, patient)
        path = f"/team/episodes/{s.episode(patient)}"
        nurse.get(f"{path}?lang=en")
        nurse.post(f"{path}/texts")
        s.doors.advance(advance="PT1M")
        assert len(s.texts(patient)) == 3

    def test_the_patient_takes_a_stop_back(self, stack: LocalStack) -> None:
        s, patient = invited(stack)
        s.doors.reply(patient.address, "STOP")
        s.doors.reply(patient.address, "reprise")
        s.doors.advance(advance="PT1M")
        told = [text["text"] for text in s.texts(patient)[2:]]
        assert any("de nouveau" in text for text in told)
        assert any("/p/demo." in text for text in told)
        assert "STOP" not in line(s, patient)

    def test_the_door_takes_signed_messages_only(self, stack: LocalStack) -> None:
        s, patient = invited(stack)
        said = json.dumps({"id": "x", "from": patient.address, "to": "38000", "text": "STOP"})
        status, _, _ = Browser(s.doors.web).request("POST", "/callbacks/sms/reply", said, "application/json")
        assert status == 403
        s.doors.advance(advance="PT1M")
        assert len(s.texts(patient)) == 1
        assert "STOP" not in line(s, patient)

    def test_what_nobody_expects_is_read(self, stack: LocalStack) -> None:
        s, patient = invited(stack)
        s.doors.reply(patient.address, "Le pansement est mouillé, que faire ?")
        nurse = s.nurse()
        assert "to be read" in s.row(nurse, patient)
        assert "n'est pas lu tout de suite" in s.texts(patient)[-1]["text"]
        path = f"/team/episodes/{s.episode(patient)}"
        nurse.get(f"{path}?lang=en")
        assert "Le pansement est mouillé" in nurse.text()
        found = re.search(r'name="alert" value="([^"]+)"', nurse.page)
        assert found
        nurse.post(f"{path}/acknowledge", alert=found[1])
        assert "to be read" not in s.row(nurse, patient)
