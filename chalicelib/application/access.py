"""One door per kind of data: who may see it is decided here and nowhere else.

Access runs on real time, not on the installation's clock: a session is a fact about a browser.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from chalicelib.application.identity import sha256
from chalicelib.application.records import Link, Session

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import History, Row
    from chalicelib.application.records import Member, Person, Response, Unit
    from chalicelib.application.world import World

TRIES = 5
"""Wrong birth dates before a link is closed (reliability-security §4.3)."""
STAFF_IDLE = timedelta(minutes=15)
STAFF_LIFE = timedelta(hours=10)
PATIENT_IDLE = timedelta(minutes=15)
PATIENT_LIFE = timedelta(hours=2)
TOUCH = timedelta(minutes=1)
"""How stale the note of a session's last use may become: it spares a write on every page."""


class Forbidden(Exception):
    """Somebody is not allowed to do or see this; the text says what, for the log."""


class NotThere(Exception):
    """What was asked for does not exist, or not for this hospital."""


class NotSignedIn(Exception):
    """There is no session, or it has expired."""


class Staff(msgspec.Struct, frozen=True):
    """A signed-in member of a hospital."""

    hospital: str
    member: Member
    session: Session


class Patient(msgspec.Struct, frozen=True):
    """Somebody who followed a link and gave the patient's birth date."""

    hospital: str
    episode: str
    session: Session


def begin_staff_session(world: World, hospital: str, member_id: str, at: datetime) -> str:
    """Sign a member in and return the secret for the cookie; `Forbidden` for a stranger."""
    member = world.catalogue.member(hospital, member_id)
    if member is None:
        msg = "not a member of this hospital"
        raise Forbidden(msg)
    return _begin(world, at, STAFF_LIFE, hospital, member=member_id, role=member.role)


def staff(world: World, cookie: str | None, at: datetime) -> Staff:
    """The member behind a cookie or token; `NotSignedIn` when it is none, or has expired."""
    session = _session(world, cookie, at, STAFF_IDLE, STAFF_LIFE)
    member = None if session.member is None else world.catalogue.member(session.hospital, session.member)
    if member is None:
        raise NotSignedIn
    return Staff(session.hospital, member, session)


def patient(world: World, cookie: str | None, at: datetime) -> Patient:
    """The patient behind a cookie; `NotSignedIn` when it is none, or has expired."""
    session = _session(world, cookie, at, PATIENT_IDLE, PATIENT_LIFE)
    if session.episode is None:
        raise NotSignedIn
    return Patient(session.hospital, session.episode, session)


def sign_out(world: World, session: Session) -> None:
    """End the session on the server: the cookie is worth nothing any more."""
    world.access.end_session(session.hospital, session.key)


def link_at(world: World, token: str, at: datetime) -> Link | None:
    """The link of a message, or None where there is none, or it has expired. Says nothing of a person."""
    hospital, _, secret = token.partition(".")
    if not (hospital.isalnum() and secret):
        return None
    link = world.access.link(hospital, sha256(secret.encode()))
    return None if link is None or link.expires_at <= at else link


def is_locked(link: Link) -> bool:
    """Whether too many wrong birth dates were given."""
    return len(link.tries) >= TRIES


def follow(world: World, link: Link, born: date, attempt: str, at: datetime) -> str | int:
    """The secret of a new session, or how many tries are left. The attempt is counted before the answer.

    A birth date is an identity check, not a second factor (a later issue adds one): what it opens is
    this episode's tasks, no history and no document.
    """
    row = world.care.row(link.hospital, link.episode)
    person = None if row is None else world.people.person(link.hospital, row.state.patient)
    if person is not None and person.birth_date == born and not is_locked(link):
        return _begin(world, at, PATIENT_LIFE, link.hospital, episode=link.episode)
    return max(0, TRIES - world.access.add_try(link.hospital, link.key, attempt))


CONSOLE_ROLES = frozenset({"administrator", "operator"})
"""Who works on the connection with the hospital's own systems."""


def may_use_console(who: Staff) -> None:
    """Raise `Forbidden` for anybody who does not work on the HL7 connection."""
    if who.member.role not in CONSOLE_ROLES:
        msg = "the console is for administrators and operators"
        raise Forbidden(msg)


