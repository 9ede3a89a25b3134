"""The demo: a day of 150 invented patients, who arrive as HL7 over MLLP and are at different stages.

A third was operated on yesterday, a third is operated on today, a third tomorrow. The clock starts
two days ago and everything happens in order: bookings, texts, confirmations, arrivals, answers.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from infra.local.visitor import Doors, fill_in, patient_browser

ZONE = ZoneInfo("Europe/Paris")
PATIENTS = 150
SEED = 20_26
OPERATIONS = (
    ("LMMA012", "Cure de hernie inguinale"),
    ("BFGA004", "Extraction de cataracte"),
    ("NFFC003", "Arthroscopie du genou"),
)
SURGEONS = (("1001", "Démo-Alpha"), ("1002", "Démo-Bravo"), ("1003", "Démo-Charlie"))
GIVEN = ("Camille", "Dominique", "Claude", "Maxime", "Sacha", "Andréa", "Noa", "Alix")
"""Given names of any sex; the family name says that the person is invented."""

YESTERDAY, TODAY, TOMORROW = -1, 0, 1

HARMLESS = {"health_change": "no"}
"""Every other question's first answer is harmless."""

AFTER_ANSWERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"pain": "2"},
    {},
    {"pain": "8"},
    {"pain": "5", "pain_course": "same"},
    {"pain": "3"},
    {"call": "yes"},
)
BEFORE_ANSWERS: tuple[dict[str, str], ...] = ({}, {}, {}, {}, {"escort": "no"}, {}, {"call": "yes"})


@dataclass(frozen=True)
class Invented:
    """One invented patient and their operation."""

    number: int
    given: str
    born: str
    sex: str
    mobile: str
    email: str
    code: str
    operation: str
    surgeon: tuple[str, str]
    operation_at: datetime
    offset: int

    @property
    def visit(self) -> str:
        """PV1-19."""
        return f"V{self.number:05d}"

    @property
    def address(self) -> str:
        """Where texts for this patient go."""
        return f"+33{self.mobile[1:]}" if self.mobile else self.email


def invented(today: date) -> tuple[Invented, ...]:
    """The same 150 people every time, with their operations around this day."""
    chance = random.Random(SEED)
    return tuple(_one(number, today, chance) for number in range(1, PATIENTS + 1))


