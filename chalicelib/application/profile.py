"""A hospital's dialect of HL7: data, not code. JSON with a schema, edited in the console."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Filled = Annotated[str, msgspec.Meta(min_length=1)]
Field = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]{2}-[0-9]{1,3}(\.[0-9]{1,2})?$")]
"""A field as it is printed: "PID-13", "ZPA-3.1"."""
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class UnitMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the hospital's own codes for a place lead to one of our units."""

    unit: str
    zone: str
    locations: tuple[str, ...]


class Enrolment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A follow-up that begins without a booking: after an emergency visit, before a classic stay."""

    when: Literal["discharged", "preadmitted"]
    classes: tuple[Filled, ...]
    """PV1-2 values, as "E"."""
    pathway: Filled


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a sender says that a patient does not want messages."""

    field: Field
    refused: tuple[Filled, ...]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything in which hospitals differ."""

    facilities: Annotated[tuple[Filled, ...], msgspec.Meta(min_length=1)]
    """MSH-4.1 values that may come through this hospital's queue."""
    zone: Filled
    """The zone of time stamps that carry no offset."""
    charset: Filled
    """Python name of the character set where MSH-18 is empty and the bytes are not UTF-8."""
    country_code: Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,2}$")]
    """Dialling code for national numbers, as "33"."""
    patient_authorities: tuple[str, ...]
    """PID-3.4.1 of the number that names a patient, best first; empty: the first of PID-3."""
    units: tuple[UnitMapping, ...]
    default_unit: str | None
    procedures: dict[str, str]
    """Procedure code (AIS-3.1) → pathway code."""
    default_language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
    reply_to: tuple[str, str]
    """MSH-5 and MSH-6 of what we send."""
    bookings: Literal["siu", "pam"] = "siu"
    """"pam": theatre sends no SIU; operations come from A05, A14, A01 and A02 (IHE PAM France)."""
    orders: bool = False
    """Whether ORM^O01 and OMG^O19 with a mapped procedure book operations."""
    day_surgery: tuple[Filled, ...] = ()
    """PV1-2, PV1-10 or PV1-18 values that a booking must have one of; empty: every booking counts."""
    theatres: tuple[Filled, ...] = ()
    """PV1-3 codes of the operating theatre: a transfer there (A02) is the operation (PAM only)."""
    first_arrival: Clock = "07:30"
    """When a patient is expected whose planned stay names the day alone (PAM only)."""
    general_pathway: Filled = "day-surgery"
    """For a booking whose procedure leads to no pathway; a nurse is told, and chooses."""
    default_pathway: str | None = None
    """For a planned stay whose procedure is not said (PAM only)."""
    enrolments: tuple[Enrolment, ...] = ()
    phones: tuple[Field, ...] = ("PID-13", "PID-14")
    """Fields (XTN) with telephone and mail, best first."""
    consent: Consent | None = None
    unknown_events: Literal["no_concern", "quarantine"] = "no_concern"
    """What becomes of an event that HL7 knows and we do not."""
    acknowledge: Literal["as_asked", "always", "never"] = "as_asked"
    """Whether an application ACK follows on the outbound queue: as MSH-16 asks, or whatever it says."""
    reports: tuple[Literal["oru", "mdm"], ...] = ("oru",)
    """What we send when a checklist is completed: answers (ORU^R01), a document (MDM^T02), or both."""
    send_charset: Literal["UNICODE UTF-8", "8859/1", "8859/15"] = "UNICODE UTF-8"
    """MSH-18 of what we send."""


class BadProfile(ValueError):
    """A profile that cannot be used; the text names the key and says what is wrong."""


def parsed(text: str | bytes) -> Profile:
    """A profile from JSON. Raises `BadProfile`."""
    try:
        profile = msgspec.json.decode(text, type=Profile)
    except msgspec.DecodeError as error:
        raise BadProfile(str(error)) from error
    for name, zone in [("zone", profile.zone), *((f"units: {u.unit}", u.zone) for u in profile.units)]:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            msg = f"{name}: {zone!r} is no time zone (as Europe/Paris)"
            raise BadProfile(msg) from None
    try:
        codecs.lookup(profile.charset)
    except LookupError:
        msg = f"charset: {profile.charset!r} is no character set (as cp1252)"
        raise BadProfile(msg) from None
    return profile


def check_names(profile: Profile, pathways: frozenset[str], units: frozenset[str]) -> None:
    """Raise `BadProfile` where the profile leads to a pathway or a unit that does not exist."""
    named = {*profile.procedures.values(), *(e.pathway for e in profile.enrolments)}
    named |= {profile.default_pathway} if profile.default_pathway else set()
    named.add(profile.general_pathway)
    leading = {u.unit for u in profile.units} | ({profile.default_unit} if profile.default_unit else set())
    for kind, found, known in (("pathway", named, pathways), ("unit", leading, units)):
        if odd := sorted(found - known):
            msg = f"no such {kind}: {', '.join(odd)} (there are {', '.join(sorted(known))})"
            raise BadProfile(msg)


def written(profile: Profile) -> str:
    """A profile as JSON that a person edits."""
    return msgspec.json.format(msgspec.json.encode(profile), indent=2).decode()


def schema() -> dict[str, object]:
    """The JSON Schema of a profile."""
    return msgspec.json.schema(Profile)
