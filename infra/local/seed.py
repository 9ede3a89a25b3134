"""The demo hospital's own facts: its unit, its staff, its dialect of HL7. All of it is invented."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.incoming import Profile, UnitMapping
from chalicelib.application.records import Member, Unit
from chalicelib.domain.messaging_hours import MessagingHours, Window

HOSPITAL = "demo"
ZONE = "Europe/Paris"

UNIT = Unit(
    id="UCA",
    name={"fr": "Chirurgie ambulatoire", "en": "Day surgery"},
    short_name="Chir. ambulatoire DEMO",
    hospital_name="Hôpital Démo",
    phone="+33100000000",
    phone_shown="01 00 00 00 00",
    emergency_number="15",
    hours=MessagingHours(zone=ZONE, days=(Window("08:00", "20:00"),) * 7),
    arrival_lead_minutes=90,
    staff_language="fr",
)

MEMBERS = (
    Member(id="nurse", name="Infirmière Démo", role="nurse", units=("UCA",), language="fr"),
    Member(id="nurse-en", name="Nurse Demo", role="nurse", units=("UCA",), language="en"),
    Member(id="surgeon", name="Dr Démo-Alpha", role="surgeon", units=("UCA",), language="fr"),
    Member(id="coordinator", name="Coordinatrice Démo", role="coordinator", units=("UCA",), language="fr"),
    Member(id="administrator", name="Administrateur Démo", role="administrator", units=("UCA",), language="fr"),
    Member(id="operator", name="Operator Demo", role="operator", units=("UCA",), language="en"),
)

PROFILE = Profile(
    facilities=("DEMO",),
    zone=ZONE,
    charset="cp1252",
    country_code="33",
    patient_authorities=("DEMO",),
    units=(UnitMapping(unit="UCA", zone=ZONE, locations=("UCA",)),),
    default_unit="UCA",
    procedures={
        "LMMA012": "inguinal-hernia",
        "LMMA008": "inguinal-hernia",
        "LMMC002": "inguinal-hernia",
        "BFGA004": "cataract",
        "BFGA002": "cataract",
        "NFFC003": "knee-arthroscopy",
        "NFFC004": "knee-arthroscopy",
        "NFEC002": "knee-arthroscopy",
    },
    default_language="fr",
    reply_to=("BLOC", "DEMO"),
)


def seed() -> None:
    """Put the demo hospital into the catalogue; repeating it changes nothing."""
    with acting_for(HOSPITAL):
        catalogue = bootstrap.world().catalogue
        for entry in (UNIT, PROFILE, *MEMBERS):
            catalogue.save(HOSPITAL, entry)
