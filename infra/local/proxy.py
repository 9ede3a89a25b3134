"""The front proxy: `/_local/` is answered here, everything else goes to API Gateway and its Lambda."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from infra.local.door import Answer, Asked, Door
from infra.local.gateway import Vanished

HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "host",
}  # fmt: skip
FORWARDED = "x-forwarded-"
OUR_NAMES = {"127.0.0.1", "localhost"}
LARGEST_BODY = 10 * 1024 * 1024
IDLE_SECONDS = 60
"""A connection to the emulator that is older than this is made anew: it may be closed on the other side."""


@dataclass
class Target:
    """Where everything that is not local goes."""

    port: int
    prefix: str


class Front(ThreadingHTTPServer):
    """Listens on this machine only."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, target: Target) -> None:
        """`door` is set once there is one; until then `/_local/` is not there."""
        self.target = target
        self.door: Door | None = None
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection of a browser, kept alive; it keeps its own connection to the emulator."""

    protocol_version = "HTTP/1.1"
    server_version = "vigie-local"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120
    server: Front

    def setup(self) -> None:
        """No connection to the emulator yet."""
        super().setup()
        self._upstream: HTTPConnection | None = None
        self._used = 0.0

    def finish(self) -> None:
        """Close both sides."""
        if self._upstream is not None:
            self._upstream.close()
        super().finish()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        if parts.path == "/_local" or parts.path.startswith("/_local/"):
            self._local(parts.path, parts.query, body)
        else:
            self._forward(body)

    do_GET = do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - the library's names

    def log_message(self, *_: Any) -> None:
        """The functions' own logs are enough."""

    def _local(self, path: str, query: str, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not _is_from_here(headers):
            self._say(Answer(HTTPStatus.FORBIDDEN, "text/plain", "only for pages of this installation"))
            return
        if self.server.door is None:
            self._say(Answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", "still starting"))
            return
        try:
            self._say(self.server.door.answer(Asked(self.command, path, query, headers, body)))
        except Vanished:
            self.close_connection = True

    def _say(self, answer: Answer) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _forward(self, body: bytes) -> None:
        try:
            answer, content = self._asked(body)
        except (OSError, HTTPException) as error:
            self._drop()
            self.log_error("the emulator did not answer: %s", error)
            self._say(Answer(HTTPStatus.BAD_GATEWAY, "text/plain", "the emulator did not answer"))
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"server", "date"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _asked(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in HOP_BY_HOP and not name.lower().startswith(FORWARDED)
        }
        headers |= {
            "X-Forwarded-For": str(self.client_address[0]),
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": self.headers.get("Host", ""),
        }
        connection = self._connection()
        connection.request(self.command, self.server.target.prefix + self.path, body or None, headers)
        answer = connection.getresponse()
        return answer, answer.read()

    def _connection(self) -> HTTPConnection:
        if self._upstream is not None and time.monotonic() - self._used > IDLE_SECONDS:
            self._drop()
        if self._upstream is None:
            self._upstream = HTTPConnection("127.0.0.1", self.server.target.port, timeout=60)
        self._used = time.monotonic()
        return self._upstream

    def _drop(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
            self._upstream = None


def _is_from_here(headers: dict[str, str]) -> bool:
    """No other site may move the clock or sign in, and no name that only points to this machine."""
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    return host in OUR_NAMES and headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
