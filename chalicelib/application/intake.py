"""What a hospital's message does: it becomes commands, and a line in the ledger that says so.

The ledger's line is written with the last change that the message leads to, so that a crash before
it makes the queue bring the message again, and one after it makes the message a duplicate.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from chalicelib.application import movements
from chalicelib.application.handle import handle
from chalicelib.application.identity import digest, episode_id, message_key
from chalicelib.application.incoming import (
    Appointment,
    AppointmentCancelled,
    Demographics,
    Incoming,
    Movement,
    NoConcern,
    NotUnderstood,
)
from chalicelib.application.people import merged, patient_of
from chalicelib.application.ports import AlreadyKnown
from chalicelib.application.records import Cancellation, ClinicianEntry, MessageRecord, Visit
from chalicelib.domain.episode.commands import Book, Cancel, ChangeChannels
from chalicelib.domain.errors import EpisodeClosed, NotBooked

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.records import Extra, Person, Unit
    from chalicelib.application.world import World
    from chalicelib.domain.episode import Event


class Letter(msgspec.Struct, frozen=True):
    """One message as it came through a hospital's queue."""

    hospital: str
    received_at: datetime
    sha256: str
    text: str
    """As read, for the ledger and the console."""


def receive(world: World, letter: Letter, said: Incoming | NoConcern | NotUnderstood) -> MessageRecord:
    """Do what the message says, once, and return its line in the ledger.

    Nothing that it contains raises: content we cannot use goes to quarantine with its reason.
    """
    record = _record(letter, said)
    try:
        return _applied(world, letter, said, record)
    except AlreadyKnown as known:
        return _again(world, letter, record, known.sha256)


def _applied(
    world: World, letter: Letter, said: Incoming | NoConcern | NotUnderstood, record: MessageRecord
) -> MessageRecord:
    match said:
        case NotUnderstood(reason=reason):
            return _close(world, replace(record, result="quarantined", reason=reason))
        case NoConcern(reason=reason):
            return _close(world, replace(record, result="no_concern", reason=reason))
        case Appointment():
            return _appointment(world, letter, said, record)
        case AppointmentCancelled():
            return _cancelled(world, letter, said, record)
        case Demographics():
            return _demographics(world, letter, said, record)
        case Movement():
            person = _person(world, letter.hospital, said)
            return movements.apply(world, letter.received_at, said, person, record, _close)


def _appointment(world: World, letter: Letter, said: Appointment, record: MessageRecord) -> MessageRecord:
    hospital = letter.hospital
    code = _pathway_code(world, hospital, said)
    unit = None if said.unit is None else world.catalogue.unit(hospital, said.unit)
    if code is None or unit is None:
        return _close(world, replace(record, result="quarantined", reason=_unmapped(said, code)))
    episode = episode_id(hospital, said.appointment)
    record = replace(record, episode=episode)
    tombstone = world.care.cancellation(hospital, episode)
    if tombstone is not None and tombstone.as_of >= said.origin.sent_at:
        return _close(world, replace(record, result="stale", reason="cancelled before it was booked"))
    person = _person(world, hospital, said)
    pending = None if said.visit is None else world.people.visit(hospital, said.visit)
    book = _book(world, letter, said, person, unit, code)
    return _booked(world, letter, said, book, person, pending, record)


def _booked(
    world: World,
    letter: Letter,
    said: Appointment,
    book: Book,
    person: Person,
    pending: Visit | None,
    record: MessageRecord,
) -> MessageRecord:
    episode = record.episode or ""
    facts: list[Extra] = [person]
    if said.visit is not None:
        known = pending or Visit(number=said.visit, episode=None, patient=None)
        facts.append(replace(known, episode=episode, patient=person.id))
    if said.surgeon is not None:
        facts.append(ClinicianEntry(code=said.surgeon.code, name=said.surgeon.name))
    after = movements.earlier(pending)
    told = _Telling(record, tuple(facts), closes=not after)
    try:
        handle(world, letter.hospital, episode, book, told)
        for command in after:
            handle(world, letter.hospital, episode, command)
    except EpisodeClosed:
        return _close(world, replace(record, result="no_concern", reason="the follow-up is closed"))
    return _close(world, told.record) if after else told.record


