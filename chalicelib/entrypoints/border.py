"""A record of a hospital's inbound queue: a message, or what became of one of ours."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools import Logger

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import outcomes
from chalicelib.application.identity import digest
from chalicelib.application.intake import Letter, receive, replay
from chalicelib.application.profile import Profile
from chalicelib.application.records import as_text
from chalicelib.hl7 import answer
from chalicelib.hl7.read import read, split
from chalicelib.hl7.translate import translate

if TYPE_CHECKING:
    from chalicelib.application.incoming import Incoming, NoConcern, NotUnderstood
    from chalicelib.application.records import MessageRecord
    from chalicelib.application.world import World

logger = Logger(service="vigie", serialize_stacktrace=False)

LONGEST_IN_LEDGER = 60_000
"""Bytes: an item of DynamoDB holds 400 kB, and each byte may become six in its JSON (a control character)."""


class Envelope(msgspec.Struct, frozen=True):
    """What the bridge wraps a message in. A sender that writes to the queue itself may send plain ER7."""

    raw_b64: str = ""
    s3_key: str = ""
    received_at: datetime | None = None
    outcome: outcomes.Outcome | None = None


def take_in(record: dict[str, Any]) -> None:
    """Do what one record says. The queue's own ARN says which hospital is speaking."""
    hospital = bootstrap.hospital_of_queue(record["eventSourceARN"])
    envelope = _opened(record["body"])
    with acting_for(hospital):
        if envelope.outcome is not None:
            outcomes.note(bootstrap.world(), hospital, envelope.outcome)
            return
        raw = _bytes(hospital, envelope)
        at = bootstrap.clock().now()
        parts = split(raw)
        for part in parts:
            stored_at = envelope.s3_key if len(parts) == 1 else ""
            _message(hospital, part, at, envelope.received_at or at, stored_at or None)


def _message(hospital: str, raw: bytes, at: datetime, received_at: datetime, stored_at: str | None) -> None:
    """One message; of a batch that fails in the middle, the first ones are repeats when it comes again."""
    letter = _letter(hospital, raw, at, stored_at)
    done = receive(bootstrap.world(), letter, said(hospital, raw, received_at))
    _answer(hospital, raw, done, at)
    logger.info("hl7", extra={"hospital": hospital, "key": done.key, "result": done.result})


def said(hospital: str, raw: bytes, received_at: datetime) -> Incoming | NoConcern | NotUnderstood:
    """What these bytes say in the hospital's dialect as it now stands."""
    return in_dialect(bootstrap.world().catalogue.profile(hospital), raw, received_at)


def in_dialect(profile: Profile, raw: bytes, received_at: datetime) -> Incoming | NoConcern | NotUnderstood:
    """What these bytes say in a dialect: a trial of a profile changes nothing."""
    return translate(read(raw, profile.charset), profile, received_at)


def take_in_again(hospital: str, line: MessageRecord, at: datetime) -> MessageRecord:
    """Replay a message that waits in quarantine. Raises `Conflict` where somebody else does so too."""
    raw = raw_of(hospital, line)
    letter = _letter(hospital, raw, at, line.stored_at)
    done = replay(bootstrap.world(), letter, said(hospital, raw, line.at), line)
    _answer(hospital, raw, done, at)
    return done


def raw_of(hospital: str, line: MessageRecord) -> bytes:
    """The bytes of a message as they came."""
    if line.stored_at is not None:
        return bootstrap.long_messages().get(hospital, line.stored_at)
    return line.raw


def _opened(body: str) -> Envelope:
    if not body.lstrip().startswith("{"):
        return Envelope(raw_b64=b64encode(body.encode()).decode())
    return msgspec.json.decode(body, type=Envelope)


def _bytes(hospital: str, envelope: Envelope) -> bytes:
    if envelope.s3_key:
        return bootstrap.long_messages().get(hospital, envelope.s3_key)
    return b64decode(envelope.raw_b64)


def _letter(hospital: str, raw: bytes, at: datetime, stored_at: str | None) -> Letter:
    if stored_at is None and len(raw) > LONGEST_IN_LEDGER:
        stored_at = bootstrap.long_messages().put(hospital, raw)
    text, encoding = as_text(raw)
    return Letter(hospital, at, sha256(raw).hexdigest(), text, encoding, stored_at)


def _answer(hospital: str, raw: bytes, done: MessageRecord, at: datetime) -> None:
    """The application's answer, where it is asked for; a repeat gets that of the first again."""
    if done.type.startswith("ACK") or not done.control_id:
        return
    world = bootstrap.world()
    first = _first(world, hospital, done) if done.result == "duplicate" else done
    code: answer.Code = "AE" if first.result == "quarantined" else "AA"
    if not answer.is_asked_for(raw, world.catalogue.profile(hospital).acknowledge, code):
        return
    control_id = digest(hospital, "answer", first.key, code)[:20].upper()
    message = answer.answer(raw, code, first.reason, first.at, control_id)
    outcomes.queue(world, hospital, done, control_id, message, at)


def _first(world: World, hospital: str, repeat: MessageRecord) -> MessageRecord:
    """The line of the message that this one repeats."""
    lines = world.ledger.of_control(hospital, repeat.key.partition(".")[0])
    same = (line for line in lines if line.sha256 == repeat.sha256 and line.direction == "in")
    return next((line for line in same if line.result != "duplicate"), repeat)
