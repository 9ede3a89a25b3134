"""The immediate answer to a message: a template filled from the bytes of its MSH alone.

It says *durably stored* (or not), never *done*, so it must be possible when nothing else can be read:
it works on any bytes, needs no character set and no library.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

Code = Literal["AA", "AE", "AR"]

LONGEST_HEADER = 8192
"""Bytes of an MSH that are looked at."""

_HEADER = re.compile(rb"MSH([!-/:-@\[-`{-~])([^\r\n]{0,%d})" % LONGEST_HEADER)
_CONTROLS = bytes(range(32)) + b"\x7f"
_ENHANCED = {"AA": b"CA", "AE": b"CE", "AR": b"CR"}
_ACCEPT = {b"NE": (), b"ER": ("AE", "AR"), b"SU": ("AA",)}
"""MSH-15: which answers a sender in enhanced mode wants at once; otherwise all of them."""


class Header(NamedTuple):
    """The MSH of a message, as its bytes hold it."""

    separator: bytes
    characters: bytes
    fields: tuple[bytes, ...]

    def field(self, number: int) -> bytes:
        """MSH-3 and after, as it came."""
        index = number - 3
        return self.fields[index] if index < len(self.fields) else b""

    @property
    def component(self) -> bytes:
        """What separates components."""
        return self.characters[:1]

    @property
    def is_enhanced(self) -> bool:
        """Whether the sender distinguishes "stored" from "done": MSH-15 or MSH-16 is filled."""
        return bool(self.field(15) or self.field(16))

    def answered(self, at: datetime, control_id: str) -> list[bytes]:
        """The MSH of an answer."""
        return [
            b"MSH",
            self.characters,
            *(self.field(n) for n in (5, 6, 3, 4)),
            f"{at:%Y%m%d%H%M%S%z}".encode(),
            b"",
            _message_type(self),
            plain(control_id, self),
            self.field(11) or b"P",
            self.field(12) or b"2.5",
            *(b"",) * 5,
            self.field(18),
        ]


def acknowledgement(frame: bytes, code: Code, text: str, at: datetime, control_id: str) -> bytes:
    """The ACK (ER7 without MLLP's own bytes): AA, AE, AR, or CA, CE, CR where MSH-15 or 16 is filled.

    Sender and receiver change places; MSH-9.2, 11, 12 and 18 are copied, in the sender's own delimiters.
    Where the frame holds no MSH, the answer has an empty MSA-2.
    """
    found = header(frame)
    said = _ENHANCED[code] if found.is_enhanced else code.encode()
    lines = [found.answered(at, control_id), [b"MSA", said, found.field(10), plain(text, found)]]
    return b"".join(found.separator.join(line).rstrip(found.separator) + b"\r" for line in lines)


def is_wanted(frame: bytes, code: Code) -> bool:
    """Whether the sender waits for this answer: always in original mode, by MSH-15 in enhanced mode."""
    return code in _ACCEPT.get(header(frame).field(15).upper(), ("AA", "AE", "AR"))


def header(frame: bytes) -> Header:
    """The first MSH in any bytes; one without fields where there is none."""
    match = _HEADER.search(frame)
    if match is None:
        return Header(b"|", b"^~\\&", ())
    separator = match[1]
    characters, *fields = (part.translate(None, _CONTROLS) for part in match[2].split(separator))
    return Header(separator, characters or b"^~\\&", tuple(fields))


def _message_type(found: Header) -> bytes:
    """ACK, with their event, and with a structure where their version has one."""
    parts = found.field(9).split(found.component)
    trigger = parts[1:2]
    structure = [b"ACK"] if parts[2:] else []
    return found.component.join([b"ACK", *trigger, *structure])


def plain(text: str, found: Header) -> bytes:
    """Our own words, without anything that their delimiters or character set could misread."""
    syntax = bytes(c for c in found.separator + found.characters if not chr(c).isalnum())
    blanks = bytes.maketrans(syntax, b" " * len(syntax))
    return text.encode("ascii", errors="replace").translate(blanks, _CONTROLS)
