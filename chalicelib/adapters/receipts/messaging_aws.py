"""Events of AWS End User Messaging: texts, and calls. Any of them proves that the message was taken."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.receipts.told import Meanings, Told, UnknownEvent

EVENTS: Meanings = {
    "TEXT_QUEUED": ("sent", None),
    "TEXT_PENDING": ("sent", None),
    "TEXT_SENT": ("sent", None),
    "TEXT_SUCCESSFUL": ("delivered", None),  # the last word in countries whose carriers tell no more
    "TEXT_DELIVERED": ("delivered", None),
    "TEXT_UNKNOWN": ("sent", None),  # after 72 hours without a word from the carrier
    "TEXT_INVALID": ("failed", "invalid_number"),
    "TEXT_INVALID_MESSAGE": ("failed", "rejected"),
    "TEXT_UNREACHABLE": ("failed", "unreachable"),
    "TEXT_CARRIER_UNREACHABLE": ("failed", "unreachable"),
    "TEXT_BLOCKED": ("failed", "blocked"),
    "TEXT_CARRIER_BLOCKED": ("failed", "blocked"),
    "TEXT_SPAM": ("failed", "blocked"),
    "TEXT_TTL_EXPIRED": ("failed", "too_late"),
    "TEXT_PROTECT_BLOCKED": ("failed", "country_not_allowed"),
    "VOICE_INITIATED": ("sent", None),
    "VOICE_RINGING": ("sent", None),
    "VOICE_ANSWERED": ("delivered", None),
    "VOICE_COMPLETED": ("delivered", None),
    "VOICE_BUSY": ("failed", "not_answered"),
    "VOICE_NO_ANSWER": ("failed", "not_answered"),
    "VOICE_FAILED": ("failed", "unreachable"),
    "VOICE_TTL_EXPIRED": ("failed", "too_late"),
}


def told(event: dict[str, Any]) -> Told:
    """What the event says; the context is what we sent along."""
    kind = str(event["eventType"])
    reference = event.get("context", {}).get("reference")
    if kind not in EVENTS or reference is None:
        raise UnknownEvent(kind)
    return Told(reference, *EVENTS[kind])
