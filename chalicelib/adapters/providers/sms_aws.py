"""AWS End User Messaging, never SNS: every event brings our reference back, so an outcome can be learnt."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.providers.aws_errors import Codes, understood
from chalicelib.application import ports
from chalicelib.application.ports import Envelope

LONGEST_TTL = 259_200
"""72 hours, the service's own limit."""
MAX_PRICE = "0.20"
"""US dollars for one part: a guard against numbers that cost money to text."""
CODES: Codes = {
    "ValidationException": ("invalid_number", True),
    "ResourceNotFoundException": ("not_configured", False),
    "AccessDeniedException": ("not_authorised", False),
    "ThrottlingException": ("too_many", False),
    "ServiceQuotaExceededException": ("quota", False),
    "ConflictException": ("opted_out", True),
    "InternalServerException": ("provider_down", False),
}


class SmsAws(ports.Provider):
    """SendTextMessage."""

    name = "sms-aws"

    def __init__(self, client: Any, sender: str, configuration_set: str) -> None:
        """`client`: boto3's `pinpoint-sms-voice-v2`, made without retries of its own."""
        self.client = client
        self.sender = sender
        self.configuration_set = configuration_set

    def send(self, envelope: Envelope) -> str:
        """Hand it over, with our reference as context."""
        with understood(CODES):
            answer = self.client.send_text_message(
                DestinationPhoneNumber=envelope.to,
                OriginationIdentity=self.sender,
                MessageBody=envelope.text,
                MessageType="TRANSACTIONAL",
                ConfigurationSetName=self.configuration_set,
                Context={"reference": envelope.reference},
                TimeToLive=min(envelope.useful_seconds, LONGEST_TTL),
                MaxPrice=MAX_PRICE,
            )
        return str(answer["MessageId"])
