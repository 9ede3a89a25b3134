"""What a hospital tells us, in our own words: the small frozen records that the HL7 border hands over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

ABSENT = None
"""A field that the message leaves empty: what we know stays."""
CLEARED = ""
"""A field that the message sets to null (`""`): what we know is deleted."""


class Identifier(msgspec.Struct, frozen=True):
    """A patient's number as one authority gave it (CX: PID-3.1, 3.4, 3.5)."""

    value: str
    authority: str
    kind: str


class PatientDetails(msgspec.Struct, frozen=True):
    """PID, as far as we need it. None: not said (keep); "": said to be empty (clear)."""

    identifiers: tuple[Identifier, ...]
    family_name: str | None = ABSENT
    given_name: str | None = ABSENT
    birth_date: date | None = None
    sex: str | None = ABSENT
    mobile: str | None = ABSENT
    """E.164, as "+33600000001"; a number that cannot be brought to that form is left as sent."""
    email: str | None = ABSENT
    language: str | None = ABSENT
    """Two letters, lower case."""


class Code(msgspec.Struct, frozen=True):
    """A coded element: CE / CWE components 1 to 3."""

    code: str
    text: str
    system: str


class Clinician(msgspec.Struct, frozen=True):
    """A surgeon, as XCN or AIP-3 names them."""

    code: str
    name: str


class Origin(msgspec.Struct, frozen=True):
    """Where a message comes from: enough to know it again and to put it in order."""

    control_id: str
    kind: str
    """As "SIU^S12"."""
    sender: str
    """MSH-3 and MSH-4, joined by "|"."""
    sent_at: datetime
    """MSH-7 (UTC), or the time at which it was received where MSH-7 is empty."""


class Appointment(msgspec.Struct, frozen=True):
    """SIU^S12, S13, S14: the operation as it now stands (a full snapshot)."""

    origin: Origin
    appointment: str
    """The booking's own key: SCH-1.1, or SCH-2.1 where SCH-1 is empty."""
    patient: PatientDetails
    visit: str | None
    unit: str | None
    """The hospital's unit code as the profile maps it."""
    operation_at: datetime
    arrival_at: datetime | None
    procedures: tuple[Code, ...]
    surgeon: Clinician | None


class AppointmentCancelled(msgspec.Struct, frozen=True):
    """SIU^S15: the operation will not take place."""

    origin: Origin
    appointment: str
    patient: PatientDetails
    reason: str
    """A code of ours or the hospital's, never free text."""


class Movement(msgspec.Struct, frozen=True):
    """ADT: the patient came, left, or one of the two is withdrawn."""

    origin: Origin
    what: Literal["preadmitted", "admitted", "discharged", "admission_withdrawn", "discharge_withdrawn"]
    """A05 · A01 and A04 · A03 · A11 · A13."""
    patient: PatientDetails
    visit: str | None
    at: datetime
    """When it happened (EVN-6, PV1-44 / PV1-45, EVN-2), UTC."""


class Demographics(msgspec.Struct, frozen=True):
    """ADT^A08: who the patient is and how to reach them, as it now stands."""

    origin: Origin
    patient: PatientDetails
    visit: str | None


class NoConcern(msgspec.Struct, frozen=True):
    """A message that we understand and that does not concern us, with the reason in words."""

    origin: Origin
    reason: str


class NotUnderstood(msgspec.Struct, frozen=True):
    """A message for quarantine, with the reason in words that a hospital's integrator can act on.

    `origin` is None where not even MSH could be read.
    """

    origin: Origin | None
    reason: str


Incoming = Appointment | AppointmentCancelled | Movement | Demographics
"""What changes something."""


class UnitMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the hospital's own codes for a place lead to one of our units."""

    unit: str
    zone: str
    locations: tuple[str, ...]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hospital's dialect of HL7: data, not code."""

    facilities: tuple[str, ...]
    """MSH-4.1 values that may come through this hospital's queue."""
    zone: str
    """The zone of time stamps that carry no offset."""
    charset: str
    """Python name of the character set where MSH-18 is empty and the bytes are not UTF-8."""
    country_code: str
    """Dialling code for national numbers, as "33"."""
    patient_authorities: tuple[str, ...]
    """PID-3.4.1 of the number that names a patient, best first; empty: the first of PID-3."""
    units: tuple[UnitMapping, ...]
    default_unit: str | None
    procedures: dict[str, str]
    """Procedure code (AIS-3.1) → pathway code."""
    default_language: str
    reply_to: tuple[str, str]
    """MSH-5 and MSH-6 of what we send."""
