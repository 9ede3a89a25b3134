"""Those who carry messages: what each answer of theirs means to us."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.adapters.providers import messaging_aws, sms_ovh
from chalicelib.adapters.providers.email_ses import EmailSes, tag, untagged
from chalicelib.adapters.providers.messaging_aws import Account, SmsAws, VoiceAws
from chalicelib.adapters.providers.sms_http import SmsHttp
from chalicelib.adapters.providers.sms_ovh import SmsOvh
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused
from tests.running import free_port

ENVELOPE = Envelope("+33639980001", "demo|episode|before.1.invite", "text", "subject", 90)
ONCE = Config(retries={"total_max_attempts": 1})


class Server:
    """A provider that answers as it is told."""

    def __init__(self) -> None:
        self.status, self.silent, self.seen = 202, False, []
        self.answer, self.bodies = b'{"id": "theirs"}', []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.bodies.append(body)
                outer.seen.append((dict(self.headers), json.loads(body)))
                if outer.silent:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, *args: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/messages"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


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

    def test_nor_is_one_that_makes_no_sense(self, server: Server) -> None:
        server.answer = b"<html>"
        with pytest.raises(OutcomeUnknown):
            SmsHttp(server.url, "secret", "VIGIE").send(ENVELOPE)

    def test_nobody_there_may_be_tried_again(self) -> None:
        with pytest.raises(Refused) as refusal:
            SmsHttp(f"http://127.0.0.1:{free_port()}/", "secret", "VIGIE").send(ENVELOPE)
        assert not refusal.value.for_good


class Kept:
    """Pointers that remember."""

    def __init__(self) -> None:
        self.references: dict[str, str] = {}

    def keep(self, theirs: str, reference: str) -> None:
        self.references[theirs] = reference


class TestOvh:
    def provider(self, server: Server, kept: Kept) -> SmsOvh:
        url = server.url.removesuffix("/messages")
        account = sms_ovh.Account("sms-xx1-1", "AK", "AS", "CK", "VIGIE", url)
        return SmsOvh(account, kept, now=lambda: 1_800_000_000.9)

    def test_a_signed_job_for_one_message(self, server: Server) -> None:
        server.status, server.answer, kept = 200, b'{"ids": [42], "invalidReceivers": []}', Kept()
        assert self.provider(server, kept).send(ENVELOPE) == "42"
        assert kept.references == {"42": ENVELOPE.reference}
        headers, job = server.seen[0]
        assert job["receivers"] == [ENVELOPE.to]
        assert (job["validityPeriod"], job["noStopClause"], len(job["tag"])) == (1, True, 20)
        url = server.url.removesuffix("/messages") + "/sms/sms-xx1-1/jobs"
        signed = "+".join(["AS", "CK", "POST", url, server.bodies[0].decode(), "1800000000"])
        assert headers["X-Ovh-Signature"] == "$1$" + hashlib.sha1(signed.encode()).hexdigest()
        assert (headers["X-Ovh-Timestamp"], headers["X-Ovh-Consumer"]) == ("1800000000", "CK")

    @pytest.mark.parametrize(
        ("status", "answer", "reason", "for_good"),
        [
            (200, b'{"ids": [], "invalidReceivers": ["+33639980001"]}', "invalid_number", True),
            (403, b"{}", "not_authorised", False),
            (409, b"{}", "quota", False),
            (503, b"{}", "provider_down", False),
        ],
    )
    def test_refused(
        self, server: Server, status: int, answer: bytes, reason: str, *, for_good: bool
    ) -> None:
        server.status, server.answer = status, answer
        with pytest.raises(Refused) as refusal:
            self.provider(server, Kept()).send(ENVELOPE)
        assert (refusal.value.reason, refusal.value.for_good) == (reason, for_good)

    @pytest.mark.parametrize("answer", [b"", b"{}", b"[]"])
    def test_an_answer_that_makes_no_sense_is_not_known(self, server: Server, answer: bytes) -> None:
        server.status, server.answer = 200, answer
        with pytest.raises(OutcomeUnknown):
            self.provider(server, Kept()).send(ENVELOPE)


class TestEndUserMessaging:
    """Against botocore's own model of the service: no emulator has it."""

    ACCOUNT = Account("VIGIE", "vigie", "protect-1", "0.15")
    COMMON = {  # noqa: RUF012 - read only
        "DestinationPhoneNumber": ENVELOPE.to,
        "OriginationIdentity": "VIGIE",
        "MessageBody": "text",
        "ConfigurationSetName": "vigie",
        "Context": {"reference": ENVELOPE.reference},
        "TimeToLive": 90,
        "ProtectConfigurationId": "protect-1",
    }

    def client(self):
        return boto3.client("pinpoint-sms-voice-v2", region_name="eu-west-3", config=ONCE)

    def test_a_text_carries_our_reference_and_its_limits(self) -> None:
        client = self.client()
        asked = {**self.COMMON, "MessageType": "TRANSACTIONAL", "MaxPrice": "0.15"}
        with Stubber(client) as stub:
            stub.add_response("send_text_message", {"MessageId": "theirs"}, asked)
            assert SmsAws(client, self.ACCOUNT).send(ENVELOPE) == "theirs"

    @pytest.mark.parametrize(("language", "voice"), [("fr", "LEA"), ("en", "AMY"), ("de", "AMY")])
    def test_a_call_is_read_out_in_the_patients_language(self, language: str, voice: str) -> None:
        client = self.client()
        how = {"MessageBodyTextType": "TEXT", "VoiceId": voice, "MaxPricePerMinute": "0.15"}
        with Stubber(client) as stub:
            stub.add_response("send_voice_message", {"MessageId": "theirs"}, {**self.COMMON, **how})
            assert VoiceAws(client, self.ACCOUNT).send(replace(ENVELOPE, language=language)) == "theirs"

    def test_without_a_protect_configuration_none_is_named(self) -> None:
        client = self.client()
        asked = {k: v for k, v in self.COMMON.items() if k != "ProtectConfigurationId"}
        asked |= {"MessageType": "TRANSACTIONAL", "MaxPrice": "0.20"}
        with Stubber(client) as stub:
            stub.add_response("send_text_message", {"MessageId": "theirs"}, asked)
            SmsAws(client, Account("VIGIE", "vigie")).send(ENVELOPE)

    @pytest.mark.parametrize(
        ("code", "why", "reason", "for_good"),
        [
            ("ValidationException", "OTHER", "invalid_number", True),
            ("ValidationException", "PRICE_OVER_THRESHOLD", "too_expensive", True),
            ("ValidationException", "DESTINATION_COUNTRY_BLOCKED", "country_not_allowed", True),
            ("ValidationException", "SENDER_ID_NOT_REGISTERED", "not_configured", False),
            ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", "opted_out", True),
            ("ConflictException", "RESOURCE_NOT_ACTIVE", "not_configured", False),
            ("ThrottlingException", "", "too_many", False),
            ("ServiceQuotaExceededException", "", "quota", False),
            ("New", "", "New", False),
        ],
    )
    def test_refused(self, code: str, why: str, reason: str, *, for_good: bool) -> None:
        client = self.client()
        with Stubber(client) as stub:
            stub.add_client_error("send_text_message", code, modeled_fields={"Reason": why} if why else None)
            with pytest.raises(Refused) as refusal:
                SmsAws(client, self.ACCOUNT).send(ENVELOPE)
        assert (refusal.value.reason, refusal.value.for_good) == (reason, for_good)

    def test_every_code_is_one_of_the_services_own(self) -> None:
        model = self.client().meta.service_model
        kinds = {error.name for error in model.operation_model("SendTextMessage").error_shapes}
        for code in messaging_aws.CODES:
            kind, _, why = code.partition(":")
            assert kind in kinds
            assert not why or why in model.shape_for(f"{kind}Reason").enum


