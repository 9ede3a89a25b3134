"""A safer version offered to running follow-ups on an earlier one: by a clinician, never by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from chalicelib.application import access
from chalicelib.application.handle import handle
from chalicelib.domain.episode import decide
from chalicelib.domain.episode.booking import origin_of
from chalicelib.domain.episode.commands import ChangePathway
from chalicelib.domain.errors import EpisodeClosed, StepsDiffer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.application.ports import Row
    from chalicelib.application.records import Unit
    from chalicelib.application.versions import Version
    from chalicelib.application.world import World
    from chalicelib.domain.pathway import Pathway

DAYS_AHEAD = 90
"""Operations planned further ahead begin their follow-up later than anybody waits with an offer."""
Left = Literal["contact", "closed"]
"""Why a follow-up stays: a contact that has begun is missing, or it has ended meanwhile."""


class Running(msgspec.Struct, frozen=True):
    """A follow-up on an earlier version. `left`: why it cannot go over, or None."""

    row: Row
    left: Left | None


class Offered(msgspec.Struct, frozen=True):
    """What came of an offer."""

    gone_over: tuple[str, ...]
    left: tuple[tuple[str, Left], ...]


def running(
    world: World, who: access.Staff, unit: Unit, version: Version, today: date
) -> tuple[Running, ...]:
    """The unit's follow-ups on an earlier version of the same pathway, or on the catalogue's, by day."""
    to = world.catalogue.pathway(version.code, version.number)
    first = today - timedelta(days=_longest(world, who, version))
    days = [first + timedelta(days=n) for n in range((today - first).days + DAYS_AHEAD + 1)]
    rows = [row for day in days for row in world.care.of_day(who.hospital, unit.id, day)]
    return tuple(
        Running(row, _why_left(to, row, _command(to, who, row.state.booked_at)))
        for row in rows
        if _is_behind(row, version) and not row.state.is_closed
    )


def offer(
    world: World, who: access.Staff, version: Version, episodes: Iterable[str], at: datetime
) -> Offered:
    """Let these follow-ups go over to the version; repeated, it changes nothing more.

    Raises `Forbidden` for an episode of another unit, before any has gone over.
    """
    to = world.catalogue.pathway(version.code, version.number)
    rows = [row for name in episodes if (row := world.care.row(who.hospital, name)) is not None]
    for row in rows:
        access.unit_for(world, who, row.state.unit)
    done: list[str] = []
    left: list[tuple[str, Left]] = []
    for row in rows:
        if not _is_behind(row, version):
            continue
        try:
            handle(world, who.hospital, row.episode, _command(to, who, at))
            done.append(row.episode)
        except StepsDiffer:
            left.append((row.episode, "contact"))
        except EpisodeClosed:
            left.append((row.episode, "closed"))
    return Offered(tuple(done), tuple(left))


def _is_behind(row: Row, version: Version) -> bool:
    state = row.state
    follows = (state.pathway, state.pathway_version)
    return origin_of(state.pathway) == origin_of(version.code) and follows != (version.code, version.number)


def _command(to: Pathway, who: access.Staff, at: datetime) -> ChangePathway:
    return ChangePathway(
        at=at,
        by=who.member.id,
        pathway=to.code,
        pathway_version=to.version,
        steps=tuple(step.key for step in to.steps),
    )


def _why_left(to: Pathway, row: Row, command: ChangePathway) -> Left | None:
    """What the decision would be today; nothing is written."""
    try:
        decide(to, row.state, command)
    except StepsDiffer:
        return "contact"
    return None


def _longest(world: World, who: access.Staff, version: Version) -> int:
    """Days after the operation when even the longest of the versions has closed its follow-ups."""
    published = [
        (known.code, known.number)
        for known in world.versions.all(who.hospital)
        if known.code == version.code and known.published_at is not None
    ]
    newest = world.catalogue.latest(origin_of(version.code))
    return max(
        newest.follow_up_days,
        *(world.catalogue.pathway(code, number).follow_up_days for code, number in published),
    )
