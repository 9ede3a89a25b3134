"""What lists and pages show, gathered from rows and people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from chalicelib.application import access
from chalicelib.application.ports import Row
from chalicelib.application.records import Person
from chalicelib.domain import worklist
from chalicelib.domain.messaging_hours import local_day
from chalicelib.domain.pathway import Pathway

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.records import ClinicianEntry, Unit
    from chalicelib.application.world import World


class Line(msgspec.Struct, frozen=True):
    """One patient on a unit's list."""

    row: Row
    person: Person | None
    pathway: Pathway
    surgeon: str
    status: worklist.Status
    contact: str
    """Which contact the day is about: "J-1", "J0", "J+1", or "older" for an open line of another day."""


class Worklist(msgspec.Struct, frozen=True):
    """A unit's list for one day, in the order in which it should be read."""

    unit: str
    day: date
    lines: tuple[Line, ...]


CONTACTS = ((1, "J-1"), (0, "J0"), (-1, "J+1"))
"""On a day the unit prepares tomorrow's operations, sees today's, and asks after yesterday's."""


def worklist_of(world: World, who: access.Staff, unit: Unit, day: date, now: datetime) -> Worklist:
    """Everything that the unit has to look at on this day. `now` is the time of the audit's line."""
    contacts: dict[str, tuple[Row, str]] = {}
    for ahead, contact in CONTACTS:
        for row in world.care.of_day(who.hospital, unit.id, day + timedelta(days=ahead)):
            contacts[row.episode] = (row, contact)
    for row in world.care.needing_attention(who.hospital, unit.id):
        contacts.setdefault(row.episode, (row, "older"))
    rows = tuple(row for row, _ in contacts.values())
    people = access.persons_for(world, who, unit, rows, now)
    surgeons = world.catalogue.clinicians(who.hospital)
    lines = [
        _line(world, row, contact, people.get(row.state.patient), surgeons)
        for row, contact in contacts.values()
    ]
    return Worklist(unit=unit.id, day=day, lines=tuple(sorted(lines, key=_order)))


def today(unit: Unit, now: datetime) -> date:
    """The unit's calendar day."""
    return local_day(unit.hours.zone, now)


def _line(
    world: World, row: Row, contact: str, person: Person | None, surgeons: dict[str, ClinicianEntry]
) -> Line:
    state = row.state
    pathway = world.catalogue.pathway(state.pathway, state.pathway_version)
    surgeon = surgeons.get(state.surgeon or "")
    return Line(
        row=row,
        person=person,
        pathway=pathway,
        surgeon="" if surgeon is None else surgeon.name,
        status=worklist.status(pathway, state),
        contact=contact,
    )


def _order(line: Line) -> tuple[int, str, str]:
    since = worklist.waiting_since(line.row.state) or line.row.state.operation_at
    name = "" if line.person is None else line.person.family_name
    return worklist.ORDER.index(line.status), since.isoformat(), name
