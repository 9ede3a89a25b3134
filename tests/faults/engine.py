"""Where tables and queues live: moto in this process, with DynamoDB Local for the tables if asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from chalicelib.adapters import tenancy
from tests.adapters import engines
from tests.faults import wire  # before any client is made

REGION = "eu-west-3"
PREFIX = "faults-"
HOSPITAL = "demo"
QUEUES = (
    "shards",
    "wake.fifo",
    "notices",
    "reports",
    "receipts",
    "replies",
    f"{HOSPITAL}-in.fifo",
    f"{HOSPITAL}-out.fifo",
)
RECEIVES = 5
"""As in infra/resources.yaml: after so many receives a message lies with the dead letters."""
Snapshot = dict[str, list[dict[str, Any]]]


class Engine:
    """The tables and queues, as the platform and the tests see them (no fault meets these calls)."""

    def __init__(self, *, is_moto: bool) -> None:
        self.is_moto = is_moto
        self.tables = engines.make_tables(None, PREFIX)
        self.dynamodb = boto3.client("dynamodb", region_name=REGION)
        self.dynamodb.meta.events.unregister("before-parameter-build.dynamodb", tenancy.check)
        self.sqs = boto3.client("sqs", region_name=REGION)
        self.urls: dict[str, str] = {}
        self.seeded: Snapshot = {}
        """A hospital that is set up, before anything happens."""
        for name in QUEUES:
            self._make(name)

    def _make(self, name: str) -> None:
        plain, dot, fifo = name.partition(".")
        kind = {"FifoQueue": "true"} if fifo else {}
        dead = self.sqs.create_queue(QueueName=f"{PREFIX}{plain}-dead{dot}{fifo}", Attributes=kind)[
            "QueueUrl"
        ]
        arn = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{PREFIX}{plain}-dead{dot}{fifo}"
        policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": {RECEIVES}}}'
        made = self.sqs.create_queue(QueueName=PREFIX + name, Attributes=kind | {"RedrivePolicy": policy})
        self.urls |= {plain: made["QueueUrl"], f"{plain}-dead": dead}

    def scan(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table, as DynamoDB writes them (out of moto's own hands: its answers take long)."""
        name = self.tables[table]
        if self.is_moto:
            stored = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name].all_items()
            return [item.to_json()["Attributes"] for item in stored]
        items: list[dict[str, Any]] = self.dynamodb.scan(TableName=name, ConsistentRead=True)["Items"]
        return items

    def snapshot(self) -> Snapshot:
        """What all tables hold."""
        return {table: self.scan(table) for table in self.tables}

    def restore(self, held: Snapshot) -> None:
        """Make the tables hold this and nothing else, and the queues nothing."""
        for table, items in held.items():
            now = self.scan(table)
            gone = [i for i in now if i not in items]
            self._write(table, [{"DeleteRequest": {"Key": {k: i[k] for k in ("pk", "sk")}}} for i in gone])
            self._write(table, [{"PutRequest": {"Item": i}} for i in items if i not in now])
        for url in self.urls.values():
            self.queue(url)._messages.clear()
            self.queue(url).pending_messages.clear()

    def time_out(self) -> None:
        """What somebody had received and did not delete can be received again."""
        for url in self.urls.values():
            self.queue(url).pending_messages.clear()
            for message in self.queue(url)._messages:
                message.visible_at = 0

    def _write(self, table: str, requests: list[dict[str, Any]]) -> None:
        for start in range(0, len(requests), 25):
            self.dynamodb.batch_write_item(RequestItems={self.tables[table]: requests[start : start + 25]})

    def receive(self, name: str) -> dict[str, Any]:
        """A batch, as Lambda's poller gets it; it stays visible to whoever comes next."""
        url = self.urls[name]
        found: dict[str, Any] = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=["All"]
        )
        # Moto holds a group of a FIFO queue for as long as one of its messages was received at all.
        self.queue(url).pending_messages.clear()
        return found

    def queue(self, url: str) -> Any:
        """Moto's own queue: its messages can be counted without receiving them."""
        return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[url.rpartition("/")[2]]

    def waiting(self, name: str) -> int:
        """How many messages a queue holds."""
        return len(self.queue(self.urls[name])._messages)


@contextmanager
def running(engine: str = "moto") -> Iterator[Engine]:
    """An engine, and the environment that makes the product use it."""
    with TemporaryDirectory() as folder, mock_aws():
        before = dict(os.environ)
        if engine == "moto":
            yield Engine(is_moto=True)
        else:
            with engines.running(engine, Path(folder)) as endpoint:
                os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = str(endpoint)
                yield Engine(is_moto=False)
        os.environ.clear()
        os.environ.update(before)


__all__ = ["Engine", "Snapshot", "running", "wire"]
