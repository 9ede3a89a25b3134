"""The ledger of HL7 messages on DynamoDB: every search is a query of an index, never a scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec

from chalicelib.adapters import keys
from chalicelib.adapters.tables import Item
from chalicelib.application import ledger
from chalicelib.application.ledger import MOST_EXAMINED, PAGE, Direction, Page
from chalicelib.application.records import MessageRecord


class Ledger(ledger.Ledger):
    """The messages of the care table."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the care table."""
        self.items = items

    def message(self, hospital: str, key: str, direction: Direction) -> MessageRecord | None:
        """The line with this key."""
        try:
            return _line(self.items.get(*keys.message(hospital, key, direction), consistent_read=True))
        except self.items.DoesNotExist:
            return None

    def messages(self, hospital: str, direction: str, day: date) -> tuple[MessageRecord, ...]:
        """The messages of one day, oldest first."""
        found = self.items.day.query(keys.messages_of(hospital, direction, day))
        return tuple(_line(item) for item in found)

    def page(
        self,
        hospital: str,
        direction: str,
        day: date,
        before: str | None,
        wanted: Callable[[MessageRecord], bool],
    ) -> Page:
        """The newest wanted lines of a day, or those before one."""
        condition = None if before is None else self.items.day_sk < before
        partition = keys.messages_of(hospital, direction, day)
        found = self.items.day.query(
            partition, condition, scan_index_forward=False, limit=MOST_EXAMINED + 1, page_size=4 * PAGE
        )
        return _page(found, wanted, "day_sk")

    def quarantined(self, hospital: str, before: str | None) -> Page:
        """What waits in quarantine."""
        condition = None if before is None else self.items.attention_sk < before
        found = self.items.attention.query(
            keys.quarantine(hospital), condition, scan_index_forward=False, limit=PAGE + 1
        )
        return _page(found, lambda _: True, "attention_sk")

    def of_patient(self, hospital: str, patient: str) -> tuple[MessageRecord, ...]:
        """The messages about a patient's number: found by keys, then read."""
        found = self.items.find.query(
            keys.messages_about(hospital, patient), scan_index_forward=False, limit=PAGE
        )
        read = [_line(item) for item in self.items.batch_get([(item.pk, item.sk) for item in found])]
        return tuple(sorted(read, key=lambda line: (line.at, line.key), reverse=True))

    def of_control(self, hospital: str, control_key: str) -> tuple[MessageRecord, ...]:
        """Every message with this control id."""
        found = self.items.query(keys.control(hospital, control_key), limit=PAGE)
        return tuple(_line(item) for item in found)


def _page(found: Iterable[Item], wanted: Callable[[MessageRecord], bool], order: str) -> Page:
    """As many wanted lines as a page holds; `older` names the last line that was looked at."""
    lines: list[MessageRecord] = []
    last: str | None = None
    for examined, item in enumerate(found):
        if len(lines) == PAGE or examined == MOST_EXAMINED:
            return Page(tuple(lines), last)
        line = _line(item)
        last = getattr(item, order)
        if wanted(line):
            lines.append(line)
    return Page(tuple(lines))


def _line(item: Any) -> MessageRecord:
    return msgspec.json.decode(item.body, type=MessageRecord)
