"""What happens to an alert, from raised to resolved: ids, codes and times only. Never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.domain.episode.commands import Outcome
from chalicelib.domain.rules import Answers

AlertLevel = Literal["red", "orange", "silent"]
AlertKind = Literal[
    "answer", "silent", "undelivered", "no_contact", "too_late", "not_discharged", "no_pathway",
    "message", "prefers_call",
]  # fmt: skip
"""`message`: a text message to read (`detail` names its note); `prefers_call`: the patient wrote STOP."""
SilentReason = Literal["never_opened", "not_finished"]
NOT_ANSWERED_AGAIN = "not_answered_again"
"""Detail of an alert: advice was given, and the patient did not say whether it helped."""
SAID_STOP = "said_stop"
"""Detail of an alert: the patient wants no text messages."""
NOT_CORRECTED = "not_corrected"
"""Detail of an alert: the operation was moved or cancelled, and no text message may say so."""
TOLD_BY_PATIENT = frozenset({"answer", "message", "prefers_call"})
"""Kinds of alerts that only a person closes: the patient has said something."""


class AlertRaised(msgspec.Struct, frozen=True, tag=True):
    """A clinician has to look. `rules` and `evidence` say why; for other kinds `detail` does."""

    at: datetime
    alert: str
    step: str
    level: AlertLevel
    kind: AlertKind
    rules: tuple[str, ...] = ()
    evidence: Answers = {}
    detail: str = ""


class AlertTaken(msgspec.Struct, frozen=True, tag=True):
    """A clinician has said: mine."""

    at: datetime
    alert: str
    by: str


class AlertEscalated(msgspec.Struct, frozen=True, tag=True):
    """Nobody has taken it in time: it is handed on."""

    at: datetime
    alert: str
    to: str


class AlertAcknowledged(msgspec.Struct, frozen=True, tag=True):
    """A clinician has read it."""

    at: datetime
    alert: str
    by: str


class AlertResolved(msgspec.Struct, frozen=True, tag=True):
    """Closed: by a clinician, or (`by` is None) because its cause is gone."""

    at: datetime
    alert: str
    by: str | None
    outcome: Outcome | Literal["answered", "no_longer_needed", "read"]
