"""Who a patient is, brought up to date word by word: empty keeps, `""` clears, older never wins.

Each field remembers the word that it comes from, so the same messages lead to the same person in
whatever order they arrive; two numbers that the hospital has merged lead to one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.application.identity import patient_id
from chalicelib.application.records import Person

if TYPE_CHECKING:
    from chalicelib.application.incoming import Identifier, Origin, PatientDetails
    from chalicelib.application.profile import Profile
    from chalicelib.application.world import World

FIELDS = ("family_name", "given_name", "birth_date", "sex", "mobile", "email", "language", "consent")
MOST_MERGES = 10
"""How long a chain of merges is followed; a longer one is a mistake of the hospital's."""


def naming_identifier(profile: Profile, identifiers: tuple[Identifier, ...]) -> Identifier:
    """The number that names this patient at this hospital: the best authority of its profile."""
    for authority in profile.patient_authorities:
        for identifier in identifiers:
            if identifier.authority == authority:
                return identifier
    return identifiers[0]


def patient_of(hospital: str, profile: Profile, identifiers: tuple[Identifier, ...]) -> str:
    """The id under which we keep the patient with these numbers."""
    named = naming_identifier(profile, identifiers)
    return patient_id(hospital, named.authority, named.value)


def known(world: World, hospital: str, patient: str) -> tuple[str, Person | None]:
    """The patient who stands for this number now, after all merges, and what is known of them."""
    for _ in range(MOST_MERGES):
        person = world.people.person(hospital, patient)
        if person is None or person.merged_into is None:
            return patient, person
        patient = person.merged_into
    return patient, person


def told(
    world: World, hospital: str, details: PatientDetails, origin: Origin
) -> tuple[Person, Person | None]:
    """The person of a message with what it says, and as stored: the same where it says nothing new."""
    profile = world.catalogue.profile(hospital)
    named = patient_of(hospital, profile, details.identifiers)
    patient, person = known(world, hospital, named)
    was = person or stranger(patient, profile.default_language)
    return _brought_up_to_date(was, details, origin.word, is_own_number=patient == named), person


def news(person: Person, known: Person | None, origin: Origin) -> tuple[Person, ...]:
    """What has to be written of the person: nothing, where the message says nothing new.

    What is stored may be this message's own word: it came again after a crash, and is news all the same.
    """
    return () if person == known and origin.word not in person.said.values() else (person,)


def stranger(patient: str, language: str) -> Person:
    """A person of whom nothing is known yet."""
    return Person(patient, (), "", "", None, "", "", "", language)


def _brought_up_to_date(was: Person, details: PatientDetails, word: str, *, is_own_number: bool) -> Person:
    changes: dict[str, Any] = {field: getattr(details, field) for field in FIELDS}
    # A merged number's own list of identifiers is not that of the patient who stays.
    changes["identifiers"] = details.identifiers if is_own_number else None
    newer = {
        field: value
        for field, value in changes.items()
        if value is not None and word > was.said.get(field, "")
    }
    if not newer:
        return was
    return replace(was, **newer, said=was.said | dict.fromkeys(newer, word))


def combined(stays: Person, goes: Person) -> Person:
    """The person who stays, with every field for which the other number had a newer word."""
    newer = {
        field: getattr(goes, field)
        for field in FIELDS
        if goes.said.get(field, "") > stays.said.get(field, "")
    }
    said = stays.said | {field: goes.said[field] for field in newer}
    return replace(stays, **newer, said=said, stopped=stays.stopped or goes.stopped)
