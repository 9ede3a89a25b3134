"""The application's own answer to a message: what came of it, with the field that was wrong (MSA, ERR).

It follows the immediate answer of `acknowledge` on the hospital's outbound queue, where MSH-16 or the
hospital's profile asks for it. It is made from what the ledger keeps, so a repeated message gets the
same bytes again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from chalicelib.hl7.acknowledge import Header, header, plain

if TYPE_CHECKING:
    from datetime import datetime

Code = Literal["AA", "AE"]
Asked = Literal["as_asked", "always", "never"]

_FIELD = re.compile(r"([A-Z][A-Z0-9]{2})-([0-9]{1,3})(?:\.([0-9]{1,3}))?")
_CODES = (
    (re.compile(r"is empty|is missing|are empty"), "101^Required field missing^HL70357"),
    (re.compile(r"is not a|has no hour|hold no hour|longer than"), "102^Data type error^HL70357"),
    (re.compile(r"not a message type"), "200^Unsupported message type^HL70357"),
    (re.compile(r"no pathway|leads to no unit|messages come from"), "103^Table value not found^HL70357"),
    (re.compile(r"control id"), "205^Duplicate key identifier^HL70357"),
)
_ELSE = "207^Application internal error^HL70357"


def is_asked_for(message: bytes, asked: Asked, code: Code) -> bool:
    """Whether an application's answer follows. "as_asked": by MSH-16; never in original mode."""
    if asked != "as_asked":
        return asked == "always"
    wanted = header(message).field(16).upper()
    return wanted in {b"AL", b"SU" if code == "AA" else b"ER"}


def answer(message: bytes, code: Code, reason: str, at: datetime, control_id: str) -> bytes:
    """ACK with MSA and, where something was wrong, ERR: segment and field, code, and our reason in words.

    Sender and receiver change places; delimiters, version and character set are the sender's own.
    """
    found = header(message)
    lines = [found.answered(at, control_id), [b"MSA", code.encode(), found.field(10)]]
    if code == "AE":
        lines.append(_error(found, reason))
    return b"".join(found.separator.join(line).rstrip(found.separator) + b"\r" for line in lines)


def _error(found: Header, reason: str) -> list[bytes]:
    """ERR of 2.5 and later: 2 where, 3 what, 4 how bad, 8 in words."""
    match = _FIELD.search(reason)
    place = [] if match is None else [match[1], "1", match[2], *(["1", match[3]] if match[3] else [])]
    number = next((code for pattern, code in _CODES if pattern.search(reason)), _ELSE)
    return [
        b"ERR",
        b"",
        found.component.join(part.encode() for part in place),
        found.component.join(plain(part, found) for part in number.split("^")),
        b"E",
        b"",
        b"",
        b"",
        plain(reason, found),
    ]