def _one(number: int, today: date, chance: random.Random) -> Invented:
    offset = (YESTERDAY, TODAY, TOMORROW)[number % 3]
    code, operation = OPERATIONS[number % len(OPERATIONS) if number % 2 else chance.randrange(3)]
    minutes = 8 * 60 + 5 * chance.randrange(0, 90)
    at = datetime.combine(today + timedelta(days=offset), time(minutes // 60, minutes % 60), ZONE)
    has_mobile = number % 25 != 0
    return Invented(
        number=number,
        given=chance.choice(GIVEN),
        born=f"{chance.randrange(1938, 2004)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}",
        sex=chance.choice("FM"),
        # ARCEP keeps 06 39 98 xx xx for fiction: nobody has these numbers.
        mobile=f"0639980{number:03d}" if has_mobile else "",
        email="" if has_mobile or number % 50 == 0 else f"patient-{number:03d}@example.org",
        code=code,
        operation=operation,
        surgeon=SURGEONS[number % len(SURGEONS)],
        operation_at=at,
        offset=offset,
    )


def booking(patient: Invented, sent_at: datetime, event: str = "S12") -> str:
    """SIU: the booking as a theatre system sends it."""
    start = f"{patient.operation_at.astimezone(ZONE):%Y%m%d%H%M%S}"
    surgeon = "^".join(patient.surgeon)
    return _message(
        f"SIU^{event}^SIU_S12",
        f"B{patient.number:05d}{event}",
        sent_at,
        f"SCH|A{patient.number:05d}|A{patient.number:05d}|||||^{patient.operation}|||45|min|^^45^{start}",
        _pid(patient),
        f"PV1|1|O|UCA||||{surgeon}||||||||||||{patient.visit}",
        "RGS|1|A",
        f"AIS|1|A|{patient.code}^{patient.operation}^CCAM|{start}|||45|min",
        "AIL|1|A|UCA^^^DEMO",
        f"AIP|1|A|{surgeon}|SURGEON",
    )


def movement(patient: Invented, event: str, at: datetime) -> str:
    """ADT: A01 came, A03 went home."""
    when = f"{at.astimezone(ZONE):%Y%m%d%H%M%S}"
    stays = {"A01": f"{when}|", "A03": f"|{when}"}[event]
    return _message(
        f"ADT^{event}",
        f"M{patient.number:05d}{event}",
        at,
        f"EVN||{when}",
        _pid(patient),
        f"PV1|1|O|UCA||||{'^'.join(patient.surgeon)}||||||||||||{patient.visit}" + "|" * 25 + stays,
    )


def _pid(patient: Invented) -> str:
    mail = f"^NET^Internet^{patient.email}" if patient.email else ""
    contact = f"^PRN^CP^^^^^^^^^{patient.mobile}" if patient.mobile else mail
    name = f"DEMO-{patient.number:03d}^{patient.given}^^^^^L"
    return f"PID|1||P{patient.number:05d}^^^DEMO^PI||{name}||{patient.born}|{patient.sex}|||||{contact}||fr"


def _message(kind: str, control_id: str, sent_at: datetime, *segments: str) -> str:
    sent = f"{sent_at.astimezone(ZONE):%Y%m%d%H%M%S}"
    head = f"MSH|^~\\&|BLOC|DEMO|VIGIE|VIGIE|{sent}||{kind}|{control_id}|P|2.5|||||FRA|UNICODE UTF-8"
    return "\r".join((head, *segments)) + "\r"


def start_of(today: date) -> datetime:
    """When the demo's clock begins."""
    return datetime.combine(today - timedelta(days=2), time(8, 30), ZONE).astimezone(UTC)


def play(doors: Doors, today: date, say: Callable[[str], None]) -> None:
    """Let the three days happen. The clock has to stand at `start_of(today)`."""
    people = invented(today)
    of = {offset: [p for p in people if p.offset == offset] for offset in (YESTERDAY, TODAY, TOMORROW)}
    say(f"booking {len(people)} operations over MLLP")
    doors.send_hl7(*(booking(p, start_of(today)) for p in people))
    _to(doors, today, -1, "10:00")
    say("yesterday: arrivals, operations, departures")
    doors.send_hl7(*(movement(p, "A01", p.operation_at - timedelta(minutes=60)) for p in of[YESTERDAY]))
    _answered(doors, of[TODAY][:12], BEFORE_ANSWERS)
    _to(doors, today, -1, "19:00")
    home = of[YESTERDAY][:-1]
    doors.send_hl7(*(movement(p, "A03", p.operation_at + timedelta(hours=3)) for p in home))
    _to(doors, today, 0, "08:15")
    say("today: texts for tomorrow and about yesterday")
    early = [p for p in of[TODAY] if p.operation_at.hour < 10]  # noqa: PLR2004 - the morning's list
    doors.send_hl7(*(movement(p, "A01", p.operation_at - timedelta(minutes=60)) for p in early))
    _to(doors, today, 0, "10:00")
    say("patients answer")
    _answered(doors, of[YESTERDAY][:30], AFTER_ANSWERS)
    _answered(doors, of[TOMORROW][:20], BEFORE_ANSWERS)
    _to(doors, today, 0, "11:05")


def _to(doors: Doors, today: date, days: int, wall: str) -> None:
    hour, minute = wall.split(":")
    at = datetime.combine(today + timedelta(days=days), time(int(hour), int(minute)), ZONE)
    doors.advance(to=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def _answered(doors: Doors, people: list[Invented], said: tuple[dict[str, str], ...]) -> None:
    latest = {message["to"]: message for message in doors.outbox()}
    for number, patient in enumerate(people):
        message = latest.get(patient.address)
        if message is not None:
            browser = patient_browser(doors.web, message, patient.born)
            fill_in(browser, HARMLESS | said[number % len(said)])
