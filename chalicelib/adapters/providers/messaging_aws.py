"""AWS End User Messaging, never SNS: every event brings our reference back, so an outcome can be learnt.

Text messages, and calls to landlines. Both carry our reference as context through a configuration set.
"""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.adapters.providers.aws_errors import Codes, understood
from chalicelib.application import ports
from chalicelib.application.ports import Envelope

LONGEST_TTL = 259_200
"""72 hours, the service's own limit."""
VOICES = {"fr": "LEA", "en": "AMY"}
CODES: Codes = {
    "ValidationException": ("invalid_number", True),
    "ValidationException:DESTINATION_COUNTRY_BLOCKED": ("country_not_allowed", True),
    "ValidationException:COUNTRY_NOT_ENABLED": ("country_not_allowed", True),
    "ValidationException:INTERNATIONAL_SENDING_NOT_SUPPORTED": ("country_not_allowed", True),
    "ValidationException:PRICE_OVER_THRESHOLD": ("too_expensive", True),
    "ValidationException:INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": ("not_configured", False),
    "ValidationException:SENDER_ID_NOT_REGISTERED": ("not_configured", False),
    "ValidationException:SENDER_ID_NOT_SUPPORTED": ("not_configured", False),
    "ValidationException:SENDER_ID_REQUIRES_REGISTRATION": ("not_configured", False),
    "ValidationException:INVALID_ARN": ("not_configured", False),
    "ValidationException:RESOURCE_NOT_ACCESSIBLE": ("not_configured", False),
    "ValidationException:CHANNEL_NOT_ENABLED": ("not_configured", False),
    "ValidationException:VOICE_CAPABILITY_NOT_AVAILABLE": ("not_configured", False),
    "ConflictException": ("not_configured", False),
    "ConflictException:DESTINATION_PHONE_NUMBER_OPTED_OUT": ("opted_out", True),
    "ConflictException:DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": ("country_not_allowed", True),
    "ConflictException:DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": ("blocked", True),
    "ResourceNotFoundException": ("not_configured", False),
    "AccessDeniedException": ("not_authorised", False),
    "ThrottlingException": ("too_many", False),
    "ServiceQuotaExceededException": ("quota", False),
    "InternalServerException": ("provider_down", False),
}


class Account(msgspec.Struct, frozen=True):
    """What the operator has set up at the service."""

    origin: str
    """Who sends: a sender id, a number or a pool."""
    configuration_set: str
    protect_configuration: str = ""
    """Countries and numbers that the service itself refuses; none: the account's own."""
    max_price: str = "0.20"
    """US dollars for one part of a text, or a minute of a call: a guard against costly numbers."""


class _Messaging(ports.Provider):
    def __init__(self, client: Any, account: Account) -> None:
        """`client`: boto3's `pinpoint-sms-voice-v2`, made without retries of its own."""
        self.client = client
        self.account = account

    def _common(self, envelope: Envelope) -> dict[str, Any]:
        protected = self.account.protect_configuration
        return {
            "DestinationPhoneNumber": envelope.to,
            "OriginationIdentity": self.account.origin,
            "MessageBody": envelope.text,
            "ConfigurationSetName": self.account.configuration_set,
            "Context": {"reference": envelope.reference},
            "TimeToLive": min(envelope.useful_seconds, LONGEST_TTL),
            **({"ProtectConfigurationId": protected} if protected else {}),
        }


class SmsAws(_Messaging):
    """SendTextMessage."""

    name = "aws"

    def send(self, envelope: Envelope) -> str:
        """Hand it over, with our reference as context."""
        with understood(CODES):
            answer = self.client.send_text_message(
                **self._common(envelope), MessageType="TRANSACTIONAL", MaxPrice=self.account.max_price
            )
        return str(answer["MessageId"])


class VoiceAws(_Messaging):
    """SendVoiceMessage: the text is read out, in the patient's language where there is a voice for it."""

    name = "aws-voice"

    def send(self, envelope: Envelope) -> str:
        """Have it called out, with our reference as context."""
        with understood(CODES):
            answer = self.client.send_voice_message(
                **self._common(envelope),
                MessageBodyTextType="TEXT",
                VoiceId=VOICES.get(envelope.language, VOICES["en"]),
                MaxPricePerMinute=self.account.max_price,
            )
        return str(answer["MessageId"])
