"""What leaves for a hospital, and what became of it there."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from chalicelib.application.identity import sent_key
from chalicelib.application.ports import AlreadyKnown
from chalicelib.application.records import MessageRecord, as_text

if TYPE_CHECKING:
    from chalicelib.application.world import World


class Outcome(msgspec.Struct, frozen=True):
    """How the hospital's system answered one of our messages (MSA), as its bridge tells us."""

    control_id: str
    result: Literal["delivered", "refused"]
    code: str
    """MSA-1: AA or CA; AE, CE, …"""
    text: str
    at: datetime


LONGEST_REASON = 300


class NeverSent(Exception):
    """An outcome names a message that we have not sent; its control id is the text."""


def note(world: World, hospital: str, outcome: Outcome) -> None:
    """Write on the message's line what became of it; noting it twice does no harm. Raises `NeverSent`."""
    line = world.ledger.message(hospital, sent_key(hospital, outcome.control_id), "out")
    if line is None:
        raise NeverSent(outcome.control_id)
    if line.result in {"delivered", "refused"}:
        return
    reason = f"{outcome.code} {outcome.text}".strip()[:LONGEST_REASON]
    world.care.store(hospital, line.episode, (replace(line, result=outcome.result, reason=reason),))


def queue(
    world: World, hospital: str, about: MessageRecord, control_id: str, message: bytes, at: datetime
) -> None:
    """Queue an answer to a message, with a line in the ledger. A repeated answer keeps its control id."""
    kind = f"ACK^{about.type.partition('^')[2]}".rstrip("^")
    group, once = sent_key(hospital, control_id), sent_key(hospital, about.key + control_id)
    # The line comes first: the outcome may be back before the next statement runs.
    keep(world, sent_line(hospital, about.episode, control_id, message, kind, at))
    world.hospital_queue.send(hospital, group, control_id, message, kind, at, once=once)


def keep(world: World, line: MessageRecord) -> None:
    """Write a line once: what stands there already stays."""
    try:
        world.care.store(line.hospital, line.episode, (line,))
    except AlreadyKnown:
        return


def sent_line(
    hospital: str, episode: str | None, control_id: str, message: bytes, kind: str, at: datetime
) -> MessageRecord:
    """The ledger's line of a message that goes onto the hospital's queue."""
    text, encoding = as_text(message)
    return MessageRecord(
        key=sent_key(hospital, control_id),
        at=at,
        hospital=hospital,
        direction="out",
        control_id=control_id,
        type=kind,
        sha256=sha256(message).hexdigest(),
        result="queued",
        reason="",
        episode=episode,
        message=text,
        encoding=encoding,
    )
