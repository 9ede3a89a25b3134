"""Those who carry messages: what each answer of theirs means to us."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber

from chalicelib.adapters.providers.email_ses import EmailSes
from chalicelib.adapters.providers.sms_aws import SmsAws
from chalicelib.adapters.providers.sms_http import SmsHttp
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused
from tests.running import free_port

ENVELOPE = Envelope("+33639980001", "demo|episode|before.1.invite", "text", "subject", 90)
ONCE = Config(retries={"total_max_attempts": 1})


class Server:
    """A provider that answers as it is told."""

    def __init__(self) -> None:
        self.status, self.silent, self.seen = 202, False, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.seen.append((dict(self.headers), json.loads(body)))
                if outer.silent:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(b'{"id": "theirs"}')

            def log_message(self, *args: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/messages"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.http.shutdown()
    running.http.server_close()


class TestHttp:
    def test_accepted(self, server: Server) -> None:
        assert SmsHttp(server.url, "secret", "VIGIE").send(ENVELOPE) == "theirs"
        headers, body = server.seen[0]
        assert headers["Authorization"] == "Bearer secret"
        assert (body["to"], body["reference"], body["ttl"]) == (ENVELOPE.to, ENVELOPE.reference, 90)

    @pytest.mark.parametrize(
        ("status", "reason", "for_good"),
        [
            (422, "invalid_number", True),
            (429, "too_many", False),
            (503, "provider_down", False),
            (418, "status_418", False),
        ],
    )
    def test_refused(self, server: Server, status: int, reason: str, *, for_good: bool) -> None:
        server.status = status
        with pytest.raises(Refused) as refusal:
            SmsHttp(server.url, "secret", "VIGIE").send(ENVELOPE)
        assert (refusal.value.reason, refusal.value.for_good) == (reason, for_good)

    def test_an_answer_that_never_came_is_no_refusal(self, server: Server) -> None:
        server.silent = True
        with pytest.raises(OutcomeUnknown):
            SmsHttp(server.url, "secret", "VIGIE").send(ENVELOPE)

    def test_nobody_there_may_be_tried_again(self) -> None:
        with pytest.raises(Refused) as refusal:
            SmsHttp(f"http://127.0.0.1:{free_port()}/", "secret", "VIGIE").send(ENVELOPE)
        assert not refusal.value.for_good


class TestEndUserMessaging:
    """Against botocore's own model of the service: no emulator has it."""

    def client(self):
        return boto3.client("pinpoint-sms-voice-v2", region_name="eu-west-3", config=ONCE)

    def test_our_reference_goes_along(self) -> None:
        client = self.client()
        asked = {
            "DestinationPhoneNumber": ENVELOPE.to,
            "OriginationIdentity": "VIGIE",
            "MessageBody": "text",
            "MessageType": "TRANSACTIONAL",
            "ConfigurationSetName": "vigie",
            "Context": {"reference": ENVELOPE.reference},
            "TimeToLive": 90,
            "MaxPrice": ANY,
        }
        with Stubber(client) as stub:
            stub.add_response("send_text_message", {"MessageId": "theirs"}, asked)
            assert SmsAws(client, "VIGIE", "vigie").send(ENVELOPE) == "theirs"

    @pytest.mark.parametrize(
        ("code", "for_good"), [("ValidationException", True), ("ThrottlingException", False), ("New", False)]
    )
    def test_refused(self, code: str, *, for_good: bool) -> None:
        client = self.client()
        with Stubber(client) as stub:
            stub.add_client_error("send_text_message", code)
            with pytest.raises(Refused) as refusal:
                SmsAws(client, "VIGIE", "vigie").send(ENVELOPE)
        assert refusal.value.for_good is for_good


class TestSes:
    def test_plain_text_with_a_tag(self) -> None:
        client = boto3.client("sesv2", region_name="eu-west-3", config=ONCE)
        with Stubber(client) as stub:
            stub.add_response("send_email", {"MessageId": "theirs"}, None)
            assert EmailSes(client, "vigie@example.org").send(ENVELOPE) == "theirs"
            stub.add_client_error("send_email", "MessageRejected")
            with pytest.raises(Refused) as refusal:
                EmailSes(client, "vigie@example.org").send(ENVELOPE)
        assert refusal.value.for_good
