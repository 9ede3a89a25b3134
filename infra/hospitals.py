"""What each hospital of hospitals.json adds to the template: its queues, their alarms, its event source."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "hospitals.json"
DAY = 86_400
OLDEST_SECONDS = 300
"""A hospital's message that waits longer than this is an alarm."""


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


def resources(hospitals: list[str], stage: str) -> dict[str, Any]:
    """The template's additions for these hospitals."""
    made: dict[str, Any] = {}
    events: dict[str, Any] = {}
    for hospital in hospitals:
        name = f"Hospital{hospital.capitalize()}"
        made |= _pair(name, "In", f"vigie-{stage}-{hospital}-in")
        made |= _pair(name, "Out", f"vigie-{stage}-{hospital}-out")
        made |= _alarms(name)
        events[f"{name}InSource"] = _source(f"{name}In")
    made["Hl7In"] = {"Properties": {"Events": events}}
    return made


def alarms_for(queues: list[str]) -> dict[str, Any]:
    """An alarm for each dead-letter queue: something in it is work that nobody did."""
    return {
        f"{queue}Alarm": _alarm(
            f"{queue}: messages that could not be handled",
            queue,
            "ApproximateNumberOfMessagesVisible",
            0,
        )
        for queue in queues
    }


def _pair(name: str, way: str, queue: str) -> dict[str, Any]:
    dead = f"{name}{way}DeadLetters"
    fifo = {"FifoQueue": True, "KmsMasterKeyId": {"Ref": "DataKey"}}
    return {
        f"{name}{way}": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                **fifo,
                "QueueName": f"{queue}.fifo",
                "DeduplicationScope": "messageGroup",
                "FifoThroughputLimit": "perMessageGroupId",
                "MessageRetentionPeriod": 4 * DAY,
                "VisibilityTimeout": 180,
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
        },
    }


def _alarms(name: str) -> dict[str, Any]:
    dead = alarms_for([f"{name}InDeadLetters", f"{name}OutDeadLetters"])
    return dead | {
        f"{name}{way}AgeAlarm": _alarm(
            f"{name}{way}: the oldest message waits too long",
            f"{name}{way}",
            "ApproximateAgeOfOldestMessage",
            OLDEST_SECONDS,
        )
        for way in ("In", "Out")
    }


def _alarm(words: str, queue: str, metric: str, threshold: int) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": words,
            "Namespace": "AWS/SQS",
            "MetricName": metric,
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
    }
