"""What the operator reads in docs/sms.md is what the providers' tables say."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
import pytest

from chalicelib.adapters.providers import email_ses, messaging_aws, sms_http, sms_ovh
from chalicelib.adapters.receipts import email_ses as mail_events
from chalicelib.adapters.receipts import messaging_aws as text_events
from chalicelib.adapters.receipts import sms_ovh as ovh_events

PAGE = (Path(__file__).parents[2] / "docs" / "sms.md").read_text("utf-8")
SENDING = [messaging_aws.CODES, email_ses.CODES, sms_http.CODES, sms_ovh.CODES]
TOLD = [text_events.EVENTS, mail_events.EVENTS, ovh_events.PTT, ovh_events.DLR]


def explained() -> dict[str, str]:
    """Each reason of the page, and whether it is for good."""
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| ([^|]+) \|", PAGE, re.MULTILINE)
    return {reason: good.strip() for reasons, good in rows for reason in re.findall(r"`(\w+)`", reasons)}


@pytest.mark.parametrize("table", SENDING, ids=["aws", "ses", "http", "ovh"])
def test_each_reason_for_a_refusal_is_explained(table) -> None:
    for reason, for_good in table.values():
        assert explained()[reason].startswith("yes") is for_good, reason


@pytest.mark.parametrize("table", TOLD, ids=["aws", "ses", "ovh", "ovh-dlr"])
def test_each_reason_of_an_event_is_explained(table) -> None:
    assert {reason for _, reason in table.values() if reason} <= set(explained())


def test_the_contract_of_the_generic_provider_is_kept() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \| (yes|no) \|", PAGE, re.MULTILINE)
    assert {int(status): (reason, good == "yes") for status, reason, good in rows} == sms_http.CODES


def test_every_code_of_ses_is_one_of_its_own() -> None:
    model = boto3.client("sesv2", region_name="eu-west-3").meta.service_model
    assert set(email_ses.CODES) == {error.name for error in model.operation_model("SendEmail").error_shapes}
