"""A generic SMS provider over HTTP. Its contract stands in docs/sms.md: POST JSON, 202 with an id."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from chalicelib.adapters.providers import over_http
from chalicelib.adapters.tables import packed
from chalicelib.application import ports
from chalicelib.application.ports import Envelope, OutcomeUnknown

ACCEPTED = 202
CODES: over_http.Codes = {
    400: ("bad_request", False),
    401: ("not_authorised", False),
    403: ("not_authorised", False),
    404: ("unknown_number", True),
    410: ("opted_out", True),
    413: ("too_long", True),
    422: ("invalid_number", True),
    429: ("too_many", False),
    500: ("provider_down", False),
    502: ("provider_down", False),
    503: ("provider_down", False),
}


class _Accepted(msgspec.Struct, frozen=True):
    id: str


class SmsHttp(ports.Provider):
    """POST to one URL with a bearer token."""

    name = "http"

    def __init__(self, url: str, secret: str, sender: str) -> None:
        """`sender`: at most 11 letters and digits."""
        self.url = urlsplit(url)
        self.secret = secret
        self.sender = sender

    def send(self, envelope: Envelope) -> str:
        """Hand it over; an answer that never came, or makes no sense, leaves the outcome unknown."""
        body = {
            "to": envelope.to,
            "from": self.sender,
            "text": envelope.text,
            "reference": envelope.reference,
            "ttl": envelope.useful_seconds,
        }
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        status, answer = over_http.post(self.url, packed(body), headers)
        if status != ACCEPTED:
            raise over_http.refusal(status, CODES)
        try:
            return msgspec.json.decode(answer, type=_Accepted).id
        except msgspec.MsgspecError as error:
            raise OutcomeUnknown("strange_answer") from error
