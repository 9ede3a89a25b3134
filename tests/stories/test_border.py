"""The border over the public doors: MLLP in, the hospital's queue out, and the integrators' console."""

from __future__ import annotations

import json
import re
from base64 import b64decode

import boto3
import pytest

from infra.local.visitor import Browser
from tests.running import LocalStack
from tests.stories.cast import booking, stage

pytestmark = pytest.mark.slow


def aws(stack: LocalStack, service: str):
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{stack.ports[2]}",
        region_name="eu-west-3",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def taken(stack: LocalStack, way: str) -> list[dict]:
    """Everything on one of the hospital's queues."""
    client = aws(stack, "sqs")
    url = client.get_queue_url(QueueName=f"vigie-local-demo-{way}.fifo")["QueueUrl"]
    found = []
    while batch := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in batch:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
    return found


def admin(stack: LocalStack) -> Browser:
    browser = Browser(stack.doors.web)
    browser.request("POST", "/_local/sign-in", "member=admin-1", "application/x-www-form-urlencoded")
    return browser


class TestAnswers:
    def test_enhanced_mode_hears_twice(self, stack: LocalStack) -> None:
        """Stored at once (CA), done or not a moment later on the outbound queue; a repeat hears the same."""
        s = stage(stack.doors)
        taken(stack, "out")
        patient = s.patient()
        good = booking(patient, s.now()).replace("|P|2.5", "|P|2.5|||AL|AL", 1)
        bad = good.replace("|SIU^S12^SIU_S12|", "|SIU^S12^SIU_S12|X", 1).replace("|DEMO|", "|NOBODY|", 1)
        for text in (good, good, bad):
            (ack,) = s.send(text)
            assert "MSA|CA|" in ack
        s.doors.advance(advance="PT1M")
        answers = [b64decode(body["raw_b64"]).decode() for body in taken(stack, "out")]
        assert [re.search(r"MSA\|(..)", text)[1] for text in answers].count("AA") == 2
        (error,) = [text for text in answers if "MSA|AE" in text]
        assert "ERR||MSH^1^4" in error
        assert len({text for text in answers if "MSA|AA" in text}) == 1


class TestBatches:
    def test_are_taken_apart(self, stack: LocalStack) -> None:
        """FHS, BHS and several messages in one frame: each is a message of its own."""
        s = stage(stack.doors)
        first, second = s.patient(), s.patient()
        messages = "".join(booking(patient, s.now()) for patient in (first, second))
        s.send(f"FHS|^~\\&|AGENDA\rBHS|^~\\&|AGENDA\r{messages}BTS|2\rFTS|1\r")
        s.doors.advance(advance="PT1M")
        assert s.episode(first) != s.episode(second)


class TestLongMessages:
    def test_go_by_the_bucket(self, stack: LocalStack) -> None:
        """More than a queue takes: through S3, applied like any other, and shown in the console."""
        s = stage(stack.doors)
        patient = s.patient()
        text = booking(patient, s.now()) + "NTE|1||" + "x" * 800_000 + "\r"
        (ack,) = s.send(text)
        assert "MSA|AA|" in ack
        s.doors.advance(advance="PT1M")
        assert s.episode(patient)
        found = aws(stack, "s3").list_objects_v2(Bucket=aws(stack, "s3").list_buckets()["Buckets"][0]["Name"])
        assert [item["Size"] for item in found["Contents"]] == [len(text.encode())]
        page = admin(stack)
        page.get("/team/hl7?lang=en")
        href = re.search(r'href="(/team/hl7/messages/[^"]+)"', page.page)[1]
        page.get(href)
        assert "stored apart" in page.text()


class TestQuarantine:
    def test_is_mended_and_read_again(self, stack: LocalStack) -> None:
        """A sender that nobody has named: quarantine, a trial, the profile, and the follow-up is there."""
        s = stage(stack.doors)
        patient = s.patient()
        text = booking(patient, s.now()).replace("|DEMO|", "|ANNEXE|", 1)
        s.send(text)
        s.doors.advance(advance="PT1M")
        page = admin(stack)
        page.get("/team/hl7?lang=en&result=quarantined")
        assert "ANNEXE" in page.text()
        href = re.search(r'href="(/team/hl7/messages/[^"]+)"', page.page)[1]
        page.get("/team/hl7/profile?lang=en")
        dialect = json.loads(aws_profile(page))
        dialect["facilities"].append("ANNEXE")
        page.post("/team/hl7/profile", profile=json.dumps(dialect), message=text, do="try")
        assert "Appointment" in page.text()
        assert self.result(stack, "ANNEXE") == "quarantined"  # a trial changes nothing
        page.post("/team/hl7/profile", profile=json.dumps(dialect), message="", do="save")
        assert "Saved" in page.text()
        page.get(f"{href}?lang=en")
        page.post(f"{href}/replay")
        assert "Applied" in page.text()
        assert self.result(stack, "ANNEXE") == "applied"
        assert s.episode(patient)

    @staticmethod
    def result(stack: LocalStack, code: str) -> str:
        return next(m["result"] for m in stack.doors.hl7("in") if code in m["message"])

    def test_is_for_integrators_only(self, stack: LocalStack) -> None:
        nurse = stage(stack.doors).nurse()
        for path in ("/team/hl7", "/team/hl7/profile", "/team/hl7/profile.schema.json"):
            status, _, _ = nurse.request("GET", path)
            assert status == 403


class TestDeadLetters:
    def test_are_put_back(self, stack: LocalStack) -> None:
        s = stage(stack.doors)
        patient = s.patient()
        client = aws(stack, "sqs")
        dead = client.get_queue_url(QueueName="vigie-local-demo-in-dead.fifo")["QueueUrl"]
        client.send_message(
            QueueUrl=dead,
            MessageBody=booking(patient, s.now()),
            MessageGroupId="g",
            MessageDeduplicationId="once",
        )
        page = admin(stack)
        page.get("/team/hl7?lang=en")
        assert "given up" in page.text()
        page.post("/team/hl7/redrive", way="in")
        assert "Put back on the queue: 1" in page.text()
        s.doors.advance(advance="PT1M")
        assert s.episode(patient)


class TestOutcomes:
    def test_are_noted(self, stack: LocalStack) -> None:
        """What the bridge tells of a delivery stands in the console."""
        s = stage(stack.doors)
        patient = s.patient()
        s.send(booking(patient, s.now()).replace("|P|2.5", "|P|2.5|||AL|AL", 1))
        s.doors.advance(advance="PT1M")
        control_id = taken(stack, "out")[-1]["control_id"]
        client = aws(stack, "sqs")
        url = client.get_queue_url(QueueName="vigie-local-demo-in.fifo")["QueueUrl"]
        outcome = {"control_id": control_id, "result": "refused", "code": "AE", "text": "no such patient"}
        body = {"outcome": outcome | {"at": s.now().isoformat()}, "hospital": "demo"}
        client.send_message(
            QueueUrl=url, MessageBody=json.dumps(body), MessageGroupId="o", MessageDeduplicationId=control_id
        )
        s.doors.advance(advance="PT1M")
        (line,) = [m for m in s.doors.hl7("out") if m["control_id"] == control_id]
        assert (line["result"], line["reason"]) == ("refused", "AE no such patient")


def aws_profile(page: Browser) -> str:
    import html

    return html.unescape(re.search(r'name="profile"[^>]*>([^<]*)</textarea>', page.page)[1])
