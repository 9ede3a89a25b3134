"""One hospital's dialect and its messages, used throughout these tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from chalicelib.application.profile import Profile, UnitMapping
from chalicelib.hl7.message import Message
from chalicelib.hl7.read import read

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "messages"
SHARED = ROOT.parent / "shared" / "messages"

RECEIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

PROFILE = Profile(
    facilities=("DEMO",),
    zone="Europe/Paris",
    charset="cp1252",
    country_code="33",
    patient_authorities=("DEMO",),
    units=(UnitMapping(unit="UCA", zone="Europe/Paris", locations=("UCA", "SALLE 3")),),
    default_unit=None,
    procedures={"LMMA012": "inguinal-hernia", "BFGA004": "cataract", "NFFC003": "knee-arthroscopy"},
    default_language="fr",
    reply_to=("GAM", "DEMO"),
)


def own(name: str) -> bytes:
    """A message of ours, as its file holds it."""
    return (OWN / f"{name}.hl7").read_bytes()


def message(raw: bytes | str) -> Message:
    """The message in these bytes, which must be one."""
    found = read(raw if isinstance(raw, bytes) else raw.encode())
    assert isinstance(found, Message), found
    return found


def segments(*lines: str, kind: str = "SIU^S12") -> str:
    """A message of these segments behind a plain header."""
    header = f"MSH|^~\\&|AGENDA|DEMO|VIGIE|DEMO|20261120093000||{kind}|C1|P|2.5"
    return "".join(f"{line}\r" for line in (header, *lines))
