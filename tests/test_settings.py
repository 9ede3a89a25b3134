"""The environment: complete, or an error that names what is missing."""

from __future__ import annotations

import pytest

from chalicelib.settings import MissingSetting, UnsafeSetting, read

COMPLETE = dict.fromkeys(
    [
        "VIGIE_STAGE",
        "CARE_TABLE",
        "CATALOGUE_TABLE",
        "ACCESS_TABLE",
        "SHARDS_QUEUE_URL",
        "WAKE_QUEUE_URL",
        "NOTICES_QUEUE_URL",
        "REPORTS_QUEUE_URL",
        "RECEIPTS_QUEUE_URL",
        "REPLIES_QUEUE_URL",
        "QUEUE_PREFIX",
        "MESSAGES_BUCKET",
        "BASE_URL",
        "SES_FROM",
    ],
    "x",
)


@pytest.mark.parametrize("name", COMPLETE)
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(MissingSetting, match=name):
        read({k: v for k, v in COMPLETE.items() if k != name})


@pytest.mark.parametrize("sender", ["", "HOPSTLUC", "Hopital2", "36180", "+33700000001", "pool-0123abcd"])
def test_a_sender_that_networks_take(sender: str) -> None:
    assert read(COMPLETE | {"SMS_SENDER": sender}).sms_sender == sender


@pytest.mark.parametrize("sender", ["HOP ST LUC", "HOPITALSTLUC", "Hôpital", "ST-LUC", "1", "12" * 9])
def test_a_sender_that_networks_refuse(sender: str) -> None:
    with pytest.raises(UnsafeSetting):
        read(COMPLETE | {"SMS_SENDER": sender})


def test_whose_number_patients_answer_to() -> None:
    found = read(COMPLETE | {"SMS_NUMBERS": "+33700000001=demo,36180=other"}).sms_numbers
    assert found == {"+33700000001": "demo", "36180": "other"}
    assert read(COMPLETE).sms_numbers == {}


@pytest.mark.parametrize(
    "unsafe",
    [
        {"CLOCK": "shifted"},
        {"CLOCK": "held"},
        {"INSECURE_COOKIES": "1"},
        {"SMS_HTTP_URL": "http://sms.example"},
        {"OVH_URL": "http://ovh.example"},
    ],
)
def test_only_the_local_stage_may_be_unsafe(unsafe: dict[str, str]) -> None:
    assert read(COMPLETE | unsafe | {"VIGIE_STAGE": "local"}).is_local
    with pytest.raises(UnsafeSetting):
        read(COMPLETE | unsafe)


def test_providers_have_points_and_countries_are_listed() -> None:
    chosen = read(COMPLETE | {"SMS_PROVIDERS": "aws:70, ovh:30", "SMS_COUNTRIES": "33,262"})
    assert chosen.sms_providers == {"aws": 70, "ovh": 30}
    assert chosen.sms_countries == ("33", "262")
    assert read(COMPLETE | {"SMS_COUNTRIES": "all"}).sms_countries == ()


@pytest.mark.parametrize("text", ["aws", "aws:0", "aws:101", "aws:-1", "aws:70,ovh:x"])
def test_points_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UnsafeSetting):
        read(COMPLETE | {"SMS_PROVIDERS": text})
