"""What storage promises, on every engine: a fake in memory, moto, ministack, and Amazon's own DynamoDB Local."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from msgspec.structs import replace

from chalicelib.adapters.access import Access
from chalicelib.adapters.alarm import Alarm
from chalicelib.adapters.care import Care
from chalicelib.adapters.carriers import CarrierStates
from chalicelib.adapters.keys import SHARDS
from chalicelib.adapters.ledger import Ledger
from chalicelib.adapters.outgoing import Outgoing
from chalicelib.adapters.stumbles import Stumbles
from chalicelib.adapters.tables import table
from chalicelib.adapters.tenancy import SYSTEM, WrongHospital, acting_for
from chalicelib.application.incoming import Identifier
from chalicelib.application.ledger import PAGE
from chalicelib.application.ports import AlreadyKnown, Change, Conflict
from chalicelib.application.records import Link, MessageRecord, Person, Response, Visit
from chalicelib.domain import carriers, outgoing
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import decide, evolve, next_wake
from chalicelib.domain.stumble import Stumble, stumbled
from tests.adapters.engines import make_tables, running
from tests.examples import BOOKED_AT, PATHWAY, at, book, word
from tests.fakes import (
    Memory,
    MemoryAccess,
    MemoryAlarm,
    MemoryCare,
    MemoryCarrierStates,
    MemoryLedger,
    MemoryOutgoing,
    MemoryStumbles,
    later,
)

HOSPITAL = "demo"
PLACES = 3
names = count(1)


@dataclass
class Storage:
    care: Care
    outgoing: Outgoing
    access: Access
    alarm: Alarm
    ledger: Ledger
    carriers: CarrierStates
    stumbles: Stumbles

    def change(self, episode: str, command: c.Command, *extras: object) -> Change:
        """A decision on the episode as it now is."""
        row = self.care.row(HOSPITAL, episode)
        before = None if row is None else row.state
        events = decide(PATHWAY, before, command)
        after = before
        for event in events:
            after = evolve(after, event)
        return Change(
            hospital=HOSPITAL,
            episode=episode,
            expected=0 if row is None else row.version,
            events=events,
            state=after,
            wake_at=next_wake(PATHWAY, after),
            notices=outgoing.notices(PATHWAY, before, after, events),
            reports=outgoing.reports(events),
            extras=extras,
        )

    def do(self, episode: str, *commands: c.Command) -> None:
        for command in commands:
            self.care.commit(self.change(episode, command))


ENGINES = [
    "memory",
    "moto",
    pytest.param("ministack", marks=pytest.mark.slow),
    pytest.param("dynamodb_local", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=ENGINES)
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    if request.param == "memory":
        memory = Memory()
        memory.pace = PLACES
        yield Storage(
            MemoryCare(memory),
            MemoryOutgoing(memory),
            MemoryAccess(memory),
            MemoryAlarm(memory),
            MemoryLedger(memory),
            MemoryCarrierStates(memory),
            MemoryStumbles(memory),
        )
        return
    with running(request.param, tmp_path_factory.mktemp("engine")) as endpoint:
        made = make_tables(endpoint)
        care, catalogue, access = (table(name, "eu-west-3", endpoint) for name in made)
        yield Storage(
            Care(care, catalogue),
            Outgoing(care, access, {HOSPITAL: PLACES}),
            Access(access),
            Alarm(care),
            Ledger(care),
            CarrierStates(access),
            Stumbles(care),
        )


@pytest.fixture(autouse=True)
def acting() -> Iterator[None]:
    with acting_for(HOSPITAL):
        yield


@pytest.fixture
def episode() -> str:
    return f"episode{next(names)}"


class TestCommits:
    def test_what_was_decided_is_read_back(self, storage: Storage, episode: str) -> None:
        change = storage.change(episode, book())
        storage.care.commit(change)
        row = storage.care.row(HOSPITAL, episode)
        assert (row.version, row.state) == (1, change.state)
        history = storage.care.history(HOSPITAL, episode)
        assert history.events == change.events
        assert episode in storage.care.of_patient(HOSPITAL, "patient")

    def test_a_lost_race_is_a_conflict(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book())
        mine = storage.change(episode, c.Admit(at=at(0, "08:00")))
        storage.do(episode, c.Admit(at=at(0, "08:10")))
        with pytest.raises(Conflict):
            storage.care.commit(mine)
        assert storage.care.row(HOSPITAL, episode).state.admitted_at == at(0, "08:10")

    def test_two_first_bookings_are_a_conflict(self, storage: Storage, episode: str) -> None:
        change = storage.change(episode, book(surgeon="other"))
        storage.do(episode, book())
        with pytest.raises(Conflict):
            storage.care.commit(change)

    def test_a_lost_answer_is_recognised(self, storage: Storage, episode: str) -> None:
        """The very same commit again is no conflict: it is ours."""
        change = storage.change(episode, book())
        storage.care.commit(change)
        storage.care.commit(change)
        assert storage.care.row(HOSPITAL, episode).version == 1

    def test_notices_and_reports_come_with_the_events(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book(), c.Wake(at=at(-1, "10:00")))
        history = storage.care.history(HOSPITAL, episode)
        assert [notice.id for notice in history.notices] == ["before.1.invite"]

    def test_extras_come_with_them_too(self, storage: Storage, episode: str) -> None:
        kept = Response("before", 1, {"coming": True}, BOOKED_AT)
        storage.care.commit(storage.change(episode, book(), kept, person("p1")))
        assert storage.care.response(HOSPITAL, episode, "before") == kept
        assert storage.care.persons(HOSPITAL, ["p1", "nobody"]) == {"p1": later(person("p1"))}


class TestTelephones:
    def test_find_everybody_who_has_the_number_now(self, storage: Storage) -> None:
        """A family shares one; who has another, none, or was merged is not found by the old one."""
        number, kept = f"+3363998{next(names) + 1000:04}", storage.care
        family = [replace(person(f"f{n}-{number[-4:]}"), mobile=number) for n in range(4)]
        kept.store(HOSPITAL, None, family)
        assert [p.id for p in kept.by_phone(HOSPITAL, number)] == [p.id for p in family]
        gone = ({"mobile": "+33639980999"}, {"mobile": ""}, {"merged_into": "other"})
        for one, change in zip(family[1:], gone, strict=True):
            kept.store(HOSPITAL, None, (replace(one, revision=1, **change),))
        assert [p.id for p in kept.by_phone(HOSPITAL, number)] == [family[0].id]
        assert kept.by_phone(HOSPITAL, "") == ()


class TestIndexes:
    def test_only_open_lines_need_attention(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book(channels=(), unit=episode), c.Wake(at=at(-1, "10:00")))
        (row,) = storage.care.needing_attention(HOSPITAL, episode)
        alert = row.state.open_alerts[0].id
        storage.do(episode, c.ResolveAlert(at=at(-1, "11:00"), alert=alert, by="n", outcome="advice"))
        assert storage.care.needing_attention(HOSPITAL, episode) == ()

    def test_a_move_moves_the_day(self, storage: Storage, episode: str) -> None:
        later = timedelta(days=3)
        storage.do(episode, book(unit=episode))
        day = at(0, "10:00").date()
        assert len(storage.care.of_day(HOSPITAL, episode, day)) == 1
        moved = book(as_of=word(BOOKED_AT + later), operation_at=at(3, "10:00"), arrival_at=at(3, "08:30"))
        storage.do(episode, replace(moved, unit=episode))
        assert storage.care.of_day(HOSPITAL, episode, day) == ()
        assert len(storage.care.of_day(HOSPITAL, episode, day + later)) == 1

    def test_the_alarm_finds_what_is_due_and_nothing_else(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book())
        assert not any(episode in pk for pk in self.due(storage, at(-1, "09:59")))
        assert any(episode in pk for pk in self.due(storage, at(-1, "10:00")))
        storage.do(episode, c.Cancel(at=BOOKED_AT, as_of=word(BOOKED_AT), reason="x"))
        assert not any(episode in pk for pk in self.due(storage, at(90, "10:00")))

    @staticmethod
    def due(storage: Storage, now: datetime) -> list[str]:
        with acting_for(SYSTEM):
            return [item.pk for shard in range(SHARDS) for item in storage.alarm.due(shard, now)]


class TestLedger:
    def test_a_message_is_stored_once(self, storage: Storage, episode: str) -> None:
        line = record(episode)
        storage.care.store(HOSPITAL, None, (line,))
        storage.care.store(HOSPITAL, None, (line,))  # the answer was lost
        with pytest.raises(AlreadyKnown) as known:
            storage.care.store(HOSPITAL, None, (replace(line, at=BOOKED_AT + timedelta(1)),))
        assert known.value.line == later(line) == storage.ledger.message(HOSPITAL, line.key, "in")
        assert later(line) in storage.ledger.messages(HOSPITAL, "in", BOOKED_AT.date())

    def test_a_known_message_keeps_its_commit_out(self, storage: Storage, episode: str) -> None:
        storage.care.store(HOSPITAL, None, (record(episode),))
        again = replace(record(episode), sha256="other")
        with pytest.raises(AlreadyKnown):
            storage.care.commit(storage.change(episode, book(), again))
        assert storage.care.row(HOSPITAL, episode) is None

    def test_a_line_is_written_again_by_who_read_it(self, storage: Storage, episode: str) -> None:
        waiting = replace(record(episode), result="quarantined", at=BOOKED_AT + timedelta(days=9))
        storage.care.store(HOSPITAL, None, (waiting,))
        line = storage.ledger.message(HOSPITAL, waiting.key, "in")
        assert line in storage.ledger.quarantined(HOSPITAL, None).lines
        storage.care.store(HOSPITAL, None, (replace(line, result="applied"),))
        with pytest.raises(Conflict):
            storage.care.store(HOSPITAL, None, (replace(line, result="no_concern"),))
        assert storage.ledger.message(HOSPITAL, line.key, "in").result == "applied"
        assert line.key not in {left.key for left in storage.ledger.quarantined(HOSPITAL, None).lines}

    def test_pages_follow_one_another(self, storage: Storage, episode: str) -> None:
        day = BOOKED_AT + timedelta(days=100 + len(episode) + int(episode.removeprefix("episode")))
        for number in range(PAGE + 3):
            line = replace(record(f"{episode}{number}"), at=day + timedelta(seconds=number))
            storage.care.store(HOSPITAL, None, (replace(line, type="ADT^A01" if number % 2 else "ACK"),))
        first = storage.ledger.page(HOSPITAL, "in", day.date(), None, lambda _: True)
        rest = storage.ledger.page(HOSPITAL, "in", day.date(), first.older, lambda _: True)
        numbers = [int(line.control_id.removeprefix(episode)) for line in (*first.lines, *rest.lines)]
        assert numbers == list(reversed(range(PAGE + 3)))
        assert rest.older is None
        acks = storage.ledger.page(HOSPITAL, "in", day.date(), None, lambda line: line.type == "ACK")
        assert [line.type for line in acks.lines] == ["ACK"] * ((PAGE + 4) // 2)

    def test_messages_are_found_by_number_and_patient(self, storage: Storage, episode: str) -> None:
        line = replace(record(episode), patient=episode)
        again = replace(line, key=f"{line.key.partition('.')[0]}.again", result="duplicate")
        storage.care.store(HOSPITAL, None, (line,))
        storage.care.store(HOSPITAL, None, (again,))
        assert {found.key for found in storage.ledger.of_patient(HOSPITAL, episode)} == {line.key, again.key}
        found = storage.ledger.of_control(HOSPITAL, line.key.partition(".")[0])
        assert {message.result for message in found} == {"applied", "duplicate"}


class TestPeople:
    def test_of_two_who_write_at_once_one_reads_again(self, storage: Storage, episode: str) -> None:
        storage.care.store(HOSPITAL, None, (person(episode),))
        read = storage.care.person(HOSPITAL, episode)
        storage.care.store(HOSPITAL, None, (replace(read, family_name="One"),))
        with pytest.raises(Conflict):
            storage.care.store(HOSPITAL, None, (replace(read, family_name="Two"),))
        assert storage.care.person(HOSPITAL, episode).family_name == "One"

    def test_a_patients_stays_are_found(self, storage: Storage, episode: str) -> None:
        stay = Visit(number=f"{episode}-1", patient=episode)
        storage.care.store(HOSPITAL, None, (stay, Visit(number=f"{episode}-2", patient="other")))
        assert storage.care.visits(HOSPITAL, episode) == (later(stay),)
        read = storage.care.visit(HOSPITAL, stay.number)
        storage.care.store(HOSPITAL, None, (replace(read, patient="other"),))
        assert storage.care.visits(HOSPITAL, episode) == ()

    def test_a_follow_up_goes_over_to_the_patient_who_stays(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book(), c.ChangePatient(at=BOOKED_AT, patient=f"new-{episode}"))
        assert storage.care.of_patient(HOSPITAL, f"new-{episode}") == (episode,)


class TestClaims:
    def test_a_claim_needs_notice_and_episode_unchanged(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book(), c.Wake(at=at(-1, "10:00")))
        notice, version = storage.outgoing.notice(HOSPITAL, episode, "before.1.invite")
        row = storage.care.row(HOSPITAL, episode)
        storage.do(episode, c.Cancel(at=at(-1, "10:01"), as_of=word(at(-1, "10:01")), reason="x"))
        with pytest.raises(Conflict):
            storage.outgoing.claim(HOSPITAL, episode, notice, version, row.version, link(episode))
        assert storage.access.link(HOSPITAL, episode) is None

    def test_two_senders_cannot_both_claim(self, storage: Storage, episode: str) -> None:
        storage.do(episode, book(), c.Wake(at=at(-1, "10:00")))
        notice, version = storage.outgoing.notice(HOSPITAL, episode, "before.1.invite")
        row = storage.care.row(HOSPITAL, episode)
        first, second = replace(notice, owner="a"), replace(notice, owner="b")
        storage.outgoing.claim(HOSPITAL, episode, first, version, row.version, link(episode))
        with pytest.raises(Conflict):
            storage.outgoing.claim(HOSPITAL, episode, second, version, row.version, link(episode))
        found = storage.outgoing.notices_of_release(HOSPITAL, episode, "before", 1)
        assert found == ((first, version + 1),)


class TestPlaces:
    def test_a_minute_has_room_for_so_many(self, storage: Storage, episode: str) -> None:
        minute = BOOKED_AT + timedelta(minutes=int(episode.removeprefix("episode")))
        asked = ["a", "b", "a", "c", "d", "c"]
        found = [storage.outgoing.take_place(HOSPITAL, "sms", minute, place) for place in asked]
        assert found == [True, True, True, True, False, True]
        assert storage.outgoing.take_place(HOSPITAL, "email", minute, "d")

    def test_a_days_notices_are_counted(self, storage: Storage, episode: str) -> None:
        then = timedelta(days=200 + int(episode.removeprefix("episode")))
        moments = {"operation_at": at(0, "10:00") + then, "arrival_at": at(0, "08:30") + then}
        asked = at(-1, "10:00") + then
        storage.do(episode, book(**moments), c.Wake(at=asked))
        assert storage.outgoing.counts(HOSPITAL, asked.date()) == {"due": 1}
        notice, version = storage.outgoing.notice(HOSPITAL, episode, "before.1.invite")
        storage.outgoing.save_notice(HOSPITAL, episode, replace(notice, status="sent"), version)
        assert storage.outgoing.counts(HOSPITAL, asked.date()) == {"sent": 1}


class TestStumbles:
    @pytest.fixture
    def due(self, storage: Storage, episode: str) -> datetime:
        storage.do(episode, book())
        return at(-1, "10:00")

    def stumble(self, storage: Storage, episode: str, now: datetime) -> Stumble:
        before = storage.stumbles.last(HOSPITAL, episode, "ROW")
        storage.stumbles.save(HOSPITAL, stumbled(before, episode, "ROW", "KeyError", now))
        kept = storage.stumbles.last(HOSPITAL, episode, "ROW")
        storage.stumbles.rest(HOSPITAL, kept, now)
        return kept

    def test_what_stumbles_rests(self, storage: Storage, episode: str, due: datetime) -> None:
        kept = self.stumble(storage, episode, due)
        assert kept in storage.stumbles.standing(HOSPITAL)
        assert not found_due(storage, episode, kept.next_at - timedelta(seconds=1))
        assert found_due(storage, episode, kept.next_at)

    def test_it_may_be_tried_at_once(self, storage: Storage, episode: str, due: datetime) -> None:
        kept = self.stumble(storage, episode, due)
        storage.stumbles.hasten(HOSPITAL, kept, due)
        assert found_due(storage, episode, due)

    def test_what_has_gone_on_does_not_stand(self, storage: Storage, episode: str, due: datetime) -> None:
        kept = self.stumble(storage, episode, due)
        storage.do(episode, c.Wake(at=due))
        assert kept not in storage.stumbles.standing(HOSPITAL)
        storage.stumbles.rest(HOSPITAL, kept, due)
        storage.stumbles.hasten(HOSPITAL, kept, due)
        assert not found_due(storage, episode, kept.next_at)

    def test_of_two_who_stumble_at_once_one_counts(
        self, storage: Storage, episode: str, due: datetime
    ) -> None:
        first = stumbled(None, episode, "ROW", "KeyError", due)
        storage.stumbles.save(HOSPITAL, first)
        storage.stumbles.save(HOSPITAL, first)  # the answer was lost
        with pytest.raises(Conflict):
            storage.stumbles.save(HOSPITAL, replace(first, reason="ValueError"))


def found_due(storage: Storage, episode: str, now: datetime) -> bool:
    with acting_for(SYSTEM):
        return any(
            item.pk.endswith(f"#{episode}") and item.sk == "ROW"
            for shard in range(SHARDS)
            for item in storage.alarm.due(shard, now)
        )


class TestAccess:
    def test_a_failed_attempt_counts_once(self, storage: Storage, episode: str) -> None:
        storage.access.save_link(link(episode))
        tries = [storage.access.add_try(HOSPITAL, episode, attempt) for attempt in ("a", "a", "b")]
        assert tries == [1, 1, 2]
        assert storage.access.link(HOSPITAL, episode).tries == {"a", "b"}


class TestCarriers:
    STATE = carriers.started({"aws": 70, "ovh": 30})
    LATER = carriers.with_failure(STATE, "aws", at(0, "10:00"))

    def test_what_was_saved_is_read_back(self, storage: Storage, episode: str) -> None:
        assert storage.carriers.read(HOSPITAL, episode) == (None, 0)
        storage.carriers.save(HOSPITAL, episode, self.STATE, 0)
        storage.carriers.save(HOSPITAL, episode, self.LATER, 1)
        assert storage.carriers.read(HOSPITAL, episode) == (self.LATER, 2)

    def test_a_lost_race_is_a_conflict(self, storage: Storage, episode: str) -> None:
        storage.carriers.save(HOSPITAL, episode, self.STATE, 0)
        with pytest.raises(Conflict):
            storage.carriers.save(HOSPITAL, episode, self.LATER, 0)
        assert storage.carriers.read(HOSPITAL, episode) == (self.STATE, 1)

    def test_a_lost_answer_is_recognised(self, storage: Storage, episode: str) -> None:
        for _ in range(2):
            storage.carriers.save(HOSPITAL, episode, self.STATE, 0)
        assert storage.carriers.read(HOSPITAL, episode) == (self.STATE, 1)


class TestTenancy:
    def test_another_hospital_is_out_of_reach(self, storage: Storage, episode: str) -> None:
        calls = [
            lambda: storage.care.row("other", episode),
            lambda: storage.care.history("other", episode),
            lambda: storage.carriers.read("other", "sms#33"),
            lambda: storage.care.needing_attention("other", "UCA"),
            lambda: storage.care.persons("other", ["p"]),
            lambda: storage.care.by_phone("other", "+33639980001"),
            lambda: storage.care.store("other", None, (person("p"),)),
            lambda: storage.access.end_session("other", "key"),
            lambda: storage.access.add_try("other", "key", "a"),
            lambda: list(storage.alarm.due(0, BOOKED_AT)),
        ]
        if isinstance(storage.care, Care):
            calls.append(lambda: list(storage.care.items.scan()))
        for call in calls:
            with pytest.raises(WrongHospital):
                call()

    def test_the_sweep_sees_the_alarm_only(self, storage: Storage, episode: str) -> None:
        with acting_for(SYSTEM), pytest.raises(WrongHospital):
            storage.care.row(HOSPITAL, episode)


def person(name: str) -> Person:
    ids = (Identifier("1", "DEMO", "PI"),)
    return Person(name, ids, "Demo", "Camille", BOOKED_AT.date(), "F", "+33639980001", "", "fr")


def record(key: str) -> MessageRecord:
    return MessageRecord(
        key=f"{key}.x", at=BOOKED_AT, hospital=HOSPITAL, direction="in", control_id=key, type="SIU^S12",
        sha256="hash", result="applied", reason="", episode=None, message="MSH",
    )  # fmt: skip


def link(key: str) -> Link:
    return Link(key, HOSPITAL, key, "UCA", "fr", datetime(2030, 1, 1, tzinfo=UTC))
