"""From a message to what it means for us: one of our records, "of no concern", or a reason. Pure.

What an event is, is said by MSH-9.1 and MSH-9.2 alone: MSH-9.3 is often missing or wrong, and EVN-1
is looked at only where MSH-9.2 is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from chalicelib.application.incoming import (
    Appointment,
    AppointmentCancelled,
    Demographics,
    Incoming,
    Movement,
    NoConcern,
    NotUnderstood,
    Origin,
    PatientDetails,
)
from chalicelib.hl7 import booking
from chalicelib.hl7.person import identifiers, patient
from chalicelib.hl7.read import Unreadable
from chalicelib.hl7.said import Unclear, text, time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.application.incoming import Profile
    from chalicelib.hl7.message import Message

    Reader = Callable[[Message, Profile, Origin], Incoming]

_TYPES = (
    "ACK ADR ADT BAR BPS BRP BRT BTS CCF CCI CCM CCQ CCR CCU CQU CRM CSU DBC DBU DEL DEO DER DES DEU "
    "DFT DOC DPR DRC DRG DSR EAC EAN EAR EHC ESR ESU INR INS INU LSR LSU MCF MDM MFD MFK MFN MFQ MFR "
    "NMD NMQ NMR NUL OMB OMD OMG OMI OML OMN OMP OMQ OMS OPL OPR OPU ORA ORB ORD ORF ORG ORI ORL ORM "
    "ORN ORP ORR ORS ORU ORX OSM OSQ OSR OSU OUL PEX PGL PIN PMU PPG PPP PPR PPT PPV PRR PTR QBP QCK "
    "QCN QRY QSB QSX QVR RAR RAS RCI RCL RDE RDR RDS RDY REF RER RGR RGV ROR RPA RPI RPL RPR RQA RQC "
    "RQI RQP RRA RRD RRE RRG RRI RSP RTB SCN SDN SDR SIU SLN SLR SMD SQM SQR SRM SRR SSR SSU STC STI "
    "SUR TBR TCR TCU UDM VXQ VXR VXU VXX"
)
MESSAGE_TYPES = frozenset(_TYPES.split())
"""HL7 table 0076. A type that is not among them goes to quarantine, so that nobody overlooks it."""

LONGEST_CONTROL_ID = 199


def translate(
    message: Message | Unreadable, profile: Profile, received_at: datetime
) -> Incoming | NoConcern | NotUnderstood:
    """What the message says to us. Nothing that it contains raises."""
    if isinstance(message, Unreadable):
        return NotUnderstood(None, message.reason)
    try:
        kind = _kind(message)
        origin = _origin(message, kind, profile, received_at)
    except Unclear as unclear:
        return NotUnderstood(None, str(unclear))
    try:
        return _meaning(message, profile, origin)
    except Unclear as unclear:
        return NotUnderstood(origin, str(unclear))


def _meaning(message: Message, profile: Profile, origin: Origin) -> Incoming | NoConcern:
    _check_sender(message, profile)
    reader = _READERS.get(origin.kind)
    if reader is None:
        return NoConcern(origin, f"{origin.kind} is of no concern")
    time(message, "MSH-7.1", ZoneInfo(profile.zone))  # an odd one would put the event out of its order
    return reader(message, profile, origin)


def _kind(message: Message) -> str:
    what = text(message, "MSH-9.1").upper()
    if not what:
        raise Unclear("MSH-9.1 is empty: no message type")
    if what not in MESSAGE_TYPES:
        msg = f'MSH-9.1 is "{what[:20]}": not a message type that we know'
        raise Unclear(msg)
    trigger = (text(message, "MSH-9.2") or text(message, "EVN-1")).upper()
    if not trigger and what in {"ADT", "SIU"}:
        raise Unclear("MSH-9.2 and EVN-1 are empty: no event")
    return f"{what}^{trigger[:20]}" if trigger else what


def _origin(message: Message, kind: str, profile: Profile, received_at: datetime) -> Origin:
    control_id = text(message, "MSH-10")
    if not control_id:
        raise Unclear("MSH-10 is empty: no control id")
    if len(control_id) > LONGEST_CONTROL_ID:
        msg = f"MSH-10 is longer than {LONGEST_CONTROL_ID} characters"
        raise Unclear(msg)
    sender = f"{text(message, 'MSH-3.1')}|{text(message, 'MSH-4.1')}"
    try:
        sent = time(message, "MSH-7.1", ZoneInfo(profile.zone))
    except Unclear:
        sent = None
    return Origin(control_id, kind, sender, sent.at if sent else received_at)


def _check_sender(message: Message, profile: Profile) -> None:
    facility = text(message, "MSH-4.1")
    if facility not in profile.facilities:
        named = f'is "{facility[:40]}"' if facility else "is empty"
        expected = ", ".join(profile.facilities)
        msg = f"MSH-4.1 {named}: this hospital's messages come from {expected}"
        raise Unclear(msg)


def _appointment(message: Message, profile: Profile, origin: Origin) -> Appointment:
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
    )


def _cancellation(message: Message, profile: Profile, origin: Origin) -> AppointmentCancelled:
    """Only the booking's number is needed: no odd field elsewhere may keep a cancellation from us."""
    details = PatientDetails(identifiers=identifiers(message, profile))
    return AppointmentCancelled(origin, booking.key(message), details, booking.reason(message))


def _demographics(message: Message, profile: Profile, origin: Origin) -> Demographics:
    return Demographics(origin, patient(message, profile), booking.visit(message))


What = Literal["preadmitted", "admitted", "discharged", "admission_withdrawn", "discharge_withdrawn"]


def _movement(what: What, *fields: str) -> Reader:
    """Reads a movement that happened at the first of these fields that holds a time."""

    def reader(message: Message, profile: Profile, origin: Origin) -> Movement:
        return Movement(
            origin=origin,
            what=what,
            patient=patient(message, profile),
            visit=booking.visit(message),
            at=_happened_at(message, profile, origin, fields),
        )

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


_READERS: dict[str, Reader] = {
    "SIU^S12": _appointment,
    "SIU^S13": _appointment,
    "SIU^S14": _appointment,
    "SIU^S15": _cancellation,
    "ADT^A01": _movement("admitted", "EVN-6.1", "PV1-44.1", "EVN-2.1"),
    "ADT^A04": _movement("admitted", "EVN-6.1", "PV1-44.1", "EVN-2.1"),
    "ADT^A03": _movement("discharged", "EVN-6.1", "PV1-45.1", "EVN-2.1"),
    "ADT^A05": _movement("preadmitted", "EVN-6.1", "EVN-2.1"),
    "ADT^A11": _movement("admission_withdrawn", "EVN-2.1"),
    "ADT^A13": _movement("discharge_withdrawn", "EVN-2.1"),
    "ADT^A08": _demographics,
}
"""Every event that changes something. A withdrawal's EVN-6 is the time of what is withdrawn."""
