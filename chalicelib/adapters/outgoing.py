"""Notices and reports on DynamoDB, one at a time, each write on condition of what it expects to find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import chain

import msgspec
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import size

from chalicelib.adapters import keys
from chalicelib.adapters.access import link_item
from chalicelib.adapters.items import notice_item, report_item
from chalicelib.adapters.tables import Item, transaction
from chalicelib.application import ports
from chalicelib.application.ports import Conflict
from chalicelib.application.records import Link
from chalicelib.domain.episode.commands import Channel
from chalicelib.domain.notice import Notice
from chalicelib.domain.outgoing import Report
from chalicelib.domain.pacing import PACE, part

PLACES_KEPT = timedelta(days=1)
"""How long after its minute the note of who had a place in it may be forgotten."""


class Outgoing(ports.Outgoing):
    """The outgoing part of the care table, and the links that messages carry."""

    def __init__(self, items: type[Item], access: type[Item], paces: Mapping[str, int]) -> None:
        """`items`: the care table; `access`: the table of links; `paces`: see `Settings`."""
        self.items = items
        self.access = access
        self.paces = paces

    def notice(self, hospital: str, episode: str, notice: str) -> tuple[Notice, int] | None:
        """The notice with its version."""
        found = self._get(keys.episode(hospital, episode), f"NTC#{notice}")
        return None if found is None else _read(found)

    def notices_of_release(
        self, hospital: str, episode: str, step: str, release: int
    ) -> tuple[tuple[Notice, int], ...]:
        """All notices of one release."""
        prefix = f"NTC#{step}.{release}."
        found = self.items.query(
            keys.episode(hospital, episode), self.items.sk.startswith(prefix), consistent_read=True
        )
        return tuple(_read(item) for item in found)

    def save_notice(self, hospital: str, episode: str, notice: Notice, expected: int) -> None:
        """Put the notice if it still has this version, or is this very one already (a lost answer)."""
        item = notice_item(self.items, hospital, episode, notice, expected + 1)
        try:
            item.save(condition=self.items.version == expected)
        except PutError as error:
            stored = self._get(item.pk, item.sk)
            if stored is None or (stored.version, stored.body) != (item.version, item.body):
                raise Conflict from error

    def claim(
        self, hospital: str, episode: str, notice: Notice, expected: int, row_version: int, link: Link
    ) -> None:
        """Claimed only while notice and episode are as they were read: a cancel in between wins."""
        item = notice_item(self.items, hospital, episode, notice, expected + 1)
        pk = keys.episode(hospital, episode)
        try:
            with transaction(self.items) as writing:
                writing.condition_check(self.items, pk, "ROW", self.items.version == row_version)
                writing.save(item, condition=self.items.version == expected)
                writing.save(link_item(self.access, link))
        except TransactWriteError as error:
            stored = self._get(item.pk, item.sk)
            if stored is None or (stored.version, stored.body) != (item.version, item.body):
                raise Conflict from error

    def take_place(self, hospital: str, channel: Channel, minute: datetime, place: str) -> bool:
        """A set, not a counter: who asks again after a lost answer has still one place."""
        taken = self.access.taken
        number, most = part(place, self.paces.get(hospital, PACE))
        has_room = taken.does_not_exist() | (size(taken) < most)
        try:
            self.access(keys.pace(hospital, channel, minute, number), "PACE").update(
                actions=[
                    taken.add({place}),
                    self.access.expires.set(int((minute + PLACES_KEPT).timestamp())),
                ],
                condition=has_room | taken.contains(place),
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def counts(self, hospital: str, day: date) -> dict[str, int]:
        """Counted in the day index."""
        parts = keys.notices_of(hospital, day)
        found = chain.from_iterable(self.items.day.query(p, attributes_to_get=["day_sk"]) for p in parts)
        return dict(Counter(item.day_sk.partition("|")[0] for item in found))

    def report(self, hospital: str, episode: str, report: str) -> Report | None:
        """The report."""
        found = self._get(keys.episode(hospital, episode), f"RPT#{report}")
        return None if found is None else msgspec.json.decode(found.body, type=Report)

    def save_report(self, hospital: str, episode: str, report: Report) -> None:
        """Put a report: it is the same however often it is written."""
        report_item(self.items, hospital, episode, report).save()

    def _get(self, pk: str, sk: str) -> Item | None:
        try:
            return self.items.get(pk, sk, consistent_read=True)
        except self.items.DoesNotExist:
            return None


def _read(item: Item) -> tuple[Notice, int]:
    return msgspec.json.decode(item.body, type=Notice), int(item.version)
