"""HL7 times: YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+ZZZZ], in the hospital's zone where no offset is given."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

_TIME = re.compile(
    r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:\.([0-9]{1,9}))?)?)?)?)?)?"
    r"(?:([+-])([0-9]{2})([0-9]{2}))?"
)
_HOUR = 60
_WIDEST_OFFSET = timedelta(hours=15)


class NotATime(ValueError):
    """Text that is no HL7 time."""


class Moment(NamedTuple):
    """A point in time (UTC), and how exactly the sender named it."""

    at: datetime
    has_hour: bool
    microsecond: int = 0
    """Below the second only the order of messages counts."""


def moment(text: str, zone: ZoneInfo) -> Moment:
    """The moment that an HL7 time names.

    A local time that clocks skip in spring is read with the offset before the change; one that they
    show twice in autumn is the first of the two. A date without an hour is its midnight.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise NotATime
    year, month, day, hour, minute, second = (
        int(n or d) for n, d in zip(match.groups()[:6], "011000", strict=True)
    )
    fraction = int((match[7] or "0").ljust(6, "0")[:6])
    offset: tzinfo = zone if match[8] is None else _offset(match[8], match[9], match[10])
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=offset)
        return Moment(local.astimezone(UTC), match[4] is not None, fraction)
    except (ValueError, OverflowError):
        raise NotATime from None


def birth_date(text: str) -> date | None:
    """The day in PID-7; None where only a year or month is known, or a day that no calendar has.

    French hospitals send such days ("19560000", "19561300") for people whose birthday is unknown.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise NotATime
    try:
        return date(int(match[1]), int(match[2] or 0), int(match[3] or 0))
    except ValueError:
        return None


def _offset(sign: str, hours: str, minutes: str) -> timezone:
    width = timedelta(hours=int(hours), minutes=int(minutes))
    if width > _WIDEST_OFFSET or int(minutes) >= _HOUR:
        raise NotATime
    return timezone(-width if sign == "-" else width)
