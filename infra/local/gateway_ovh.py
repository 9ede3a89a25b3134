"""A second provider on loopback, so that a fail-over can be seen: it speaks as OVHcloud's SMS API does."""

from __future__ import annotations

import time
from contextlib import suppress
from email.message import Message
from hashlib import sha1
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from infra.local.gateway import Gateway, Reply

SERVICE = "sms-local-1"
KEY = "local"
"""Both the application key and the consumer key."""
DELIVERED = {"ptt": "4", "description": "1"}


class OvhGateway(Gateway):
    """As `chalicelib.adapters.providers.sms_ovh` expects it, signature included."""

    name = "ovh"

    def knows(self, path: str, headers: Message, body: bytes) -> bool:
        """Whether the signature is right, for this service."""
        at = headers.get("X-Ovh-Timestamp", "")
        signed = "+".join([self.secret, KEY, "POST", self.address + path, body.decode(), at])
        digest = sha1(signed.encode(), usedforsecurity=False).hexdigest()
        return path == f"/sms/{SERVICE}/jobs" and headers.get("X-Ovh-Signature") == f"$1${digest}"

    def message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """In the words of the outbox; it brings no reference, as OVHcloud's jobs do not."""
        return {"to": asked["receivers"][0], "from": asked["sender"], "text": asked["message"]}

    def taken(self, kept: str) -> Reply:
        """A job with the message's id, which is a number here."""
        return HTTPStatus.OK, {"ids": [_number(kept)], "invalidReceivers": []}

    def invalid(self, number: str) -> Reply:
        """A job without a message."""
        return HTTPStatus.OK, {"ids": [], "invalidReceivers": [number]}

    def tell(self, message: dict[str, Any], kept: str) -> None:
        """Call back with GET; the secret is the end of the address. Networks take a moment: so does this."""
        del message
        time.sleep(0.3)
        said = urlencode({"id": _number(kept), **DELIVERED})
        with suppress(OSError):
            self.ask("GET", f"/callbacks/ovh/{self.secret}?{said}", None, {})


def _number(kept: str) -> int:
    return int(kept.removeprefix("sms-"))
