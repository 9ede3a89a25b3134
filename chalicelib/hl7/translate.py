"""From a message to what it means for us: one of our records, "of no concern", or a reason. Pure.

What an event is, is said by MSH-9.1 and MSH-9.2 alone: MSH-9.3 is often missing or wrong, and EVN-1
is looked at only where MSH-9.2 is empty.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.application.incoming import Incoming, NoConcern, NotUnderstood, Origin
from chalicelib.hl7 import events
from chalicelib.hl7.read import Unreadable
from chalicelib.hl7.said import Unclear, text, time

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.profile import Profile
    from chalicelib.hl7.message import Message

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
LONGEST_SEQUENCE = 15
"""Digits of MSH-13."""


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
    if origin.kind in events.READERS:
        time(message, "MSH-7.1", ZoneInfo(profile.zone))  # an odd one would put the event out of its order
    return events.meaning(message, profile, origin)


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
    sent, recorded = (_when(message, field, profile) for field in ("MSH-7.1", "EVN-2.1"))
    counted = text(message, "MSH-13")
    sequence = int(counted) if counted.isdecimal() and len(counted) <= LONGEST_SEQUENCE else 0
    return Origin(control_id, kind, sender, sent or received_at, recorded, sequence)


def _when(message: Message, field: str, profile: Profile) -> datetime | None:
    """A time for the order of messages: one that cannot be read gives none."""
    try:
        found = time(message, field, ZoneInfo(profile.zone))
    except Unclear:
        return None
    return None if found is None else found.at + timedelta(microseconds=found.microsecond)


def _check_sender(message: Message, profile: Profile) -> None:
    facility = text(message, "MSH-4.1")
    if facility not in profile.facilities:
        named = f'is "{facility[:40]}"' if facility else "is empty"
        expected = ", ".join(profile.facilities)
        msg = f"MSH-4.1 {named}: this hospital's messages come from {expected}"
        raise Unclear(msg)
