"""What all messages that we build have in common: header, patient, texts that no reader can misread.

hl7apy does not know line breaks and escapes some texts twice, so it never sees an escape sequence: texts
are escaped by us, and our escape character travels through it as a private sign (`SHIELD`).
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.hl7.syntax import STANDARD, escape

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.incoming import Code, Identifier
    from chalicelib.application.report_content import ReportContent

VERSION = "2.5"
UNKNOWN_CLASS = "U"
UNSPECIFIED_NAME = "U"

SHIELD = "\ue000"
"""Our escape character on its way through hl7apy: a private sign, escaped where a text contains it."""

CODECS = {"UNICODE UTF-8": "utf-8", "8859/1": "latin-1", "8859/15": "iso8859-15"}
"""MSH-18 → Python's name."""
PLAIN = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
    "œ": "oe", "Œ": "OE", "€": "EUR", "\u202f": " ",
}  # fmt: skip
"""What stands for a sign that a one-byte character set lacks."""

Fields = dict[int, str]
"""Field number → ER7 text whose parts are already escaped."""


def encoded(message: Any, charset: str) -> bytes:
    """The message in the hospital's character set (MSH-18).

    What a one-byte set lacks is written as its nearest letters ("œ" as "oe", "ł" as "?" only where there
    is nothing near): a hospital that wants every letter takes UNICODE UTF-8.
    """
    er7: str = message.to_er7()
    written = f"{er7.replace(SHIELD, STANDARD.escape)}\r"
    codec = CODECS[charset]
    try:
        return written.encode(codec)
    except UnicodeEncodeError:
        return b"".join(_nearest(sign, codec) for sign in written)


def _nearest(sign: str, codec: str) -> bytes:
    for attempt in (sign, PLAIN.get(sign, ""), _bare(sign)):
        try:
            if attempt:
                return attempt.encode(codec)
        except UnicodeEncodeError:
            continue
    return b"?"


def _bare(sign: str) -> str:
    """Without accents. Never a delimiter: compatibility forms ("＆") are left alone."""
    return "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part))


def fill(segment: Any, fields: Fields) -> None:
    """Repetitions are set one by one, in the order of the fields."""
    for number, value in sorted(fields.items()):
        for repetition in value.split(STANDARD.repetition) if value else ():
            field = _own_field(segment, number) or segment.add_field(f"{segment.name}_{number}")
            field.value = repetition


def _own_field(segment: Any, number: int) -> Any:
    """MSH-7 and MSH-12 are there from the beginning; any other field is added."""
    if segment.name != "MSH" or number not in {7, 12}:
        return None
    return getattr(segment, f"msh_{number}")


def header(report: ReportContent, kind: str) -> Fields:
    """MSH of a message of this kind (MSH-9)."""
    return {
        3: text(report.sender[0]),
        4: text(report.sender[1]),
        5: text(report.receiver[0]),
        6: text(report.receiver[1]),
        7: stamp(report.written_at, report),
        9: kind,
        10: text(report.control_id),
        11: report.processing,
        12: VERSION,
        18: report.charset,
    }


def visit(report: ReportContent) -> Fields:
    """PV1: the stay, without a word on its class, which we do not know."""
    return {1: "1", 2: UNKNOWN_CLASS, 19: text(report.visit or "")}


def patient(report: ReportContent) -> Fields:
    """PID: the numbers as they were received."""
    name = parts(report.family_name, report.given_name, "", "", "", "", "L")
    return {
        1: "1",
        3: STANDARD.repetition.join(_identifier(i) for i in report.identifiers),
        5: name if report.family_name or report.given_name else f"^^^^^^{UNSPECIFIED_NAME}",
        7: f"{report.birth_date:%Y%m%d}" if report.birth_date else "",
        8: text(report.sex),
    }


def _identifier(identifier: Identifier) -> str:
    return parts(identifier.value, "", "", identifier.authority, identifier.kind)


def coded(code: Code) -> str:
    """CE: code, text, system."""
    return parts(code.code, code.text, code.system)


def parts(*values: str) -> str:
    """Components; one of blanks alone is empty (hl7apy drops it), and empty ones at the end are left out."""
    joined = STANDARD.component.join(text(value) if value.strip() else "" for value in values)
    return joined.rstrip(STANDARD.component)


def text(plain: str) -> str:
    """Escaped, without a sign that hl7apy would take for syntax or escape once more."""
    lines = plain.replace("\r\n", "\n").replace("\r", "\n")
    escaped = escape(lines).replace(SHIELD, _private(SHIELD))
    return escaped.replace(STANDARD.escape, SHIELD)


def _private(sign: str) -> str:
    return f"{STANDARD.escape}X{sign.encode().hex().upper()}{STANDARD.escape}"


def stamp(at: datetime, report: ReportContent) -> str:
    """A time of the hospital's zone, with its offset."""
    return f"{at.astimezone(ZoneInfo(report.zone)):%Y%m%d%H%M%S%z}"
