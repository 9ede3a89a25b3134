"""What a unit sees of an episode: its status, and the keys under which a list finds it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from chalicelib.domain.episode.state import Alert, Episode
from chalicelib.domain.messaging_hours import local_day
from chalicelib.domain.pathway import Pathway

Status = Literal[
    "red",
    "orange",
    "silent",
    "planned",
    "invited",
    "opened",
    "ready",
    "in_hospital",
    "home",
    "asked",
    "answering",
    "well",
    "cancelled",
]
SEVERITY: dict[str, int] = {"red": 0, "orange": 1, "silent": 2}
ORDER: tuple[Status, ...] = (
    "red",
    "orange",
    "silent",
    "answering",
    "asked",
    "opened",
    "invited",
    "planned",
    "in_hospital",
    "home",
    "ready",
    "well",
    "cancelled",
)
"""The order of a list: what needs somebody first, what is well last."""


def worst(state: Episode) -> Alert | None:
    """The open alert that comes first: by severity, then by age."""
    return min(
        state.open_alerts,
        key=lambda alert: (SEVERITY[alert.level], alert.raised_at),
        default=None,
    )


def status(pathway: Pathway, state: Episode) -> Status:
    """One word for where the patient stands. No answer is never "well"."""
    alert = worst(state)
    if alert is not None:
        return alert.level
    if state.cancelled_at is not None:
        return "cancelled"
    after = _phase(pathway, state, "after")
    if after is not None:
        return {"completed": "well", "opened": "answering"}.get(after, "asked")  # type: ignore[return-value]
    if state.discharged_at is not None:
        return "home"
    if state.admitted_at is not None:
        return "in_hospital"
    before = _phase(pathway, state, "before")
    if before is None:
        return "planned"
    return {"completed": "ready", "opened": "opened"}.get(before, "invited")  # type: ignore[return-value]


def _phase(pathway: Pathway, state: Episode, phase: str) -> str | None:
    """How far the latest step of this phase that has begun is: released, opened, completed."""
    begun = [state.step(s.key) for s in pathway.steps if s.phase == phase and state.step(s.key).release]
    if not begun or begun[-1].status == "waiting":
        return None
    if begun[-1].status == "released" and begun[-1].opened_at is not None:
        return "opened"
    return begun[-1].status


def attention_key(state: Episode) -> str | None:
    """Sorts a unit's open lines, worst and oldest first; None where nothing is open."""
    alert = worst(state)
    return None if alert is None else f"{SEVERITY[alert.level]}|{alert.raised_at:%Y-%m-%dT%H:%M:%SZ}"


def operation_day(state: Episode) -> str:
    """The day of the operation in the unit's time, as "2026-11-24"."""
    return local_day(state.hours.zone, state.operation_at).isoformat()


def waiting_since(state: Episode) -> datetime | None:
    """How long the worst open alert has been waiting for somebody."""
    alert = worst(state)
    return None if alert is None else alert.raised_at
