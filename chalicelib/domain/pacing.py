"""How many notices may leave together: each minute has room for so many of a hospital.

Who finds no room takes a minute of its own choice further on, the next free one of a row of windows
that double: 40,000 notices for 10:00 spread by themselves, and the last of them asks a dozen times.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.domain.notice import Notice

PACE = 600
"""Places in a hospital's minute, unless its operator gives it another number: 10 a second."""
PART = 40
"""Places that are kept together: they are written in one unit of DynamoDB's."""
MINUTE = timedelta(minutes=1)
LATE = timedelta(minutes=2)
"""The sweep comes once a minute: so much later a notice still has the place in the minute it was due."""


def place(episode: str, notice: Notice) -> str:
    """What this attempt takes a place as: the same however often it asks. Short: a minute keeps them all."""
    return sha256(_name(episode, notice)).hexdigest()[:8]


def part(place: str, pace: int) -> tuple[int, int]:
    """Which part of its minute a place is in, and how many places that has. One alone would be too hot."""
    parts = max(1, pace // PART)
    return int(place, 16) % parts, pace // parts


def minutes(episode: str, notice: Notice, opens: datetime, at: datetime) -> Iterator[datetime]:
    """The minutes in which the notice may leave, best first; `opens`: when the unit's hours let it."""
    first = notice.due_at if opens == at and at - notice.due_at < LATE else opens
    yield _minute(first)
    choice = int.from_bytes(sha256(_name(episode, notice)).digest()[4:8])
    window = 1
    while (minute := _minute(opens) + MINUTE * (window + choice % window)) <= notice.last_call:
        yield minute
        window *= 2


def _name(episode: str, notice: Notice) -> bytes:
    return f"{episode}|{notice.id}|{notice.attempt}".encode()


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
