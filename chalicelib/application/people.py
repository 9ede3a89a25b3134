"""Who a patient is, brought up to date from a message: empty keeps, `""` clears, older never wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.application.identity import patient_id
from chalicelib.application.records import Person

if TYPE_CHECKING:
    from chalicelib.application.incoming import Identifier, Origin, PatientDetails, Profile


def naming_identifier(profile: Profile, details: PatientDetails) -> Identifier:
    """The number that names this patient at this hospital: the best authority of its profile."""
    for authority in profile.patient_authorities:
        for identifier in details.identifiers:
            if identifier.authority == authority:
                return identifier
    return details.identifiers[0]


def patient_of(hospital: str, profile: Profile, details: PatientDetails) -> str:
    """The id under which we keep this patient."""
    named = naming_identifier(profile, details)
    return patient_id(hospital, named.authority, named.value)


def merged(
    known: Person | None, patient: str, details: PatientDetails, origin: Origin, default_language: str
) -> Person:
    """The person as now known. An older message overwrites nothing."""
    if known is not None and origin.sent_at < known.as_of:
        return known
    was = known or _nobody(patient, origin)
    return Person(
        id=patient,
        identifiers=details.identifiers,
        family_name=_kept(details.family_name, was.family_name),
        given_name=_kept(details.given_name, was.given_name),
        birth_date=details.birth_date or was.birth_date,
        sex=_kept(details.sex, was.sex),
        mobile=_kept(details.mobile, was.mobile),
        email=_kept(details.email, was.email),
        language=_kept(details.language, was.language) or default_language,
        as_of=origin.sent_at,
    )


def _nobody(patient: str, origin: Origin) -> Person:
    return Person(patient, (), "", "", None, "", "", "", "", origin.sent_at)


def _kept(said: str | None, known: str) -> str:
    return known if said is None else said
