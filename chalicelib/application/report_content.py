"""What a report to the hospital says: plain fields, ready to be written as HL7."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.application.incoming import Code, Identifier

Charset = Literal["UNICODE UTF-8", "8859/1", "8859/15"]


class Observation(msgspec.Struct, frozen=True):
    """One answer of the patient."""

    code: Code
    """The question; system "LN" for LOINC, "L" for a code of our own."""
    kind: Literal["number", "coded", "text", "date"]
    """A scale or a number; choices or a boolean; free text; a day."""
    value: str
    """The number, the answer's code, the text as the patient wrote it, or "2026-11-25"."""
    observed_at: datetime
    value_text: str = ""
    """What an answer's code means, in words."""
    value_system: str = "L"
    """"HL70136" for yes and no (Y, N), "L" for a code of our own."""
    units: str = ""
    """UCUM, as "{score}"."""
    reference_range: str = ""
    """As "0-10"."""
    abnormal: Literal["", "N", "A", "AA"] = ""
    """OBX-8: an orange rule (A) or a red one (AA) looked at this answer."""
    label: str = ""
    """The question in the unit's own words, for documents that people read."""
    sub_id: str = ""
    """OBX-4, where one question is answered several times."""
    several: tuple[Code, ...] = ()
    """Where several answers were chosen, all of them; `value` is then empty."""


class ResolvedAlert(msgspec.Struct, frozen=True):
    """An alert that a clinician has closed."""

    level: Literal["red", "orange", "silent"]
    reasons: tuple[Code, ...]
    """Which rules raised it."""
    outcome: Code
    by: str
    """The clinician's code."""
    by_name: str
    raised_at: datetime
    resolved_at: datetime


class ReportContent(msgspec.Struct, frozen=True):
    """A completed checklist, a resolved alert, or both. All times aware; `zone` is how they are written."""

    control_id: str
    report: str
    """The filler's order number: the report's id, unique in the hospital."""
    sender: tuple[str, str]
    """MSH-3 and MSH-4."""
    receiver: tuple[str, str]
    """MSH-5 and MSH-6: `Profile.reply_to`."""
    written_at: datetime
    zone: str
    identifiers: tuple[Identifier, ...]
    """PID-3 as received: at least one."""
    family_name: str
    given_name: str
    birth_date: date | None
    sex: str
    visit: str | None
    panel: Code
    """What was asked, as one orderable thing: the pathway's step."""
    observed_at: datetime
    observations: tuple[Observation, ...]
    alert: ResolvedAlert | None = None
    appointment: str | None = None
    """The hospital's own number of the booking (placer order), where it is known."""
    status: Literal["F", "C"] = "F"
    """Final, or a correction."""
    scores: tuple[Observation, ...] = ()
    """What was counted from the answers."""
    charset: Charset = "UNICODE UTF-8"
    """MSH-18, as the hospital's profile says."""
    processing: Literal["P", "T", "D"] = "P"
    """MSH-11: production, training, debugging."""


class Document(msgspec.Struct, frozen=True):
    """A document that goes with a report."""

    id: str
    """TXA-12: unique among all that we send to this hospital."""
    title: str
    file_name: str
    pdf: bytes