class _Telling:
    """Knows, once the events are there, what the ledger has to say."""

    def __init__(self, record: MessageRecord, facts: tuple[Extra, ...], *, closes: bool) -> None:
        self.record = record
        self.facts = facts
        self.closes = closes

    def __call__(self, events: tuple[Event, ...]) -> tuple[Extra, ...]:
        if not events:
            self.record = replace(self.record, result="stale", reason="we know this or something newer")
        return (*self.facts, self.record) if self.closes else self.facts


def _cancelled(
    world: World, letter: Letter, said: AppointmentCancelled, record: MessageRecord
) -> MessageRecord:
    hospital, as_of = letter.hospital, said.origin.sent_at
    episode = episode_id(hospital, said.appointment)
    record = replace(record, episode=episode)
    command = Cancel(at=letter.received_at, as_of=as_of, reason=said.reason)
    told = _Telling(record, (), closes=True)
    try:
        handle(world, hospital, episode, command, told)
    except NotBooked:
        kept = replace(record, reason="kept: cancelled before it was booked")
        world.care.store(hospital, episode, (Cancellation(as_of=as_of), kept))
        return kept
    return told.record


def _demographics(world: World, letter: Letter, said: Demographics, record: MessageRecord) -> MessageRecord:
    hospital = letter.hospital
    person = _person(world, hospital, said)
    if person.as_of > said.origin.sent_at:
        return _close(world, replace(record, result="stale", reason="we know something newer"))
    world.care.store(hospital, None, (person,))
    command = ChangeChannels(at=letter.received_at, channels=person.channels)
    for episode in world.care.of_patient(hospital, person.id):
        record = replace(record, episode=episode)
        try:
            handle(world, hospital, episode, command)
        except EpisodeClosed:
            continue
    return _close(world, record)


def _person(world: World, hospital: str, said: Appointment | Movement | Demographics) -> Person:
    profile = world.catalogue.profile(hospital)
    patient = patient_of(hospital, profile, said.patient)
    known = world.people.person(hospital, patient)
    return merged(known, patient, said.patient, said.origin, profile.default_language)


def _pathway_code(world: World, hospital: str, said: Appointment) -> str | None:
    mapping = world.catalogue.profile(hospital).procedures
    return next((mapping[p.code] for p in said.procedures if p.code in mapping), None)


def _unmapped(said: Appointment, code: str | None) -> str:
    if code is None:
        codes = ", ".join(procedure.code for procedure in said.procedures) or "none"
        return f"no pathway for procedure codes (AIS-3): {codes}; map one in the hospital's profile"
    return "the location (AIL-3, PV1-3) leads to no unit; map it in the hospital's profile"


def _book(world: World, letter: Letter, said: Appointment, person: Person, unit: Unit, code: str) -> Book:
    lead = timedelta(minutes=unit.arrival_lead_minutes)
    return Book(
        at=letter.received_at,
        as_of=said.origin.sent_at,
        patient=person.id,
        pathway=code,
        pathway_version=world.catalogue.latest(code).version,
        unit=unit.id,
        hours=unit.hours,
        operation_at=said.operation_at,
        arrival_at=said.arrival_at or said.operation_at - lead,
        channels=person.channels,
        surgeon=None if said.surgeon is None else said.surgeon.code,
        appointment=said.appointment,
        visit=said.visit,
    )


def _record(letter: Letter, said: Incoming | NoConcern | NotUnderstood) -> MessageRecord:
    origin = said.origin
    key = (
        digest(letter.hospital, "unreadable", letter.sha256)
        if origin is None
        else message_key(letter.hospital, origin.sender, origin.control_id)
    )
    return MessageRecord(
        key=key,
        at=letter.received_at,
        hospital=letter.hospital,
        direction="in",
        control_id="" if origin is None else origin.control_id,
        type="" if origin is None else origin.kind,
        sha256=letter.sha256,
        result="applied",
        reason="",
        episode=None,
        message=letter.text,
    )


def _close(world: World, record: MessageRecord) -> MessageRecord:
    world.care.store(record.hospital, record.episode, (record,))
    return record


def _again(world: World, letter: Letter, record: MessageRecord, known: str) -> MessageRecord:
    """The ledger has this control id: the same message once more, or another one under its number."""
    again = digest(record.key, letter.sha256, letter.received_at.isoformat())
    if known == letter.sha256:
        line = replace(record, key=again, result="duplicate", reason="this message was stored before")
    else:
        reason = "the control id (MSH-10) was used before for another message"
        line = replace(record, key=again, result="quarantined", reason=reason)
    try:
        return _close(world, line)
    except AlreadyKnown:
        return line
