"""Stays (PV1-19): when the patient came and left, and which follow-up that concerns.

A stay keeps the newest word on its beginning and on its end, whether or not its operation is booked
yet. What an episode is told is always read off these, so the order of arrival does not matter.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.application.records import Register, Visit
from chalicelib.domain.episode.commands import (
    Admit,
    Discharge,
    LinkVisit,
    WithdrawAdmission,
    WithdrawDischarge,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.application.incoming import Movement
    from chalicelib.application.ports import Row
    from chalicelib.application.world import World
    from chalicelib.domain.episode import Command

MOST_NUMBERS = 10
"""How many new numbers of a stay are followed; more are a mistake of the hospital's."""
NEAR = timedelta(days=2)
"""A stay and an operation that do not name each other belong together within so much time."""


def numbered(number: str | None, patient: str) -> str:
    """The stay's number, or, where the hospital gives none, one for all such stays of the patient."""
    return number or f"~{patient}"


def is_numbered(visit: Visit) -> bool:
    """Whether the hospital has named this stay."""
    return not visit.number.startswith("~")


def known(world: World, hospital: str, number: str) -> Visit | None:
    """The stay behind this number, also where the hospital has given it other ones since."""
    visit = world.people.visit(hospital, number)
    for _ in range(MOST_NUMBERS):
        if visit is None or visit.renamed_to is None:
            break
        visit = world.people.visit(hospital, visit.renamed_to) or visit
    return visit


def after(visit: Visit, said: Movement) -> Visit:
    """The stay after this movement; equal to what it was where a newer word is known."""
    word = said.origin.word
    account = said.account or visit.account
    match said.what:
        case "preadmitted":
            return replace(visit, account=account)
        case "admitted" | "admission_withdrawn":
            at = said.at if said.what == "admitted" else None
            return replace(visit, account=account, admission=_newer(visit.admission, Register(at, word)))
        case "discharged" | "discharge_withdrawn":
            at = said.at if said.what == "discharged" else None
            return replace(visit, account=account, discharge=_newer(visit.discharge, Register(at, word)))


def claimed(visit: Visit, patient: str, word: str) -> Visit:
    """The stay as this word gives it to a patient."""
    if word <= visit.patient_as_of:
        return visit
    return replace(visit, patient=patient, patient_as_of=word)


def is_stale(visit: Visit, said: Movement) -> bool:
    """Whether a newer word than this one is known on what it says."""
    register = visit.discharge if said.what.startswith("discharge") else visit.admission
    return said.what != "preadmitted" and register is not None and register.as_of > said.origin.word


def combined(stays: Visit, goes: Visit) -> Visit:
    """One stay that was known under two numbers."""
    claimed_by = max(stays, goes, key=lambda visit: visit.patient_as_of)
    return replace(
        stays,
        patient=claimed_by.patient,
        patient_as_of=claimed_by.patient_as_of,
        episode=stays.episode or goes.episode,
        admission=_newest(stays.admission, goes.admission),
        discharge=_newest(stays.discharge, goes.discharge),
        account=stays.account or goes.account,
    )


def commands(visit: Visit, at: datetime, operation_at: datetime) -> tuple[Command, ...]:
    """What an episode must be told of its stay; what it knows already changes nothing."""
    told: list[Command] = []
    if is_numbered(visit):
        told.append(LinkVisit(at=at, visit=visit.number))
    if visit.admission is not None and _concerns(visit, visit.admission, operation_at):
        came = visit.admission.at
        told.append(WithdrawAdmission(at=at) if came is None else Admit(at=came))
    if visit.discharge is not None and _concerns(visit, visit.discharge, operation_at):
        left = visit.discharge.at
        told.append(WithdrawDischarge(at=at) if left is None else Discharge(at=left))
    return tuple(told)


def _concerns(visit: Visit, register: Register, operation_at: datetime) -> bool:
    """Without numbers all stays of a patient are one, and only what was near the operation belongs to it."""
    at = register.at
    return is_numbered(visit) or at is None or abs(at - operation_at) <= NEAR


def begins(visit: Visit) -> datetime | None:
    """When the stay began, or, where that is not known, when it ended."""
    for register in (visit.admission, visit.discharge):
        if register is not None and register.at is not None:
            return register.at
    return None


def nearest_row(rows: Iterable[Row], visit: Visit, at: datetime) -> Row | None:
    """The operation that a stay belongs to where no booking has named it."""
    near = [
        (abs(row.state.operation_at - at), row.episode, row)
        for row in rows
        if row.state.ended_at is None
        and abs(row.state.operation_at - at) <= NEAR
        and row.state.visit in {None, visit.number}
    ]
    return min(near, key=lambda found: found[:2])[2] if near else None


def nearest_visit(visits: Iterable[Visit], operation_at: datetime) -> Visit | None:
    """The stay that an operation belongs to where its booking names none."""
    near = [
        (abs(at - operation_at), visit.number, visit)
        for visit in visits
        if visit.episode is None and (at := begins(visit)) is not None and abs(at - operation_at) <= NEAR
    ]
    return min(near, key=lambda found: found[:2])[2] if near else None


def _newer(known: Register | None, said: Register) -> Register:
    return said if known is None or said.as_of > known.as_of else known


def _newest(one: Register | None, other: Register | None) -> Register | None:
    if one is None or other is None:
        return one or other
    return _newer(one, other)
