"""SQS: the doorbell, the wake queue, and the way back to the hospitals."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import dead_letters
from chalicelib.adapters.receipts import sms_ovh
from chalicelib.adapters.receipts.read import HttpEvent
from chalicelib.adapters.tables import packed
from chalicelib.application import hospital_queue, ports
from chalicelib.application.hospital_queue import Depth
from chalicelib.application.ports import Due
from chalicelib.domain.notice import Notice
from chalicelib.domain.outgoing import Report

logger = Logger(service="vigie", serialize_stacktrace=False)
BATCH = 10
"""SQS takes ten messages in a call."""


class NotQueued(Exception):
    """SQS has refused some messages of a batch: the caller's own queue brings the work again."""


class Bell(ports.Bell):
    """The doorbells."""

    def __init__(self, client: Any, *, notices: str, reports: str, wake: str, shards: str) -> None:
        """`client`: boto3's SQS client; the others: URLs of queues."""
        self.client = client
        self.notices = notices
        self.reports = reports
        self.wake_queue = wake
        self.shard_queue = shards

    def ring(self, hospital: str, episode: str, notices: Iterable[Notice], reports: Iterable[Report]) -> None:
        """Say what is to leave. A lost ring is logged and costs a minute: the sweep finds the item.

        The hospital is the group: SQS lets no group of a standard queue keep the others waiting.
        """
        for queue, things in ((self.notices, notices), (self.reports, reports)):
            for thing in things:
                body = {"hospital": hospital, "episode": episode, "id": thing.id}
                try:
                    self.client.send_message(
                        QueueUrl=queue, MessageBody=json.dumps(body), MessageGroupId=hospital
                    )
                except (ClientError, BotoCoreError):
                    logger.warning("ring lost", extra={"episode": episode, "id": thing.id})

    def wake(self, due: Iterable[Due]) -> None:
        """One message for each item and wake-up time, in order within an episode."""
        entries = [
            {
                "MessageBody": json.dumps({"pk": item.pk, "sk": item.sk}),
                "MessageGroupId": sha256(item.pk.encode()).hexdigest(),
                "MessageDeduplicationId": sha256(f"{item.pk}|{item.sk}|{item.wake_at}".encode()).hexdigest(),
            }
            for item in due
        ]
        self._send(self.wake_queue, entries)

    def shards(self, count: int) -> None:
        """One message for each shard."""
        self._send(self.shard_queue, [{"MessageBody": json.dumps({"shard": n})} for n in range(count)])

    def _send(self, queue: str, entries: list[dict[str, str]]) -> None:
        for start in range(0, len(entries), BATCH):
            batch = [
                {"Id": str(number), **entry} for number, entry in enumerate(entries[start : start + BATCH])
            ]
            answer = self.client.send_message_batch(QueueUrl=queue, Entries=batch)
            if answer.get("Failed"):
                raise NotQueued(queue)


class Receipts:
    """Delivery events, on their way to be noted."""

    def __init__(self, client: Any, queue: str) -> None:
        """`queue`: the URL of the receipts queue."""
        self.client = client
        self.queue = queue

    def put(self, event: HttpEvent | sms_ovh.Event) -> None:
        """Queue what a provider said; `receipts.read` reads it."""
        self.client.send_message(QueueUrl=self.queue, MessageBody=packed(event))


class HospitalQueue(hospital_queue.HospitalQueue):
    """Each hospital's outbound FIFO queue."""

    def __init__(self, client: Any, metrics: Any, prefix: str) -> None:
        """`metrics`: boto3's CloudWatch; `prefix`: what every queue's name of this stage begins with."""
        self.client = client
        self.metrics = metrics
        self.prefix = prefix
        self._url = cache(self._look_up)

    def send(
        self,
        hospital: str,
        group: str,
        control_id: str,
        message: bytes,
        kind: str,
        at: datetime,
        once: str = "",
    ) -> None:
        """Queue one message, once per control id (or per `once`), in order within its group."""
        body = {
            "raw_b64": b64encode(message).decode(),
            "hospital": hospital,
            "control_id": control_id,
            "type": kind,
            "at": at.isoformat(),
        }
        self.client.send_message(
            QueueUrl=self._url(hospital, "out"),
            MessageBody=json.dumps(body),
            MessageGroupId=group,
            MessageDeduplicationId=once or control_id,
        )

    def depths(self, hospital: str) -> tuple[Depth, ...]:
        """How the hospital's four queues stand."""
        return tuple(
            dead_letters.depth(self.client, self.metrics, name, self._url(hospital, name.replace("_", "-")))
            for name in ("in", "in_dead", "out", "out_dead")
        )

    def redrive(self, hospital: str, way: str) -> int:
        """Put its dead letters back."""
        return dead_letters.redrive(self.client, self._url(hospital, f"{way}-dead"), self._url(hospital, way))

    def _look_up(self, hospital: str, way: str) -> str:
        found = self.client.get_queue_url(QueueName=f"{self.prefix}{hospital}-{way}.fifo")
        return str(found["QueueUrl"])
