"""What each hospital of hospitals.json adds to the template: its queues, their alarms, its event source."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from chalicelib.domain.pacing import PACE
from infra import alarms

FILE = Path(__file__).parent / "hospitals.json"
DAY = 86_400
CONCURRENT = 10
"""Invocations that one hospital may hold at a time: a flood from one does not keep the others waiting."""


class BadHospital(ValueError):
    """hospitals.json has an entry that cannot be deployed; the text says which and why."""


def listed(file: Path = FILE) -> list[str]:
    """The ids of the hospitals, each once, each fit for a queue's name."""
    ids = [str(entry["id"]) for entry in json.loads(file.read_text("utf-8"))]
    for hospital in ids:
        if not re.fullmatch(r"[a-z0-9]{2,12}", hospital):
            msg = f"{hospital!r}: an id has 2 to 12 small letters or digits"
            raise BadHospital(msg)
    if len(set(ids)) != len(ids):
        msg = "an id is there twice"
        raise BadHospital(msg)
    return ids


def paces(file: Path = FILE) -> dict[str, int]:
    """How many notices of a hospital may leave in a minute over one channel, where not the usual number."""
    entries = json.loads(file.read_text("utf-8"))
    return {str(e["id"]): int(e["per_minute"]) for e in entries if "per_minute" in e}


def per_second(file: Path = FILE) -> float:
    """What a provider must carry when every hospital sends as much as it may."""
    own = paces(file)
    return sum(own.get(hospital, PACE) for hospital in listed(file)) / 60


def resources(hospitals: list[str], stage: str) -> dict[str, Any]:
    """The template's additions for these hospitals."""
    made: dict[str, Any] = {}
    events: dict[str, Any] = {}
    for hospital in hospitals:
        name = f"Hospital{hospital.capitalize()}"
        for way in ("In", "Out"):
            made |= _pair(f"{name}{way}", f"vigie-{stage}-{hospital}-{way.lower()}")
            made |= alarms.dead_letters(f"{name}{way}DeadLetters") | alarms.age(f"{name}{way}")
        events[f"{name}InSource"] = _source(f"{name}In")
    made["Hl7In"] = {"Properties": {"Events": events}}
    return made


def _pair(name: str, queue: str) -> dict[str, Any]:
    dead = f"{name}DeadLetters"
    fifo = {"FifoQueue": True, "KmsMasterKeyId": {"Ref": "DataKey"}}
    return {
        name: {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                **fifo,
                "QueueName": f"{queue}.fifo",
                "DeduplicationScope": "messageGroup",
                "FifoThroughputLimit": "perMessageGroupId",
                "MessageRetentionPeriod": 4 * DAY,
                "VisibilityTimeout": {"Ref": "RetrySeconds"},
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
                    "maxReceiveCount": 5,
                },
            },
        },
        dead: {
            "Type": "AWS::SQS::Queue",
            "Properties": {**fifo, "QueueName": f"{queue}-dead.fifo", "MessageRetentionPeriod": 14 * DAY},
        },
    }


def _source(queue: str) -> dict[str, Any]:
    return {
        "Type": "SQS",
        "Properties": {
            "Queue": {"Fn::GetAtt": [queue, "Arn"]},
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": CONCURRENT},
        },
    }
