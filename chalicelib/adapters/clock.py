"""The installation's time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from chalicelib.adapters.tables import Item
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import ports

PK, SK = "TEN#local|CLOCK", "CLOCK"


class SystemClock(ports.Clock):
    """Real time."""

    def now(self) -> datetime:
        """Aware UTC, without microseconds."""
        return datetime.now(UTC).replace(microsecond=0)


class ShiftedClock(ports.Clock):
    """Real time plus an offset that the local runner sets; only the local stage has it."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the access table."""
        self.items = items

    def now(self) -> datetime:
        """Real time, shifted."""
        return SystemClock().now() + timedelta(seconds=self.offset())

    def offset(self) -> int:
        """Seconds ahead of (or behind) real time; 0 where the clock was never moved."""
        with acting_for("local"):
            try:
                found = self.items.get(PK, SK, consistent_read=True)
            except self.items.DoesNotExist:
                return 0
        return int(json.loads(found.body or "{}").get("offset_seconds", 0))

    def move(self, offset_seconds: int) -> None:
        """Set the offset; the runner alone calls this."""
        with acting_for("local"):
            self.items(PK, SK, body=json.dumps({"offset_seconds": offset_seconds})).save()


class HeldClock(ports.Clock):
    """Time that stands still until it is moved: the crash tests run on it. Only the local stage has it."""

    def __init__(self) -> None:
        """Some time or other."""
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Where it was put."""
        return self.at
