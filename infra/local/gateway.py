"""The SMS gateways of this machine: they take what the Lambda sends, and say what became of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

Now = Callable[[], datetime]
ACCEPTED = 202
LOST = "sms-00000"
"""The id of a message that no outbox has."""


class Behaviour(NamedTuple):
    """What becomes of a message that is handed over."""

    words: str
    fails: bool = False
    seconds: float = 0
    keeps: bool = True
    answers: bool = True
    events: int = 1


MODES = {
    "ok": Behaviour("take it, and tell that it was delivered"),
    "slow": Behaviour("take it, but answer after 7 seconds (Vigie waits 5)", seconds=7),
    "fail": Behaviour("answer 503", fails=True),
    "lose": Behaviour("answer that it is taken, and lose it", keeps=False, events=0),
    "drop": Behaviour("take it, and close the connection without an answer", answers=False),
    "repeat": Behaviour("take it, and tell three times that it was delivered", events=3),
    "silent": Behaviour("take it, and never tell what became of it", events=0),
}
"""How a gateway can be told to behave (`POST /_local/gateway`)."""
Reply = tuple[int, dict[str, Any]]
"""A status and what is said with it."""
REPLY_NUMBER = "38000"
"""The number that patients of this machine answer to."""


class Outbox:
    """Every text message that left, kept in a file: it outlives a restart."""

    def __init__(self, file: Path, now: Now) -> None:
        """`now`: the installation's time."""
        self.file = file
        self.now = now
        self._lock = threading.Lock()

    def add(self, message: dict[str, Any]) -> str:
        """Keep a message once; returns its id."""
        with self._lock:
            known = self.all()
            kept = {
                "id": f"sms-{len(known) + 1:05d}",
                "at": self.now().isoformat().replace("+00:00", "Z"),
                "channel": "sms",
                **message,
            }
            if any(other["id"] == kept["id"] for other in known):
                return str(kept["id"])
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept, ensure_ascii=False) + "\n")
        return str(kept["id"])

    def all(self) -> list[dict[str, Any]]:
        """All messages, oldest first."""
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


class Gateway:
    """An HTTP provider on loopback, as `chalicelib.adapters.providers.sms_http` expects one."""

    name = "http"

    def __init__(self, outbox: Outbox, base_url: str, secret: str) -> None:
        """`base_url`: where delivery events are posted."""
        self.outbox = outbox
        self.base_url = base_url
        self.secret = secret
        self.mode = "ok"
        self.begun = int(time.time())
        self.replies = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def address(self) -> str:
        """The gateway's own address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        """Where messages are posted."""
        return f"{self.address}/messages"

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self.server.shutdown()

    def knows(self, path: str, headers: Message, body: bytes) -> bool:
        """Whether the request is one of Vigie's."""
        del path, body
        return headers.get("Authorization") == f"Bearer {self.secret}"

    def message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What the outbox shows of it: at least `to` and `text`."""
        return asked

    def taken(self, kept: str) -> Reply:
        """The answer to a message that is accepted."""
        return ACCEPTED, {"id": kept}

    def invalid(self, number: str) -> Reply:
        """The answer to a number that cannot be texted."""
        del number
        return 422, {"error": "not a number that can be texted"}

    def tell(self, message: dict[str, Any], kept: str) -> None:
        """Post the delivery event, signed as the contract says."""
        event = {
            "reference": message["reference"],
            "id": kept,
            "status": "delivered",
            "at": self.outbox.now().isoformat(),
        }
        # A provider's event may be lost: the notice stays "sent".
        with suppress(OSError):
            self._post("/callbacks/sms", event)

    def reply(self, number: str, text: str) -> int:
        """Write as the patient with this number: the door's status. The provider gives each text an id."""
        self.replies += 1
        said = {"id": f"{self.begun}-{self.replies}", "from": number, "to": REPLY_NUMBER, "text": text}
        return self._post("/callbacks/sms/reply", said)

    def _post(self, path: str, said: dict[str, str]) -> int:
        body = json.dumps(said).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Vigie-Signature": signature}
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
        """The status of one request to Vigie."""
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if not gateway.knows(self.path, self.headers, body):
                self._answer(401, {"error": "not authorised"})
                return
            message = gateway.message(json.loads(body))
            number = re.sub(r"[ .-]", "", message["to"])
            if re.fullmatch(r"\+\d{8,15}", number):
                self._carry(message, MODES[gateway.mode])
            else:
                self._answer(*gateway.invalid(number))

        def _carry(self, message: dict[str, Any], how: Behaviour) -> None:
            time.sleep(how.seconds)
            if how.fails:
                self._answer(503, {"error": "told to fail"})
                return
            kept = gateway.outbox.add({**message, "provider": gateway.name}) if how.keeps else LOST
            self.close_connection = not how.answers
            if how.answers:
                # Who asked may have given up: the message is taken all the same.
                with suppress(OSError):
                    self._answer(*gateway.taken(kept))
            for _ in range(how.events):
                threading.Thread(target=gateway.tell, args=(message, kept), daemon=True).start()

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Numbers do not belong into a log."""

    return Handler
