"""The gateways of this machine keep their contracts (docs/sms.md), and break them when they are told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from chalicelib.adapters.providers.sms_http import SmsHttp
from chalicelib.adapters.providers.sms_ovh import Account, SmsOvh
from chalicelib.adapters.receipts.read import read
from chalicelib.adapters.receipts.told import Told, UnknownEvent
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused
from infra.local.doors import LocalDoors
from infra.local.gateway import Gateway, Outbox
from infra.local.gateway_ovh import KEY, SERVICE, OvhGateway
from infra.local.stack import Stack

ENVELOPE = Envelope("+33639980001", "demo|episode|before.1.invite", "text")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Callback:
    """Where the gateway tells what became of a message."""

    def __init__(self) -> None:
        self.told: list[Told | None] = []
        self.pointers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
                assert (self.path, self.headers["X-Vigie-Signature"]) == ("/callbacks/sms", signed)
                outer.told.append(read(body.decode(), lambda _: None))
                self.send_response(202)
                self.end_headers()

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                assert url.path == "/callbacks/ovh/secret"
                said = {name: values[0] for name, values in parse_qs(url.query).items()}
                event = {"provider": "ovh", "id": said["id"], "ptt": said["ptt"], "dlr": said["description"]}
                # The id is known as soon as the answer has been read; where none came, it never is.
                with suppress(UnknownEvent):
                    outer.told.append(read(json.dumps(event), outer.reference))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def keep(self, theirs: str, reference: str) -> None:
        self.pointers[theirs] = reference

    def reference(self, theirs: str) -> str | None:
        deadline = time.monotonic() + 1
        while theirs not in self.pointers and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.pointers.get(theirs)

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


@pytest.fixture(params=[Gateway, OvhGateway], ids=["http", "ovh"])
def gateway(request, tmp_path: Path, callback: Callback) -> Iterator[Gateway]:
    url = f"http://127.0.0.1:{callback.http.server_address[1]}"
    running = request.param(Outbox(tmp_path / "outbox.jsonl", lambda: NOW), url, "secret")
    running.start()
    yield running
    running.stop()
    running.server.server_close()


def send(gateway: Gateway, callback: Callback, to: str = ENVELOPE.to, secret: str = "secret") -> str:
    envelope = replace(ENVELOPE, to=to)
    if gateway.name == "http":
        return SmsHttp(gateway.url, secret, "VIGIE").send(envelope)
    account = Account(SERVICE, KEY, secret, KEY, "VIGIE", gateway.address)
    return SmsOvh(account, callback, time.time).send(envelope)


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
    """An event of OVHcloud's settles nothing where the answer with the id was lost."""
    gateway.mode = mode
    if outcome is None:
        assert send(gateway, callback)
    else:
        with pytest.raises(outcome):
            send(gateway, callback)
    callback.wait_for(events if outcome is None or gateway.name == "http" else 0)
    assert len(gateway.outbox.all()) == kept


@pytest.mark.slow
def test_a_slow_one_is_given_up_and_yet_tells(gateway, callback) -> None:
    gateway.mode = "slow"
    with pytest.raises(OutcomeUnknown):
        send(gateway, callback)
    callback.wait_for(1 if gateway.name == "http" else 0)


def test_who_does_not_know_the_secret_is_refused(gateway, callback) -> None:
    with pytest.raises(Refused, match="not_authorised"):
        send(gateway, callback, secret="other")
    assert gateway.outbox.all() == []


def test_a_number_that_cannot_be_texted_is_refused_for_good(gateway, callback) -> None:
    with pytest.raises(Refused, match="invalid_number") as refusal:
        send(gateway, callback, to="+33")
    assert refusal.value.for_good


def test_the_outbox_tells_who_carried_a_message(gateway, callback) -> None:
    send(gateway, callback)
    kept = gateway.outbox.all()[0]
    assert (kept["provider"], kept["to"], kept["text"]) == (gateway.name, ENVELOPE.to, ENVELOPE.text)


def test_the_door_sets_how_one_behaves_or_all(tmp_path) -> None:
    gateways = {k.name: k(Outbox(tmp_path / "o", lambda: NOW), "", "s") for k in (Gateway, OvhGateway)}
    doors = LocalDoors(Stack(None, {}, "http://v.example", gateways=gateways))

    def told(body: bytes, **headers: str) -> int:
        return doors.answer("POST", "/_local/gateway", headers, body).status

    def modes() -> dict[str, str]:
        return json.loads(doors.answer("GET", "/_local/gateway", {}, b"").body)

    assert told(b'{"mode": "fail", "provider": "http"}') == 200
    assert modes() == {"http": "fail", "ovh": "ok"}
    assert told(b'{"mode": "lose"}') == 200
    assert modes() == {"http": "lose", "ovh": "lose"}
    assert told(b'{"mode": "explode"}') == told(b'{"mode": "ok", "provider": "other"}') == 400
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert told(b"mode=ok&provider=ovh", **form) == 303
    assert modes() == {"http": "lose", "ovh": "ok"}
    for gateway in gateways.values():
        gateway.server.server_close()
