"""From bytes to a message, or to the reason why they are none. Never an exception, never a hang.

Tolerant, because what hospitals send is: any declared delimiters; CR, CRLF or LF; a byte order mark,
MLLP bytes and noise around the message; indented or lower-case segment names; text that was wrapped.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from chalicelib.hl7 import charset
from chalicelib.hl7.message import Message, Reading
from chalicelib.hl7.syntax import declared

DEFAULT_CHARSET = "cp1252"

_HEADER = re.compile(rb"MSH([!-/:-@\[-`{-~])")
_LINE = re.compile(rb"[^\r\n]*")
_START = re.compile(rb"(?:^|(?<=[\r\n\x0b\x1c]))[ \t]*MSH[!-/:-@\[-`{-~]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2}(?![A-Za-z0-9])")
_NOISE = "\v\0 \t"
"""What may stand before the name of a segment."""


class Unreadable(msgspec.Struct, frozen=True):
    """Bytes that hold no message, with the reason in words."""

    reason: str


def read(raw: bytes, default_charset: str = DEFAULT_CHARSET) -> Message | Unreadable:
    """The message in these bytes. `default_charset` counts where MSH-18 and the bytes say nothing.

    Bytes that hold several messages are refused, so that none of them is overlooked: `split` first.
    """
    header = _HEADER.search(raw)
    if header is None:
        wide = charset.utf_16(raw)
        if wide is None:
            return Unreadable(_no_header(raw))
        return read(raw.decode(wide, errors="replace").encode(), "utf_8")
    line = _LINE.match(raw, header.start())
    fields = (line[0] if line else b"").split(header[1])
    delimiters = declared(header[1].decode(), fields[1].decode(charset.LATIN_1))
    if delimiters is None:
        return Unreadable("MSH-2 declares no usable delimiters (one to five different signs)")
    code = b"".join(fields[17:18]).decode(charset.LATIN_1)
    named = charset.declared(code.split(delimiters.repetition)[0].split(delimiters.component)[0])
    text, found = charset.decode(raw[header.start() :], named, default_charset)
    return _message(text, Reading(delimiters, found))


def split(raw: bytes) -> tuple[bytes, ...]:
    """Every message of a batch (FHS, BHS) or of a frame that holds several; else the bytes untouched."""
    starts = [match.start() for match in _START.finditer(raw)]
    if not starts[1:]:
        return (raw,)
    ends = [*starts[1:], len(raw)]
    return tuple(_trimmed(raw[start:end]) for start, end in zip(starts, ends, strict=True))


def _trimmed(part: bytes) -> bytes:
    lines = part.strip(b"\x0b\x1c\r\n\t ").split(b"\r")
    while len(lines) > 1 and lines[-1].strip()[:3] in {b"FHS", b"BHS", b"FTS", b"BTS", b""}:
        lines.pop()
    return b"\r".join(lines)


def _no_header(raw: bytes) -> str:
    if not raw.strip(b"\x0b\x1c\r\n\t \0"):
        return "the message is empty"
    if raw.lstrip(b"\xef\xbb\xbf\x0b\r\n\t ").startswith(b"<"):
        return "no MSH segment: this is XML, and ER7 (the form with |) is expected"
    return "no MSH segment"


def _message(text: str, reading: Reading) -> Message | Unreadable:
    separator = reading.delimiters.field
    text, _, rest = text.rstrip("\0\r\n").partition("\x1c")
    lines = _lines(text, separator)
    if len(_clean(separator).findall(text)) != len(lines) - 1:
        lines = _tidy(lines, separator)
        text = "\r".join(lines)
    if "\rMSH" in text or (rest and _START.search(rest.encode())):
        return Unreadable("several MSH segments: one message at a time is expected")
    return Message(lines, reading)


@lru_cache(maxsize=64)
def _clean(separator: str) -> re.Pattern[str]:
    return re.compile(rf"\r[A-Z][A-Z0-9][A-Z0-9]{re.escape(separator)}")


def _lines(text: str, separator: str) -> list[str]:
    """A line feed ends a segment only before another one: real notes contain line feeds."""
    if "\n" in text:
        alone = "" if "\r" in text else r"|[ \t]*(?:\n|$)"
        text = text.rstrip().replace("\r\n", "\r")
        following = rf"\n(?=[ \t]*[A-Z][A-Z0-9]{{2}}(?:{re.escape(separator)}{alone}))"
        return [line.strip("\n") for line in re.sub(following, "\r", text).split("\r")]
    return text.split("\r")


def _tidy(lines: list[str], separator: str) -> list[str]:
    """The lines that are segments; what is none belongs to the text of the segment before it."""
    segments = lines[:1]
    for raw_line in lines[1:]:
        line = raw_line.lstrip(_NOISE)
        if _is_segment(line, separator):
            segments.append(line[:3].upper() + line[3:])
        elif line.strip() and len(segments) > 1:
            segments[-1] += f"\n{line}"
    return segments


def _is_segment(line: str, separator: str) -> bool:
    if _NAME.match(line) is None:
        return False
    return line[3:4] == separator or (not line[3:] and line.isupper())
