"""A message on its way to the queue: what it is wrapped in, and how SQS and S3 take it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.hl7 import read
from chalicelib.hl7.message import Message

LONGEST_BODY = 700_000
"""Characters of an SQS message (its own limit is 1 MiB); longer ones go to S3, a pointer to the queue."""


ENVELOPE = 1000
"""Characters around a message, at most."""
BATCH = 10
LONGEST_BATCH = 200_000
"""Messages, and bytes of them before they are wrapped, that one call of SQS carries (it takes 256 KiB)."""


class NoBucket(Exception):
    """A message is too long for the queue, and no bucket is set."""


@dataclass(frozen=True)
class Letter:
    """One message as a sender gave it to us."""

    hospital: str
    raw: bytes
    received_at: datetime
    patient: str
    """What keeps the order of a patient's messages: SQS's message group."""
    once: str
    """What SQS knows a second attempt of ours by. A sender's own repeat gets another one, and so becomes
    visible in the ledger, which recognises it by sender, MSH-10 and content."""


def letter(hospital: str, raw: bytes, at: datetime, once: str) -> Letter:
    """A letter, with its patient's group. A patient's number never leaves here in the clear."""
    found = read.read(raw)
    patient = found.get("PID-3.1") if isinstance(found, Message) else None
    group = sha256(f"{hospital}|{patient or ''}".encode()).hexdigest()
    return Letter(hospital, raw, at, group, once)


@dataclass(frozen=True)
class Post:
    """One hospital's inbound queue. Its methods block: call them in a thread."""

    sqs: Any
    url: str
    s3: Any = None
    bucket: str = ""

    def check(self, letter: Letter) -> None:
        """Raise `NoBucket` for a letter that could never leave: it must not be accepted."""
        if not self.bucket and 4 * len(letter.raw) // 3 + ENVELOPE > LONGEST_BODY:
            raise NoBucket

    def send_many(self, letters: list[Letter]) -> list[bool]:
        """Put some letters on the queue in one call; which of them are there. May raise, then none may be."""
        entries = [
            {
                "Id": str(number),
                "MessageBody": self._body(letter),
                "MessageGroupId": letter.patient,
                "MessageDeduplicationId": letter.once,
            }
            for number, letter in enumerate(letters)
        ]
        answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
        there = {entry["Id"] for entry in answer.get("Successful", [])}
        return [entry["Id"] in there for entry in entries]

    def send(self, letter: Letter) -> None:
        """Put a letter on the queue: when this returns it is there. May raise `NoBucket`."""
        self.put(self._body(letter), letter.patient, letter.once)

    def put(self, body: str, group: str, once: str) -> None:
        """Put a body on the queue."""
        self.sqs.send_message(
            QueueUrl=self.url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=once
        )

    def _body(self, letter: Letter) -> str:
        envelope: dict[str, str] = {
            "sha256": sha256(letter.raw).hexdigest(),
            "hospital": letter.hospital,
            "received_at": letter.received_at.isoformat(),
        }
        body = json.dumps(envelope | {"raw_b64": b64encode(letter.raw).decode()})
        if len(body) <= LONGEST_BODY:
            return body
        return json.dumps(envelope | {"s3_key": self._apart(letter, envelope["sha256"])})

    def _apart(self, letter: Letter, digest: str) -> str:
        if not self.bucket:
            raise NoBucket
        key = f"hl7/{letter.hospital}/{digest}"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=letter.raw)
        return key


def batches(letters: list[Letter]) -> Iterator[list[Letter]]:
    """The letters in order, so many together as one call carries."""
    batch: list[Letter] = []
    for letter in letters:
        if batch and (len(batch) == BATCH or sum(len(x.raw) for x in (*batch, letter)) > LONGEST_BATCH):
            yield batch
            batch = []
        batch.append(letter)
    if batch:
        yield batch
