"""E-mail through SES v2: plain text, one click to end it, and our reference as a tag."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from chalicelib.adapters.providers.aws_errors import Codes, understood
from chalicelib.application import ports
from chalicelib.application.ports import Envelope

CODES: Codes = {
    "MessageRejected": ("rejected", True),
    "BadRequestException": ("invalid_address", True),
    "NotFoundException": ("not_configured", False),
    "MailFromDomainNotVerifiedException": ("not_configured", False),
    "AccountSuspendedException": ("not_configured", False),
    "SendingPausedException": ("provider_down", False),
    "TooManyRequestsException": ("too_many", False),
    "LimitExceededException": ("quota", False),
}


class EmailSes(ports.Provider):
    """SendEmail."""

    name = "ses"

    def __init__(self, client: Any, sender: str, configuration_set: str = "") -> None:
        """`client`: boto3's `sesv2`, made without retries of its own."""
        self.client = client
        self.sender = sender
        self.configuration_set = configuration_set

    def send(self, envelope: Envelope) -> str:
        """Hand it over."""
        events = {"ConfigurationSetName": self.configuration_set} if self.configuration_set else {}
        with understood(CODES):
            answer = self.client.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [envelope.to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": envelope.subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": envelope.text, "Charset": "UTF-8"}},
                        "Headers": _headers(envelope),
                    }
                },
                EmailTags=[{"Name": "reference", "Value": tag(envelope.reference)}],
                **events,
            )
        return str(answer["MessageId"])


def _headers(envelope: Envelope) -> list[dict[str, str]]:
    """RFC 8058: the mail program offers to end these messages with one click."""
    if not envelope.unsubscribe:
        return []
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{envelope.unsubscribe}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def tag(reference: str) -> str:
    """A reference as SES takes it: letters, digits, "_" and "-" only."""
    return urlsafe_b64encode(reference.encode()).decode().rstrip("=")


def untagged(value: str) -> str:
    """The reference in a tag."""
    return urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
