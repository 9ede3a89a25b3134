"""The gateway of this machine keeps the contract of docs/sms.md, and breaks it when it is told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chalicelib.adapters.providers.sms_http import SmsHttp
from chalicelib.adapters.receipts.read import read
from chalicelib.adapters.receipts.told import Told
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused
from infra.local.doors import LocalDoors
from infra.local.gateway import Gateway, Outbox
from infra.local.stack import Stack

ENVELOPE = Envelope("+33639980001", "demo|episode|before.1.invite", "text")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Callback:
    """Where the gateway tells what became of a message."""

    def __init__(self) -> None:
        self.told: list[Told | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
                assert (self.path, self.headers["X-Vigie-Signature"]) == ("/callbacks/sms", signed)
                outer.told.append(read(body.decode(), lambda _: None))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.told) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.told == [Told(ENVELOPE.reference, "delivered")] * count


@pytest.fixture
def callback() -> Iterator[Callback]:
    running = Callback()
    yield running
    running.http.shutdown()
    running.http.server_close()


@pytest.fixture
def gateway(tmp_path: Path, callback: Callback) -> Iterator[Gateway]:
    url = f"http://127.0.0.1:{callback.http.server_address[1]}"
    running = Gateway(Outbox(tmp_path / "outbox.jsonl", lambda: NOW), url, "secret")
    running.start()
    yield running
    running.stop()
    running.server.server_close()


def send(gateway: Gateway) -> str:
    return SmsHttp(gateway.url, "secret", "VIGIE").send(ENVELOPE)


@pytest.mark.parametrize(
    ("mode", "outcome", "kept", "events"),
    [
        ("ok", None, 1, 1),
        ("fail", Refused, 0, 0),
        ("lose", None, 0, 0),
        ("drop", OutcomeUnknown, 1, 1),
        ("repeat", None, 1, 3),
        ("silent", None, 1, 0),
    ],
)
def test_it_behaves_as_told(gateway, callback, mode, outcome, kept, events) -> None:
    gateway.mode = mode
    if outcome is None:
        assert send(gateway)
    else:
        with pytest.raises(outcome):
            send(gateway)
    callback.wait_for(events)
    assert len(gateway.outbox.all()) == kept


def test_a_slow_one_is_given_up_and_yet_tells(gateway, callback) -> None:
    gateway.mode = "slow"
    with pytest.raises(OutcomeUnknown):
        send(gateway)
    callback.wait_for(1)


def test_the_door_sets_the_mode(gateway) -> None:
    doors = LocalDoors(Stack(None, {}, "http://v.example", gateway=gateway))
    answer = doors.answer("POST", "/_local/gateway", {}, b'{"mode": "lose"}')
    assert (answer.status, json.loads(answer.body)) == (200, {"mode": "lose"})
    assert gateway.mode == "lose"
    assert doors.answer("POST", "/_local/gateway", {}, b'{"mode": "explode"}').status == 400
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert doors.answer("POST", "/_local/gateway", form, b"mode=ok").status == 303
    assert json.loads(doors.answer("GET", "/_local/gateway", {}, b"").body) == {"mode": "ok"}
