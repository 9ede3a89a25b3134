"""SIU: the operation as it is booked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.application.incoming import Clinician, Code
from chalicelib.hl7.said import Unclear, text, time

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.profile import Profile
    from chalicelib.hl7.message import Message, Segment
    from chalicelib.hl7.said import Source

MOST_PROCEDURES = 20
CANCELLED_BY_HOSPITAL = "hospital"
"""The reason of a cancellation where SCH-6 holds no code."""

_SURGEON = re.compile(r"SURGEON|SURG\b|CHIR|OPERAT(?:EUR|OR)", re.IGNORECASE)
_OTHER_ROLE = re.compile(r"ASSIST|AIDE|ANA?ES|NURSE|INFIRM|IBODE|IADE", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,20}")


def key(message: Message) -> str:
    """The booking's own key: SCH-1.1 (placer), or SCH-2.1 (filler) where that is empty."""
    if "SCH" not in message:
        raise Unclear("SCH is missing: no booking")
    found = text(message, "SCH-1.1") or text(message, "SCH-2.1")
    if not found:
        raise Unclear("SCH-1.1 and SCH-2.1 are empty: no booking number")
    return found


def is_day_surgery(message: Message, profile: Profile) -> bool:
    """Whether the stay is of a kind that the profile follows: PV1-2, PV1-10 or PV1-18."""
    said = {text(message, field) for field in ("PV1-2", "PV1-10", "PV1-18")}
    return not profile.day_surgery or bool(said & set(profile.day_surgery))


def ordered(message: Message, profile: Profile) -> tuple[Code, ...]:
    """The procedures of an order (OBR-4) that the profile maps."""
    found = [_code(obr, "OBR-4", profile) for obr in message.every("OBR")]
    mapped = (code for code in found if code is not None and code.code in profile.procedures)
    return tuple(dict.fromkeys(mapped))[:MOST_PROCEDURES]


def reason(message: Message) -> str:
    """Why it was cancelled: the code of SCH-6, never words."""
    code = text(message, "SCH-6.1")
    return code if _CODE.fullmatch(code) else CANCELLED_BY_HOSPITAL


def operation_at(message: Message, profile: Profile) -> datetime:
    """When the operation begins.

    AIS-4, the start of the operation itself, comes before TQ1-7 and SCH-11.4, the start of the whole
    booking; TQ1-7 comes before SCH-11.4, which it has replaced (2.5 on) and which some senders leave
    behind stale. Where AIS-4 and the booking name different days nobody can know which is right, and
    a patient would fast on the wrong one: that is not understood.
    """
    zone = ZoneInfo(profile.zone)
    booked = _earliest(message.every("TQ1")[:1], "TQ1-7", zone)
    booked = booked or _start(message, "SCH-11.4", zone)
    operated = _earliest(_services(message), "AIS-4", zone)
    if operated and booked and _day(operated, zone) != _day(booked, zone):
        raise Unclear("AIS-4 and TQ1-7 / SCH-11.4 name different days: no certain operation time")
    begins = operated or booked
    if begins is None:
        raise Unclear("SCH-11.4, TQ1-7 and AIS-4 are empty: no operation time")
    return begins


def arrival_at(message: Message, profile: Profile) -> datetime | None:
    """When the patient is expected (PV2-8), if it says the hour."""
    expected = time(message, "PV2-8.1", ZoneInfo(profile.zone))
    return expected.at if expected and expected.has_hour else None


def procedures(message: Message, profile: Profile) -> tuple[Code, ...]:
    """AIS-3, else PR1-3; and from places with other uses (SCH-7, SCH-8) only codes that the profile maps."""
    named = [_code(ais, "AIS-3", profile) for ais in _services(message)]
    if not any(named):
        named = [_code(pr1, "PR1-3", profile) for pr1 in message.every("PR1")]
    found = [code for code in named if code is not None]
    for field in ("SCH-7", "SCH-8"):
        code = _code(message, field, profile)
        if code is not None and code.code in profile.procedures:
            found.append(code)
    return tuple(dict.fromkeys(found))[:MOST_PROCEDURES]


