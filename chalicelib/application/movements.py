"""Arrivals and departures: which episode they concern, and what is kept when none is booked yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.application.handle import always, handle
from chalicelib.application.records import Visit
from chalicelib.domain.episode.commands import (
    Admit,
    Discharge,
    WithdrawAdmission,
    WithdrawDischarge,
)
from chalicelib.domain.errors import EpisodeClosed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.application.incoming import Movement
    from chalicelib.application.records import MessageRecord, Person
    from chalicelib.application.world import World

    MovementCommand = Admit | Discharge | WithdrawAdmission | WithdrawDischarge

NEAR = timedelta(days=2)
"""A stay without a visit number belongs to the operation nearest to it, within so much time."""


def apply(
    world: World,
    received_at: datetime,
    said: Movement,
    person: Person,
    record: MessageRecord,
    close: Callable[[World, MessageRecord], MessageRecord],
) -> MessageRecord:
    """Tell the episode of an arrival or departure, or keep it for the booking that may follow."""
    hospital = record.hospital
    visit = None if said.visit is None else world.people.visit(hospital, said.visit)
    episode = (visit and visit.episode) or _nearest(world, hospital, person.id, said.at)
    if episode is None:
        return _kept(world, said, person, visit, record)
    record = replace(record, episode=episode)
    command = _command(said, received_at)
    world.care.store(hospital, episode, (person, *_linked(said, visit, episode, person)))
    if command is None:
        return close(world, record)
    try:
        handle(world, hospital, episode, command, always(record))
    except EpisodeClosed:
        return close(world, replace(record, result="no_concern", reason="the follow-up is closed"))
    return record


def earlier(visit: Visit | None) -> tuple[Admit | Discharge, ...]:
    """What happened in this stay before its operation was booked here."""
    if visit is None or visit.episode is not None:
        return ()
    came = () if visit.admitted_at is None else (Admit(at=visit.admitted_at),)
    left = () if visit.discharged_at is None else (Discharge(at=visit.discharged_at),)
    return (*came, *left)


def _command(said: Movement, received_at: datetime) -> MovementCommand | None:
    match said.what:
        case "preadmitted":
            return None
        case "admitted":
            return Admit(at=said.at)
        case "discharged":
            return Discharge(at=said.at)
        case "admission_withdrawn":
            return WithdrawAdmission(at=received_at)
        case "discharge_withdrawn":
            return WithdrawDischarge(at=received_at)


def _linked(said: Movement, visit: Visit | None, episode: str, person: Person) -> tuple[Visit, ...]:
    if said.visit is None or visit is not None:
        return ()
    return (Visit(number=said.visit, episode=episode, patient=person.id),)


def _kept(
    world: World, said: Movement, person: Person, visit: Visit | None, record: MessageRecord
) -> MessageRecord:
    record = replace(record, reason="kept: no operation is booked for this stay yet")
    known = visit or Visit(number=said.visit or "", episode=None, patient=person.id)
    stays = (_after(known, said),) if said.visit is not None else ()
    world.care.store(record.hospital, None, (person, *stays, record))
    return record


def _after(known: Visit, said: Movement) -> Visit:
    match said.what:
        case "preadmitted":
            return known
        case "admitted":
            return replace(known, admitted_at=said.at)
        case "discharged":
            return replace(known, discharged_at=said.at)
        case "admission_withdrawn":
            return replace(known, admitted_at=None)
        case "discharge_withdrawn":
            return replace(known, discharged_at=None)


def _nearest(world: World, hospital: str, patient: str, at: datetime) -> str | None:
    rows = [world.care.row(hospital, episode) for episode in world.care.of_patient(hospital, patient)]
    near = [
        (abs(row.state.operation_at - at), row.episode)
        for row in rows
        if row is not None and not row.state.is_closed and abs(row.state.operation_at - at) <= NEAR
    ]
    return min(near)[1] if near else None
