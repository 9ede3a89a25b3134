"""One episode over the public doors only: MLLP, HTTP, the clock. And its sad twins."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from infra.local.visitor import fill_in, patient_browser
from tests.running import LocalStack
from tests.stories.cast import PARIS, booking, movement, stage

pytestmark = pytest.mark.slow

FINE_BEFORE = {"health_change": "no"}


def local(message: dict[str, str]) -> str:
    return f"{datetime.fromisoformat(message['at']).astimezone(PARIS):%H:%M}"


class TestTheGoodStory:
    def test_from_booking_to_report(self, stack: LocalStack) -> None:
        """SIU^S12 → text → confirmation → A01, A03 → text → pain 8 → red line → call → ORU^R01."""
        s = stage(stack.doors)
        patient = s.patient()
        (ack,) = s.send(booking(patient, s.now()))
        assert "MSA|AA|" in ack
        s.go(-1, "09:59")
        assert s.texts(patient) == []
        s.go(-1, "10:00")
        (invitation,) = s.texts(patient)
        assert local(invitation) == "10:00"
        assert "08:30" in invitation["text"]  # 90 minutes before theatre
        assert "hernie" not in invitation["text"].casefold()

        browser = patient_browser(s.doors.web, invitation, patient.born)
        assert browser.path == "/my/before"
        assert "2 h 30" in browser.text()  # solids 6 hours before arrival, as a clock time
        fill_in(browser, FINE_BEFORE)
        assert browser.path == "/my/before/done"
        nurse = s.nurse()
        assert "Ready" in s.row(nurse, patient)

        s.send(movement(patient, "A01", patient.operation_at - timedelta(hours=1)))
        s.send(movement(patient, "A03", patient.operation_at + timedelta(hours=4)))
        s.go(1, "10:00")
        texts = s.texts(patient)
        assert [local(t) for t in texts] == ["10:00", "10:00"]

        browser = patient_browser(s.doors.web, texts[-1], patient.born)
        browser.post("/my/after/q/feeling", answer="not_so_well")
        browser.post("/my/after/q/pain", answer="8")
        assert browser.path == "/my/after/urgent"
        assert "01 99 00 00 10" in browser.text()
        row = s.row(nurse, patient)
        assert "Call now" in row
        assert "Pain 8/10" in row
        fill_in(browser, {"painkillers": "yes"})
        assert browser.path == "/my/after/done"
        assert "normal" in browser.text().casefold()

        self.nurse_resolves(nurse, s.episode(patient))
        assert "Call now" not in s.row(nurse, patient)
        s.doors.advance(advance="PT1M")
        reports = [m for m in s.doors.hl7("out") if m["episode"] == s.episode(patient)]
        assert {m["type"] for m in reports} == {"ORU^R01", "MDM^T02"}
        assert any("72514-3" in m["message"] and "|8|" in m["message"] for m in reports)
        assert any("VIGIE-ALERT" in m["message"] for m in reports)

    @staticmethod
    def nurse_resolves(nurse, episode: str) -> None:
        path = f"/team/episodes/{episode}"
        nurse.get(path)
        nurse.post(f"{path}/call", result="reached", outcome="advice", text="took the tablets")
        assert "took the tablets" in nurse.text()
        while found := re.search(r'name="alert" value="([^"]+)"', nurse.page):
            nurse.post(f"{path}/take", alert=found[1])
            nurse.post(f"{path}/resolve", alert=found[1], outcome="reassured")
            assert nurse.status == 200


class TestTheSadTwins:
    def test_silence_is_a_line(self, stack: LocalStack) -> None:
        """Whoever never opens the message stands in the silent queue, after one reminder."""
        s = stage(stack.doors)
        patient = s.patient()
        s.send(booking(patient, s.now()))
        s.go(-1, "16:01")
        assert [local(t) for t in s.texts(patient)] == ["10:00", "14:00"]
        assert "No answer" in s.row(s.nurse(), patient)
        assert "not opened" in s.row(s.nurse(), patient)

    def test_a_moved_operation_is_asked_about_at_its_new_time(self, stack: LocalStack) -> None:
        """Moved before anything left: the old time never leaves, the new one does."""
        s = stage(stack.doors)
        patient = s.patient(wall="10:00")
        s.send(booking(patient, s.now()))
        moved = replace(patient, operation_at=patient.operation_at + timedelta(days=1, hours=3))
        s.send(booking(moved, s.now() + timedelta(minutes=5), "S13"))
        s.go(-1, "18:00")
        assert s.texts(patient) == []
        s.go(0, "10:00")
        (text,) = s.texts(patient)
        assert "11:30" in text["text"]

    def test_a_move_after_the_text_left_is_corrected(self, stack: LocalStack) -> None:
        """The correction says the new time; then the new invitation follows the day before."""
        s = stage(stack.doors)
        patient = s.patient(wall="10:00")
        s.send(booking(patient, s.now()))
        s.go(-1, "10:00")
        moved = replace(patient, operation_at=patient.operation_at + timedelta(days=2))
        s.send(booking(moved, s.now() + timedelta(minutes=5), "S13"))
        s.doors.advance(advance="PT2M")
        invitation, correction = s.texts(patient)
        assert "chang" in correction["text"]
        assert f"{moved.operation_at:%d/%m}" in correction["text"]
        s.go(1, "10:00")
        assert len(s.texts(patient)) == 3
        assert invitation["text"] != s.texts(patient)[-1]["text"]

    def test_cancelled_before_anything_left(self, stack: LocalStack) -> None:
        """Nothing is sent, now or later."""
        s = stage(stack.doors)
        patient = s.patient()
        s.send(booking(patient, s.now()), booking(patient, s.now() + timedelta(minutes=1), "S15"))
        s.go(2, "12:00")
        assert s.texts(patient) == []

    def test_cancelled_after_the_text_left(self, stack: LocalStack) -> None:
        """A correction goes, and nothing after it; the link says that it is cancelled."""
        s = stage(stack.doors)
        patient = s.patient()
        s.send(booking(patient, s.now()))
        s.go(-1, "10:00")
        s.send(booking(patient, s.now() + timedelta(minutes=1), "S15"))
        s.go(2, "12:00")
        invitation, correction = s.texts(patient)
        assert "annul" in correction["text"]
        browser = patient_browser(s.doors.web, invitation, patient.born)
        assert "annulé" in browser.text()

    def test_the_same_message_twice(self, stack: LocalStack) -> None:
        """The second is known as a duplicate, and one text leaves."""
        s = stage(stack.doors)
        patient = s.patient()
        message = booking(patient, s.now())
        acks = s.send(message, message)
        assert all("MSA|AA|" in ack for ack in acks)
        s.go(-1, "10:00")
        assert len(s.texts(patient)) == 1
        lines = [m["result"] for m in s.doors.hl7("in") if f"P{patient.number:05d}" in m["message"]]
        assert sorted(lines) == ["applied", "duplicate"]

    def test_an_update_before_the_booking(self, stack: LocalStack) -> None:
        """A08 before S12: the newer telephone number of the A08 is the one that is used."""
        s = stage(stack.doors)
        patient = s.patient()
        newer = replace(patient, mobile="0639980899")
        update = movement(newer, "A01", s.now() + timedelta(minutes=9)).replace("ADT^A01", "ADT^A08")
        s.send(update, booking(patient, s.now()))
        s.go(-1, "10:00")
        assert s.texts(patient) == []
        assert len(s.texts(newer)) == 1

    def test_garbage_is_kept_and_seen(self, stack: LocalStack) -> None:
        """It is acknowledged as stored, stands in quarantine with its reason, and stops nobody."""
        s = stage(stack.doors)
        patient = s.patient()
        acks = s.send("this is no HL7 message at all", booking(patient, s.now()))
        assert "MSA|AA|" in acks[1]
        s.go(-1, "10:00")
        assert len(s.texts(patient)) == 1
        (garbage,) = [m for m in s.doors.hl7("in") if m["message"].startswith("this is no HL7")]
        assert garbage["result"] == "quarantined"
        assert garbage["reason"]


class TestDoors:
    def test_the_clock_only_goes_forward(self, stack: LocalStack) -> None:
        s = stage(stack.doors)
        before = s.now() - timedelta(hours=1)
        with pytest.raises(Exception, match="only goes forward"):
            s.doors.advance(to=before.isoformat())

    def test_a_link_says_nothing_of_anybody(self, stack: LocalStack) -> None:
        """GET changes nothing, five wrong birth dates close it."""
        s = stage(stack.doors)
        patient = s.patient()
        s.send(booking(patient, s.now()))
        s.go(-1, "10:00")
        (text,) = s.texts(patient)
        for _ in range(5):
            browser = patient_browser(s.doors.web, text, "19990101")
            assert "DEMO" not in browser.page
            assert "Camille" not in browser.page
        browser = patient_browser(s.doors.web, text, patient.born)
        assert "bloqué" in browser.text()

    def test_strangers_are_led_to_the_sign_in(self, stack: LocalStack) -> None:
        from infra.local.visitor import Browser

        browser = Browser(stack.doors.web).get("/team")
        assert browser.path == "/sign-in"
        assert Browser(stack.doors.web).get("/no/such/page").status == 404
