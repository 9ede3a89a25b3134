"""A hospital's own queues, as the application sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

import msgspec


class Depth(msgspec.Struct, frozen=True):
    """How one queue stands."""

    name: Literal["in", "in_dead", "out", "out_dead"]
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
