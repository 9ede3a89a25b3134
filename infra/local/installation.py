"""A deployed installation as the runner sees it: its time, its queues, what is due, its ledger."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from chalicelib import bootstrap
from chalicelib.adapters import tenancy
from chalicelib.adapters.clock import ShiftedClock
from chalicelib.adapters.tables import Item, table
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.records import MessageRecord
from infra import hospitals
from infra.local.emulator import REGION, ROOT, Emulator

FORMAT = "%Y-%m-%dT%H:%M:%SZ"
BATCH = 10
QUEUES = ("ShardsQueue", "WakeQueue", "NoticesQueue", "ReportsQueue", "ReceiptsQueue")
PK = "TEN#local|RUNNER"
"""Where the runner keeps what it must know again: beside the data, so that both are lost or kept together."""


@dataclass(frozen=True)
class Due:
    """One line of the wake index."""

    pk: str
    sk: str
    shard: int
    wake_at: str


@dataclass
class Installation:
    """The stack that `deploy` has made. Makes this process's environment that of a function of it."""

    emulator: Emulator
    outputs: dict[str, str]
    environment: dict[str, str]
    hospitals: list[str] = field(default_factory=hospitals.listed)

    def __post_init__(self) -> None:
        """From here on `chalicelib.bootstrap` means this installation."""
        os.environ |= self.environment | ROOT
        os.environ |= {"AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": self.emulator.endpoint}
        os.environ |= {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}

    def now(self) -> datetime:
        """The installation's time."""
        return bootstrap.clock().now()

    def move_to(self, at: datetime) -> None:
        """Set the clock, never back."""
        offset = int((at - datetime.now(UTC).replace(microsecond=0)).total_seconds())
        if offset > self._clock.offset():
            self._clock.move(offset)

    def begin_at(self, at: datetime) -> None:
        """Set the clock anywhere: only before anything has happened."""
        self._clock.move(int((at - datetime.now(UTC).replace(microsecond=0)).total_seconds()))

    def due(self) -> list[Due]:
        """What should have been woken by now, oldest first."""
        now = f"{self.now():{FORMAT}}"
        return [item for item in self._alarms() if item.wake_at <= now]

    def due_shards(self) -> set[int]:
        """The shards with something due."""
        return {item.shard for item in self.due()}

    def first_due(self) -> datetime | None:
        """When the next thing is due, or None where nothing is."""
        alarms = self._alarms()
        if not alarms:
            return None
        return datetime.strptime(alarms[0].wake_at, FORMAT).replace(tzinfo=UTC)

    def ring(self, shards: set[int]) -> None:
        """Ask for these shards to be swept, as the minute's tick does."""
        entries = [{"Id": str(n), "MessageBody": json.dumps({"shard": n})} for n in sorted(shards)]
        for start in range(0, len(entries), BATCH):
            self._sqs.send_message_batch(
                QueueUrl=self._queue_urls["ShardsQueue"], Entries=entries[start : start + BATCH]
            )

    def busy(self) -> dict[str, int]:
        """Messages that somebody has still to handle, by queue; empty when all is quiet.

        Downstream queues are asked last: what leaves one queue is in the next before it is asked.
        """
        counts = {name: self._count(url) for name, url in self._queue_urls.items()}
        return {name: count for name, count in counts.items() if count}

    def messages(self, direction: str) -> list[MessageRecord]:
        """The ledger of all hospitals, oldest first."""
        found: list[MessageRecord] = []
        for hospital in self.hospitals:
            with acting_for(hospital):
                for day in self._days():
                    found += bootstrap.world().ledger.messages(hospital, direction, day)
        return sorted(found, key=lambda record: record.at)

    def remember(self, name: str, value: Any) -> None:
        """Keep something beside the data."""
        with acting_for("local"):
            self._own(PK, name, body=json.dumps(value)).save()

    def recall(self, prefix: str) -> dict[str, Any]:
        """What was kept under names that begin so, in their order."""
        with acting_for("local"):
            found = self._own.query(PK, self._own.sk.startswith(prefix), consistent_read=True)
            return {item.sk: json.loads(item.body or "null") for item in found}

    @cached_property
    def _clock(self) -> ShiftedClock:
        return ShiftedClock(self._own)

    @cached_property
    def _own(self) -> type[Item]:
        return table(self.outputs["AccessTableName"], REGION)

    @cached_property
    def _sqs(self) -> Any:
        return self.emulator.client("sqs")

    @cached_property
    def _dynamodb(self) -> Any:
        client = self.emulator.client("dynamodb")
        # The runner is no part of the app: it looks across hospitals, which the app's guard forbids.
        client.meta.events.unregister("before-parameter-build.dynamodb", tenancy.check)
        return client

    @cached_property
    def _queue_urls(self) -> dict[str, str]:
        """Every queue that a function empties, in the order in which work flows through them."""
        incoming = {
            f"{hospital}-in": self._sqs.get_queue_url(QueueName=f"vigie-local-{hospital}-in.fifo")["QueueUrl"]
            for hospital in self.hospitals
        }
        return incoming | {name: self.outputs[f"{name}Url"] for name in QUEUES}

    def _count(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(value) for value in answer["Attributes"].values())

    def _alarms(self) -> list[Due]:
        """The whole wake index, oldest first: it is sparse, and only what waits is in it."""
        items: list[dict[str, Any]] = []
        for page in self._dynamodb.get_paginator("scan").paginate(
            TableName=self.outputs["CareTableName"], IndexName="wake"
        ):
            items += page["Items"]
        alarms = [
            Due(i["pk"]["S"], i["sk"]["S"], int(i["wake_pk"]["S"].partition("#")[2]), i["wake_at"]["S"])
            for i in items
        ]
        return sorted(alarms, key=lambda alarm: alarm.wake_at)

    def _days(self) -> list[date]:
        """Every day that the installation has seen."""
        began = self.recall("began").get("began")
        today = self.now().date()
        first = min(today, date.fromisoformat(began)) if began else today
        return [first + timedelta(days=n) for n in range((today - first).days + 1)]
