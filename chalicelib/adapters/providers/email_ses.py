"""E-mail through SES v2: plain text, with our reference as a tag."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.adapters.providers.aws_errors import Codes, understood
from chalicelib.application import ports
from chalicelib.application.ports import Envelope

CODES: Codes = {
    "MessageRejected": ("rejected", True),
    "BadRequestException": ("invalid_address", True),
    "MailFromDomainNotVerifiedException": ("not_configured", False),
    "AccountSuspendedException": ("not_configured", False),
    "SendingPausedException": ("provider_down", False),
    "TooManyRequestsException": ("too_many", False),
    "LimitExceededException": ("quota", False),
}


class EmailSes(ports.Provider):
    """SendEmail."""

    name = "email-ses"

    def __init__(self, client: Any, sender: str) -> None:
        """`client`: boto3's `sesv2`, made without retries of its own."""
        self.client = client
        self.sender = sender

    def send(self, envelope: Envelope) -> str:
        """Hand it over."""
        with understood(CODES):
            answer = self.client.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [envelope.to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": envelope.subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": envelope.text, "Charset": "UTF-8"}},
                    }
                },
                EmailTags=[{"Name": "reference", "Value": _tag(envelope.reference)}],
            )
        return str(answer["MessageId"])


def _tag(reference: str) -> str:
    """SES allows letters, digits, "_", "-", "." and "@" in a tag."""
    return re.sub(r"[^A-Za-z0-9_.@-]", "_", reference)[:256]
