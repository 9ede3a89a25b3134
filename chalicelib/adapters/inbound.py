"""Patients' text messages on their way in: what providers post, the queue, and what is read from it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import msgspec

from chalicelib.application.replies import Text


class HttpReply(msgspec.Struct, frozen=True):
    """A message as the generic HTTP provider posts it. Numbers are international: "+33639980001"."""

    id: str
    sender: str = msgspec.field(name="from")
    to: str
    text: str
    reference: str = ""


class AwsReply(msgspec.Struct, frozen=True, rename="camel"):
    """A message of AWS End User Messaging's two-way texts, as its SNS topic puts it on the queue."""

    inbound_message_id: str
    origination_number: str
    destination_number: str
    message_body: str


class UnknownMessage(Exception):
    """Nothing that a provider of ours sends. It says nothing of what it held."""


class Replies:
    """The queue: the door only puts messages here."""

    def __init__(self, client: Any, queue: str) -> None:
        """`client`: boto3's SQS; `queue`: the URL of the replies queue."""
        self.client = client
        self.queue = queue

    def put(self, body: bytes) -> None:
        """Queue a message that the door has found to be one."""
        self.client.send_message(QueueUrl=self.queue, MessageBody=body.decode())


def read(body: str) -> Text:
    """The message, from whichever provider; its id is ours and says nothing of anybody."""
    try:
        if "inboundMessageId" in json.loads(body):
            aws = msgspec.json.decode(body, type=AwsReply)
            return _text("aws", aws.inbound_message_id, aws.origination_number, aws.destination_number,
                         aws.message_body)  # fmt: skip
        said = msgspec.json.decode(body, type=HttpReply)
    except (ValueError, TypeError):
        raise UnknownMessage from None
    return _text("http", said.id, said.sender, said.to, said.text, said.reference)


def _text(provider: str, theirs: str, sender: str, to: str, text: str, reference: str = "") -> Text:
    ours = sha256(f"{provider}|{theirs}".encode()).hexdigest()[:24]
    return Text(ours, sender.replace(" ", ""), to, text, reference)
