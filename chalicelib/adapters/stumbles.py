"""Stumbles on DynamoDB: one item for each, and the alarm clock of what stumbles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.adapters import keys
from chalicelib.adapters.tables import Item, packed
from chalicelib.application import stumbling
from chalicelib.application.ports import Conflict
from chalicelib.domain.stumble import Stumble

KEPT = timedelta(days=2)
"""So long after its last try a stumble may be forgotten."""
FAILED = "ConditionalCheckFailedException"


class Stumbles(stumbling.Stumbles):
    """In the care table, beside what stumbles."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the care table."""
        self.items = items

    def last(self, hospital: str, episode: str, item: str) -> Stumble | None:
        """The item's last stumble."""
        try:
            found = self.items.get(keys.stumbles(hospital), f"{episode}#{item}", consistent_read=True)
        except self.items.DoesNotExist:
            return None
        return msgspec.json.decode(found.body, type=Stumble)

    def save(self, hospital: str, stumble: Stumble) -> None:
        """Put it on top of the revision that was read."""
        kept = replace(stumble, revision=stumble.revision + 1)
        item = self.items(
            keys.stumbles(hospital),
            f"{stumble.episode}#{stumble.item}",
            version=kept.revision,
            body=packed(kept),
            expires=int((stumble.next_at + KEPT).timestamp()),
        )
        version = self.items.version
        try:
            item.save(version == stumble.revision if stumble.revision else version.does_not_exist())
        except PutError as error:
            stored = self.last(hospital, stumble.episode, stumble.item)
            if error.cause_response_code != FAILED or stored != kept:
                raise Conflict from error

    def rest(self, hospital: str, stumble: Stumble, at: datetime) -> None:
        """Its clock alone is moved: whoever writes the item itself sets the clock anew."""
        self._wake(hospital, stumble, stumble.next_at, self.items.wake_at <= keys.stamp(at))

    def hasten(self, hospital: str, stumble: Stumble, at: datetime) -> None:
        """Wake it now."""
        self._wake(hospital, stumble, at, self.items.wake_at == keys.stamp(stumble.next_at))

    def standing(self, hospital: str) -> tuple[Stumble, ...]:
        """Those whose item has the clock that the stumble has set: any other has gone on since."""
        kept = [
            msgspec.json.decode(item.body, type=Stumble)
            for item in self.items.query(keys.stumbles(hospital), consistent_read=True)
        ]
        places = [(keys.episode(hospital, s.episode), s.item) for s in kept]
        clocks = {(item.pk, item.sk): item.wake_at for item in self.items.batch_get(places)}
        still = [
            stumble
            for place, stumble in zip(places, kept, strict=True)
            if clocks.get(place) == keys.stamp(stumble.next_at)
        ]
        return tuple(sorted(still, key=lambda stumble: stumble.first_at))

    def _wake(self, hospital: str, stumble: Stumble, at: datetime, condition: Any) -> None:
        item = self.items(keys.episode(hospital, stumble.episode), stumble.item)
        try:
            item.update(actions=[self.items.wake_at.set(keys.stamp(at))], condition=condition)
        except UpdateError as error:
            # The item has gone on by itself: there is nothing to move any more.
            if error.cause_response_code != FAILED:
                raise
