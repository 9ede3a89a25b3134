"""Episodes, people and the HL7 ledger on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from pynamodb.exceptions import TransactWriteError

from chalicelib.adapters import keys
from chalicelib.adapters.items import extra_items, notice_item, report_item, row_item
from chalicelib.adapters.tables import Item, failures, packed, transaction
from chalicelib.application import ports
from chalicelib.application.ports import AlreadyKnown, Change, Conflict, History, Row
from chalicelib.application.records import (
    Cancellation,
    Extra,
    MessageRecord,
    Note,
    Person,
    Response,
    Visit,
)
from chalicelib.domain.episode import Episode, Event
from chalicelib.domain.episode.events import PatientChanged
from chalicelib.domain.notice import Notice
from chalicelib.domain.outgoing import Report

FAILED = "ConditionalCheckFailed"


class Care(ports.Care, ports.People):
    """The care table."""

    def __init__(self, items: type[Item], directory: type[Item]) -> None:
        """`items`: the care table; `directory`: the catalogue, where clinicians' names go."""
        self.items = items
        self.directory = directory

    def row(self, hospital: str, episode: str) -> Row | None:
        """The episode as it stands."""
        found = self._get(keys.episode(hospital, episode), "ROW")
        return None if found is None else self._row(hospital, found)

    def commit(self, change: Change) -> None:
        """Store a decision with everything that belongs to it, or nothing."""
        absent = self.items.pk.does_not_exist()
        row = row_item(self.items, change)
        expected = absent if change.expected == 0 else self.items.version == change.expected
        puts: list[tuple[Item, Any]] = [(row, expected)]
        puts += [(item, absent) for item in self._event_items(change)]
        puts += [
            (notice_item(self.items, change.hospital, change.episode, n), absent) for n in change.notices
        ]
        puts += [
            (report_item(self.items, change.hospital, change.episode, r), absent) for r in change.reports
        ]
        self._write(change.hospital, change.episode, puts, change.extras)

    def store(self, hospital: str, episode: str | None, extras: Iterable[Extra]) -> None:
        """Store what comes with no event."""
        self._write(hospital, episode, [], tuple(extras))

    def history(self, hospital: str, episode: str) -> History | None:
        """The whole of an episode: one query."""
        found = list(self.items.query(keys.episode(hospital, episode), consistent_read=True))
        rows = [item for item in found if item.sk == "ROW"]
        if not rows:
            return None

        def of(prefix: str, kind: Any) -> tuple[Any, ...]:
            bodies = [item.body for item in found if item.sk.startswith(prefix)]
            return tuple(msgspec.json.decode(body, type=kind) for body in bodies)

        return History(
            row=self._row(hospital, rows[0]),
            events=of("EVT#", Event),
            notices=tuple(sorted(of("NTC#", Notice), key=lambda n: n.created_at)),
            reports=of("RPT#", Report),
            responses=of("RES#", Response),
            notes=of("NOTE#", Note),
        )

    def response(self, hospital: str, episode: str, step: str) -> Response | None:
        """The answers to a step so far."""
        return self._decoded(keys.episode(hospital, episode), f"RES#{step}", Response)

    def cancellation(self, hospital: str, episode: str) -> Cancellation | None:
        """Whether the booking was cancelled before it was known."""
        return self._decoded(keys.episode(hospital, episode), "TOMBSTONE", Cancellation)

    def of_day(self, hospital: str, unit: str, day: date) -> tuple[Row, ...]:
        """The unit's episodes of an operation day, by time."""
        partition = keys.unit_day(hospital, unit, day.isoformat())
        return tuple(self._row(hospital, item) for item in self.items.day.query(partition))

    def needing_attention(self, hospital: str, unit: str) -> tuple[Row, ...]:
        """The unit's episodes with an open alert, worst and oldest first."""
        partition = keys.unit(hospital, unit)
        return tuple(self._row(hospital, item) for item in self.items.attention.query(partition))

    def of_patient(self, hospital: str, patient: str) -> tuple[str, ...]:
        """The ids of a patient's episodes."""
        pointers = self.items.query(
            keys.patient(hospital, patient), self.items.sk.startswith("EPI#"), consistent_read=True
        )
        return tuple(item.sk.removeprefix("EPI#") for item in pointers)

    def person(self, hospital: str, patient: str) -> Person | None:
        """The patient."""
        return self._decoded(keys.patient(hospital, patient), "PERSON", Person)

    def persons(self, hospital: str, patients: Iterable[str]) -> dict[str, Person]:
        """Several patients, by batches of a hundred."""
        wanted = [(keys.patient(hospital, patient), "PERSON") for patient in patients]
        found = (msgspec.json.decode(item.body, type=Person) for item in self.items.batch_get(wanted))
        return {person.id: person for person in found}

    def by_phone(self, hospital: str, number: str) -> tuple[Person, ...]:
        """Everybody who has this mobile number; the person, not the index, says so."""
        found = self.items.find.query(keys.phone(hospital, number))
        people = self.persons(hospital, [item.pk.rpartition("#")[2] for item in found])
        return tuple(p for _, p in sorted(people.items()) if p.mobile == number and p.merged_into is None)

    def visit(self, hospital: str, number: str) -> Visit | None:
        """What is known of a stay."""
        return self._decoded(keys.visit(hospital, number), "VISIT", Visit)

    def visits(self, hospital: str, patient: str) -> tuple[Visit, ...]:
        """The patient's stays (a pointer may be older than a merge: the stay itself decides)."""
        pointers = self.items.query(
            keys.patient(hospital, patient), self.items.sk.startswith("VISIT#"), consistent_read=True
        )
        numbers = [msgspec.json.decode(item.body, type=str) for item in pointers]
        found = (self.visit(hospital, number) for number in numbers)
        return tuple(v for v in found if v is not None and v.patient == patient and v.renamed_to is None)

    def _event_items(self, change: Change) -> list[Item]:
        partition = keys.episode(change.hospital, change.episode)
        events = [
            self.items(partition, f"EVT#{number:06d}", body=packed(event))
            for number, event in enumerate(change.events, start=change.expected + 1)
        ]
        if change.expected and not any(isinstance(event, PatientChanged) for event in change.events):
            return events
        pointer = keys.patient(change.hospital, change.state.patient)
        return [*events, self.items(pointer, f"EPI#{change.episode}")]

    def _write(
        self,
        hospital: str,
        episode: str | None,
        puts: list[tuple[Item, Any]],
        extras: tuple[Extra, ...],
    ) -> None:
        ledger: Item | None = None
        for extra in extras:
            item, *pointers = extra_items(self.items, self.directory, hospital, episode, extra)
            puts.append((item, self._unchanged(extra)))
            puts += [(pointer, None) for pointer in pointers]
            ledger = item if isinstance(extra, MessageRecord) else ledger
        try:
            with transaction(self.items) as writing:
                for item, condition in puts:
                    writing.save(item, condition=condition)
        except TransactWriteError as error:
            self._judge(error, puts, ledger)

    def _judge(self, error: TransactWriteError, puts: list[tuple[Item, Any]], ledger: Item | None) -> None:
        """Which condition failed? If what is stored is what we wrote, an answer was lost: it is ours."""
        reasons = failures(error)
        if not reasons or all(reason != FAILED for reason in reasons):
            raise Conflict from error
        if ledger is not None and reasons[[item for item, _ in puts].index(ledger)] == FAILED:
            self._judge_ledger(ledger)
            return
        conditional = [item for item, condition in puts if condition is not None]
        if not all(self._is_stored(item) for item in conditional):
            raise Conflict from error

    def _judge_ledger(self, ledger: Item) -> None:
        """Raise `AlreadyKnown` unless the line that stands there is this very one (a lost answer)."""
        stored = self._get(ledger.pk, ledger.sk)
        if stored is None:
            raise Conflict
        if stored.body != ledger.body:
            if ledger.version != 1:
                raise Conflict
            raise AlreadyKnown(msgspec.json.decode(stored.body, type=MessageRecord))

    def _unchanged(self, extra: Extra) -> Any:
        """Whoever writes on top of something says which revision of it was read."""
        if not isinstance(extra, MessageRecord | Person | Visit):
            return None
        return self.items.pk.does_not_exist() if extra.revision == 0 else self.items.version == extra.revision

    def _is_stored(self, item: Item) -> bool:
        stored = self._get(item.pk, item.sk)
        return stored is not None and stored.body == item.body and stored.version == item.version

    def _get(self, pk: str, sk: str) -> Item | None:
        try:
            return self.items.get(pk, sk, consistent_read=True)
        except self.items.DoesNotExist:
            return None

    def _decoded(self, pk: str, sk: str, kind: type[Any]) -> Any:
        found = self._get(pk, sk)
        return None if found is None else msgspec.json.decode(found.body, type=kind)

    def _row(self, hospital: str, item: Item) -> Row:
        return Row(
            hospital=hospital,
            episode=item.pk.rpartition("#")[2],
            version=int(item.version),
            state=msgspec.json.decode(item.body, type=Episode),
        )
