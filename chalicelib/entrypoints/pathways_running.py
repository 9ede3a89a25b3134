"""Running follow-ups on an earlier version, as the page of an offer wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.application import access, offering, reads
from chalicelib.domain.explain import in_language
from chalicelib.entrypoints import pathways_view

if TYPE_CHECKING:
    from chalicelib.application.offering import Running
    from chalicelib.application.records import Person, Unit
    from chalicelib.entrypoints.http import Call
    from chalicelib.entrypoints.pathways_view import Shown

MOST_AT_ONCE = 100
"""Follow-ups of one form: each is a transaction of its own, and a page answers within seconds."""


def context(call: Call, one: Shown, language: str) -> dict[str, Any]:
    """Those that may go over (so many at once), and those that stay, with the reason."""
    units = access.units_of(call.world, call.member)
    listed = [row for unit in units for row in _of_unit(call, one, unit, language)]
    ready = [row for row in listed if not row["left"]]
    over = call.query.get("over", "")
    return pathways_view.heading(call, one, language) | {
        "ready": ready[:MOST_AT_ONCE],
        "more": max(0, len(ready) - MOST_AT_ONCE),
        "left": [row for row in listed if row["left"]],
        "over": int(over) if over.isdecimal() and len(over) <= len(str(MOST_AT_ONCE)) else None,
    }


def _of_unit(call: Call, one: Shown, unit: Unit, language: str) -> list[dict[str, Any]]:
    today = reads.today(unit, call.now)
    found = offering.running(call.world, call.member, unit, one.own_version, today)
    if not found:
        return []
    rows = tuple(behind.row for behind in found)
    people = access.persons_for(call.world, call.member, unit, rows, call.now)
    return [_row(behind, people.get(behind.row.state.patient), unit, language) for behind in found]


def _row(behind: Running, person: Person | None, unit: Unit, language: str) -> dict[str, Any]:
    state = behind.row.state
    return {
        "episode": behind.row.episode,
        "name": "" if person is None else f"{person.family_name.upper()} {person.given_name}",
        "born": None if person is None else person.birth_date,
        "operation_at": state.operation_at,
        "unit": in_language(unit.name, language),
        "own": "." in state.pathway,
        "number": state.pathway_version,
        "left": behind.left or "",
    }
