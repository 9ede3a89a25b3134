"""The queues, as the application sees them: a hospital's own, and those of the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec


class Depth(msgspec.Struct, frozen=True):
    """How one queue stands."""

    name: str
    """A hospital's "in" or "out", or one of the installation's own; with "_dead" its dead letters."""
    waiting: int
    in_hand: int
    oldest_seconds: int | None
    """Age of the oldest message, where the cloud says it."""


class HospitalQueue(Protocol):
    """The way back to the hospital."""

    def send(
        self,
        hospital: str,
        group: str,
        control_id: str,
        message: bytes,
        kind: str,
        at: datetime,
        once: str = "",
    ) -> None:
        """Queue one message, in order within its group, once per control id (or per `once`)."""

    def depths(self, hospital: str) -> tuple[Depth, ...]:
        """How the hospital's queues stand."""

    def redrive(self, hospital: str, way: str) -> int:
        """Put dead letters of a way ("in", "out") back on its queue; how many that were, 100 at most."""


class SystemQueues(Protocol):
    """The installation's own queues: their messages are doorbells, so that twice does no harm."""

    def depths(self) -> tuple[Depth, ...]:
        """How the queues and their dead letters stand."""

    def redrive(self, name: str) -> int:
        """Put a queue's dead letters back; how many that were, 100 at most. `KeyError`: no such queue."""
