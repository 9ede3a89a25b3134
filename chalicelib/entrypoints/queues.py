"""What each queue's messages lead to. One bad record never takes the others of its batch with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import SYSTEM, acting_for
from chalicelib.application import wake as waking
from chalicelib.application.deliver import deliver as deliver_notice
from chalicelib.application.deliver import receive_receipt

logger = Logger(service="vigie", serialize_stacktrace=False)

Record = dict[str, Any]
Failures = dict[str, list[dict[str, str]]]


def each(event: Record, do: Callable[[Record], None]) -> Failures:
    """Handle every record; the ids of those that failed go back to the queue.

    Behind a failure in a FIFO group the rest of that group goes back too, unhandled, so that its
    order is kept. This is the one place that catches everything: what fails here comes again, and
    after the queue's last receive lies in its dead-letter queue, under an alarm.
    """
    failed: list[str] = []
    stopped: set[str] = set()
    for record in event["Records"]:
        group = record.get("attributes", {}).get("MessageGroupId")
        if group in stopped:
            failed.append(record["messageId"])
            continue
        try:
            do(record)
        except Exception:
            logger.exception("record failed", extra={"message_id": record["messageId"]})
            failed.append(record["messageId"])
            if group is not None:
                stopped.add(group)
    logger.info("batch", extra={"records": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def hl7_in(event: Record) -> Failures:
    """Messages of hospitals. The queue's own ARN says which hospital is speaking."""
    from chalicelib.entrypoints.border import take_in

    return each(event, take_in)


def sweep(event: Record) -> Failures:
    """Find what is due in a shard. The only function that looks across hospitals."""

    def do(record: Record) -> None:
        shard = int(json.loads(record["body"])["shard"])
        at = bootstrap.clock().now()
        with acting_for(SYSTEM):
            found = waking.sweep(bootstrap.world(), shard, at)
        if found:
            logger.info("due", extra={"shard": shard, "found": found})

    return each(event, do)


def wake(event: Record) -> Failures:
    """Look at what is due, inside its own hospital."""

    def do(record: Record) -> None:
        due = json.loads(record["body"])
        hospital, episode = bootstrap.named_in(due["pk"])
        with acting_for(hospital):
            at = bootstrap.clock().now()
            waking.wake(bootstrap.world(), hospital, episode, due["sk"], at, record["messageId"])

    return each(event, do)


def deliver(event: Record) -> Failures:
    """Send a notice."""

    def do(record: Record) -> None:
        ring = json.loads(record["body"])
        with acting_for(ring["hospital"]):
            at = bootstrap.clock().now()
            owner = record["messageId"]
            deliver_notice(bootstrap.world(), ring["hospital"], ring["episode"], ring["id"], at, owner)

    return each(event, do)


def report(event: Record) -> Failures:
    """Write a report and put it on its hospital's queue."""
    from chalicelib.application.report import send_report

    def do(record: Record) -> None:
        ring = json.loads(record["body"])
        with acting_for(ring["hospital"]):
            at = bootstrap.clock().now()
            send_report(bootstrap.world(), ring["hospital"], ring["episode"], ring["id"], at)

    return each(event, do)


def receipts(event: Record) -> Failures:
    """What providers say became of a notice. What no table knows ends among the dead letters."""
    from chalicelib.adapters.receipts.read import read

    def do(record: Record) -> None:
        told = read(record["body"], lambda theirs: bootstrap.ovh_pointers().reference(theirs))
        if told is None:
            return
        with acting_for(told.reference.partition("|")[0]):
            at = bootstrap.clock().now()
            known = receive_receipt(bootstrap.world(), told.reference, told.status, told.reason, at)
        if not known:
            logger.warning("receipt for an unknown notice", extra={"id": told.reference})

    return each(event, do)
