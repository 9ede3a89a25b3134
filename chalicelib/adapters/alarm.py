"""The wake index: what is due, across hospitals, and nothing about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.tables import Item
from chalicelib.application import ports
from chalicelib.application.ports import Due


class Alarm(ports.Alarm):
    """Read by the sweep alone, in its own function with its own role."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the care table."""
        self.items = items

    def due(self, shard: int, at: datetime) -> Iterable[Due]:
        """What is due in this shard, oldest first."""
        # The condition takes the table's attribute: PynamoDB's indexes have none of their own.
        until = self.items.wake_at <= keys.stamp(at)
        for item in self.items.wake.query(f"WAKE#{shard}", until):
            yield Due(pk=item.pk, sk=item.sk, wake_at=item.wake_at)