def surgeon(message: Message) -> Clinician | None:
    """Who operates: the surgeon of AIP, AIG or PR1-11, else a sole person without a role, else PV1-7.

    SCH-12 and SCH-16 are left out: they name who booked. Without a code we name nobody: the code is
    all that an event may carry.
    """
    people = _resources(message, "AIP")
    candidates = [_clinician(s, "AIP-3") for s in people if _is_surgeon(s, "AIP-4")]
    candidates += [_thing(s) for s in _resources(message, "AIG") if _is_surgeon(s, "AIG-4")]
    candidates += [_clinician(s, "PR1-11") for s in message.every("PR1")]
    if len(people) == 1 and not text(people[0], "AIP-4.1") and not text(people[0], "AIP-4.2"):
        candidates.append(_clinician(people[0], "AIP-3"))
    candidates.append(_clinician(message, "PV1-7"))
    return next((found for found in candidates if found is not None), None)


def unit(message: Message, profile: Profile) -> str | None:
    """Our unit behind a place of the booking (AIL-3), else of the stay (PV1-3), else the default."""
    for place in _places(message):
        for mapping in profile.units:
            if place in mapping.locations:
                return mapping.unit
    return profile.default_unit


def visit(message: Message) -> str | None:
    """The stay's number."""
    return text(message, "PV1-19.1") or None


def _places(message: Message) -> list[str]:
    """Point of care, room, bed, facility, building, floor, description: whichever the profile maps."""
    parts = (1, 2, 3, 4, 7, 8, 9)
    found = [text(ail, f"AIL-3.{n}") for ail in _resources(message, "AIL") for n in parts]
    return [place for place in (*found, *(text(message, f"PV1-3.{n}") for n in parts)) if place]


def _services(message: Message) -> list[Segment]:
    return _resources(message, "AIS")


def _resources(message: Message, name: str) -> list[Segment]:
    """Those that the booking has: an action code D (field 2) takes one away."""
    return [s for s in message.every(name) if text(s, f"{name}-2").upper() != "D"]


def _code(source: Source, field: str, profile: Profile) -> Code | None:
    """The code, or the alternate one (components 4 to 6) where only that is one the profile maps."""
    code, alternate = text(source, f"{field}.1"), text(source, f"{field}.4")
    if alternate in profile.procedures and code not in profile.procedures:
        return Code(alternate, text(source, f"{field}.5"), text(source, f"{field}.6"))
    return Code(code, text(source, f"{field}.2"), text(source, f"{field}.3")) if code else None


def _is_surgeon(segment: Segment, field: str) -> bool:
    role = f"{text(segment, f'{field}.1')} {text(segment, f'{field}.2')}"
    return bool(_SURGEON.search(role)) and not _OTHER_ROLE.search(role)


def _clinician(source: Source, field: str) -> Clinician | None:
    """XCN: code, family name, given name."""
    code = text(source, f"{field}.1")
    name = f"{text(source, f'{field}.3')} {text(source, f'{field}.2')}".strip()
    return Clinician(code, name) if code else None


def _thing(segment: Segment) -> Clinician | None:
    """AIG-3 is a coded element: code and text."""
    code = text(segment, "AIG-3.1")
    return Clinician(code, text(segment, "AIG-3.2")) if code else None


def _earliest(segments: list[Segment] | tuple[Segment, ...], field: str, zone: ZoneInfo) -> datetime | None:
    starts = [start for s in segments if (start := _start(s, field, zone)) is not None]
    return min(starts, default=None)


def _start(source: Source, field: str, zone: ZoneInfo) -> datetime | None:
    found = time(source, field, zone)
    if found is not None and not found.has_hour:
        msg = f"{field} has no hour: no operation time"
        raise Unclear(msg)
    return found and found.at


def _day(at: datetime, zone: ZoneInfo) -> int:
    return at.astimezone(zone).toordinal()