class TestSes:
    def test_plain_text_one_click_and_a_tag_that_can_be_read_back(self) -> None:
        client = boto3.client("sesv2", region_name="eu-west-3", config=ONCE)
        envelope = replace(ENVELOPE, to="someone@example.org", unsubscribe="https://v.example/p/x/stop")
        asked = {
            "FromEmailAddress": "vigie@example.org",
            "Destination": {"ToAddresses": ["someone@example.org"]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": "subject", "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": "text", "Charset": "UTF-8"}},
                    "Headers": [
                        {"Name": "List-Unsubscribe", "Value": "<https://v.example/p/x/stop>"},
                        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                    ],
                }
            },
            "EmailTags": [{"Name": "reference", "Value": tag(ENVELOPE.reference)}],
            "ConfigurationSetName": "mail",
        }
        with Stubber(client) as stub:
            stub.add_response("send_email", {"MessageId": "theirs"}, asked)
            assert EmailSes(client, "vigie@example.org", "mail").send(envelope) == "theirs"
            stub.add_client_error("send_email", "MessageRejected")
            with pytest.raises(Refused) as refusal:
                EmailSes(client, "vigie@example.org").send(envelope)
        assert refusal.value.for_good

    @given(st.text(min_size=1, max_size=60))
    def test_a_tag_holds_every_reference(self, reference: str) -> None:
        assert re.fullmatch("[A-Za-z0-9_-]+", tag(reference))
        assert untagged(tag(reference)) == reference
