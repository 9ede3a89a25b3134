"""Every event that concerns us, and what it says: one reader each. docs/hl7.md has a row for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.application.incoming import (
    Appointment,
    AppointmentCancelled,
    Demographics,
    Identifier,
    Incoming,
    Merge,
    Merged,
    Movement,
    NoConcern,
    Origin,
    VisitMoved,
    What,
)
from chalicelib.hl7 import booking, plans
from chalicelib.hl7.person import numbers, patient
from chalicelib.hl7.said import Unclear, text, time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.application.profile import Profile
    from chalicelib.hl7.message import Message

    Meaning = Incoming | NoConcern
    Reader = Callable[[Message, Profile, Origin], Meaning]


def meaning(message: Message, profile: Profile, origin: Origin) -> Incoming | NoConcern:
    """What the event says. Raises `Unclear` where the profile wants unknown events seen."""
    reader = READERS.get(origin.kind)
    if reader is not None:
        return reader(message, profile, origin)
    if profile.unknown_events == "quarantine":
        msg = f"{origin.kind} is not an event that we know, and the profile wants those seen"
        raise Unclear(msg)
    return NoConcern(origin, f"{origin.kind} is of no concern")


def _appointment(message: Message, profile: Profile, origin: Origin) -> Meaning:
    if not booking.is_day_surgery(message, profile):
        return NoConcern(origin, "not day surgery: PV1-2, PV1-10 and PV1-18 hold none of the profile's codes")
    return Appointment(
        origin=origin,
        appointment=booking.key(message),
        patient=patient(message, profile),
        visit=booking.visit(message),
        unit=booking.unit(message, profile),
        operation_at=booking.operation_at(message, profile),
        arrival_at=booking.arrival_at(message, profile),
        procedures=booking.procedures(message, profile),
        surgeon=booking.surgeon(message),
        partial=origin.kind in PARTIAL,
    )


def _cancellation(reason: str | None = None) -> Reader:
    """Only the booking's number is needed: no odd field elsewhere may keep a cancellation from us."""

    def reader(message: Message, profile: Profile, origin: Origin) -> AppointmentCancelled:  # noqa: ARG001
        return AppointmentCancelled(origin, booking.key(message), reason or booking.reason(message))

    return reader


def _order(message: Message, profile: Profile, origin: Origin) -> Meaning:
    if not profile.orders:
        return NoConcern(origin, "orders do not book operations here (the profile's `orders`)")
    return plans.order(message, profile, origin)


def _slot(message: Message, profile: Profile, origin: Origin) -> NoConcern:  # noqa: ARG001
    return NoConcern(origin, "a time slot is opened or closed, and no patient is named")


def _demographics(message: Message, profile: Profile, origin: Origin) -> Demographics:
    said = Demographics(origin, patient(message, profile), booking.visit(message))
    return said if profile.bookings == "siu" else plans.in_theatre(message, profile, said)


def _withdrawn_plan(message: Message, profile: Profile, origin: Origin) -> Demographics:
    """A38, A27. Where SIU books operations, a booking that still stands is not cancelled by this."""
    said = Demographics(origin, patient(message, profile), booking.visit(message))
    return said if profile.bookings == "siu" else plans.withdrawn(said)


def _movement(what: What, *fields: str) -> Reader:
    """Reads a movement that happened at the first of these fields that holds a time."""

    def reader(message: Message, profile: Profile, origin: Origin) -> Movement:
        movement = Movement(
            origin=origin,
            what=what,
            patient=patient(message, profile),
            visit=booking.visit(message),
            at=_happened_at(message, profile, origin, ("ZBE-2.1", *fields)),
            account=text(message, "PID-18.1"),
        )
        return plans.begun(message, profile, movement)

    return reader


def _happened_at(message: Message, profile: Profile, origin: Origin, fields: tuple[str, ...]) -> datetime:
    """A field that says the hour is better than an earlier one that only says the day."""
    zone = ZoneInfo(profile.zone)
    day = None
    for field in fields:
        stated = time(message, field, zone)
        if stated is not None and stated.has_hour:
            return stated.at
        day = day or stated
    return day.at if day else origin.sent_at


def _merged(message: Message, profile: Profile, origin: Origin) -> Meaning:
    merges = tuple(_merge(part, profile) for part in message.repeated("PID"))
    named = [merge for merge in merges if merge.prior]
    if named:
        return Merged(origin, _together(named))
    if origin.kind == "ADT^A47" and merges:
        return Demographics(origin, merges[0].patient, booking.visit(message))
    raise Unclear("MRG-1 is empty: nobody can say who was merged")


