"""A text message that costs more than its share is sent all the same, never cut; and somebody hears of it."""

from __future__ import annotations

from aws_lambda_powertools import Logger

from chalicelib.application import ports
from chalicelib.application.ports import Envelope, Provider
from chalicelib.domain.sms import segments

logger = Logger(service="vigie", serialize_stacktrace=False)


class Measured(ports.Provider):
    """A provider of text messages; the log line about a long one feeds the metric LongTexts."""

    def __init__(self, provider: Provider, log: Logger = logger) -> None:
        """`provider`: who carries the message."""
        self.provider = provider
        self.log = log
        self.name = provider.name

    def send(self, envelope: Envelope) -> str:
        """Measure, and hand over."""
        cut = segments(envelope.text)
        if cut.is_long:
            self.log.warning("long text", extra={"id": envelope.reference, "found": cut.count})
        return self.provider.send(envelope)
