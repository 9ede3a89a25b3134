"""The MLLP server: an acknowledgement leaves only after the queue has the message."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from chalicelib.hl7 import acknowledge, read
from chalicelib.hl7.message import Message
from infra.bridge.framing import LONGEST, TooLong, frame, framed

logger = logging.getLogger("vigie.bridge")
WORKERS = 8


@dataclass
class Bridge:
    """One hospital's door. `send` puts a message on its queue, and returns only when it is there."""

    hospital: str
    send: Callable[[str, str, str], None]

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen; every connection may carry any number of messages."""
        return await asyncio.start_server(self._talk, host, port, limit=LONGEST + 1024)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (message := await frame(reader)) is not None:
                writer.write(framed(await self._taken(message)))
                await writer.drain()
        except TooLong:
            refusal = acknowledge.acknowledgement(b"", "AR", f"longer than {LONGEST} bytes", _now(), _id())
            writer.write(framed(refusal))
        except ConnectionError:
            logger.info("a sender has gone")
        finally:
            writer.close()

    async def _taken(self, message: bytes) -> bytes:
        """The answer to a message: accepted only once it is durably stored."""
        at = _now()
        body, group, once = envelope(self.hospital, message, at)
        try:
            await asyncio.to_thread(self.send, body, group, once)
        except Exception:
            # Whatever the reason, the sender keeps the message and sends it again.
            logger.exception("not stored")
            return acknowledge.acknowledgement(message, "AR", "not stored, send again later", at, _id())
        return acknowledge.acknowledgement(message, "AA", "", at, _id())


def envelope(hospital: str, message: bytes, at: datetime) -> tuple[str, str, str]:
    """The body for the queue, the group that keeps a patient's order, and what makes it known again."""
    body = {
        "raw_b64": b64encode(message).decode(),
        "sha256": sha256(message).hexdigest(),
        "hospital": hospital,
        "received_at": at.isoformat(),
    }
    read_message = read.read(message)
    patient = read_message.get("PID-3.1") if isinstance(read_message, Message) else None
    group = sha256(f"{hospital}|{patient or ''}".encode()).hexdigest()
    return json.dumps(body), group, uuid4().hex


def to_queue(client: Any, url: str) -> Callable[[str, str, str], None]:
    """Sends to one SQS FIFO queue; `client` is boto3's."""

    def send(body: str, group: str, once: str) -> None:
        client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=once)

    return send


def _now() -> datetime:
    return datetime.now(UTC)


def _id() -> str:
    return uuid4().hex[:20].upper()
