"""Vigie's table of contents: every group of routes, every queue, every schedule. One line each."""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib.entrypoints import (
    callbacks,
    console,
    editor,
    http,
    inbound,
    operations,
    pathways,
    patient,
    questionnaires,
    queues,
    schedules,
    simulate,
    site,
    team,
)

app = Chalice(app_name="vigie", configure_logs=False)

# People
for group in (
    site,
    patient,
    team,
    console,
    pathways,
    questionnaires,
    editor,
    simulate,
    operations,
    callbacks,
    inbound,
):
    app.register_blueprint(group.routes)
http.catch_all(app)


# Time
@app.schedule(Rate(1, unit=Rate.MINUTES), name="tick")
def tick(event: CloudWatchEvent) -> None:  # noqa: ARG001
    """Each minute: ask for every shard of the wake index to be swept."""
    schedules.tick()


@app.on_sqs_message(queue="${ShardsQueue.QueueName}", name="sweep", batch_size=10)
def sweep(event: SQSEvent) -> queues.Failures:
    """Find what is due in a shard."""
    return queues.sweep(event.to_dict())


@app.on_sqs_message(queue="${WakeQueue.QueueName}", name="wake", batch_size=10, maximum_concurrency=100)
def wake(event: SQSEvent) -> queues.Failures:
    """Look at what is due."""
    return queues.wake(event.to_dict())


# Hospitals in: one queue for each, added by the packaging from infra/hospitals.json
@app.lambda_function(name="hl7_in")
def hl7_in(event: dict[str, Any], context: object) -> queues.Failures:  # noqa: ARG001
    """Read a hospital's HL7 messages."""
    return queues.hl7_in(event)


# What leaves
@app.on_sqs_message(queue="${NoticesQueue.QueueName}", name="deliver", batch_size=5, maximum_concurrency=200)
def deliver(event: SQSEvent) -> queues.Failures:
    """Send a notice to a patient."""
    return queues.deliver(event.to_dict())


@app.on_sqs_message(queue="${ReportsQueue.QueueName}", name="report", batch_size=5)
def report(event: SQSEvent) -> queues.Failures:
    """Send a report to a hospital."""
    return queues.report(event.to_dict())


@app.on_sqs_message(queue="${ReceiptsQueue.QueueName}", name="receipts", batch_size=10)
def receipts(event: SQSEvent) -> queues.Failures:
    """Note what became of a notice."""
    return queues.receipts(event.to_dict())


# Patients in
@app.on_sqs_message(queue="${RepliesQueue.QueueName}", name="replies", batch_size=5)
def replies(event: SQSEvent) -> queues.Failures:
    """Take in what a patient has written."""
    return inbound.replies(event.to_dict())
