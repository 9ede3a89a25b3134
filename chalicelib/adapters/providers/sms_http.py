"""A generic SMS provider over HTTP. Its contract stands in docs/integrators: POST JSON, 202 with an id."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from chalicelib.application import ports
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused

SECONDS = 5.0
ACCEPTED = 202
CODES: dict[int, tuple[str, bool]] = {
    400: ("bad_request", True),
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
"""Status → our reason, and whether trying again is pointless. Any other status: try again."""


class SmsHttp(ports.Provider):
    """POST to one URL with a bearer token."""

    name = "sms-http"

    def __init__(self, url: str, secret: str, sender: str) -> None:
        """`sender`: at most 11 letters and digits."""
        self.url = urlsplit(url)
        self.secret = secret
        self.sender = sender

    def send(self, envelope: Envelope) -> str:
        """Hand it over; an answer that never came leaves the outcome unknown."""
        connection = self._connect()
        try:
            answer, body = self._post(connection, envelope)
        finally:
            connection.close()
        if answer.status == ACCEPTED:
            return str(json.loads(body)["id"])
        reason, for_good = CODES.get(answer.status, (f"status_{answer.status}", False))
        raise Refused(reason, for_good=for_good)

    def _connect(self) -> HTTPConnection:
        kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = kind(self.url.netloc, timeout=SECONDS)
        try:
            connection.connect()
        except OSError as error:
            # Nothing was said yet, so nothing was sent: it may safely be tried again.
            reason = "unreachable"
            raise Refused(reason, for_good=False) from error
        return connection

    def _post(self, connection: HTTPConnection, envelope: Envelope) -> tuple[HTTPResponse, bytes]:
        body = {
            "to": envelope.to,
            "from": self.sender,
            "text": envelope.text,
            "reference": envelope.reference,
            "ttl": envelope.useful_seconds,
        }
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        try:
            connection.request("POST", self.url.path or "/", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer, answer.read()
        except (OSError, HTTPException) as error:
            reason = "no_answer"
            raise OutcomeUnknown(reason) from error
