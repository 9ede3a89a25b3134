"""What a hospital tells us, in our own words: the small frozen records that the HL7 border hands over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.domain.episode.commands import Word

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
    consent: str | None = ABSENT
    """"N": no messages; "Y"."""


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
    recorded_at: datetime | None = None
    """EVN-2 (UTC)."""
    sequence: int = 0
    """MSH-13, where the sender counts."""

    @property
    def word(self) -> Word:
        """Its place among all that the hospital says: text that sorts."""
        recorded = "" if self.recorded_at is None else f"{self.recorded_at:%Y%m%d%H%M%S}"
        return (
            f"{self.sent_at:%Y-%m-%dT%H:%M:%S.%fZ}|{recorded:0>14}|{self.sequence:015d}"
            f"|{len(self.control_id):03d}{self.control_id}"
        )


class Appointment(msgspec.Struct, frozen=True):
    """SIU^S12 to S14, S18 to S22, an order, or a planned stay: the operation as it now stands."""

    origin: Origin
    appointment: str
    """The booking's own key: SCH-1.1, or SCH-2.1 where SCH-1 is empty; ORC-2, or ORC-3; PV1-19."""
    patient: PatientDetails
    visit: str | None
    unit: str | None
    """The hospital's unit code as the profile maps it."""
    operation_at: datetime
    arrival_at: datetime | None
    procedures: tuple[Code, ...]
    surgeon: Clinician | None
    pathway: str | None = None
    """Where the profile names the pathway whatever the procedure is."""
    partial: bool = False
    """S18 to S22 change resources only: what they leave out stays."""
    implied: bool = False
    """Nobody has said when the operation is, only that the patient is there: any other word counts more."""


class AppointmentCancelled(msgspec.Struct, frozen=True):
    """SIU^S15, S16, S17, S26, an order or a planned stay that is cancelled: no operation."""

    origin: Origin
    appointment: str
    reason: str
    """A code of ours or the hospital's, never free text."""


What = Literal["preadmitted", "admitted", "discharged", "admission_withdrawn", "discharge_withdrawn"]


class Movement(msgspec.Struct, frozen=True):
    """ADT: the patient came, left, or one of the two is withdrawn."""

    origin: Origin
    what: What
    """A05 and A14 · A01 and A04 · A03 · A11 · A13."""
    patient: PatientDetails
    visit: str | None
    at: datetime
    """When it happened (ZBE-2, EVN-6, PV1-44 / PV1-45, EVN-2), UTC."""
    account: str = ""
    """PID-18."""
    plan: Appointment | AppointmentCancelled | None = None
    """The follow-up that the profile wants to begin (or to end) with this movement."""


class Demographics(msgspec.Struct, frozen=True):
    """ADT^A08, A28, A31 and all that moves a patient about: who it is, and how to reach them."""

    origin: Origin
    patient: PatientDetails
    visit: str | None
    plan: Appointment | AppointmentCancelled | None = None


class Merge(msgspec.Struct, frozen=True):
    """One PID with its MRG: these numbers are those of this patient."""

    patient: PatientDetails
    prior: tuple[tuple[Identifier, ...], ...]
    """For each MRG segment the numbers that are no longer used."""


class Merged(msgspec.Struct, frozen=True):
    """ADT^A40, A34, A18, A47: two numbers are one patient, once or several times in a message."""

    origin: Origin
    merges: tuple[Merge, ...]

    @property
    def patient(self) -> PatientDetails:
        """The first who stays."""
        return self.merges[0].patient


class VisitMoved(msgspec.Struct, frozen=True):
    """ADT^A44, A45, A50, A51: stays that belong to another patient now, or have another number."""

    origin: Origin
    patient: PatientDetails
    prior: tuple[Identifier, ...]
    """MRG-1: whose they were; empty: the same patient's."""
    visit: str | None
    """PV1-19: the number from now on."""
    prior_visit: str | None
    """MRG-5: the number until now."""
    account: str = ""
    """MRG-3: all stays of this account."""


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


Incoming = Appointment | AppointmentCancelled | Movement | Demographics | Merged | VisitMoved
"""What changes something."""
