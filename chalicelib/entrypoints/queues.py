"""What each queue's messages lead to. One bad record never takes the others of its batch with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import SYSTEM, acting_for
from chalicelib.application import wake as waking
from chalicelib.application.deliver import deliver as deliver_notice
from chalicelib.application.deliver import receive_receipt
from chalicelib.application.stumbling import Item, attempt

logger = Logger(service="vigie", serialize_stacktrace=False)

Record = dict[str, Any]
Failures = dict[str, list[dict[str, str]]]


def each(event: Record, do: Callable[[Record], None]) -> Failures:
    """Handle every record; the ids of those that failed go back to the queue.

    Behind a failure in a FIFO group the rest of that group goes back too, unhandled, so that its
    order is kept. What fails here comes again, and after the queue's last receive lies in its
    dead-letter queue, under an alarm.
    """
    failed: list[str] = []
    stopped: set[str] = set()
    for record in event["Records"]:
        group = _ordered_group(record)
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


def _ordered_group(record: Record) -> str | None:
    """The group whose order matters; on a standard queue a group is only a hospital's fair share."""
    is_fifo = record.get("eventSourceARN", "").endswith(".fifo")
    return record.get("attributes", {}).get("MessageGroupId") if is_fifo else None


def turned(event: Record) -> Record:
    """Doorbells that come again, every other time from behind: nobody stands behind a killer twice."""
    tries = max(_tries(record) for record in event["Records"])
    return {"Records": event["Records"][:: 1 if tries % 2 else -1]}


def _tries(record: Record) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _attempt(record: Record, hospital: str, episode: str, item: str, do: Callable[[datetime], None]) -> None:
    """Handle one item inside its hospital; see `attempt`."""
    with acting_for(hospital):
        at = bootstrap.clock().now()
        failed = attempt(bootstrap.world(), Item(hospital, episode, item), do, at, _tries(record))
    if failed is not None:
        found = {"episode": episode, "id": item, "attempts": failed.stumble.attempts}
        logger.error("stumble", extra=found, exc_info=failed.error)


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

        def look(at: datetime) -> None:
            waking.wake(bootstrap.world(), hospital, episode, due["sk"], at, record["messageId"])

        _attempt(record, hospital, episode, due["sk"], look)

    return each(turned(event), do)


def deliver(event: Record) -> Failures:
    """Send a notice."""

    def do(record: Record) -> None:
        ring = json.loads(record["body"])
        hospital, episode, notice = ring["hospital"], ring["episode"], ring["id"]

        def send(at: datetime) -> None:
            deliver_notice(bootstrap.world(), hospital, episode, notice, at, record["messageId"])

        _attempt(record, hospital, episode, f"NTC#{notice}", send)

    return each(turned(event), do)


def report(event: Record) -> Failures:
    """Write a report and put it on its hospital's queue."""
    from chalicelib.application.report import send_report

    def do(record: Record) -> None:
        ring = json.loads(record["body"])
        hospital, episode, name = ring["hospital"], ring["episode"], ring["id"]

        def send(at: datetime) -> None:
            send_report(bootstrap.world(), hospital, episode, name, at)

        _attempt(record, hospital, episode, f"RPT#{name}", send)

    return each(turned(event), do)


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