EDITOR_ROLES = frozenset({"surgeon", "coordinator"})
"""Who writes pathways; everybody of the staff may read them."""


def may_edit_pathways(who: Staff) -> None:
    """Raise `Forbidden` for anybody but surgeons and coordinators."""
    if who.member.role not in EDITOR_ROLES:
        msg = "pathways are written by surgeons and coordinators"
        raise Forbidden(msg)


def saw_messages(world: World, who: Staff, what: str, at: datetime) -> None:
    """Leave a line in the audit: messages name patients."""
    world.access.seen(who.hospital, who.member.id, what, at)


def operated(world: World, who: Staff, what: str, at: datetime) -> None:
    """Leave a line in the audit: who has put something back on its way."""
    world.access.seen(who.hospital, who.member.id, what, at)


def units_of(world: World, who: Staff) -> tuple[Unit, ...]:
    """The units that this member works in."""
    return tuple(unit for unit in world.catalogue.units(who.hospital) if unit.id in who.member.units)


def unit_for(world: World, who: Staff, unit_id: str) -> Unit:
    """One of the member's units; `Forbidden` for any other."""
    for unit in units_of(world, who):
        if unit.id == unit_id:
            return unit
    msg = "not a member of this unit"
    raise Forbidden(msg)


def episode_for(world: World, who: Staff, episode: str) -> tuple[History, Unit]:
    """The whole of an episode of one of the member's units; `Forbidden` otherwise, or when unknown."""
    history = world.care.history(who.hospital, episode)
    if history is None:
        msg = "no such episode"
        raise Forbidden(msg)
    return history, unit_for(world, who, history.row.state.unit)


def person_for(world: World, who: Staff, row: Row, at: datetime) -> Person | None:
    """The patient of an episode that the member may see; leaves a line in the audit."""
    unit_for(world, who, row.state.unit)
    world.access.seen(who.hospital, who.member.id, f"EPI#{row.episode}", at)
    return world.people.person(who.hospital, row.state.patient)


def answers_for(world: World, who: Staff, episode: str, step: str, at: datetime) -> tuple[History, Response]:
    """The answers to one contact, to be taken away; leaves a line in the audit. `NotThere` without any."""
    history, _ = episode_for(world, who, episode)
    kept = history.response(step)
    if kept is None:
        raise NotThere(episode)
    world.access.seen(who.hospital, who.member.id, f"EPI#{episode}#{step}", at)
    return history, kept


def persons_for(
    world: World, who: Staff, unit: Unit, rows: tuple[Row, ...], at: datetime
) -> dict[str, Person]:
    """The patients of a unit's list; leaves one line in the audit for the list."""
    world.access.seen(who.hospital, who.member.id, f"LIST#{unit.id}", at)
    return world.people.persons(who.hospital, {row.state.patient for row in rows})


def own_row(world: World, who: Patient) -> Row:
    """The patient's own episode."""
    row = world.care.row(who.hospital, who.episode)
    if row is None:
        raise NotSignedIn
    return row


def _begin(
    world: World,
    at: datetime,
    life: timedelta,
    hospital: str,
    *,
    member: str | None = None,
    role: Literal["nurse", "surgeon", "coordinator", "administrator", "operator", "patient"] = "patient",
    episode: str | None = None,
) -> str:
    secret = secrets.token_urlsafe(32)
    session = Session(
        key=sha256(secret.encode()),
        hospital=hospital,
        csrf=secrets.token_urlsafe(16),
        started_at=at,
        seen_at=at,
        member=member,
        role=role,
        episode=episode,
    )
    world.access.save_session(session, at + life)
    return f"{hospital}.{secret}"


def _session(world: World, cookie: str | None, at: datetime, idle: timedelta, life: timedelta) -> Session:
    hospital, _, secret = (cookie or "").partition(".")
    if not (hospital.isalnum() and secret):
        raise NotSignedIn
    session = world.access.session(hospital, sha256(secret.encode()))
    if session is None or at - session.seen_at > idle or at - session.started_at > life:
        raise NotSignedIn
    if at - session.seen_at > TOUCH:
        session = replace(session, seen_at=at)
        world.access.save_session(session, session.started_at + life)
    return session
