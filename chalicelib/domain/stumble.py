"""A stumble: something due that fails again and again. It rests longer each time, and is never dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
"""After each failure; then the last over and over: what is mended goes on within the hour by itself."""
SAME = timedelta(minutes=15)
"""What fails again so soon after its next try was due goes on stumbling; later it is a new stumble."""
ALARMING = 4
"""So many failures are no passing trouble: about ten minutes."""


class Stumble(msgspec.Struct, frozen=True):
    """One item that could not be handled: which, since when, why, and when it is tried again."""

    episode: str
    item: str
    """Its sort key: "ROW", "NTC#before.1.invite", "RPT#response.after.1"."""
    attempts: int
    first_at: datetime
    last_at: datetime
    next_at: datetime
    reason: str
    """The kind of the error and its place in the code: nothing about a person."""
    revision: int = 0


def stumbled(previous: Stumble | None, episode: str, item: str, reason: str, at: datetime) -> Stumble:
    """What another failure makes of the item's last stumble."""
    goes_on = previous is not None and at <= previous.next_at + SAME
    attempts = 1 + (previous.attempts if previous is not None and goes_on else 0)
    return Stumble(
        episode=episode,
        item=item,
        attempts=attempts,
        first_at=previous.first_at if previous is not None and goes_on else at,
        last_at=at,
        next_at=(at + PAUSES[min(attempts, len(PAUSES)) - 1]).replace(microsecond=0),
        reason=reason,
        revision=0 if previous is None else previous.revision,
    )
