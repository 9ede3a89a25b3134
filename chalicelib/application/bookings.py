"""Operations as they are booked, moved and cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from chalicelib.application import people, stays
from chalicelib.application.identity import episode_id
from chalicelib.application.records import Cancellation, ClinicianEntry, Visit
from chalicelib.application.versions import to_begin_with
from chalicelib.application.work import changed
from chalicelib.domain.episode.commands import Book, Cancel
from chalicelib.domain.errors import NotBooked

if TYPE_CHECKING:
    from chalicelib.application.incoming import Appointment, AppointmentCancelled
    from chalicelib.application.ports import Row
    from chalicelib.application.records import Extra, MessageRecord, Person, Unit
    from chalicelib.application.work import Work
    from chalicelib.domain.episode import Command, Episode


class Unmapped(Exception):
    """The profile does not say what a booking means; the text says what to map."""


def booked(
    work: Work, said: Appointment, visit: Visit | None = None, before: Visit | None = None
) -> MessageRecord:
    """Plan the follow-up, or bring it up to date.

    `visit`: its stay, where a movement has just told it; `before`: that stay as it is stored.
    """
    hospital, world = work.hospital, work.world
    episode = episode_id(hospital, said.appointment)
    row = world.care.row(hospital, episode)
    try:
        unit = _unit(work, said, row)
    except Unmapped as unmapped:
        return work.close(episode=None, result="quarantined", reason=str(unmapped))
    pathway = _pathway(work, said, row)
    person, known = people.told(world, hospital, said.patient, said.origin)
    person, _ = work.tell_channels(person, known)
    stored, stay = _stay(work, said, person, row) if visit is None else (before, visit)
    book = _book(work, said, person, unit, pathway, row)
    if said.visit is not None and stay is not None:
        book = replace(book, visit=stay.number)
    commands: list[Command] = [book, *_kept_cancellation(work, episode, row)]
    facts: list[Extra] = [*people.news(person, known, said.origin), *_surgeon(work, said)]
    if stay is not None:
        commands += stays.commands(stay, work.at, said.operation_at)
        stay = replace(stay, episode=episode) if stays.is_numbered(stay) else stay
        facts += changed(stay, stored)
    return work.carry_out(episode, tuple(commands), tuple(facts), row)


def cancelled(work: Work, said: AppointmentCancelled) -> MessageRecord:
    """The operation will not take place; kept, where it was not booked yet."""
    hospital = work.hospital
    episode = episode_id(hospital, said.appointment)
    command = Cancel(at=work.at, as_of=said.origin.word, reason=said.reason)
    try:
        return work.carry_out(episode, (command,))
    except NotBooked:
        known = work.world.care.cancellation(hospital, episode)
        if known is not None and known.as_of >= command.as_of:
            return work.close(episode=episode, result="stale", reason="a newer cancellation is kept")
        kept = Cancellation(as_of=command.as_of, reason=command.reason)
        return work.close((kept,), episode=episode, reason="kept: cancelled before it was booked")


def _kept_cancellation(work: Work, episode: str, row: Row | None) -> tuple[Cancel, ...]:
    kept = None if row is not None else work.world.care.cancellation(work.hospital, episode)
    return () if kept is None else (Cancel(at=work.at, as_of=kept.as_of, reason=kept.reason),)


def _stay(
    work: Work, said: Appointment, person: Person, row: Row | None
) -> tuple[Visit | None, Visit | None]:
    """The stay that the booking names, or one of the patient's that nobody has named and that is near.

    As it is stored, and as it now is.
    """
    world, hospital = work.world, work.hospital
    if said.visit is not None:
        stored = stays.known(world, hospital, said.visit)
        visit = stored or Visit(number=said.visit, patient=person.id)
        return stored, stays.claimed(visit, person.id, said.origin.word)
    if row is not None and row.state.visit is not None:
        return None, None
    near = stays.nearest_visit(world.people.visits(hospital, person.id), said.operation_at)
    return near, near


def _surgeon(work: Work, said: Appointment) -> tuple[ClinicianEntry, ...]:
    if said.surgeon is None:
        return ()
    entry = ClinicianEntry(code=said.surgeon.code, name=said.surgeon.name)
    known = work.world.catalogue.clinicians(work.hospital).get(entry.code)
    return () if known == entry or (known is not None and not entry.name) else (entry,)


class Chosen(NamedTuple):
    """The pathway that a booking leads to; `unmapped`: the codes that lead to none."""

    code: str
    version: int
    unmapped: str | None = None


def _pathway(work: Work, said: Appointment, row: Row | None) -> Chosen:
    """By the procedure codes; where they lead to none, the general one, and somebody has to choose."""
    profile = work.world.catalogue.profile(work.hospital)
    mapping = profile.procedures
    code = next((mapping[p.code] for p in said.procedures if p.code in mapping), said.pathway)
    if code is None and said.partial and row is not None:
        return Chosen(row.state.pathway, row.state.pathway_version)
    unmapped = None if code else ", ".join(procedure.code for procedure in said.procedures) or "–"
    return Chosen(*to_begin_with(work.world, work.hospital, code or profile.general_pathway), unmapped)


def _unit(work: Work, said: Appointment, row: Row | None) -> Unit:
    named = row.state.unit if said.partial and row is not None and said.unit is None else said.unit
    unit = None if named is None else work.world.catalogue.unit(work.hospital, named)
    if unit is None:
        raise Unmapped(
            "the location (AIL-3, PV1-3) leads to no unit; map it in the hospital's profile",
        )
    return unit


def _book(
    work: Work, said: Appointment, person: Person, unit: Unit, pathway: Chosen, row: Row | None
) -> Book:
    lead = timedelta(minutes=unit.arrival_lead_minutes)
    return Book(
        at=work.at,
        as_of="" if said.implied else said.origin.word,
        patient=person.id,
        pathway=pathway.code,
        pathway_version=pathway.version,
        unmapped=pathway.unmapped,
        unit=unit.id,
        hours=unit.hours,
        operation_at=said.operation_at,
        arrival_at=said.arrival_at or said.operation_at - lead,
        channels=unit.channels_to(person),
        surgeon=_surgeon_code(said, None if row is None else row.state),
        appointment=said.appointment,
        visit=said.visit,
    )


def _surgeon_code(said: Appointment, state: Episode | None) -> str | None:
    if said.surgeon is not None:
        return said.surgeon.code
    return state.surgeon if said.partial and state is not None else None
