"""Patients' texts as providers put them on the queue, and texts that are too long."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.adapters.inbound import UnknownMessage, read
from chalicelib.adapters.providers import measured
from chalicelib.application.ports import Envelope

HTTP = {"id": "7", "from": "+33 6 39 98 00 01", "to": "38000", "text": "OK", "reference": "demo|e|n"}
AWS = {
    "originationNumber": "+33639980001",
    "destinationNumber": "+33700000001",
    "messageKeyword": "KEYWORD",
    "messageBody": "Arrêt",
    "previousPublishedMessageId": "p",
    "inboundMessageId": "7",
}


def test_each_provider_is_read() -> None:
    http, aws = read(json.dumps(HTTP)), read(json.dumps(AWS))
    assert (http.sender, http.to, http.text, http.reference) == ("+33639980001", "38000", "OK", "demo|e|n")
    assert (aws.sender, aws.to, aws.text, aws.reference) == ("+33639980001", "+33700000001", "Arrêt", "")


def test_the_id_is_the_same_again_and_says_nothing() -> None:
    http, again, aws = read(json.dumps(HTTP)), read(json.dumps(HTTP)), read(json.dumps(AWS))
    assert http.id == again.id != aws.id
    assert http.id.isalnum()
    assert len(http.id) == 24


@pytest.mark.parametrize("body", ["", "OK", "[]", "7", '{"text": "secret words"}', '{"id": 7, "text": "x"}'])
def test_what_nobody_sends_is_refused_without_its_words(body: str) -> None:
    with pytest.raises(UnknownMessage) as refused:
        read(body)
    assert str(refused.value) == ""
    assert refused.value.__cause__ is None


class Logged:
    """A logger that keeps what it is given."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def warning(self, words: str, extra: dict[str, Any]) -> None:
        self.lines.append(extra)


class Sent:
    """A provider that takes everything."""

    name = "sms"

    def send(self, envelope: Envelope) -> str:
        return envelope.text


@pytest.mark.parametrize(
    ("text", "long"), [("a" * 160, 0), ("a" * 161, 2), ("ê" * 134, 0), ("ê" * 135, 3), ("نعم", 0)]
)
def test_a_long_text_leaves_whole_and_is_counted(text: str, long: int) -> None:
    log = Logged()
    assert measured.Measured(Sent(), log).send(Envelope("+33639980001", "demo|e|n", text)) == text
    assert [line["found"] for line in log.lines] == ([long] if long else [])
    assert "+33639980001" not in repr(log.lines)
