"""The loopback SMS gateway: a provider of the generic HTTP kind, with delivery events and bad days."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.error import URLError
from urllib.request import Request

from infra.local.emulator import DIRECT
from infra.local.installation import FORMAT
from infra.local.outbox import Outbox

MOODS = {
    "well": "takes every text and says that it was delivered",
    "slow": "takes 3 seconds for each text",
    "undelivered": "takes every text, and then says that it could not be delivered",
    "refuse": "refuses every number (422)",
    "down": "is out of order (503)",
    "lose": "takes a text and never answers",
    "repeat": "says everything twice",
}
SLOW_SECONDS = 3.0
TRIES = 5


class Vanished(Exception):
    """The connection is to be dropped without an answer."""


@dataclass
class Gateway:
    """Takes texts, and tells `callback` what became of them."""

    outbox: Outbox
    secret: str
    callback: str
    mood: str = "well"
    _events: queue.Queue[tuple[str, str, str]] = field(default_factory=queue.Queue)

    def start(self) -> None:
        """Begin to send delivery events."""
        threading.Thread(target=self._tell_all, name="sms-gateway", daemon=True).start()

    def is_quiet(self) -> bool:
        """Whether every delivery event has been handed over."""
        return self._events.unfinished_tasks == 0

    def take(self, authorization: str, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        """One text, as an app sends it: the answer's status and JSON."""
        if not hmac.compare_digest(authorization.encode(), f"Bearer {self.secret}".encode()):
            return HTTPStatus.UNAUTHORIZED, {"error": "wrong secret"}
        try:
            asked = json.loads(body)
            to, text, reference = asked["to"], asked["text"], asked["reference"]
        except (ValueError, KeyError, TypeError):
            return HTTPStatus.BAD_REQUEST, {"error": "to, text and reference are needed"}
        if self.mood == "down":
            return HTTPStatus.SERVICE_UNAVAILABLE, {"error": "out of order"}
        if self.mood == "refuse":
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "invalid number"}
        if self.mood == "slow":
            time.sleep(SLOW_SECONDS)
        return self._accept(str(to), str(text), str(reference))

    def _accept(self, to: str, text: str, reference: str) -> tuple[HTTPStatus, dict[str, Any]]:
        mood = self.mood
        message = self.outbox.add_text(to, text, reference)
        if mood == "lose":
            raise Vanished
        status = "failed" if mood == "undelivered" else "delivered"
        for _ in range(2 if mood == "repeat" else 1):
            self._events.put((reference, message, status))
        return HTTPStatus.ACCEPTED, {"id": message}

    def _tell_all(self) -> None:
        while True:
            reference, message, status = self._events.get()
            try:
                if self._told(reference, message, status):
                    self.outbox.set_status(message, status)
            finally:
                self._events.task_done()

    def _told(self, reference: str, message: str, status: str) -> bool:
        event = {"reference": reference, "id": message, "status": status}
        event["at"] = f"{self.outbox.installation.now():{FORMAT}}"
        if status == "failed":
            event["code"] = "unreachable"
        body = json.dumps(event).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Vigie-Signature": signature}
        for attempt in range(TRIES):
            try:
                with DIRECT.open(Request(self.callback, body, headers), timeout=30):  # noqa: S310 - loopback
                    return True
            except (URLError, OSError) as error:
                print(f"delivery event not taken (try {attempt + 1}): {error}", flush=True)
                time.sleep(0.2 * 2**attempt)
        return False
