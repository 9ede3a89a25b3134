"""What a patient has to do now, and the clock times that go with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from chalicelib.domain.episode.state import Episode
from chalicelib.domain.pathway import Pathway, Step


class ClockTimes(msgspec.Struct, frozen=True):
    """Instants that the instructions name: "2 hours before" makes people fast too long."""

    arrival: datetime
    solids_until: datetime | None
    fluids_until: datetime | None


def current(pathway: Pathway, state: Episode) -> Step | None:
    """The step that the patient is on: the latest that was released and still holds."""
    spoken = [step for step in pathway.steps if state.step(step.key).status in {"released", "completed"}]
    return spoken[-1] if spoken else None


def clock_times(step: Step, state: Episode) -> ClockTimes:
    """Arrival, and until when to eat and drink."""
    fasting = step.instructions and step.instructions.fasting
    if not fasting:
        return ClockTimes(state.arrival_at, None, None)
    start = state.arrival_at if fasting.before == "arrival" else state.operation_at
    return ClockTimes(
        arrival=state.arrival_at,
        solids_until=start - timedelta(hours=fasting.solids_hours),
        fluids_until=start - timedelta(hours=fasting.clear_fluids_hours),
    )
