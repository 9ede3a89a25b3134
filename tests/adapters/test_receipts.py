"""Providers' events in our own words, event by event."""

from __future__ import annotations

import json

import boto3
import pytest

from chalicelib.adapters.providers.email_ses import tag
from chalicelib.adapters.receipts import email_ses, messaging_aws, sms_ovh
from chalicelib.adapters.receipts.read import read
from chalicelib.adapters.receipts.told import Told, UnknownEvent

REFERENCE = "demo|episode|before.1.invite"
POINTERS = {"42": REFERENCE}


def told(event: dict | str) -> Told | None:
    return read(event if isinstance(event, str) else json.dumps(event), POINTERS.get)


def texted(kind: str) -> dict:
    return {"eventType": kind, "isFinal": True, "messageId": "m", "context": {"reference": REFERENCE}}


def mailed(kind: str) -> dict:
    return {"eventType": kind, "mail": {"messageId": "m", "tags": {"reference": [tag(REFERENCE)]}}}


def called_back(ptt: str, dlr: str = "0") -> dict:
    return {"provider": "ovh", "id": "42", "ptt": ptt, "dlr": dlr}


@pytest.mark.parametrize(
    ("event", "status", "reason"),
    [
        (texted("TEXT_QUEUED"), "sent", None),
        (texted("TEXT_SUCCESSFUL"), "delivered", None),
        (texted("TEXT_DELIVERED"), "delivered", None),
        (texted("TEXT_UNKNOWN"), "sent", None),
        (texted("TEXT_INVALID"), "failed", "invalid_number"),
        (texted("TEXT_CARRIER_BLOCKED"), "failed", "blocked"),
        (texted("TEXT_TTL_EXPIRED"), "failed", "too_late"),
        (texted("TEXT_PROTECT_BLOCKED"), "failed", "country_not_allowed"),
        (texted("VOICE_RINGING"), "sent", None),
        (texted("VOICE_ANSWERED"), "delivered", None),
        (texted("VOICE_NO_ANSWER"), "failed", "not_answered"),
        (mailed("Send"), "sent", None),
        (mailed("Delivery"), "delivered", None),
        (mailed("DeliveryDelay"), "sent", None),
        (mailed("Bounce"), "failed", "bounced"),
        (mailed("Complaint"), "failed", "complaint"),
        (mailed("Reject"), "failed", "rejected"),
        (called_back("3"), "sent", None),
        (called_back("4"), "delivered", None),
        (called_back("8"), "failed", "too_late"),
        (called_back("23"), "failed", "invalid_number"),
        (called_back("999", "1"), "delivered", None),
        (called_back("999", "2"), "failed", "unreachable"),
        (called_back("999", "16"), "failed", "rejected"),
        ({"reference": REFERENCE, "status": "failed", "code": "unknown_number"}, "failed", "unknown_number"),
    ],
)
def test_an_event(event, status, reason) -> None:
    assert told(event) == Told(REFERENCE, status, reason)


@pytest.mark.parametrize(
    "event",
    [
        texted("TEXT_NEW"),
        {"eventType": "TEXT_DELIVERED", "context": {}},
        mailed("Open"),
        {"eventType": "Bounce", "mail": {"tags": {}}},
        called_back("999", "77"),
        called_back("4") | {"id": "43"},
        {"something": "else"},
        {"reference": REFERENCE, "status": "lost"},
        "no JSON",
    ],
)
def test_what_no_table_knows_is_loud(event) -> None:
    with pytest.raises((UnknownEvent, ValueError)):
        told(event)


def test_a_greeting_says_nothing() -> None:
    assert told("Successfully validated SNS topic for Amazon SES event publishing.") is None


def test_every_event_that_amazon_may_send_is_in_a_table() -> None:
    model = boto3.client("pinpoint-sms-voice-v2", region_name="eu-west-3").meta.service_model
    kinds = {k for k in model.shape_for("EventType").enum if k.startswith(("TEXT_", "VOICE_"))}
    assert set(messaging_aws.EVENTS) == kinds - {"TEXT_ALL", "VOICE_ALL"}


@pytest.mark.parametrize("table", [messaging_aws.EVENTS, email_ses.EVENTS, sms_ovh.PTT, sms_ovh.DLR])
def test_a_failure_has_a_reason_and_nothing_else_has(table) -> None:
    assert all((status == "failed") is (reason is not None) for status, reason in table.values())
