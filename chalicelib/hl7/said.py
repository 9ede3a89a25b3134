"""What a message says at an address, cleaned; and the refusal that names the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.hl7.times import Moment, NotATime, moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST = 500
"""Characters of a value that we take over: far more than any name, number or code needs."""


class Unclear(Exception):
    """A message that we cannot act on; the text names the field and is read by an integrator.

    It never quotes what the patient's fields contain.
    """


class Source(Protocol):
    """A message or one of its segments."""

    def get(self, address: str) -> str | None:
        """The value at an address."""


def said(source: Source, address: str) -> str | None:
    """None, "" (to be deleted), or text without the space around it and without wrapped lines."""
    return cleaned(source.get(address), address)


def cleaned(value: str | None, address: str) -> str | None:
    """The same for a value that has already been fetched."""
    if not value:
        return value
    text = value.strip().partition("\n")[0].strip()
    if len(text) > LONGEST:
        msg = f"{address} is longer than {LONGEST} characters"
        raise Unclear(msg)
    return text or None


def text(source: Source, address: str) -> str:
    """Text, or "" where the sender says nothing or `""`."""
    return said(source, address) or ""


def time(source: Source, address: str, zone: ZoneInfo) -> Moment | None:
    """The time at an address (UTC), or None where it is empty; `Unclear` where it is no time."""
    value = text(source, address)
    if not value:
        return None
    try:
        return moment(value, zone)
    except NotATime:
        msg = f"{address} is not a time (YYYYMMDDHHMM[SS][+ZZZZ])"
        raise Unclear(msg) from None
