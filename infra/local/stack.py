"""A running local stack, as its doors see it: tables, queues, the clock, the ledger."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from chalicelib.adapters import tenancy
from chalicelib.adapters.clock import PK, SK
from chalicelib.application.records import MessageRecord
from infra.local.emulator import Emulator
from infra.local.gateway import Gateway, Outbox

SHARDS = 16
STUCK_SECONDS = 120.0


class Stuck(Exception):
    """Something due was not handled in time; the text says what."""


@dataclass
class Stack:
    """What the local doors need to know."""

    emulator: Emulator
    outputs: dict[str, str]
    web: str
    outbox: Outbox | None = None
    gateways: dict[str, Gateway] = field(default_factory=dict)
    """The providers of text messages that this machine plays, by name."""
    _offset: timedelta = field(default_factory=timedelta)

    @cached_property
    def dynamodb(self) -> Any:
        """boto3's DynamoDB client, as root: the runner alone looks at every hospital, without the guard."""
        client = self.emulator.client("dynamodb")
        client.meta.events.unregister("before-parameter-build.dynamodb", tenancy.check)
        return client

    @cached_property
    def sqs(self) -> Any:
        """boto3's SQS client, as root."""
        return self.emulator.client("sqs")

    @cached_property
    def queues(self) -> list[str]:
        """Every queue whose messages a function handles."""
        urls: list[str] = self.sqs.list_queues().get("QueueUrls", [])
        return [url for url in urls if "DeadLetters" not in url and "-dead" not in url and "-out." not in url]

    def now(self) -> datetime:
        """The installation's time."""
        return datetime.now(UTC).replace(microsecond=0) + self._offset

    def read_clock(self) -> bool:
        """Learn the offset that an earlier run has left; False when the clock was never set."""
        found = self.dynamodb.get_item(
            TableName=self.outputs["AccessTableName"], Key={"pk": {"S": PK}, "sk": {"S": SK}}
        ).get("Item")
        if found is None:
            return False
        self._offset = timedelta(seconds=json.loads(found["body"]["S"])["offset_seconds"])
        return True

    def set_clock(self, to: datetime) -> None:
        """Make it that time now."""
        seconds = int((to - datetime.now(UTC)).total_seconds()) + 1
        body = json.dumps({"offset_seconds": seconds})
        self.dynamodb.put_item(
            TableName=self.outputs["AccessTableName"],
            Item={"pk": {"S": PK}, "sk": {"S": SK}, "body": {"S": body}},
        )
        self._offset = timedelta(seconds=seconds)

    def advance(self, to: datetime) -> None:
        """Go forward to `to`, stopping at every wake-up in between, in order; returns when all is handled."""
        self.settle()
        while True:
            upcoming = self.next_wake()
            stop = to if upcoming is None or upcoming > to else max(upcoming, self.now())
            self.set_clock(stop)
            self.settle()
            if stop >= to:
                return

    def next_wake(self) -> datetime | None:
        """The earliest wake-up of all."""
        moments = [at for shard in range(SHARDS) if (at := self._earliest(shard))]
        return min(moments, default=None)

    def settle(self) -> None:
        """Ring every shard that has something due until nothing is, and every queue is empty."""
        deadline = time.monotonic() + STUCK_SECONDS
        while time.monotonic() < deadline:
            due = self._due()
            self._ring(due)
            self._drain(deadline)
            if not self._due():
                self.collect_mails()
                return
            time.sleep(0.2)
        msg = f"due and not handled: shards {self._due()}, queues {self._waiting()}"
        raise Stuck(msg)

    def collect_mails(self) -> None:
        """Bring the e-mails that SES has sent into the outbox, with the installation's time."""
        if self.outbox is None:
            return
        kept = json.loads(self.emulator.get("/_ministack/ses/messages"))["messages"]
        for mail in (mail for account in kept.values() for mail in account):
            self.outbox.add(
                {
                    "id": mail["MessageId"],
                    "channel": "email",
                    "to": ", ".join(mail["To"]),
                    "subject": mail["Subject"],
                    "text": mail["BodyText"],
                }
            )

    def messages(self, hospital: str, direction: str) -> list[MessageRecord]:
        """The ledger of a hospital, oldest first, whatever the day."""
        found: list[MessageRecord] = []
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.outputs["CareTableName"],
            FilterExpression="begins_with(pk, :p) AND begins_with(sk, :s)",
            ExpressionAttributeValues={
                ":p": {"S": f"TEN#{hospital}|MSG#"},
                ":s": {"S": f"{direction.upper()}#"},
            },
        )
        for page in pages:
            found += [msgspec.json.decode(item["body"]["S"], type=MessageRecord) for item in page["Items"]]
        return sorted(found, key=lambda record: (record.at, record.key))

    def _earliest(self, shard: int) -> datetime | None:
        found = self.dynamodb.query(
            TableName=self.outputs["CareTableName"],
            IndexName="wake",
            KeyConditionExpression="wake_pk = :p",
            ExpressionAttributeValues={":p": {"S": f"WAKE#{shard}"}},
            Limit=1,
        )["Items"]
        return datetime.fromisoformat(found[0]["wake_at"]["S"]) if found else None

    def _due(self) -> list[int]:
        now = self.now()
        return [s for s in range(SHARDS) if (at := self._earliest(s)) is not None and at <= now]

    def _ring(self, shards: Iterable[int]) -> None:
        for shard in shards:
            self.sqs.send_message(
                QueueUrl=self.outputs["ShardsQueueUrl"], MessageBody=json.dumps({"shard": shard})
            )

    def _drain(self, deadline: float) -> None:
        quiet = 0
        while quiet < 2 and time.monotonic() < deadline:  # noqa: PLR2004 - once could be between two
            quiet = 0 if self._waiting() else quiet + 1
            time.sleep(0.05)

    def _waiting(self) -> dict[str, int]:
        depths = {url.rpartition("/")[2]: self._depth(url) for url in self.queues}
        return {name: depth for name, depth in depths.items() if depth}

    def _depth(self, url: str) -> int:
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        names = ("", "NotVisible", "Delayed")
        return sum(int(found.get(f"ApproximateNumberOfMessages{name}", 0)) for name in names)
