"""Text messages again, after a STOP: the patient writes START, or asks a nurse; no message undoes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.application.handle import handle
from chalicelib.application.work import rows_of
from chalicelib.domain.episode.commands import ChangeChannels

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.records import Person
    from chalicelib.application.world import World


def resume(world: World, hospital: str, person: Person, by: str, at: datetime) -> None:
    """The person may be written to again; what waited for a call is sent where it is still of use."""
    again = replace(person, stopped=False)
    if person.stopped:
        world.care.store(hospital, None, (again,))
    command = ChangeChannels(at=at, channels=again.channels, by=by)
    for row in rows_of(world, hospital, person.id):
        if row.state.ended_at is None:
            handle(world, hospital, row.episode, command)
