"""Patients' text messages, from the provider's words to events, notices and lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.deliver import deliver
from chalicelib.application.handle import handle
from chalicelib.application.records import Note, Person
from chalicelib.application.replies import Text, UnknownDestination, hospital_of, receive
from chalicelib.application.resuming import resume
from chalicelib.domain.episode import commands as c
from tests.application.worlds import HOSPITAL, Hospital, MemoryCatalogue, booking, pid
from tests.application.worlds import message as hl7
from tests.examples import FINE_BEFORE, at, book
from tests.fakes import MemoryCare
from tests.short_contact import SHORT

PHONE = "+33639980001"
MOMENT = at(-1, "10:05")
MINUTE = timedelta(minutes=1)


class Sms:
    """A provider that takes everything."""

    name = "sms"

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, envelope: Any) -> str:
        self.sent.append(envelope)
        return str(len(self.sent))


class Catalogue(MemoryCatalogue):
    """With one more pathway, whose questions are asked by text message."""

    def pathway(self, code: str, version: int) -> Any:
        return SHORT if code == SHORT.code else super().pathway(code, version)


class Crash(Exception):
    """The process ends."""


class Care(MemoryCare):
    """Something happens just before a row is written."""

    def __init__(self, memory: Any) -> None:
        super().__init__(memory)
        self.before: list[Callable[[], object]] = []

    def commit(self, change: Any) -> None:
        if self.before:
            self.before.pop(0)()
        super().commit(change)


def nothing() -> None:
    """Nothing happens."""


def crash() -> None:
    raise Crash


class Ward:
    """A hospital with follow-ups that were invited the day before at 10:00, and their telephones."""

    def __init__(self) -> None:
        self.hospital = Hospital()
        catalogue = Catalogue(self.hospital.profile, self.hospital.memory, self.hospital.versions)
        self.sms, self.care = Sms(), Care(self.hospital.memory)
        self.world = replace_world(
            self.hospital.world, catalogue=catalogue, providers={"sms": self.sms}, care=self.care
        )
        self.ids = (f"text-{number}" for number in count(1))

    def patient(self, name: str, *, invited: bool = True, **changes: Any) -> str:
        person = Person(name, (), "DEMO", name, None, "F", PHONE, "", "en")
        with acting_for(HOSPITAL):
            self.world.care.store(HOSPITAL, None, (person,))
            handle(self.world, HOSPITAL, f"epi-{name}", book(patient=name, **changes))
            if invited:
                self.wake(name, at(-1, "10:00"))
        return name

    def wake(self, name: str, moment: datetime) -> None:
        with acting_for(HOSPITAL):
            handle(self.world, HOSPITAL, f"epi-{name}", c.Wake(at=moment))
            self._deliver(moment)

    def do(self, name: str, command: c.Command) -> None:
        with acting_for(HOSPITAL):
            handle(self.world, HOSPITAL, f"epi-{name}", command)

    def write(self, words: str, moment: datetime = MOMENT, number: str = PHONE, **more: str) -> int:
        text = Text(more.get("id") or next(self.ids), number, "38000", words, more.get("reference", ""))
        with acting_for(HOSPITAL):
            found = receive(self.world, HOSPITAL, text, moment)
            self._deliver(moment)
        return found

    def _deliver(self, moment: datetime) -> None:
        for hospital, episode, notice in list(self.hospital.memory.notices):
            deliver(self.world, hospital, episode, notice, moment, f"{moment}")

    def state(self, name: str) -> Any:
        return self.hospital.memory.rows[HOSPITAL, f"epi-{name}"].state

    def answers(self, name: str, step: str = "before") -> Any:
        with acting_for(HOSPITAL):
            kept = self.world.care.response(HOSPITAL, f"epi-{name}", step)
        return {} if kept is None else kept.answers

    def lines(self, name: str) -> list[tuple[str, str, str]]:
        return [(alert.level, alert.kind, alert.detail) for alert in self.state(name).open_alerts]

    @property
    def last(self) -> str:
        return self.sms.sent[-1].text


def replace_world(world: Any, **changes: Any) -> Any:
    from dataclasses import replace as changed

    return changed(world, **changes)


@pytest.fixture
def ward() -> Ward:
    return Ward()


class TestTheDayBefore:
    def test_ok_says_that_the_patient_comes_and_no_more(self, ward: Ward) -> None:
        ward.patient("a")
        assert ward.write("OK") == 1
        assert ward.answers("a") == {"coming": True}
        step = ward.state("a").step("before")
        assert (step.status, step.opened_at) == ("released", MOMENT)
        assert "questions are left" in ward.last
        assert "https://v.example/p/demo." in ward.last
        assert ward.lines("a") == []

    def test_no_is_as_red_as_on_the_page(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("Non")
        assert ward.answers("a") == {"coming": False}
        (alert,) = ward.state("a").open_alerts
        assert (alert.level, alert.rules) == ("red", ("not_coming",))
        assert "Please call us now: 01 99 00 00 10" in ward.last

    def test_ok_after_the_page_hands_in_only_what_is_complete(self, ward: Ward) -> None:
        ward.patient("a")
        ward.do("a", c.Submit(at=MOMENT, step="before", answers=FINE_BEFORE))
        ward.write("ok merci", MOMENT + MINUTE)
        assert ward.lines("a") == []
        assert len(ward.sms.sent) == 1

    def test_an_ok_to_a_question_of_the_page_is_answered_with_the_page(self, ward: Ward) -> None:
        ward.patient("a", invited=False)
        ward.do("a", c.Discharge(at=at(0, "15:00")))
        ward.wake("a", at(1, "10:00"))
        ward.write("OK", at(1, "10:05"))
        assert ward.answers("a", "after") == {}
        assert "questions are left" in ward.last


class TestWhatNobodyExpects:
    def test_is_a_line_to_read(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("J'ai de la fièvre, que faire ?")
        ((level, kind, reply),) = ward.lines("a")
        assert (level, kind) == ("orange", "message")
        notes = {note.id: note for note in ward.hospital.kept(Note)}
        assert (notes[reply].text, notes[reply].by) == ("J'ai de la fièvre, que faire ?", "")
        assert "not read at once" in ward.last
        assert "call 15" in ward.last

    def test_is_answered_once_a_day_and_each_is_read(self, ward: Ward) -> None:
        ward.patient("a")
        for minutes in range(3):
            ward.write("hello?", MOMENT + minutes * MINUTE)
        assert len(ward.lines("a")) == 3
        assert len(ward.sms.sent) == 2
        ward.write("hello?", MOMENT + timedelta(days=1))
        assert len(ward.sms.sent) == 3

    def test_goes_when_it_is_read_and_is_no_report(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("hello?")
        ward.do("a", c.AcknowledgeAlert(at=MOMENT, alert=ward.state("a").open_alerts[0].id, by="nurse-1"))
        assert ward.lines("a") == []
        assert ward.hospital.memory.reports == {}

    def test_help_is_read_by_somebody_too(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("AIDE")
        assert [kind for _, kind, _ in ward.lines("a")] == ["message"]
        assert "not read at once" in ward.last

    def test_no_event_holds_a_word_of_it(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("wound is weeping")
        with acting_for(HOSPITAL):
            history = ward.world.care.history(HOSPITAL, "epi-a")
        assert "weeping" not in repr(history.events)
        assert PHONE not in repr(history.events)

    def test_is_taken_after_the_end(self, ward: Ward) -> None:
        ward.patient("a")
        ward.do("a", c.Cancel(at=MOMENT, as_of="9", reason="hospital"))
        ward.write("why?", MOMENT + MINUTE)
        assert [kind for _, kind, _ in ward.lines("a")] == ["message"]

    def test_told_twice_counts_once(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("hello?", id="x")
        ward.write("hello?", MOMENT + timedelta(days=2), id="x")
        assert len(ward.lines("a")) == 1
        assert len(ward.sms.sent) == 2

    def test_a_stranger_changes_nothing(self, ward: Ward) -> None:
        ward.patient("a")
        assert ward.write("hello?", number="+33639980777") == 0
        assert ward.lines("a") == []

    def test_the_reference_finds_who_has_another_number_by_now(self, ward: Ward) -> None:
        ward.patient("a")
        told = ward.sms.sent[0].reference
        assert ward.write("hello?", number="+33639980777", reference=told) == 1


class TestStop:
    def test_works_at_once(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("Stop.")
        assert ward.lines("a") == [("silent", "no_contact", "said_stop")]
        assert ward.state("a").channels == ()
        assert "no more texts" in ward.last
        sent = len(ward.sms.sent)
        ward.wake("a", at(-1, "16:30"))
        ward.do("a", c.Discharge(at=at(0, "15:00")))
        ward.wake("a", at(1, "10:00"))
        assert ward.lines("a") == [("silent", "no_contact", "said_stop")]
        assert ward.state("a").open_alerts[0].step == "after"
        assert len(ward.sms.sent) == sent

    def test_is_kept_whatever_the_hospital_repeats(self) -> None:
        hospital = Hospital()
        mobile = pid(phone="0639980001")
        hospital.send(booking("R1", "1120 0900", "1126 0900", who=mobile))
        with acting_for(HOSPITAL):
            receive(hospital.world, HOSPITAL, Text("t", PHONE, "38000", "STOP"), MOMENT)
        hospital.send(booking("R1", "1121 0900", "1127 0900", who=mobile, event="S13"))
        hospital.send(hl7("ADT^A08", "1121 1000", pid(phone="0639980002")))
        hospital.send(booking("R2", "1121 1100", "1201 0900", who=mobile))
        assert [state.channels for state in hospital.episodes] == [(), ()]
        (person,) = hospital.kept(Person)
        assert (person.stopped, person.mobile) == (True, PHONE)

    def test_before_anything_was_asked_is_a_line_too(self, ward: Ward) -> None:
        ward.patient("a", invited=False)
        ward.write("ARRÊT")
        assert ward.lines("a") == [("silent", "prefers_call", "said_stop")]
        ward.wake("a", at(-1, "10:00"))
        assert ("silent", "no_contact", "said_stop") in ward.lines("a")

    def test_with_an_address_left_the_rest_goes_there(self, ward: Ward) -> None:
        ward.patient("a", channels=("sms", "email"))
        ward.write("STOP")
        assert ward.state("a").channels == ("email",)
        assert ward.lines("a") == [("silent", "prefers_call", "said_stop")]

    def test_stops_for_everybody_on_that_telephone_with_one_confirmation(self, ward: Ward) -> None:
        for name in ("a", "b"):
            ward.patient(name)
        ward.write("STOP")
        assert all(person.stopped for person in ward.hospital.kept(Person))
        assert [ward.state(name).stopped for name in ("a", "b")] == [True, True]
        assert len(ward.sms.sent) == 3

    def test_told_twice_confirms_once(self, ward: Ward) -> None:
        ward.patient("a")
        for _ in range(2):
            ward.write("STOP", id="x")
        ward.write("STOP", MOMENT + MINUTE)
        assert len(ward.sms.sent) == 2
        assert len(ward.lines("a")) == 1

    def test_and_more_is_read_as_well(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("Stop, j'ai trop mal")
        assert [kind for _, kind, _ in ward.lines("a")] == ["no_contact", "message"]

    def test_what_was_planned_never_leaves(self, ward: Ward) -> None:
        """Due, and not yet handed over when the STOP comes."""
        ward.patient("a", invited=False)
        with acting_for(HOSPITAL):
            handle(ward.world, HOSPITAL, "epi-a", c.Wake(at=at(-1, "10:00")))
        ward.write("STOP")
        assert [envelope.reference.split("|")[2] for envelope in ward.sms.sent] == ["before.1.stopped-text-1"]
        assert ward.lines("a") == [("silent", "no_contact", "said_stop")]

    def test_even_where_the_follow_up_has_not_heard_of_it(self, ward: Ward) -> None:
        """The person's wish is stored first; a message that is sent in between becomes a line."""
        ward.patient("a", invited=False)
        (person,) = ward.hospital.kept(Person)
        with acting_for(HOSPITAL):
            ward.world.care.store(HOSPITAL, None, (replace(person, stopped=True),))
        ward.wake("a", at(-1, "10:00"))
        assert ward.sms.sent == []
        assert ward.lines("a") == [("silent", "undelivered", "said_stop")]

    def test_a_nurse_undoes_it(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("STOP")
        (person,) = ward.hospital.kept(Person)
        with acting_for(HOSPITAL):
            resume(ward.world, HOSPITAL, person, "nurse-1", MOMENT + MINUTE)
        ward.wake("a", MOMENT + MINUTE)
        state = ward.state("a")
        assert (state.channels, state.stopped, ward.lines("a")) == (("sms",), False, [])
        assert ward.sms.sent[-1].reference.endswith("|before.2.invite")

    @pytest.mark.parametrize("change", ["cancel", "move"])
    def test_nobody_fasts_in_vain(self, ward: Ward, change: str) -> None:
        """What was asked by text message no longer holds, and no text message can say so."""
        ward.patient("a")
        ward.write("STOP")
        commands = {
            "cancel": c.Cancel(at=MOMENT, as_of="9", reason="hospital"),
            "move": book(at=MOMENT, as_of="9", patient="a", channels=(), operation_at=at(5, "10:00")),
        }
        ward.do("a", commands[change])
        assert ward.lines("a") == [("silent", "prefers_call", "not_corrected")]

    @pytest.mark.parametrize("word", ["REPRISE", "start"])
    def test_the_patient_takes_it_back(self, ward: Ward, word: str) -> None:
        ward.patient("a")
        ward.write("STOP")
        ward.write(word, MOMENT + MINUTE)
        state = ward.state("a")
        assert (state.channels, state.stopped, ward.lines("a")) == (("sms",), False, [])
        assert not any(person.stopped for person in ward.hospital.kept(Person))
        left = {envelope.reference.split("|")[2] for envelope in ward.sms.sent[2:]}
        assert left == {"before.2.invite", "before.2.started-text-2"}

    def test_told_again_neither_word_undoes_what_came_after(self, ward: Ward) -> None:
        ward.patient("a")
        for number, (words, stopped) in enumerate([("STOP", True), ("START", False), ("STOP", True)]):
            ward.write(words, MOMENT + number * MINUTE, id=f"x{number}")
            ward.write("STOP", MOMENT + number * MINUTE, id="x0")
            ward.write("START", MOMENT + number * MINUTE, id="x1") if number else None
            (person,) = ward.hospital.kept(Person)
            assert (ward.state("a").stopped, person.stopped) == (stopped, stopped)

    def test_a_stop_that_comes_again_is_nothing_new_to_the_follow_up(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("STOP", id="x")
        ward.write("START", MOMENT + MINUTE)
        ward.do("a", c.StopTexts(at=MOMENT + MINUTE, reply="x", step="before", confirm=True))
        assert ward.state("a").stopped is False

    def test_start_means_nothing_to_who_has_not_stopped(self, ward: Ward) -> None:
        ward.patient("a")
        ward.write("START")
        assert [kind for _, kind, _ in ward.lines("a")] == ["message"]


class TestFamilies:
    """One telephone, two follow-ups."""

    @pytest.mark.parametrize("words", ["OK", "NON", "2", "mal"])
    def test_where_both_wait_nobody_knows_whose_answer_it_is(self, ward: Ward, words: str) -> None:
        ward.patient("a")
        ward.patient("b", invited=False)
        ward.wake("b", at(-1, "11:00"))
        sent = len(ward.sms.sent)
        ward.write(words, at(-1, "14:05"))
        assert [envelope.text for envelope in ward.sms.sent[sent:] if "not read" not in envelope.text] == []
        assert len(ward.sms.sent) == sent + 1
        assert (ward.answers("a"), ward.answers("b")) == ({}, {})
        assert [[kind for _, kind, _ in ward.lines(name)] for name in ("a", "b")] == [["message"]] * 2

    def test_the_one_that_waits_is_answered(self, ward: Ward) -> None:
        for name in ("a", "b"):
            ward.patient(name)
        ward.do("a", c.Submit(at=MOMENT, step="before", answers=FINE_BEFORE))
        ward.write("OK", MOMENT + MINUTE)
        assert (ward.answers("b"), ward.lines("a"), ward.lines("b")) == ({"coming": True}, [], [])

    def test_an_old_question_gives_way(self, ward: Ward) -> None:
        ward.patient("a")
        ward.do("a", c.Discharge(at=at(0, "15:00")))
        ward.wake("a", at(1, "10:00"))
        ward.patient("b", invited=False, operation_at=at(8, "10:00"), arrival_at=at(8, "08:00"))
        ward.wake("b", at(7, "10:00"))
        ward.write("OK", at(7, "10:05"))
        assert (ward.answers("a", "after"), ward.answers("b")) == ({}, {"coming": True})

    def test_thanks_where_nobody_waits_are_nothing_to_read(self, ward: Ward) -> None:
        for name in ("a", "b"):
            ward.patient(name)
            ward.do(name, c.Submit(at=MOMENT, step="before", answers=FINE_BEFORE))
        ward.write("ok merci", MOMENT + MINUTE)
        assert [ward.lines(name) for name in ("a", "b")] == [[], []]

    def test_told_again_it_does_not_answer_for_the_other(self, ward: Ward) -> None:
        """The first delivery answered for one; the second must not fall to the one that waits by now."""
        ward.patient("a")
        ward.patient("b", invited=False)
        ward.write("OK", at(-1, "10:05"), id="x")
        ward.do("a", c.Submit(at=at(-1, "10:06"), step="before", answers=FINE_BEFORE))
        ward.wake("b", at(-1, "11:00"))
        ward.write("OK", at(-1, "11:01"), id="x")
        assert (ward.answers("b"), ward.lines("b")) == ({}, [])

    def test_a_crash_between_two_follow_ups_loses_neither_line(self, ward: Ward) -> None:
        for name in ("a", "b"):
            ward.patient(name)
        ward.care.before = [nothing, crash]
        with pytest.raises(Crash):
            ward.write("NON", id="x")
        ward.write("NON", id="x")
        assert [[kind for _, kind, _ in ward.lines(name)] for name in ("a", "b")] == [["message"]] * 2


class TestRaces:
    def test_two_texts_at_once_answer_two_questions(self, ward: Ward) -> None:
        """Both were read while the first question was open; the loser is placed anew."""
        TestShortContacts().begin(ward)
        ward.care.before = [lambda: ward.write("3", at(1, "10:05"))]
        ward.write("2", at(1, "10:05"))
        assert ward.answers("a", "after") == {"pain": 3, "called": False}


class TestShortContacts:
    def begin(self, ward: Ward) -> None:
        ward.patient("a", invited=False, pathway=SHORT.code)
        ward.do("a", c.Discharge(at=at(0, "15:00")))
        ward.wake("a", at(1, "10:00"))

    def test_are_answered_wholly_by_text_message(self, ward: Ward) -> None:
        self.begin(ward)
        assert ward.last == "Hopital Demo UCA: Any pain? Reply 0-10. Tel 01 99 00 00 10"
        ward.write("3", at(1, "10:05"))
        assert "Did you call? Reply 1 yes, 2 no." in ward.last
        ward.write("2", at(1, "10:06"))
        assert "Reply 1 Well, 2 Same, 3 Worse." in ward.last
        ward.write("same", at(1, "10:07"))
        assert "we have your answers" in ward.last
        assert ward.answers("a", "after") == {"pain": 3, "called": False, "feeling": "same"}
        assert ward.state("a").step("after").completed_at == at(1, "10:07")
        assert "response.after.1" in {report for _, _, report in ward.hospital.memory.reports}

    def test_a_red_answer_is_told_at_once_and_the_rest_is_still_asked(self, ward: Ward) -> None:
        self.begin(ward)
        ward.write("8/10", at(1, "10:05"))
        assert [alert.level for alert in ward.state("a").open_alerts] == ["red"]
        assert "Please call us now" in ward.sms.sent[-2].text
        assert "Did you call?" in ward.last

    def test_no_advice_is_tried_that_nobody_has_read(self, ward: Ward) -> None:
        self.begin(ward)
        for words in ("5", "no", "2"):
            ward.write(words, at(1, "10:05"))
        assert [alert.rules for alert in ward.state("a").open_alerts] == [("moderate",)]

    def test_a_number_that_does_not_fit_is_explained_once(self, ward: Ward) -> None:
        self.begin(ward)
        ward.write("11", at(1, "10:05"))
        assert "Please reply only 0-10" in ward.last
        assert ward.lines("a") == []
        ward.write("12", at(1, "10:06"))
        assert [kind for _, kind, _ in ward.lines("a")] == ["message"]
        ward.write("4", at(1, "10:07"))
        assert ward.answers("a", "after") == {"pain": 4}

    def test_words_are_a_line_at_once(self, ward: Ward) -> None:
        self.begin(ward)
        ward.write("très mal", at(1, "10:05"))
        assert [kind for _, kind, _ in ward.lines("a")] == ["message"]

    def test_a_reminder_asks_what_is_still_open(self, ward: Ward) -> None:
        self.begin(ward)
        ward.write("3", at(1, "10:05"))
        ward.wake("a", at(1, "11:01"))
        assert "Did you call?" in ward.last
        assert ward.sms.sent[-1].reference.endswith("reminder-1")

    def test_the_same_text_told_twice_does_not_answer_the_next_question(self, ward: Ward) -> None:
        self.begin(ward)
        for _ in range(2):
            ward.write("1", at(1, "10:05"), id="x")
        assert ward.answers("a", "after") == {"pain": 1}


class TestWhoseHospital:
    def test_is_known_by_the_number_or_by_what_is_answered(self) -> None:
        numbers = {"38000": "demo"}
        assert hospital_of(Text("t", PHONE, "38000", "OK", "other|e|n"), numbers) == "demo"
        assert hospital_of(Text("t", PHONE, "VIGIE", "OK", "other|e|n"), numbers) == "other"
        with pytest.raises(UnknownDestination):
            hospital_of(Text("t", PHONE, "VIGIE", "OK"), numbers)
