"""What is stored apart from the log: people, answers, notes, staff, units. All of it can be deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.application.incoming import Identifier
from chalicelib.domain.episode.commands import Channel, Word
from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.numbers import is_landline
from chalicelib.domain.rules import Answers

Role = Literal["nurse", "surgeon", "coordinator", "administrator", "operator"]


class Person(msgspec.Struct, frozen=True):
    """A patient: the only place where a name or a number stands."""

    id: str
    identifiers: tuple[Identifier, ...]
    family_name: str
    given_name: str
    birth_date: date | None
    sex: str
    mobile: str
    email: str
    language: str
    consent: str = ""
    """"N": the patient does not want messages; a nurse telephones."""
    said: dict[str, Word] = {}
    """Which word of the hospital each field comes from: empty fields never silence an older word."""
    merged_into: str | None = None
    """The patient that the hospital found this one to be."""
    merged_as_of: Word = ""
    revision: int = 0
    """How often it was written: of two who change it at once, one reads again."""
    stopped: bool = False
    """The patient has written STOP: no text messages. No hospital undoes it; START or a nurse can."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """How the person can be reached, best first; a landline only where there is nothing else."""
        if self.consent == "N":
            return ()
        number = self.mobile if not self.stopped else ""
        landline = is_landline(number)
        sms: tuple[Channel, ...] = ("sms",) if number and not landline else ()
        email: tuple[Channel, ...] = ("email",) if self.email else ()
        return sms + email or (("voice",) if landline else ())


class Response(msgspec.Struct, frozen=True):
    """The answers to one step, free text included; a draft until it is completed."""

    step: str
    release: int
    answers: Answers
    saved_at: datetime
    completed_at: datetime | None = None
    language: str = ""


class Note(msgspec.Struct, frozen=True):
    """A note, or the line of a call; or a text message of the patient's (`by` is then empty)."""

    id: str
    text: str
    written_at: datetime
    by: str


class Register(msgspec.Struct, frozen=True):
    """The newest word on one thing that can happen and be withdrawn again."""

    at: datetime | None
    """When it happened; None: withdrawn."""
    as_of: Word


class Visit(msgspec.Struct, frozen=True):
    """A stay (PV1-19): whose, for which episode, and the newest word on its beginning and its end."""

    number: str
    patient: str
    episode: str | None = None
    admission: Register | None = None
    discharge: Register | None = None
    account: str = ""
    """PID-18: several stays may stand under one."""
    renamed_to: str | None = None
    """The number that the hospital has given it since (A50)."""
    renamed_as_of: Word = ""
    patient_as_of: Word = ""
    """The newest word on whose stay it is."""
    revision: int = 0


class Cancellation(msgspec.Struct, frozen=True):
    """A booking that was cancelled before we had heard of it: a late S12 is born cancelled."""

    as_of: Word
    reason: str = "hospital"


class Unit(msgspec.Struct, frozen=True):
    """A ward or day-surgery unit."""

    id: str
    name: dict[str, str]
    short_name: str
    """At most 24 GSM-7 characters: it stands in every SMS."""
    hospital_name: str
    phone: str
    """As it is dialled, "+33100000000"."""
    phone_shown: str
    emergency_number: str
    hours: MessagingHours
    arrival_lead_minutes: int
    """How long before theatre a patient is expected where the booking gives no arrival time."""
    staff_language: str
    calls_landlines: bool = False
    """Whether a machine calls patients who have nothing but a landline; else a nurse does."""
    web: str = ""
    """The hospital's own address in the links that patients get, "https://suivi.example.org"; none: the
    installation's. People trust it more than a stranger's."""

    def channels_to(self, person: Person) -> tuple[Channel, ...]:
        """How this unit reaches the patient, best first."""
        return tuple(c for c in person.channels if c != "voice" or self.calls_landlines)


class Member(msgspec.Struct, frozen=True):
    """Somebody who works at the hospital, and where."""

    id: str
    name: str
    role: Role
    units: tuple[str, ...]
    language: str


class ClinicianEntry(msgspec.Struct, frozen=True):
    """A surgeon's name in the hospital's directory, as bookings gave it."""

    code: str
    name: str


class Session(msgspec.Struct, frozen=True):
    """Somebody who has shown who they are: a member, or a patient (`episode`)."""

    key: str
    """SHA-256 of the secret that the cookie holds."""
    hospital: str
    csrf: str
    started_at: datetime
    seen_at: datetime
    member: str | None = None
    role: Role | Literal["patient"] = "patient"
    episode: str | None = None


class Link(msgspec.Struct, frozen=True):
    """The pointer in a patient's message: it says where to ask for the birth date, no more."""

    key: str
    hospital: str
    episode: str
    unit: str
    language: str
    expires_at: datetime
    tries: frozenset[str] = frozenset()
    """Ids of failed attempts: a set, because a counter counts twice when a response is lost."""


class MessageRecord(msgspec.Struct, frozen=True):
    """One HL7 message in the ledger: what came (or left), and what it did."""

    key: str
    at: datetime
    hospital: str
    direction: Literal["in", "out"]
    control_id: str
    type: str
    sha256: str
    result: Literal[
        "applied", "no_concern", "duplicate", "stale", "quarantined", "queued", "delivered", "refused"
    ]
    reason: str
    episode: str | None
    message: str
    """Its text, or only the beginning of one that is stored apart (`stored_at`)."""
    encoding: str = "utf-8"
    """How the text was made of bytes: it gives back exactly those."""
    patient: str | None = None
    stored_at: str | None = None
    """Where the bytes of a long message are."""
    revision: int = 0
    """How often the line was written: a replay writes it again."""

    @property
    def raw(self) -> bytes:
        """The bytes as they came or left; of a message that is stored apart only their beginning."""
        return self.message.encode(self.encoding)


def as_text(raw: bytes) -> tuple[str, str]:
    """Text for a line of the ledger, and the encoding that gives back exactly these bytes."""
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"


Extra = Person | Response | Note | Visit | Cancellation | ClinicianEntry | MessageRecord
"""What may be written in the same transaction as events."""
