"""Which notice a provider's message id belongs to, where its events bring nothing else back.

Such an event names no hospital either: so these items have a partition of their own, which no hospital can
have (their ids are small letters and digits). The item holds the reference: ids, nothing of a person.
"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools import Logger
from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters.tables import Item
from chalicelib.adapters.tenancy import acting_for

logger = Logger(service="vigie", serialize_stacktrace=False)

LIFE = 7 * 86_400
"""Longer than any provider goes on telling of a message (72 hours)."""


class Pointers:
    """One provider's pointers, in the access table."""

    def __init__(self, items: type[Item], provider: str, now: Callable[[], float]) -> None:
        """`provider`: its name; `now`: real time in seconds since 1970."""
        self.items = items
        self.partition = provider.upper()
        self.now = now

    def keep(self, theirs: str, reference: str) -> None:
        """Note whose id this is. The message has left: a note that is lost costs its event, no more."""
        item = self.items(self._pk(theirs), "POINTER", body=reference, expires=int(self.now()) + LIFE)
        try:
            with acting_for(self.partition):
                item.save()
        except PynamoDBException:
            logger.warning("pointer lost", extra={"id": theirs})

    def reference(self, theirs: str) -> str | None:
        """The notice's reference, or None."""
        try:
            with acting_for(self.partition):
                return str(self.items.get(self._pk(theirs), "POINTER", consistent_read=True).body)
        except self.items.DoesNotExist:
            return None

    def _pk(self, theirs: str) -> str:
        return f"TEN#{self.partition}|SENT#{theirs}"
