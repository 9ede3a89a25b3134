"""The queues of the installation itself, each with its dead letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from chalicelib.adapters import dead_letters
from chalicelib.application import hospital_queue
from chalicelib.application.hospital_queue import Depth


class SystemQueues(hospital_queue.SystemQueues):
    """Every queue knows where its dead letters lie."""

    def __init__(self, client: Any, metrics: Any, urls: Mapping[str, str]) -> None:
        """`metrics`: boto3's CloudWatch; `urls`: the queues by name."""
        self.client = client
        self.metrics = metrics
        self.urls = urls
        self._dead_url = cache(self._look_up)

    def depths(self) -> tuple[Depth, ...]:
        """How each queue and its dead letters stand."""
        urls = {name: (url, self._dead_url(name)) for name, url in self.urls.items()}
        return tuple(
            dead_letters.depth(self.client, self.metrics, shown, url)
            for name, (queue, dead) in urls.items()
            for shown, url in ((name, queue), (f"{name}_dead", dead))
        )

    def redrive(self, name: str) -> int:
        """Put its dead letters back."""
        return dead_letters.redrive(self.client, self._dead_url(name), self.urls[name])

    def _look_up(self, name: str) -> str:
        found = self.client.get_queue_attributes(QueueUrl=self.urls[name], AttributeNames=["RedrivePolicy"])
        arn = json.loads(found["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
        return str(self.client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])
