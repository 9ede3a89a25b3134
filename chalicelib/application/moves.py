"""Comings and goings, changes of who somebody is, and numbers that turn out to be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.application import bookings, people, stays
from chalicelib.application.handle import handle_all
from chalicelib.application.identity import episode_id
from chalicelib.application.incoming import Appointment
from chalicelib.application.records import Visit
from chalicelib.application.work import STALE, changed, rows_of
from chalicelib.domain.episode.commands import ChangePatient, LinkVisit

if TYPE_CHECKING:
    from chalicelib.application.incoming import (
        Demographics,
        Merge,
        Merged,
        Movement,
        Origin,
        VisitMoved,
    )
    from chalicelib.application.ports import Row
    from chalicelib.application.records import Extra, MessageRecord, Person
    from chalicelib.application.work import Work


def moved(work: Work, said: Movement) -> MessageRecord:
    """An arrival or departure: told to its episode, or kept for the booking that may follow."""
    hospital, world = work.hospital, work.world
    person, known = people.told(world, hospital, said.patient, said.origin)
    number = stays.numbered(said.visit, person.id)
    before = stays.known(world, hospital, number)
    visit = stays.after(before or Visit(number=number, patient=person.id), said)
    visit = stays.claimed(visit, person.id, said.origin.word)
    person, rows = work.tell_channels(person, known)
    if isinstance(said.plan, Appointment) and not _is_booked_otherwise(work, visit, said.plan):
        return bookings.booked(work, said.plan, visit, before)
    row = _row_of(work, visit, rows, said)
    facts = (*people.news(person, known, said.origin), *changed(_linked(visit, row), before))
    if row is None:
        stale = stays.is_stale(visit, said)
        reason = STALE if stale else "kept: no operation is booked for this stay yet"
        return work.close(facts, result="stale" if stale else "applied", reason=reason)
    commands = stays.commands(visit, work.at, row.state.operation_at)
    return work.carry_out(row.episode, commands, facts, row)


def _is_booked_otherwise(work: Work, visit: Visit, plan: Appointment) -> bool:
    """A stay whose operation somebody has booked begins no second follow-up."""
    return visit.episode not in {None, episode_id(work.hospital, plan.appointment)}


def _row_of(work: Work, visit: Visit, rows: tuple[Row, ...], said: Movement) -> Row | None:
    if visit.episode is not None:
        return work.world.care.row(work.hospital, visit.episode)
    return stays.nearest_row(rows, visit, stays.begins(visit) or said.at)


def _linked(visit: Visit, row: Row | None) -> Visit:
    if row is None or not stays.is_numbered(visit):
        return visit
    return replace(visit, episode=row.episode)


def demographics(work: Work, said: Demographics) -> MessageRecord:
    """Who somebody is and how to reach them; every follow-up of theirs learns it."""
    person, known = people.told(work.world, work.hospital, said.patient, said.origin)
    person, rows = work.tell_channels(person, known)
    if isinstance(said.plan, Appointment):
        return bookings.booked(work, said.plan)
    episode = next((row.episode for row in rows if row.state.visit == said.visit and said.visit), None)
    episode = episode or (rows[0].episode if rows else None)
    facts = people.news(person, known, said.origin)
    if not facts:
        return work.close(episode=episode, result="stale", reason=STALE)
    return work.close(facts, episode=episode)


def merged(work: Work, said: Merged) -> MessageRecord:
    """Two numbers are one patient: follow-ups and stays go to the number that stays, with their history."""
    facts: list[Extra] = []
    for merge in said.merges:
        facts += _merged(work, merge, said.origin)
    if not facts:
        return work.close(result="stale", reason=STALE)
    return work.close(tuple(facts))


def _merged(work: Work, merge: Merge, origin: Origin) -> list[Extra]:
    world, hospital, word = work.world, work.hospital, origin.word
    profile = world.catalogue.profile(hospital)
    stays_id = people.patient_of(hospital, profile, merge.patient.identifiers)
    _undo_older(work, stays_id, word)
    person, known = people.told(world, hospital, merge.patient, origin)
    facts: list[Extra] = []
    for numbers in merge.prior:
        old_id = people.patient_of(hospital, profile, numbers)
        if old_id in {stays_id, person.id}:
            continue
        old = world.people.person(hospital, old_id) or people.stranger(old_id, profile.default_language)
        if old.merged_as_of > word:
            continue
        person = people.combined(person, old)
        facts += changed(replace(old, merged_into=person.id, merged_as_of=word), old)
        _rehome(work, old_id, person.id)
    person = work.reach(person, rows_of(world, hospital, person.id))
    return [*facts, *people.news(person, known, origin)]


def _undo_older(work: Work, patient: str, word: str) -> None:
    """The number that stays was merged away by an older word: that word no longer holds."""
    person = work.world.people.person(work.hospital, patient)
    if person is not None and person.merged_into is not None and person.merged_as_of < word:
        restored = replace(person, merged_into=None, merged_as_of=word)
        work.world.care.store(work.hospital, None, (restored,))


def _rehome(work: Work, old: str, new: str) -> None:
    """Follow-ups and stays of a number go over to another. Done before the merge is noted: repeatable."""
    for episode in work.world.care.of_patient(work.hospital, old):
        row = work.world.care.row(work.hospital, episode)
        if row is not None and row.state.patient == old and row.state.ended_at is None:
            handle_all(work.world, work.hospital, episode, (ChangePatient(at=work.at, patient=new),))
    for visit in work.world.people.visits(work.hospital, old):
        _give(work, visit, new)


def _give(work: Work, visit: Visit, patient: str) -> None:
    if stays.is_numbered(visit):
        work.world.care.store(work.hospital, None, (replace(visit, patient=patient),))
        return
    number = stays.numbered(None, patient)
    theirs = work.world.people.visit(work.hospital, number) or Visit(number=number, patient=patient)
    both = stays.combined(theirs, visit)
    work.world.care.store(work.hospital, None, changed(both, theirs))


def visit_moved(work: Work, said: VisitMoved) -> MessageRecord:
    """A stay belongs to another patient, or has another number; its follow-up goes with it."""
    world, hospital = work.world, work.hospital
    person, known = people.told(world, hospital, said.patient, said.origin)
    facts: list[Extra] = []
    for visit in _concerned(work, said):
        number = said.visit if said.prior_visit is not None and said.visit else visit.number
        facts += _moved_stay(work, said, visit, number, person)
    person, _ = work.tell_channels(person, known)
    facts += people.news(person, known, said.origin)
    if not facts:
        return work.close(result="stale", reason=STALE)
    return work.close(tuple(facts), patient=person.id)


def _concerned(work: Work, said: VisitMoved) -> tuple[Visit, ...]:
    """The stay that is named, or all stays of the account that is named."""
    named = said.prior_visit or said.visit
    if named is not None:
        found = work.world.people.visit(work.hospital, named)
        return (found or Visit(number=named, patient=""),)
    if not said.account or not said.prior:
        return ()
    profile = work.world.catalogue.profile(work.hospital)
    owner, _ = people.known(work.world, work.hospital, people.patient_of(work.hospital, profile, said.prior))
    visits = work.world.people.visits(work.hospital, owner)
    return tuple(visit for visit in visits if visit.account == said.account)


def _moved_stay(work: Work, said: VisitMoved, visit: Visit, number: str, person: Person) -> tuple[Extra, ...]:
    word = said.origin.word
    moved_stay = stays.claimed(visit, person.id, word)
    if number == visit.number:
        _tell(work, moved_stay, visit.number)
        return changed(moved_stay, visit)
    if word <= visit.renamed_as_of:
        return ()
    known = work.world.people.visit(work.hospital, number)
    both = stays.combined(known or Visit(number=number, patient=person.id), moved_stay)
    _tell(work, both, visit.number)
    return both, replace(moved_stay, renamed_to=number, renamed_as_of=word)


def _tell(work: Work, visit: Visit, before: str) -> None:
    row = None if visit.episode is None else work.world.care.row(work.hospital, visit.episode)
    if row is None or row.state.ended_at is not None:
        return
    commands = (
        ChangePatient(at=work.at, patient=visit.patient),
        LinkVisit(at=work.at, visit=visit.number, instead_of=before),
        *stays.commands(visit, work.at, row.state.operation_at),
    )
    handle_all(work.world, work.hospital, row.episode, commands)
