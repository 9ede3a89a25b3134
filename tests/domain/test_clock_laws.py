"""Laws of the clock: on the days when it changes, at every minute, in every French time zone, whatever becomes of the ticks.

A step is set to each minute of the day on which Europe changes its clocks, and of the night around it. The tick that
should find it is lost, doubled, or hours late; the invitation leaves exactly once, at the first tick there is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from chalicelib.domain.episode import Episode, Event, decide, evolve, next_wake
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.messaging_hours import MessagingHours, Window
from chalicelib.domain.pathway import Pathway
from tests.examples import PATHWAY, book

ZONES = (
    "Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Cayenne", "Pacific/Noumea",
    "Indian/Mayotte",
)  # fmt: skip
DAYS = (date(2027, 3, 28), date(2027, 10, 31))
"""In Paris 2:00 becomes 3:00 on the first, and 3:00 becomes 2:00 on the second."""
WALLS = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60))
MINUTE = timedelta(minutes=1)
TICKS: dict[str, tuple[int, ...]] = {
    "each": (0, 1, 2),
    "one lost": (1, 2),
    "three lost": (3, 4),
    "doubled": (0, 0, 1, 1),
    "three hours late": (180, 181),
    "late and doubled": (180, 180),
}
"""Minutes after the wake index has the episode; before it, ticks find nothing."""


@cache
def asking_at(wall: str) -> Pathway:
    """A single step, asked at this minute of the day before, useful for a day, without reminders."""
    step = PATHWAY.step("before")
    timing = replace(step.timing, invite=wall, reminders=(), silent="23:59", useful_until_day=1,
                     useful_until="23:59")  # fmt: skip
    return replace(PATHWAY, steps=(replace(step, timing=timing),))


def booked(zone: str, day: date, wall: str) -> Episode:
    """An operation on the day after; messages may leave at any hour."""
    hours = MessagingHours(zone, (Window("00:00", "23:59"),) * 7)
    operation = datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo(zone)) + timedelta(days=1)
    known = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=9)
    booking = book(
        at=known,
        hours=hours,
        operation_at=operation.astimezone(UTC),
        arrival_at=operation.astimezone(UTC) - timedelta(hours=1),
    )
    return folded(asking_at(wall), None, booking)[0]


def folded(pathway: Pathway, state: Episode | None, command: c.Command) -> tuple[Episode, tuple[Event, ...]]:
    events = decide(pathway, state, command)
    for event in events:
        state = evolve(state, event)
    assert state is not None
    return state, events


def releases(pathway: Pathway, state: Episode, ticks: list[datetime]) -> list[datetime]:
    """When invitations leave, where the sweep wakes whatever is due at each of these ticks."""
    found = []
    for at in ticks:
        due = next_wake(pathway, state)
        if due is not None and due <= at:
            state, events = folded(pathway, state, c.Wake(at=at))
            found += [at for event in events if isinstance(event, e.StepReleased)]
    return found


def shown(zone: str, day: date, wall: str) -> list[datetime]:
    """The instants at which clocks of the zone show this (none, one or two), found without our code."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=14)
    hour, minute = map(int, wall.split(":"))
    local = ZoneInfo(zone)
    offsets = {(midnight + timedelta(hours=n)).astimezone(local).utcoffset() for n in range(40)}
    naive = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - a wall clock
    instants = sorted((naive - (offset or timedelta())).replace(tzinfo=UTC) for offset in offsets)
    return [at for at in instants if at.astimezone(local).replace(tzinfo=None) == naive]


@pytest.mark.parametrize("day", DAYS, ids=["spring", "autumn"])
@pytest.mark.parametrize("zone", ZONES)
def test_none_is_missed_and_none_is_doubled(zone: str, day: date) -> None:
    for wall in WALLS:
        state, pathway = booked(zone, day, wall), asking_at(wall)
        due = next_wake(pathway, state)
        assert due is not None
        for name, minutes in TICKS.items():
            first = due.replace(second=0)
            ticks = [first - MINUTE, *(first + n * MINUTE for n in minutes)]
            assert releases(pathway, state, ticks) == [first + minutes[0] * MINUTE], (wall, name)


@pytest.mark.parametrize("day", DAYS, ids=["spring", "autumn"])
@pytest.mark.parametrize("zone", ZONES)
def test_it_is_due_when_the_clock_shows_it(zone: str, day: date) -> None:
    """The first time where it shows it twice; as far behind the gap where it never does."""
    for wall in WALLS[:-1]:
        due = next_wake(asking_at(wall), booked(zone, day, wall))
        instants = shown(zone, day, wall)
        if instants:
            assert due == instants[0], wall
        else:
            assert due is not None
            assert f"{due.astimezone(ZoneInfo(zone)):%H:%M}" == f"{int(wall[:2]) + 1:02d}{wall[2:]}"


def test_only_paris_changes_its_clocks() -> None:
    skipped = {zone: sum(not shown(zone, DAYS[0], wall) for wall in WALLS) for zone in ZONES}
    repeated = {zone: sum(len(shown(zone, DAYS[1], wall)) == 2 for wall in WALLS) for zone in ZONES}
    assert skipped == repeated == dict.fromkeys(ZONES, 0) | {"Europe/Paris": 60}
