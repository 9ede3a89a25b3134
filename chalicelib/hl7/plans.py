"""Follow-ups that begin without a SIU: planned stays (IHE PAM France), orders, emergency visits.

Which of these count is for the hospital's profile to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.application.incoming import Appointment, AppointmentCancelled, NoConcern
from chalicelib.domain.messaging_hours import instant
from chalicelib.hl7 import booking
from chalicelib.hl7.person import patient
from chalicelib.hl7.said import Unclear, text, time

if TYPE_CHECKING:
    from chalicelib.application.incoming import Demographics, Movement, Origin, PatientDetails
    from chalicelib.application.profile import Profile
    from chalicelib.hl7.message import Message

BOOKING_ORDERS = frozenset({"NW", "XO", "XX", "SC", "RP", "OK"})
CANCELLING_ORDERS = frozenset({"CA", "DC", "OC", "OD", "CR", "DR"})
"""ORC-1, HL7 table 0119."""
ORDER_TIMES = ("TQ1-7", "ORC-7.4", "OBR-27.4", "OBR-36.1", "OBR-6.1")


def stay_key(visit: str) -> str:
    """The key of a follow-up that a stay's number stands for."""
    return f"visit:{visit}"


def order(
    message: Message, profile: Profile, origin: Origin
) -> Appointment | AppointmentCancelled | NoConcern:
    """ORM^O01, OMG^O19: a surgery order. One whose procedure the profile does not map is of no concern."""
    number = text(message, "ORC-2.1") or text(message, "ORC-3.1") or text(message, "OBR-2.1")
    if not number:
        raise Unclear("ORC-2.1 and ORC-3.1 are empty: no order number")
    control = text(message, "ORC-1").upper()
    if control in CANCELLING_ORDERS:
        return AppointmentCancelled(origin, f"order:{number}", "order_cancelled")
    codes = booking.ordered(message, profile)
    if control not in BOOKING_ORDERS or not codes:
        return NoConcern(origin, "the order is for nothing that the profile maps")
    zone = ZoneInfo(profile.zone)
    stated = next((at for field in ORDER_TIMES if (at := time(message, field, zone))), None)
    if stated is None or not stated.has_hour:
        raise Unclear("TQ1-7, ORC-7.4, OBR-27.4, OBR-36 and OBR-6 hold no hour: no operation time")
    return Appointment(
        origin=origin,
        appointment=f"order:{number}",
        patient=patient(message, profile),
        visit=booking.visit(message),
        unit=booking.unit(message, profile),
        operation_at=stated.at,
        arrival_at=booking.arrival_at(message, profile),
        procedures=codes,
        surgeon=booking.surgeon(message),
    )


def begun(message: Message, profile: Profile, movement: Movement) -> Movement:
    """The movement, with the follow-up that the profile lets it begin."""
    if movement.visit is None:
        return movement
    plan = _enrolled(message, profile, movement)
    if plan is None and profile.bookings == "pam" and movement.what in {"preadmitted", "admitted"}:
        plan = _planned(message, profile, movement)
    return movement if plan is None else replace(movement, plan=plan)


def in_theatre(message: Message, profile: Profile, said: Demographics) -> Demographics:
    """A02 to the operating theatre (PAM only): the operation takes place now."""
    place = text(message, "PV1-3.1")
    if said.origin.kind != "ADT^A02" or said.visit is None or place not in profile.theatres:
        return said
    moved = time(message, "ZBE-2.1", ZoneInfo(profile.zone)) or time(
        message, "EVN-2.1", ZoneInfo(profile.zone)
    )
    at = moved.at if moved is not None and moved.has_hour else said.origin.sent_at
    plan = _stay(message, profile, said.origin, said.patient, said.visit, at, None)
    return replace(said, plan=replace(plan, implied=True))


def withdrawn(said: Demographics) -> Demographics:
    """A38, A27 (PAM only): the planned stay will not take place."""
    if said.visit is None:
        return said
    plan = AppointmentCancelled(said.origin, stay_key(said.visit), "stay_withdrawn")
    return replace(said, plan=plan)


def _enrolled(message: Message, profile: Profile, movement: Movement) -> Appointment | None:
    patient_class = text(message, "PV1-2")
    for rule in profile.enrolments:
        if rule.when != movement.what or patient_class not in rule.classes:
            continue
        at = movement.at if rule.when == "discharged" else _arrival(message, profile)
        if at is not None and movement.visit is not None:
            plan = _stay(message, profile, movement.origin, movement.patient, movement.visit, at, at)
            return replace(plan, pathway=rule.pathway, procedures=())
    return None


def _planned(message: Message, profile: Profile, movement: Movement) -> Appointment | None:
    """The operation of a stay: PV2-33, else with its arrival (PV2-8), else now that the patient is there."""
    if movement.visit is None or not booking.is_day_surgery(message, profile):
        return None
    arrival = _arrival(message, profile)
    surgery = time(message, "PV2-33", ZoneInfo(profile.zone))
    operation = surgery.at if surgery is not None and surgery.has_hour else None
    if arrival is None and operation is None and surgery is not None:
        arrival = _on_day(surgery.at, profile)
    implied = arrival is None and operation is None
    if implied:
        arrival = movement.at if movement.what == "admitted" else None
    begins = operation or arrival
    if begins is None:
        return None
    plan = _stay(message, profile, movement.origin, movement.patient, movement.visit, begins, arrival)
    return replace(plan, implied=implied)


def _stay(
    message: Message,
    profile: Profile,
    origin: Origin,
    details: PatientDetails,
    visit: str,
    operation_at: datetime,
    arrival_at: datetime | None,
) -> Appointment:
    return Appointment(
        origin=origin,
        appointment=stay_key(visit),
        patient=details,
        visit=visit,
        unit=booking.unit(message, profile),
        operation_at=operation_at,
        arrival_at=arrival_at,
        procedures=booking.procedures(message, profile),
        surgeon=booking.surgeon(message),
        pathway=profile.default_pathway,
    )


def _arrival(message: Message, profile: Profile) -> datetime | None:
    """PV2-8; a day without an hour is the hour at which the hospital's first patients come."""
    expected = time(message, "PV2-8.1", ZoneInfo(profile.zone))
    if expected is None:
        return None
    return expected.at if expected.has_hour else _on_day(expected.at, profile)


def _on_day(at: datetime, profile: Profile) -> datetime:
    # Fasting counts back from here: the earliest hour is the safe one.
    return instant(profile.zone, at.astimezone(ZoneInfo(profile.zone)).date(), profile.first_arrival)
