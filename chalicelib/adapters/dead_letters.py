"""How a queue stands, and the way back for what lies in its dead letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.application.hospital_queue import Depth

BATCH = 10
"""SQS gives ten messages in a call."""
MOST_REDRIVEN = 100


def depth(client: Any, metrics: Any, name: str, url: str) -> Depth:
    """How many messages wait in the queue and are in hand, and how old the oldest is."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    waiting, in_hand = (int(found[key]) for key in names)
    return Depth(name, waiting, in_hand, _oldest(metrics, url) if waiting else None)


def redrive(client: Any, dead: str, queue: str) -> int:
    """Put dead letters back, each deleted once it is there. Twice on the queue does no harm."""
    count = 0
    while count < MOST_REDRIVEN:
        found = client.receive_message(
            QueueUrl=dead, MaxNumberOfMessages=BATCH, AttributeNames=["MessageGroupId"]
        ).get("Messages", [])
        for message in found:
            client.send_message(QueueUrl=queue, MessageBody=message["Body"], **_group(message, queue))
            client.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
        count += len(found)
        if not found:
            break
    return count


def _group(message: dict[str, Any], queue: str) -> dict[str, str]:
    group = message.get("Attributes", {}).get("MessageGroupId")
    if group is None:
        return {}
    again = {"MessageDeduplicationId": uuid4().hex} if queue.endswith(".fifo") else {}
    return {"MessageGroupId": group, **again}


def _oldest(metrics: Any, url: str) -> int | None:
    """CloudWatch knows the age of the oldest message; where it cannot be asked, nobody knows."""
    now = datetime.now(UTC)
    try:
        found = metrics.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": url.rpartition("/")[2]}],
            StartTime=now - timedelta(minutes=15),
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
    except (ClientError, BotoCoreError):
        return None
    points = sorted(found["Datapoints"], key=lambda point: point["Timestamp"])
    return int(points[-1]["Maximum"]) if points else None
