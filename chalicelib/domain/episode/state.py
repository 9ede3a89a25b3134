"""The folded state: what the row holds, and all that `decide` looks at."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.domain.episode.commands import Channel, Word
from chalicelib.domain.episode.events import AlertKind, AlertLevel
from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.rules import Answers

StepStatus = Literal["waiting", "released", "completed", "missed"]


class StepState(msgspec.Struct, frozen=True):
    """Where one step stands."""

    status: StepStatus = "waiting"
    release: int = 0
    """How often it was released."""
    released_at: datetime | None = None
    reminders: int = 0
    opened_at: datetime | None = None
    completed_at: datetime | None = None
    silent: bool = False
    """The silent moment has passed without a response."""
    answers: Answers = {}
    advised: tuple[str, ...] = ()
    """Rules whose advice is tried before anybody calls."""
    again_at: datetime | None = None
    """When the patient will be asked again after an advice."""
    again: tuple[str, ...] = ()
    """The questions that were asked again."""
    asked_again_at: datetime | None = None
    question: str = ""
    """The question that was asked last by text message; empty: the first."""
    explained: bool = False
    """How it is to be answered was explained."""


WAITING = StepState()


class Alert(msgspec.Struct, frozen=True):
    """A clinician has to look, or had to."""

    id: str
    step: str
    level: AlertLevel
    kind: AlertKind
    raised_at: datetime
    rules: tuple[str, ...] = ()
    evidence: Answers = {}
    detail: str = ""
    taken_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    escalated_to: tuple[str, ...] = ()
    outcome: str | None = None

    @property
    def is_open(self) -> bool:
        """Nobody has closed it yet."""
        return self.resolved_at is None


class Episode(msgspec.Struct, frozen=True):
    """One patient's follow-up as it now stands."""

    patient: str
    pathway: str
    pathway_version: int
    unit: str
    hours: MessagingHours
    operation_at: datetime
    arrival_at: datetime
    channels: tuple[Channel, ...]
    surgeon: str | None
    as_of: Word
    """The newest word of the hospital on this booking."""
    booked_at: datetime
    """When the present time was booked (or moved to): nothing of it can be due before."""
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    cancelled_at: datetime | None = None
    ended_at: datetime | None = None
    steps: dict[str, StepState] = {}
    alerts: tuple[Alert, ...] = ()
    calls: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    last_call: str | None = None
    appointment: str | None = None
    visit: str | None = None
    visit_as_of: Word = ""
    cancelled_as_of: Word = ""
    chosen_by: str | None = None
    """Who chose the pathway by hand: no booking changes it any more."""
    stopped: bool = False
    """The patient has written STOP: no text message leaves."""
    replies: frozenset[str] = frozenset()
    """The text messages that the patient has sent."""
    told_not_read_at: datetime | None = None
    """When the patient was last told that messages are not read at once."""

    @property
    def is_closed(self) -> bool:
        """Cancelled or ended: nothing is sent and nothing is due any more."""
        return self.cancelled_at is not None or self.ended_at is not None

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """The lines that this episode has on the worklist."""
        return tuple([alert for alert in self.alerts if alert.resolved_at is None])

    def step(self, key: str) -> StepState:
        """Where this step stands; a step that nothing has happened to is waiting."""
        return self.steps.get(key, WAITING)

    def alert(self, alert_id: str) -> Alert | None:
        """The alert with this id, open or closed."""
        return next((alert for alert in self.alerts if alert.id == alert_id), None)
