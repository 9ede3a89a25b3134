"""A hospital in memory: messages go in as bytes, through the same reader and the same intake as in production."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from chalicelib.adapters.catalogue import document, files, pathway, wordings
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.intake import Letter, receive
from chalicelib.application.profile import Profile
from chalicelib.application.records import ClinicianEntry, Member, MessageRecord, Unit
from chalicelib.application.world import World
from chalicelib.domain.pathway import unfolded
from chalicelib.hl7.read import read
from chalicelib.hl7.translate import translate
from infra.local.seed import MEMBERS, PROFILE, UNIT
from tests.fake_versions import MemoryVersions
from tests.fakes import (
    Memory,
    MemoryAccess,
    MemoryAlarm,
    MemoryCare,
    MemoryLedger,
    MemoryOutgoing,
    MemoryStumbles,
)

HOSPITAL = "demo"
RECEIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class MemoryCatalogue:
    """One hospital with two units; the pathways are the real ones."""

    def __init__(self, profile: Profile, memory: Memory, versions: MemoryVersions) -> None:
        self._profile = profile
        self.memory = memory
        self.versions = versions

    def unit(self, hospital: str, unit: str) -> Unit | None:
        return UNIT if unit == UNIT.id else None

    def member(self, hospital: str, member: str) -> Member | None:
        return next((known for known in MEMBERS if known.id == member), None)

    def wording(self, channel: str, text: str, language: str) -> dict[str, str]:
        words = wordings(channel)[text]
        return {"text": words.get(language) or words["en"]}

    def profile(self, hospital: str) -> Profile:
        return self._profile

    def members(self, hospital: str) -> tuple[Member, ...]:
        return MEMBERS

    def clinicians(self, hospital: str) -> dict[str, ClinicianEntry]:
        found = self.memory.extras.items()
        return {entry.code: entry for (kind, *_), entry in found if kind is ClinicianEntry}

    def pathway(self, code: str, version: int) -> Any:
        return unfolded(self.document(code, version)) if "." in code else pathway(code, version)

    def document(self, code: str, version: int) -> Any:
        if "." in code:
            return self.versions.published(HOSPITAL, code, version)
        return document(code, version)

    def units(self, hospital: str) -> tuple[Unit, ...]:
        return (UNIT,)

    def codes(self) -> tuple[str, ...]:
        return tuple(sorted({code for code, _ in files()}))

    def latest(self, code: str) -> Any:
        return pathway(code, 1)


class SilentBell:
    """Nothing is delivered here."""

    def ring(self, *rung: object) -> None:
        """Nobody listens."""


@dataclass
class Hospital:
    """What was stored, and the door for messages."""

    profile: Profile = PROFILE
    memory: Memory = field(default_factory=Memory)
    versions: MemoryVersions = field(default_factory=MemoryVersions)

    @property
    def world(self) -> World:
        care = MemoryCare(self.memory)
        return World(
            care=care,
            people=care,
            ledger=MemoryLedger(self.memory),
            outgoing=MemoryOutgoing(self.memory),
            alarm=MemoryAlarm(self.memory),
            catalogue=MemoryCatalogue(self.profile, self.memory, self.versions),
            access=MemoryAccess(self.memory),
            bell=SilentBell(),
            hospital_queue=None,
            system_queues=None,
            stumbles=MemoryStumbles(self.memory),
            providers={},
            versions=self.versions,
            write_report=lambda report: b"",
            write_document=lambda *report: b"",
            base_url="https://v.example",
        )

    def send(self, *messages: str, at: datetime = RECEIVED) -> MessageRecord:
        """Hand messages in; the line of the last one."""
        with acting_for(HOSPITAL):
            for text in messages:
                said = translate(read(text.encode(), "cp1252"), self.profile, at)
                letter = Letter(HOSPITAL, at, sha256(text.encode()).hexdigest(), text)
                line = receive(self.world, letter, said)
        return line

    @property
    def episodes(self) -> list[Any]:
        """The state of every follow-up."""
        return [row.state for _, row in sorted(self.memory.rows.items())]

    def kept(self, kind: type) -> list[Any]:
        """Everything of one kind that is stored."""
        return [value for (k, *_), value in sorted(self.memory.extras.items(), key=repr) if k is kind]


def message(kind: str, sent: str, *lines: str, control_id: str = "") -> str:
    """A message that was sent at this time (as "1120 0930" of 2026)."""
    day, _, hour = sent.partition(" ")
    number = control_id or f"{kind.replace('^', '')}-{day}{hour}"
    header = f"MSH|^~\\&|AGENDA|DEMO|VIGIE|DEMO|2026{day}{hour}00||{kind}|{number}|P|2.5"
    return "".join(f"{line}\r" for line in (header, *lines))


def pid(
    number: str = "900001", phone: str = "", name: str = "DEMO^Alix^^^^^L", born: str = "19800101"
) -> str:
    return f"PID|1||{number}^^^DEMO^PI||{name}||{born}|F|||||{phone}"


def pv1(visit: str = "", patient_class: str = "O") -> str:
    return f"PV1|1|{patient_class}|UCA" + "|" * 16 + visit


def booking(
    key: str,
    sent: str,
    operation: str,
    *,
    event: str = "S12",
    who: str = "",
    visit: str = "",
    code: str = "LMMA012",
) -> str:
    """A SIU; `operation` as "1126 0900"."""
    day, _, hour = operation.partition(" ")
    return message(
        f"SIU^{event}",
        sent,
        f"SCH|{key}^AGENDA|||||||||||",
        f"TQ1|1||||||2026{day}{hour}",
        who or pid(),
        pv1(visit),
        f"AIS|1||{code}^X^CCAM",
        "AIL|1||UCA",
    )
