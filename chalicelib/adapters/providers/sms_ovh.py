"""OVHcloud's SMS API: a signed POST to /sms/{serviceName}/jobs.

Its delivery events bring back nothing of ours, only OVHcloud's own id: so which notice an id belongs to is
kept (`Pointers`). Where that note, or the answer with the id, is lost, no event can settle the notice.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha1, sha256
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from chalicelib.adapters.providers import over_http
from chalicelib.adapters.tables import packed
from chalicelib.application import ports
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused

TAG_LENGTH = 20
"""What OVHcloud keeps of a tag; a hash of our reference fits, and finds the message in their console."""
CODES: over_http.Codes = {
    400: ("bad_request", False),
    401: ("not_authorised", False),
    403: ("not_authorised", False),
    404: ("not_configured", False),
    409: ("quota", False),
    429: ("too_many", False),
    500: ("provider_down", False),
    502: ("provider_down", False),
    503: ("provider_down", False),
}


class Pointers(Protocol):
    """Which notice a provider's id belongs to."""

    def keep(self, theirs: str, reference: str) -> None:
        """Note it; a note that is lost is logged, and costs the delivery event."""


class Account(msgspec.Struct, frozen=True):
    """A service and the three keys of OVHcloud's API, whose rights are POST on its jobs and no more."""

    service: str
    application_key: str
    application_secret: str
    consumer_key: str
    sender: str
    url: str


class _Job(msgspec.Struct, frozen=True, rename="camel"):
    ids: list[int] = []
    invalid_receivers: list[str] = []


class SmsOvh(ports.Provider):
    """One job for one message."""

    name = "ovh"

    def __init__(self, account: Account, pointers: Pointers, now: Callable[[], float]) -> None:
        """`now`: real time in seconds since 1970; a signature holds for some minutes only."""
        self.account = account
        self.pointers = pointers
        self.now = now

    def send(self, envelope: Envelope) -> str:
        """Hand it over; a receiver that OVHcloud finds invalid is refused for good."""
        url = f"{self.account.url}/sms/{self.account.service}/jobs"
        body = packed(self._job(envelope))
        status, answer = over_http.post(urlsplit(url), body, self._signed("POST", url, body))
        if status != HTTPStatus.OK:
            raise over_http.refusal(status, CODES)
        theirs = self._id(answer)
        self.pointers.keep(theirs, envelope.reference)
        return theirs

    def _job(self, envelope: Envelope) -> dict[str, object]:
        """No "STOP" clause: these messages advertise nothing, and may leave at any time of the day."""
        return {
            "receivers": [envelope.to],
            "sender": self.account.sender,
            "message": envelope.text,
            "noStopClause": True,
            "priority": "high",
            "validityPeriod": max(1, envelope.useful_seconds // 60),
            "tag": sha256(envelope.reference.encode()).hexdigest()[:TAG_LENGTH],
        }

    def _signed(self, method: str, url: str, body: str) -> dict[str, str]:
        account, at = self.account, str(int(self.now()))
        parts = (account.application_secret, account.consumer_key, method, url, body, at)
        # SHA-1 is OVHcloud's choice: it signs one request for minutes, over TLS.
        digest = sha1("+".join(parts).encode(), usedforsecurity=False).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Ovh-Application": account.application_key,
            "X-Ovh-Consumer": account.consumer_key,
            "X-Ovh-Timestamp": at,
            "X-Ovh-Signature": f"$1${digest}",
        }

    def _id(self, answer: bytes) -> str:
        try:
            job = msgspec.json.decode(answer, type=_Job)
        except msgspec.MsgspecError as error:
            raise OutcomeUnknown("strange_answer") from error
        if job.invalid_receivers:
            raise Refused("invalid_number", for_good=True)
        if not job.ids:
            raise OutcomeUnknown("strange_answer")
        return str(job.ids[0])
