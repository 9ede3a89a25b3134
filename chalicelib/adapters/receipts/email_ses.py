"""Events of SES: the tag that we gave the mail says which notice it was."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.providers.email_ses import untagged
from chalicelib.adapters.receipts.told import Meanings, Told, UnknownEvent

EVENTS: Meanings = {
    "Send": ("sent", None),
    "DeliveryDelay": ("sent", None),
    "Delivery": ("delivered", None),
    "Bounce": ("failed", "bounced"),  # permanent or not: SES has given up
    "Complaint": ("failed", "complaint"),
    "Reject": ("failed", "rejected"),
    "Rendering Failure": ("failed", "rejected"),
}


def told(event: dict[str, Any]) -> Told:
    """What the event says."""
    kind = str(event["eventType"])
    tags = event.get("mail", {}).get("tags", {}).get("reference", [])
    if kind not in EVENTS or not tags:
        raise UnknownEvent(kind)
    return Told(untagged(tags[0]), *EVENTS[kind])
