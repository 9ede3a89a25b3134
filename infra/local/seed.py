"""The demo hospital: its unit, its members, its dialect of HL7."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.adapters.access import Access
from chalicelib.adapters.catalogue import Catalogue
from chalicelib.adapters.tables import Item, table
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.access import STAFF_LIFE
from chalicelib.application.identity import sha256
from chalicelib.application.profile import Profile, UnitMapping
from chalicelib.application.records import Member, Role, Session, Unit
from chalicelib.domain.messaging_hours import MessagingHours, Window
from infra.local.emulator import REGION
from infra.local.stack import Stack

HOSPITAL = "demo"
SENDER = "vigie@example.org"
ZONE = "Europe/Paris"
KIN = ("LMMA009", "LMMA010", "LMMA011", "LMMA012", "LMMC002", "LMMC003", "LMMC004")
"""CCAM: repairs of an inguinal hernia, open or by laparoscopy."""

MORE = {
    "HMFC004": "lap-cholecystectomy",
    "AHPA009": "carpal-tunnel",
    "NEKA020": "hip-arthroplasty",
    "NFKA007": "knee-arthroplasty",
    "HFFC018": "bariatric",
    "HFCC003": "bariatric",
    "QEFA004": "breast-lumpectomy",
    "HHQE005": "colonoscopy",
    "HHFA009": "colectomy-eras",
}
"""Further CCAM codes of the demo. A hospital maps its own; what is not mapped is a line for a nurse."""

MEMBERS: tuple[Member, ...] = (
    Member("nurse-1", "Infirmière Démo 1", "nurse", ("UCA",), "fr"),
    Member("nurse-2", "Nurse Demo 2", "nurse", ("UCA",), "en"),
    Member("surgeon-1", "Chirurgien Démo", "surgeon", ("UCA",), "fr"),
    Member("coordinator-1", "Cadre Démo", "coordinator", ("UCA",), "fr"),
    Member("admin-1", "Admin Démo", "administrator", ("UCA",), "en"),
)

UNIT = Unit(
    id="UCA",
    name={"fr": "Chirurgie ambulatoire", "en": "Day surgery"},
    short_name="Hopital Demo UCA",
    hospital_name="Hôpital Démo",
    # ARCEP keeps 01 99 00 xx xx for fiction: nobody has this number.
    phone="+33199000010",
    phone_shown="01 99 00 00 10",
    emergency_number="15",
    hours=MessagingHours(ZONE, (Window("08:00", "20:00"),) * 7),
    arrival_lead_minutes=90,
    staff_language="fr",
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
        **dict.fromkeys(KIN, "inguinal-hernia"),
        "BFGA004": "cataract",
        "NFFC003": "knee-arthroscopy",
        "NFEC002": "knee-arthroscopy",
        **MORE,
    },
    default_language="fr",
    reply_to=("BLOC", "DEMO"),
    reports=("oru", "mdm"),
)


def seed(stack: Stack) -> None:
    """Put the demo hospital into the catalogue; harmless when repeated."""
    # SES sends for identities it knows; the emulator takes our word for it.
    stack.emulator.client("ses").verify_email_identity(EmailAddress=SENDER)
    catalogue = Catalogue(_table(stack, "CatalogueTableName"))
    with acting_for(HOSPITAL):
        # A dialect that somebody has edited in the console stays.
        profile = () if catalogue.knows(HOSPITAL) else (PROFILE,)
        entries: tuple[Unit | Profile | Member, ...] = (UNIT, *profile, *MEMBERS)
        for entry in entries:
            catalogue.save(HOSPITAL, entry)


def begin_session(stack: Stack, member: Member, secret: str) -> str:
    """A session as a sign-in would begin it; returns what the cookie or the bearer token holds."""
    now = datetime.now(UTC)
    session = Session(
        key=sha256(secret.encode()),
        hospital=HOSPITAL,
        csrf=sha256(f"{secret}|csrf".encode())[:32],
        started_at=now,
        seen_at=now,
        member=member.id,
        role=member.role,
    )
    with acting_for(HOSPITAL):
        Access(_table(stack, "AccessTableName")).save_session(session, now + STAFF_LIFE)
    return f"{HOSPITAL}.{secret}"


def member_with(role: Role) -> Member | None:
    """The first demo account with this role."""
    return next((member for member in MEMBERS if member.role == role), None)


def _table(stack: Stack, output: str) -> type[Item]:
    return table(stack.outputs[output], REGION, stack.emulator.endpoint)
