"""Alarms: each says one thing that a person must look at, and tells the operators' topic."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.stumble import ALARMING

OLDEST_SECONDS = 300
"""A message that waits longer than this is an alarm."""
SILENT_MINUTES = 5
"""So long may the minute's tick be missing: without it nobody is woken."""

Resources = dict[str, Any]


def dead_letters(queue: str) -> Resources:
    """Something lies in this dead-letter queue: work that nobody did."""
    words = f"{queue}: messages that could not be handled"
    return {f"{queue}Alarm": _of_queue(words, queue, "ApproximateNumberOfMessagesVisible", 0)}


def age(queue: str) -> Resources:
    """The oldest message of this queue waits too long."""
    words = f"{queue}: the oldest message waits longer than {OLDEST_SECONDS} s"
    return {f"{queue}AgeAlarm": _of_queue(words, queue, "ApproximateAgeOfOldestMessage", OLDEST_SECONDS)}


def quarantined() -> Resources:
    """A hospital's message was not understood, or came under a number that another one has used."""
    return {
        "QuarantinedFilter": {
            "Type": "AWS::Logs::MetricFilter",
            "Condition": "OnAws",
            "Properties": {
                "LogGroupName": {"Ref": "Hl7InLogGroup"},
                "FilterPattern": '{ $.result = "quarantined" }',
                "MetricTransformations": [
                    {"MetricNamespace": "Vigie", "MetricName": "Quarantined", "MetricValue": "1"}
                ],
            },
        },
        "QuarantinedAlarm": _of_ours("HL7 messages wait in quarantine: look at the console", "Quarantined"),
    }


def stumbling() -> Resources:
    """Something fails again and again: a patient's follow-up, a message or a report stands still."""
    made = {
        f"{function}StumblingFilter": {
            "Type": "AWS::Logs::MetricFilter",
            "Condition": "OnAws",
            "Properties": {
                "LogGroupName": {"Ref": f"{function}LogGroup"},
                "FilterPattern": f"{{ $.attempts >= {ALARMING} }}",
                "MetricTransformations": [
                    {"MetricNamespace": "Vigie", "MetricName": "Stumbling", "MetricValue": "1"}
                ],
            },
        }
        for function in ("Wake", "Deliver", "Report")
    }
    words = "Something fails again and again: look at the operations page"
    return made | {"StumblingAlarm": _of_ours(words, "Stumbling")}


def long_texts() -> Resources:
    """Counts text messages of more segments than they should take: words or an address have grown."""
    return {
        "LongTextsFilter": {
            "Type": "AWS::Logs::MetricFilter",
            "Condition": "OnAws",
            "Properties": {
                "LogGroupName": {"Ref": "DeliverLogGroup"},
                "FilterPattern": '{ $.message = "long text" }',
                "MetricTransformations": [
                    {"MetricNamespace": "Vigie", "MetricName": "LongTexts", "MetricValue": "1"}
                ],
            },
        }
    }


def tick_stopped() -> Resources:
    """The clock has stopped: no reminder, no silent patient on a worklist."""
    return {
        "TickStoppedAlarm": _alarm(
            f"The minute's tick has not run for {SILENT_MINUTES} minutes: nothing is woken",
            Namespace="AWS/Lambda",
            MetricName="Invocations",
            Dimensions=[{"Name": "FunctionName", "Value": {"Ref": "Tick"}}],
            Statistic="Sum",
            EvaluationPeriods=SILENT_MINUTES,
            Threshold=1,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="breaching",
        )
    }


def _of_queue(words: str, queue: str, metric: str, threshold: int) -> Resources:
    return _alarm(
        words,
        Namespace="AWS/SQS",
        MetricName=metric,
        Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}],
        Statistic="Maximum",
        EvaluationPeriods=1,
        Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def _of_ours(words: str, metric: str) -> Resources:
    return _alarm(
        words,
        Namespace="Vigie",
        MetricName=metric,
        Statistic="Sum",
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def _alarm(words: str, **how: Any) -> Resources:
    properties = {"AlarmDescription": words, "Period": 60, "AlarmActions": [{"Ref": "AlarmTopic"}], **how}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
