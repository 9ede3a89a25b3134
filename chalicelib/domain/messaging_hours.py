"""Local time: the one place where a wall clock becomes an instant, and the hours in which we may write."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

DAYS_TO_LOOK_AHEAD = 15
MOMENTS_KEPT = 4096
"""The same few days and clock times are asked for again and again: by each wake, of each step."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `opens` (included) to `closes` (excluded), wall clock, "HH:MM"."""

    opens: str
    closes: str


class MessagingHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """When a unit's messages may leave: seven windows, Monday first; None is a day without messages."""

    zone: str
    days: tuple[Window | None, ...]

    def __post_init__(self) -> None:
        """Refuse a week that is not seven days long, or that never opens."""
        if len(self.days) != 7 or not any(self.days):  # noqa: PLR2004 - a week
            msg = "messaging hours need seven days, at least one of them open"
            raise ValueError(msg)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=MOMENTS_KEPT)
def instant(zone: str, day: date, wall: str) -> datetime:
    """The UTC instant at which clocks in this zone show `wall` ("07:30") on `day`.

    A time that the spring change skips becomes the same distance after the gap (02:30 → 03:30);
    one that the autumn change repeats is its first occurrence.
    """
    hour, minute = wall.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), tzinfo=_zone(zone)).astimezone(UTC)


def local(zone: str, at: datetime) -> datetime:
    """The instant as people in this zone read it from their clocks."""
    return at.astimezone(_zone(zone))


@lru_cache(maxsize=MOMENTS_KEPT)
def local_day(zone: str, at: datetime) -> date:
    """The calendar day in this zone."""
    return local(zone, at).date()


@lru_cache(maxsize=MOMENTS_KEPT)
def days_from(zone: str, at: datetime, days: int, wall: str) -> datetime:
    """The instant of a wall-clock time so many days from the day on which `at` falls."""
    return instant(zone, local_day(zone, at) + timedelta(days=days), wall)


def is_open(hours: MessagingHours, at: datetime) -> bool:
    """Whether a message may leave now."""
    day = local_day(hours.zone, at)
    window = hours.days[day.weekday()]
    return window is not None and (
        instant(hours.zone, day, window.opens) <= at < instant(hours.zone, day, window.closes)
    )


@lru_cache(maxsize=MOMENTS_KEPT)
def next_open(hours: MessagingHours, at: datetime) -> datetime:
    """The earliest instant, not before `at`, at which a message may leave."""
    first = local_day(hours.zone, at)
    for ahead in range(DAYS_TO_LOOK_AHEAD):
        day = first + timedelta(days=ahead)
        window = hours.days[day.weekday()]
        if window is None:
            continue
        opens = max(at, instant(hours.zone, day, window.opens))
        if opens < instant(hours.zone, day, window.closes):
            return opens
    msg = f"no messaging hours within {DAYS_TO_LOOK_AHEAD} days"
    raise ValueError(msg)
