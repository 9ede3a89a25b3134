"""The SMS gateway of this machine: takes what the Lambda sends, and says what became of it."""

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
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Now = Callable[[], datetime]
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

    def __init__(self, outbox: Outbox, base_url: str, secret: str) -> None:
        """`base_url`: where delivery events are posted."""
        self.outbox = outbox
        self.base_url = base_url
        self.secret = secret
        self.begun = int(time.time())
        self.replies = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        """Where messages are posted."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/messages"

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self.server.shutdown()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.headers.get("Authorization") != f"Bearer {gateway.secret}":
                    self._answer(401, {"error": "not authorised"})
                    return
                message = json.loads(body)
                number = re.sub(r"[ .-]", "", message["to"])
                if not re.fullmatch(r"\+\d{8,15}", number):
                    self._answer(422, {"error": "not a number that can be texted"})
                    return
                kept = gateway.outbox.add(message)
                self._answer(202, {"id": kept})
                threading.Thread(target=gateway.tell, args=(message, kept), daemon=True).start()

            def _answer(self, status: int, body: dict[str, str]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Numbers do not belong into a log."""

        return Handler

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
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=20)
        headers = {"Content-Type": "application/json", "X-Vigie-Signature": signature}
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()
