"""The front proxy: `/_local/` is answered here, so that no local door is in the package."""

from __future__ import annotations

import threading
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.local.doors import Answer, LocalDoors

SECONDS = 60
NOT_PASSED_ON = {"connection", "transfer-encoding", "keep-alive", "content-length", "server", "date"}


class Proxy:
    """One web address for the local doors and the emulated API Gateway."""

    def __init__(self, port: int, emulator_port: int, api: str, doors: LocalDoors) -> None:
        """`api`: the id of the deployed API."""
        self.emulator_port = emulator_port
        self.prefix = f"/restapis/{api}/api/_user_request_"
        self.doors = doors
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.server.daemon_threads = True

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one write for an answer: unbuffered, each waits 40 ms for an ACK

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0") or 0))
                if self.path == "/_local" or self.path.startswith("/_local/"):
                    answer = proxy.doors.answer(self.command, self.path, dict(self.headers), body)
                else:
                    answer = proxy.passed_on(self.command, self.path, dict(self.headers), body)
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                self.send_response_only(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *args: object) -> None:
                """Links are in paths: they do not belong into a log."""

        return Handler

    def passed_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """What the emulated API Gateway answers."""
        kept = {k: v for k, v in headers.items() if k.lower() not in NOT_PASSED_ON | {"host"}}
        connection = HTTPConnection("127.0.0.1", self.emulator_port, timeout=SECONDS)
        try:
            connection.request(method, self.prefix + path, body or None, kept)
            answer = connection.getresponse()
            passed = [(k, v) for k, v in answer.getheaders() if k.lower() not in NOT_PASSED_ON]
            return Answer(answer.status, passed, answer.read())
        except (OSError, HTTPException):
            words = b"The emulator does not answer: see .local/emulator.log\n"
            return Answer(502, [("Content-Type", "text/plain")], words)
        finally:
            connection.close()
