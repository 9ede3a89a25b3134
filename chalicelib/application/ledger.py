"""The ledger of HL7 messages, as the console and the border ask for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, Protocol

import msgspec

from chalicelib.application.records import MessageRecord

Direction = Literal["in", "out"]

PAGE = 50
"""Lines that a page of the console shows."""
MOST_EXAMINED = 1000
"""Lines that one request looks at while it searches: a page never waits for a whole day of messages."""


class Page(msgspec.Struct, frozen=True):
    """Some lines, newest first, and where the next ones begin (None: there are no more)."""

    lines: tuple[MessageRecord, ...]
    older: str | None = None


class Ledger(Protocol):
    """HL7 messages, as they came and left. Each text that finds a page comes from the page before."""

    def message(self, hospital: str, key: str, direction: Direction) -> MessageRecord | None:
        """The line with this key (read consistently), or None."""

    def messages(self, hospital: str, direction: str, day: date) -> tuple[MessageRecord, ...]:
        """The messages of one day (UTC), oldest first."""

    def page(
        self,
        hospital: str,
        direction: str,
        day: date,
        before: str | None,
        wanted: Callable[[MessageRecord], bool],
    ) -> Page:
        """The newest wanted lines of a day (UTC), or those before one."""

    def quarantined(self, hospital: str, before: str | None) -> Page:
        """What waits in quarantine, newest first, of any day."""

    def of_patient(self, hospital: str, patient: str) -> tuple[MessageRecord, ...]:
        """The messages about a patient's number, newest first, `PAGE` at most."""

    def of_control(self, hospital: str, control_key: str) -> tuple[MessageRecord, ...]:
        """Every message with this control id, in and out, repeats included."""
