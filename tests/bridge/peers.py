"""Senders and a receiver as hospitals have them, and a queue of SQS's own kind."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.bridge.framing import framed
from tests.adapters.engines import running
from tests.running import free_port

QUEUE = "vigie-test-demo"
numbers = count()


def adt(number: int, text: str = "Exemple", patient: int | None = None) -> bytes:
    """An admission; every number is another message."""
    who = number % 7 if patient is None else patient
    return (
        f"MSH|^~\\&|GAM|DEMO|VIGIE|DEMO|20261124090000||ADT^A01|C{number}|P|2.5\r"
        f"PID|1||{who}^^^DEMO||{text}^Alix\r"
    ).encode("latin-1")


def identity(raw: bytes) -> tuple[str, str]:
    """What the ledger knows a message by: control id and content."""
    return raw.split(b"|")[9].decode(), sha256(raw).hexdigest()


def speak(port: int, raw: bytes, *, seconds: float = 10) -> bytes:
    """Send one message and wait for its answer; b"" where none came."""
    with socket.create_connection(("127.0.0.1", port), seconds) as line:
        line.sendall(framed(raw))
        return answer_on(line)


def answer_on(line: socket.socket) -> bytes:
    """The next answer on a connection, without its framing."""
    found = b""
    while not found.endswith(b"\x1c\r"):
        try:
            chunk = line.recv(65536)
        except OSError:
            return b""
        if not chunk:
            return b""
        found += chunk
    return found[1:-2]


def code_of(answer: bytes) -> str:
    """MSA-1."""
    lines = [line for line in answer.split(b"\r") if line.startswith(b"MSA")]
    return lines[0].split(b"|")[1].decode() if lines else ""


@dataclass
class Sqs:
    """A queue pair on an emulator."""

    endpoint: str
    client: Any
    inbound: str = ""
    outbound: str = ""

    def make(self) -> Sqs:
        """New queues: a poll of a bridge that was killed may still be waiting at the old ones."""
        number = next(numbers)
        for way in ("in", "out"):
            made = self.client.create_queue(
                QueueName=f"{QUEUE}-{number}-{way}.fifo",
                Attributes={
                    "FifoQueue": "true",
                    "DeduplicationScope": "messageGroup",
                    "FifoThroughputLimit": "perMessageGroupId",
                    "VisibilityTimeout": "60",
                },
            )
            setattr(self, f"{way}bound", made["QueueUrl"])
        return self

    def take(self, url: str, seconds: float = 2) -> Iterator[dict[str, Any]]:
        """The bodies of all messages, in order, each deleted as it is taken."""
        quiet = time.monotonic() + seconds
        while time.monotonic() < quiet:
            found = self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in found.get("Messages", []):
                self.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield json.loads(message["Body"])
                quiet = time.monotonic() + seconds

    def messages(self) -> list[bytes]:
        """The inbound messages, as bytes."""
        return [b64decode(body["raw_b64"]) for body in self.take(self.inbound)]


@contextmanager
def sqs(folder: Path) -> Iterator[Sqs]:
    """A queue pair on an emulator of its own."""
    with running("ministack", folder) as endpoint:
        assert endpoint is not None
        client = boto3.client(
            "sqs",
            endpoint_url=endpoint,
            region_name="eu-west-3",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50),
        )
        yield Sqs(endpoint, client)


@dataclass
class Receiver:
    """A hospital's MLLP server: says what it is told to, and keeps what it got."""

    answer: Callable[[bytes, int], bytes | None]
    """From a message and how often it was sent to an answer; None: silence, and the line stays open."""
    got: list[bytes] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def start(self) -> Receiver:
        self._socket = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line:
            while raw := answer_on(line):
                self.got.append(raw)
                answer = self.answer(raw, self.got.count(raw))
                if answer == b"":
                    return
                if answer is not None:
                    line.sendall(framed(answer))


def ack(raw: bytes, code: str = "AA", control_id: str = "") -> bytes:
    """An ordinary answer."""
    said = control_id or raw.split(b"|")[9].decode()
    return f"MSH|^~\\&|GAM|DEMO|VIGIE|VIGIE|20261124||ACK|A|P|2.5\rMSA|{code}|{said}\r".encode()


def python() -> str:
    return sys.executable
