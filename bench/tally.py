"""Counts what is written, in units by partition of tables and indexes, over storage in memory."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chalicelib.adapters import items as written
from chalicelib.adapters import keys
from chalicelib.adapters.tables import table
from chalicelib.domain.pacing import PACE, part
from tests.fakes import Memory, MemoryCare, MemoryOutgoing

UNITS = 1_000
"""What DynamoDB writes in a second to one partition."""
KEYS = 300
"""Bytes of an item beside its body."""
ITEMS = table("bench", "eu-west-3")


class Tally:
    """Write units by partition and second, from 10:00 on. Bounds from above: as if all were transactions."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.units: Counter[tuple[str, int]] = Counter()
        self.places: dict[tuple[str, str, str], tuple[str, str] | None] = {}

    def add(self, *found: Any) -> None:
        for item in found:
            size = 1 + (len(item.body or "") + KEYS) // 1024
            self._write(item.pk, 2 * size)
            self._index(item, "day", item.day_pk and (item.day_pk, item.day_sk), size)
            self._index(item, "attention", item.attention_pk and (item.attention_pk, item.attention_sk), size)
            self._index(item, "wake", item.wake_pk and (item.wake_pk, item.wake_at), 1)

    def _index(self, item: Any, index: str, place: tuple[str, str] | None, size: int) -> None:
        """What moves leaves one place of the index and enters another."""
        before = self.places.get((item.pk, item.sk, index))
        self.places[item.pk, item.sk, index] = place
        if before is not None and before != place:
            self._write(before[0], size)
        if place is not None:
            self._write(place[0], size)

    def _write(self, place: str, units: int) -> None:
        if self.clock.seconds >= 0:
            self.units[place, int(self.clock.seconds)] += units

    def busiest(self) -> tuple[str, int]:
        """The partition that has the most to write in one second, and the units of that second."""
        (place, _), units = self.units.most_common(1)[0]
        return place, units


class CountedCare(MemoryCare):
    def __init__(self, memory: Memory, tally: Tally) -> None:
        super().__init__(memory)
        self.tally = tally

    def commit(self, change: Any) -> None:
        super().commit(change)
        self.tally.add(written.row_item(ITEMS, change))
        self.tally.add(*(ITEMS(keys.episode(change.hospital, change.episode), "EVT") for _ in change.events))
        self.tally.add(
            *(written.notice_item(ITEMS, change.hospital, change.episode, n) for n in change.notices)
        )


class CountedOutgoing(MemoryOutgoing):
    def __init__(self, memory: Memory, tally: Tally) -> None:
        super().__init__(memory)
        self.tally = tally

    def save_notice(self, hospital: str, episode: str, notice: Any, expected: int) -> None:
        super().save_notice(hospital, episode, notice, expected)
        self.tally.add(written.notice_item(ITEMS, hospital, episode, notice))

    def take_place(self, hospital: str, channel: str, minute: Any, place: str) -> bool:
        number, _ = part(place, PACE)
        self.tally.add(ITEMS(keys.pace(hospital, channel, minute, number), "PACE"))
        return super().take_place(hospital, channel, minute, place)
