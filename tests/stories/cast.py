"""The patients of the stories, and what their hospital sends about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from infra.local.demo import Invented, booking, movement
from infra.local.visitor import Browser, Doors

PARIS = ZoneInfo("Europe/Paris")
numbers = count(900)


@dataclass
class Stage:
    """One story: the doors, and the day of the operation."""

    doors: Doors
    operation_day: date

    def patient(self, code: str = "LMMA012", wall: str = "10:00", **changes: object) -> Invented:
        number = next(numbers)
        hour, minute = wall.split(":")
        someone = Invented(
            number=number,
            given="Camille",
            born="19560327",
            sex="F",
            mobile=f"0639980{number:03d}",
            email="",
            code=code,
            operation="Operation",
            surgeon=("1001", "Démo-Alpha"),
            operation_at=datetime.combine(self.operation_day, time(int(hour), int(minute)), PARIS),
            offset=0,
        )
        return replace(someone, **changes)

    def send(self, *messages: str) -> list[str]:
        return self.doors.send_hl7(*messages)

    def go(self, days: int, wall: str) -> None:
        """Move the clock to a local time, so many days from the operation."""
        hour, minute = wall.split(":")
        day = self.operation_day + timedelta(days=days)
        at = datetime.combine(day, time(int(hour), int(minute)), PARIS).astimezone(UTC)
        self.doors.advance(to=at.isoformat())

    def texts(self, patient: Invented) -> list[dict[str, str]]:
        return self.doors.outbox(patient.address)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.doors.now())

    def nurse(self) -> Browser:
        browser = Browser(self.doors.web)
        status, _, _ = browser.request("GET", "/health")
        assert status == 200
        browser.request("POST", "/_local/sign-in", "member=nurse-2", "application/x-www-form-urlencoded")
        return browser

    def row(self, nurse: Browser, patient: Invented) -> str:
        """The patient's row on the day's list, as text; "" when there is none."""
        nurse.get("/team?lang=en")
        rows = nurse.page.split("<tr")
        found = [row for row in rows if f"DEMO-{patient.number:03d}" in row]
        return " ".join(Browser("", page="<tr" + found[0]).text().split()) if found else ""

    def episode(self, patient: Invented) -> str:
        lines = self.doors.hl7("in")
        return next(m["episode"] for m in lines if f"P{patient.number:05d}" in m["message"] and m["episode"])


def stage(doors: Doors) -> Stage:
    """A story whose operation is two days ahead of the clock as it now stands."""
    now = datetime.fromisoformat(doors.now()).astimezone(PARIS)
    return Stage(doors, now.date() + timedelta(days=2))


__all__ = ["Stage", "booking", "movement", "stage"]
