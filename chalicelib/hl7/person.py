"""PID: who the patient is and how to reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.application.incoming import Identifier, PatientDetails
from chalicelib.hl7.language import two_letters
from chalicelib.hl7.said import Unclear, cleaned, said, text
from chalicelib.hl7.telecom import contact
from chalicelib.hl7.times import NotATime, birth_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chalicelib.application.profile import Profile
    from chalicelib.hl7.message import Message, Repetition

MOST_IDENTIFIERS = 20
"""Numbers of one patient that we keep."""


def patient(message: Message, profile: Profile) -> PatientDetails:
    """The patient of PID; `Unclear` where no identifier says who it is."""
    if "PID" not in message:
        raise Unclear("PID is missing: no patient")
    numbers = identifiers(message, profile)
    if not numbers:
        raise Unclear("PID-3.1 is empty: no patient identifier")
    family, given = _name(message)
    reach = contact(
        tuple(xtn for f in profile.phones for xtn in message.repetitions(f)), profile.country_code
    )
    return PatientDetails(
        identifiers=numbers,
        family_name=family,
        given_name=given,
        birth_date=_birth_date(message),
        sex=_upper(said(message, "PID-8")),
        mobile=reach.mobile,
        email=reach.email,
        language=two_letters(said(message, "PID-15.1")),
        consent=_consent(message, profile),
    )


def _consent(message: Message, profile: Profile) -> str | None:
    if profile.consent is None:
        return None
    value = said(message, profile.consent.field)
    return value and ("N" if value in profile.consent.refused else "Y")


def identifiers(message: Message, profile: Profile) -> tuple[Identifier, ...]:
    """The numbers of PID-3, those of the profile's authorities first, in the profile's order."""
    qualified = "VALI" in message.all("PID-32")
    found = numbers(message.repetitions("PID-3"), profile)
    return tuple(i for i in found if i.kind != "INS" or qualified)


def numbers(field: Sequence[Repetition], profile: Profile) -> tuple[Identifier, ...]:
    """The numbers of a field (PID-3, MRG-1), in the profile's order of authorities."""
    usable = [i for i in map(_identifier, field[:MOST_IDENTIFIERS]) if i.value]
    order = {authority: n for n, authority in enumerate(profile.patient_authorities)}
    return tuple(sorted(usable, key=lambda i: order.get(i.authority, len(order))))


def _identifier(cx: Repetition) -> Identifier:
    """The national number (INS) counts only with a qualified identity (PID-32 VALI): see `identifiers`."""
    value, name, oid, kind = (
        cleaned(v, "PID-3") or "" for v in (cx.get(1), cx.get(4), cx.get(4, 2), cx.get(5))
    )
    return Identifier(value=value, authority=name or oid, kind=kind.upper())


def _name(message: Message) -> tuple[str | None, str | None]:
    """The name in use (D) before the legal one (L); where none is marked, the first."""
    names = message.repetitions("PID-5")
    marked = [xpn for kind in ("D", "L") for xpn in names if (xpn.get(7) or "").upper() == kind]
    usable = marked or names[:1]
    return _component(usable, 1), _component(usable, 2)


def _component(names: Sequence[Repetition], number: int) -> str | None:
    values = [cleaned(xpn.get(number), "PID-5") for xpn in names]
    return next((value for value in values if value), "" if "" in values else None)


def _birth_date(message: Message) -> date | None:
    value = text(message, "PID-7")
    try:
        return birth_date(value) if value else None
    except NotATime:
        raise Unclear("PID-7 is not a date (YYYYMMDD)") from None


def _upper(value: str | None) -> str | None:
    return value and value.upper()