def _together(merges: list[Merge]) -> tuple[Merge, ...]:
    """One for each patient who stays, whose last PID counts."""
    found: dict[Identifier, Merge] = {}
    for merge in merges:
        number = merge.patient.identifiers[0]
        before = found[number].prior if number in found else ()
        found[number] = Merge(merge.patient, (*before, *merge.prior))
    return tuple(found.values())


def _merge(message: Message, profile: Profile) -> Merge:
    found = (numbers(mrg.repetitions("MRG-1"), profile) for mrg in message.every("MRG"))
    # A47 of the French INS takes the national number away, and leaves the patient's own (PAM France).
    prior = (tuple(i for i in some if i.kind != "INS") for some in found)
    return Merge(patient(message, profile), tuple(some for some in prior if some))


def _visit_moved(message: Message, profile: Profile, origin: Origin) -> VisitMoved:
    mrg = next(iter(message.every("MRG")), None)
    if mrg is None:
        raise Unclear("MRG is missing: nobody can say what was moved")
    return VisitMoved(
        origin=origin,
        patient=patient(message, profile),
        prior=numbers(mrg.repetitions("MRG-1"), profile),
        visit=booking.visit(message),
        prior_visit=text(mrg, "MRG-5.1") or None,
        account=text(mrg, "MRG-3.1"),
    )


def _corrected(message: Message, profile: Profile, origin: Origin) -> Meaning:
    """Z99 of PAM France: ZBE-6 says which movement is corrected, ZBE-4 how; ZBE-9 = C moves nobody."""
    trigger = text(message, "ZBE-6").upper()
    # A correction of a correction says nothing more.
    if text(message, "ZBE-9").upper() == "C" or trigger in {"", "Z99"}:
        return _demographics(message, profile, origin)
    if text(message, "ZBE-4").upper() == "CANCEL":
        trigger = WITHDRAWN_BY.get(trigger, trigger)
    reader = READERS.get(f"ADT^{trigger}")
    return _demographics(message, profile, origin) if reader is None else reader(message, profile, origin)


PARTIAL = frozenset({"SIU^S18", "SIU^S19", "SIU^S20", "SIU^S21", "SIU^S22"})
"""Changes of resources: what they leave out stays."""

WITHDRAWN_BY = {"A01": "A11", "A04": "A11", "A03": "A13", "A05": "A38", "A14": "A27", "A02": "A12"}

_ARRIVED = _movement("admitted", "EVN-6.1", "PV1-44.1", "EVN-2.1")
_EXPECTED = _movement("preadmitted", "EVN-6.1", "EVN-2.1")

READERS: dict[str, Reader] = {
    **dict.fromkeys(("SIU^S12", "SIU^S13", "SIU^S14", *sorted(PARTIAL)), _appointment),
    "SIU^S15": _cancellation(),
    "SIU^S16": _cancellation("discontinued"),
    "SIU^S17": _cancellation("deleted"),
    "SIU^S26": _cancellation("no_show"),
    **dict.fromkeys(("SIU^S23", "SIU^S24"), _slot),
    **dict.fromkeys(("ORM^O01", "OMG^O19"), _order),
    **dict.fromkeys(("ADT^A01", "ADT^A04"), _ARRIVED),
    "ADT^A03": _movement("discharged", "EVN-6.1", "PV1-45.1", "EVN-2.1"),
    **dict.fromkeys(("ADT^A05", "ADT^A14"), _EXPECTED),
    "ADT^A11": _movement("admission_withdrawn", "EVN-2.1"),
    "ADT^A13": _movement("discharge_withdrawn", "EVN-2.1"),
    **dict.fromkeys(("ADT^A38", "ADT^A27"), _withdrawn_plan),
    **dict.fromkeys(
        (
            "ADT^A02", "ADT^A06", "ADT^A07", "ADT^A08", "ADT^A12", "ADT^A21", "ADT^A22", "ADT^A28",
            "ADT^A31", "ADT^A52", "ADT^A53", "ADT^A54", "ADT^A55",
        ),
        _demographics,
    ),
    **dict.fromkeys(("ADT^A18", "ADT^A34", "ADT^A40", "ADT^A47"), _merged),
    **dict.fromkeys(("ADT^A44", "ADT^A45", "ADT^A50", "ADT^A51"), _visit_moved),
    "ADT^Z99": _corrected,
}  # fmt: skip
"""Every event that changes something. A withdrawal's EVN-6 is the time of what is withdrawn."""
