"""Where patients' text messages come in: the providers' door, and the queue behind it."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from aws_lambda_powertools import Logger
from chalice.app import Response

from chalicelib import bootstrap
from chalicelib.adapters.inbound import HttpReply, read
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.replies import hospital_of, receive
from chalicelib.entrypoints import answers
from chalicelib.entrypoints.callbacks import prove_signed
from chalicelib.entrypoints.http import Call, Routes
from chalicelib.entrypoints.queues import Failures, Record, each
from chalicelib.settings import settings

logger = Logger(service="vigie", serialize_stacktrace=False)
routes = Routes(__name__)


@routes.post("/callbacks/sms/reply", allow="provider")
def sms_reply(call: Call) -> Response:
    """A patient has written: checked, put on the queue, answered. Nothing is decided or logged here."""
    prove_signed(call)
    try:
        msgspec.json.decode(call.body, type=HttpReply)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        words = '{"error": "not a text message"}'
        return answers.text(words, "application/json", status=HTTPStatus.BAD_REQUEST)
    bootstrap.replies().put(call.body)
    return answers.text('{"status": "queued"}', "application/json", status=HTTPStatus.ACCEPTED)


def replies(event: Record) -> Failures:
    """What patients have written. What cannot be placed at any hospital ends among the dead letters."""

    def do(record: Record) -> None:
        text = read(record["body"])
        hospital = hospital_of(text, settings().sms_numbers)
        with acting_for(hospital):
            found = receive(bootstrap.world(), hospital, text, bootstrap.clock().now())
        if not found:
            logger.warning("text from an unknown number", extra={"hospital": hospital, "id": text.id})

    return each(event, do)
