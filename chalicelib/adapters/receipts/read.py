"""Whose event a message of the receipts queue is, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from chalicelib.adapters.receipts import email_ses, messaging_aws, sms_ovh
from chalicelib.adapters.receipts.told import Status, Told, UnknownEvent

GREETING = "Successfully validated SNS topic"
"""SES says so, once, to every topic that it is connected to."""


class HttpEvent(msgspec.Struct, frozen=True):
    """A delivery event of the generic HTTP provider (docs/sms.md)."""

    reference: str
    status: Status
    code: str | None = None
    id: str = ""
    at: str = ""


def read(body: str, reference: Callable[[str], str | None]) -> Told | None:
    """The event in our own words; None for a greeting. Raises `UnknownEvent` for what nobody expects.

    `reference`: which notice an id of OVHcloud's belongs to.
    """
    if body.startswith(GREETING):
        return None
    event = json.loads(body)
    if event.get("provider") == "ovh":
        return sms_ovh.told(msgspec.convert(event, sms_ovh.Event), reference)
    if "mail" in event:
        return email_ses.told(event)
    if "eventType" in event:
        return messaging_aws.told(event)
    if "reference" in event:
        said = msgspec.convert(event, HttpEvent)
        return Told(said.reference, said.status, said.code)
    raise UnknownEvent(", ".join(sorted(event)))
