"""The installation's clock: forward only, visiting everything that is due on the way, in order."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.local.installation import Installation

STUCK_SECONDS = 60
"""So long may one stop on the way take, from the bell to silence."""
PAUSE_SECONDS = 0.02
RING_AGAIN_SECONDS = 1.0
LOOKS = 2
"""Once could be between two: what the gateway says goes back into a queue that was looked at before."""
DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class Backwards(Exception):
    """The clock was asked to go back: what has happened cannot be undone."""


class Stuck(Exception):
    """What is due does not get done; the text says what and where."""


def duration(text: str) -> timedelta:
    """An ISO 8601 duration without years and months: "PT1H", "P1DT30M"; `ValueError` for anything else."""
    match = DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        msg = f"{text!r} is no duration such as PT1H, PT30M or P1D"
        raise ValueError(msg)
    return timedelta(**{unit: int(number) for unit, number in match.groupdict().items() if number})


def instant(text: str) -> datetime:
    """An ISO 8601 date and time with an offset or Z; `ValueError` for anything else."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = f"{text!r} has no offset: write 2026-11-24T09:00:00Z or +01:00"
        raise ValueError(msg)
    return at.astimezone(UTC)


@dataclass
class Advance:
    """Moves the clock. One at a time; a second one waits for the first."""

    installation: Installation
    gateway_is_quiet: Callable[[], bool]
    """Whether all delivery events have been handed over."""
    arrived: Callable[[], None]
    """Called at each stop, when all is quiet and before the clock moves on."""
    _one: threading.Lock = field(default_factory=threading.Lock)

    def by(self, step: timedelta) -> datetime:
        """Forward by so much."""
        with self._one:
            return self._to(self.installation.now() + step)

    def to(self, target: datetime) -> datetime:
        """Forward to this instant; raises `Backwards`."""
        with self._one:
            return self._to(target)

    def to_next(self) -> datetime:
        """Forward to the next thing that is due; stays where it is when nothing is."""
        with self._one:
            due = self.installation.first_due()
            return self._to(max(due or self.installation.now(), self.installation.now()))

    def settle(self) -> None:
        """Wait until what is due now has been done."""
        with self._one:
            self._settle()

    def _to(self, target: datetime) -> datetime:
        now = self.installation.now()
        # The clock runs on while a page is filled in: a few seconds late is not backwards.
        if target < now - timedelta(seconds=5):
            msg = f"the clock stands at {now:%Y-%m-%dT%H:%M:%SZ} and only goes forward"
            raise Backwards(msg)
        self._settle()
        while (due := self.installation.first_due()) is not None and due <= target:
            self.installation.move_to(due)
            self._settle()
        self.installation.move_to(target)
        self._settle()
        return self.installation.now()

    def _settle(self) -> None:
        """Ring for what is due until nothing is, and nothing is on its way any more."""
        deadline = time.monotonic() + STUCK_SECONDS
        rung, quiet = 0.0, 0
        while time.monotonic() < deadline:
            shards: set[int] = set()
            if self._is_quiet() and not (shards := self.installation.due_shards()):
                quiet += 1
                if quiet == LOOKS:
                    self.arrived()
                    return
                continue
            quiet = 0
            if shards and time.monotonic() - rung > RING_AGAIN_SECONDS:
                self.installation.ring(shards)
                rung = time.monotonic()
            time.sleep(PAUSE_SECONDS)
        raise Stuck(self._what_is_stuck())

    def _is_quiet(self) -> bool:
        return self.gateway_is_quiet() and not self.installation.busy()

    def _what_is_stuck(self) -> str:
        waiting = [f"{queue}: {count}" for queue, count in self.installation.busy().items()]
        due = [f"{item.sk} due {item.wake_at}" for item in self.installation.due()[:5]]
        quiet = [] if self.gateway_is_quiet() else ["delivery events of the SMS gateway"]
        what = "; ".join([*waiting, *due, *quiet]) or "it has just become quiet"
        return f"not done after {STUCK_SECONDS} s: {what} (see emulator.log)"
