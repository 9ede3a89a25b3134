"""HL7 messages as the console's pages want them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from chalicelib.application.incoming import Incoming, NoConcern, NotUnderstood
from chalicelib.hl7.message import Message
from chalicelib.hl7.names import conformance, parts
from chalicelib.hl7.read import Unreadable, read

if TYPE_CHECKING:
    from chalicelib.application.ledger import Page
    from chalicelib.application.records import MessageRecord
    from chalicelib.entrypoints.http import Call

LONGEST_COUNT = 5
"""Digits of a number that a link carries."""
FILTERS = ("direction", "day", "type", "result")
RESULTS = (
    "applied", "no_concern", "stale", "duplicate", "quarantined", "queued", "delivered", "refused",
)  # fmt: skip


def listing(call: Call, found: Page, direction: str, day: date) -> dict[str, Any]:
    """The table, its filters, and the way to older lines."""
    asked = {name: call.query[name] for name in FILTERS if call.query.get(name)}

    def to(**changes: str) -> str:
        merged = {name: value for name, value in (asked | changes).items() if value}
        return "/team/hl7?" + urlencode(merged)

    return {
        "rows": [_row(line) for line in found.lines],
        "older": None if found.older is None else to(before=found.older),
        "by_number": any(call.query.get(name) for name in ("control", "patient", "found")),
        "way": direction,
        "day": day,
        "previous": to(day=(day - timedelta(days=1)).isoformat()),
        "next": to(day=(day + timedelta(days=1)).isoformat()),
        "type": call.query.get("type", ""),
        "result": call.query.get("result", ""),
        "results": RESULTS,
        "replayed": shown_count(call, "replayed"),
        "left": shown_count(call, "left"),
        "redriven": shown_count(call, "redriven"),
    }


def details(
    call: Call, line: MessageRecord, raw: bytes, siblings: tuple[MessageRecord, ...]
) -> dict[str, Any]:
    """One message: its line, its segments with the names of their fields, and others of its number."""
    message = read(raw, call.world.catalogue.profile(line.hospital).charset)
    return {
        "line": _row(line),
        "size": len(raw),
        **_read(message, raw),
        "siblings": [_row(other) for other in siblings if other.key != line.key],
    }


def _read(message: Message | Unreadable, raw: bytes) -> dict[str, Any]:
    if isinstance(message, Unreadable):
        text = _text(raw, "latin-1")
        return {"charset": "", "segments": [], "unreadable": message.reason, "conformance": (), "text": text}
    return {
        "charset": message.charset,
        "segments": [(segment.name, parts(segment)) for segment in message.segments],
        "unreadable": "",
        "conformance": conformance(message),
        "text": _text(raw, message.charset),
    }


def trial(said: Incoming | NoConcern | NotUnderstood, raw: bytes) -> dict[str, Any]:
    """What a message would mean: its kind, and everything that was understood, with dotted names."""
    message = read(raw)
    if isinstance(said, NotUnderstood | NoConcern):
        kind = "quarantined" if isinstance(said, NotUnderstood) else "no_concern"
        return {"kind": kind, "reason": said.reason, "facts": []}
    facts = _flat("", msgspec.to_builtins(said))
    missing = conformance(message) if isinstance(message, Message) else ()
    return {"kind": type(said).__name__, "reason": "", "facts": facts, "conformance": missing}


def _row(line: MessageRecord) -> dict[str, Any]:
    return {
        "key": line.key,
        "at": line.at,
        "direction": line.direction,
        "control_id": line.control_id,
        "type": line.type,
        "result": line.result,
        "reason": line.reason,
        "episode": line.episode,
        "stored_apart": line.stored_at is not None,
    }


def _text(raw: bytes, charset: str) -> str:
    return raw.decode(charset, "replace").replace("\r\n", "\r").replace("\r", "\n")


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in _flat(f"{name}.{key}".strip("."), inner)]
    if isinstance(value, list | tuple):
        return [pair for n, inner in enumerate(value, start=1) for pair in _flat(f"{name}[{n}]", inner)]
    return [] if value in {None, "", False} else [(name, str(value))]


def shown_count(call: Call, name: str) -> int | None:
    """A number that a link brings back from a form; None where it brings none."""
    value = call.query.get(name, "")
    return int(value) if value.isdecimal() and len(value) <= LONGEST_COUNT else None
