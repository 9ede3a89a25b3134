"""What a patient has to do now, and the clock times that go with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from chalicelib.domain.episode.state import Episode
from chalicelib.domain.messaging_hours import local_day
from chalicelib.domain.pathway import Pathway, Step


class ClockTimes(msgspec.Struct, frozen=True):
    """Instants that the instructions name: "2 hours before" makes people fast too long."""

    arrival: datetime
    until: dict[str, datetime] = {}
    """By class of food, those that concern somebody of the patient's age."""

    @property
    def marks(self) -> dict[str, datetime]:
        """By placeholder."""
        return {"arrival": self.arrival} | {MARKS[food]: at for food, at in self.until.items()}


MARKS = {
    "solids": "solids_until",
    "heavy_meal": "heavy_meal_until",
    "light_meal": "light_meal_until",
    "formula": "formula_until",
    "breast_milk": "breast_milk_until",
    "clear_fluids": "fluids_until",
}
"""Class of food → the placeholder of its clock time."""


def current(pathway: Pathway, state: Episode) -> Step | None:
    """The step that the patient is on: the latest that was released and still holds."""
    spoken = [step for step in pathway.steps if state.step(step.key).status in {"released", "completed"}]
    return spoken[-1] if spoken else None


def open_step(pathway: Pathway, state: Episode) -> Step | None:
    """The step that still waits for the patient's answer; none where it came too late to matter."""
    step = current(pathway, state)
    if step is None or state.is_closed or state.step(step.key).status != "released":
        return None
    return None if step.phase == "before" and state.admitted_at is not None else step


def clock_times(step: Step, state: Episode, age: int | None = None) -> ClockTimes:
    """Arrival, and until when to eat and drink, for somebody of this age (in full years)."""
    fasting = step.instructions and step.instructions.fasting
    if not fasting:
        return ClockTimes(state.arrival_at)
    start = state.arrival_at if fasting.before == "arrival" else state.operation_at
    hours = fasting.hours(age)
    return ClockTimes(state.arrival_at, {food: start - timedelta(hours=h) for food, h in hours.items()})


def days_after(state: Episode, at: datetime) -> int:
    """How many days after the operation it is, in the unit's time; negative before it."""
    zone = state.hours.zone
    return (local_day(zone, at) - local_day(zone, state.operation_at)).days


def depends_on_age(step: Step) -> bool:
    """Whether the patient's age has to be known for the clock times."""
    if step.instructions is None or step.instructions.fasting is None:
        return False
    return any(rule.from_age or rule.to_age for rule in step.instructions.fasting.rules)
