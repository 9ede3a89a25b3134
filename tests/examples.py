"""One patient, one pathway, used throughout."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from chalicelib.adapters.catalogue import pathway
from chalicelib.domain.episode.commands import Book
from chalicelib.domain.messaging_hours import MessagingHours, Window, instant

PATHWAY = pathway("inguinal-hernia", 1)
HOURS = MessagingHours("Europe/Paris", (Window("08:00", "20:00"),) * 7)
OPERATION_DAY = date(2026, 11, 26)
BOOKED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def at(days: int, wall: str, zone: str = "Europe/Paris") -> datetime:
    """A local time, so many days from the operation."""
    return instant(zone, OPERATION_DAY + timedelta(days=days), wall)


def word(at: datetime, more: str = "") -> str:
    """A word of the hospital, as it sorts."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}|{more}"


def book(**changes: object) -> Book:
    """A booking of an operation at 10:00, arrival at 08:30."""
    facts: dict[str, object] = {
        "at": BOOKED_AT,
        "as_of": word(BOOKED_AT),
        "patient": "patient",
        "pathway": PATHWAY.code,
        "pathway_version": PATHWAY.version,
        "unit": "UCA",
        "hours": HOURS,
        "operation_at": at(0, "10:00"),
        "arrival_at": at(0, "08:30"),
        "channels": ("sms",),
    }
    return Book(**(facts | changes))  # type: ignore[arg-type]


FINE_BEFORE = {
    "coming": True,
    "health_change": False,
    "fasting": True,
    "medicines": "yes",
    "escort": True,
    "ready": "all",
    "call": "no",
}
FINE_AFTER = {
    "feeling": "well",
    "pain": 2,
    "stomach": "none",
    "bleeding": "dry",
    "groin": "normal",
    "urine": "yes",
    "fever": "no",
    "signs": "none",
    "doctor": "no",
    "call": "no",
}
