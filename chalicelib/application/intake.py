"""What a hospital's message does: it becomes commands, and a line in the ledger that says so.

The ledger's line is written with the change that the message leads to, so that a crash before it makes
the queue bring the message again, and one after it makes the message a duplicate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from chalicelib.application import bookings, moves
from chalicelib.application.identity import digest, message_key, repeated_key
from chalicelib.application.incoming import (
    Appointment,
    AppointmentCancelled,
    Demographics,
    Incoming,
    Merged,
    Movement,
    NoConcern,
    NotUnderstood,
    VisitMoved,
)
from chalicelib.application.outcomes import keep
from chalicelib.application.people import patient_of
from chalicelib.application.ports import AlreadyKnown, Conflict
from chalicelib.application.records import MessageRecord
from chalicelib.application.work import Work

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.world import World

RACES = 3
"""How often a message is done anew when somebody has written what it read."""
LONGEST_KEPT = 20_000
"""Characters of a message that is stored apart that stand in the ledger."""


class Letter(msgspec.Struct, frozen=True):
    """One message as it came through a hospital's queue."""

    hospital: str
    received_at: datetime
    sha256: str
    text: str
    """Its bytes as text, for the ledger and the console."""
    encoding: str = "utf-8"
    stored_at: str | None = None
    """Where its bytes are, when they are too many for the ledger."""


def receive(world: World, letter: Letter, said: Incoming | NoConcern | NotUnderstood) -> MessageRecord:
    """Do what the message says, once, and return its line in the ledger.

    Nothing that it contains raises: content we cannot use goes to quarantine with its reason.
    """
    record = _record(world, letter, said)
    known = world.ledger.message(letter.hospital, record.key, "in")
    if known is not None:
        return _again(world, letter, record, known)
    return _raced(Work(world, letter.received_at, record), letter, said)


def replay(
    world: World, letter: Letter, said: Incoming | NoConcern | NotUnderstood, line: MessageRecord
) -> MessageRecord:
    """Do what a message in quarantine says, now that the profile knows it; its line says what came of it.

    Raises `Conflict` where somebody else replays it at the same time.
    """
    fresh = _record(world, letter, said)
    record = replace(fresh, key=line.key, at=line.at, revision=line.revision)
    return _raced(Work(world, letter.received_at, record), letter, said)


def _raced(work: Work, letter: Letter, said: Incoming | NoConcern | NotUnderstood) -> MessageRecord:
    for _ in range(RACES):
        try:
            return _done(work, said)
        except AlreadyKnown as known:
            return _again(work.world, letter, work.record, known.line)
        except Conflict:
            continue
    raise Conflict(work.record.key)


def _done(work: Work, said: Incoming | NoConcern | NotUnderstood) -> MessageRecord:
    match said:
        case NotUnderstood(reason=reason):
            return work.close(result="quarantined", reason=reason)
        case NoConcern(reason=reason):
            return work.close(result="no_concern", reason=reason)
        case Appointment():
            return bookings.booked(work, said)
        case AppointmentCancelled():
            return bookings.cancelled(work, said)
        case (
            Movement(plan=AppointmentCancelled() as plan) | Demographics(plan=AppointmentCancelled() as plan)
        ):
            return bookings.cancelled(work, plan)
        case Demographics():
            return moves.demographics(work, said)
        case Movement():
            return moves.moved(work, said)
        case Merged():
            return moves.merged(work, said)
        case VisitMoved():
            return moves.visit_moved(work, said)


def _record(world: World, letter: Letter, said: Incoming | NoConcern | NotUnderstood) -> MessageRecord:
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
        message=letter.text if letter.stored_at is None else letter.text[:LONGEST_KEPT],
        patient=_patient(world, letter.hospital, said),
        stored_at=letter.stored_at,
        encoding=letter.encoding,
    )


def _patient(world: World, hospital: str, said: Incoming | NoConcern | NotUnderstood) -> str | None:
    """Under which number the console finds the message."""
    if isinstance(said, NoConcern | NotUnderstood | AppointmentCancelled):
        return None
    return patient_of(hospital, world.catalogue.profile(hospital), said.patient.identifiers)


def _again(world: World, letter: Letter, record: MessageRecord, known: MessageRecord) -> MessageRecord:
    """The ledger has this control id: the same message once more, or another one under its number."""
    again = repeated_key(record.key, letter.sha256, letter.received_at.isoformat())
    if known.sha256 == letter.sha256:
        reason = "this message was stored before"
        line = replace(record, key=again, result="duplicate", reason=reason, episode=known.episode)
    else:
        reason = "the control id (MSH-10) was used before for another message"
        line = replace(record, key=again, result="quarantined", reason=reason)
    keep(world, line)
    return line
