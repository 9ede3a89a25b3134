"""The way back: from the hospital's outbound queue to its own MLLP server, one message at a time."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from chalicelib.hl7 import read
from chalicelib.hl7.message import Message
from infra.bridge.framing import USUAL, Frames, TooLong, framed
from infra.bridge.letters import Post
from infra.bridge.metrics import Metrics

logger = logging.getLogger("vigie.bridge")

DONE = frozenset({"AA", "CA"})
REFUSED = frozenset({"AE", "CE"})
HELD_SECONDS = 120
"""How long the queue hides a message that we have in hand; we say so again while we try."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
LATER_SECONDS = 60
"""When a message comes again that the receiver wants later (AR, CR); its patient's others wait behind it."""


class NotDelivered(Exception):
    """Nobody knows whether the receiver has it: the connection failed, or no fitting answer came in time."""


@dataclass
class Outbound:
    """One hospital's receiver. `tls`: how to speak to it."""

    hospital: str
    sqs: Any
    queue: str
    back: Post
    """The inbound queue, where the outcome goes."""
    host: str
    port: int
    metrics: Metrics
    tls: ssl.SSLContext | None = None
    answer_seconds: float = 30.0
    wait_seconds: int = 20
    first_pause: float = FIRST_PAUSE
    _open: tuple[Frames, asyncio.StreamWriter] | None = field(default=None)

    async def run(self) -> None:
        """Deliver for ever."""
        pause = self.first_pause
        while True:
            try:
                for message in await asyncio.to_thread(self._receive):
                    await self._deliver(message)
                pause = self.first_pause
            except Exception as error:  # noqa: BLE001 - the queue keeps what is not deleted
                logger.warning("outbound: %s; again in %.1f s", type(error).__name__, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _receive(self) -> list[dict[str, Any]]:
        """One at a time: order inside a patient's group is the queue's, and nothing waits here in hand."""
        answer = self.sqs.receive_message(
            QueueUrl=self.queue,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=self.wait_seconds,
            VisibilityTimeout=HELD_SECONDS,
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    async def _deliver(self, message: dict[str, Any]) -> None:
        body = json.loads(message["Body"])
        raw = b64decode(body["raw_b64"])
        code, text = await self._until_answered(message["ReceiptHandle"], raw, body["control_id"])
        if code in DONE | REFUSED:
            result = "delivered" if code in DONE else "refused"
            await asyncio.to_thread(self._report, body["control_id"], result, code, text)
            await asyncio.to_thread(
                self.sqs.delete_message, QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"]
            )
            self.metrics.count("outbound_total", result=result)
        else:
            self.metrics.count("outbound_total", result="later")
            await asyncio.to_thread(self._hold, message["ReceiptHandle"], LATER_SECONDS)

    async def _until_answered(self, handle: str, raw: bytes, control_id: str) -> tuple[str, str]:
        """The receiver's answer. While it cannot be reached nobody else's message could leave either."""
        pause = self.first_pause
        while True:
            try:
                return await self._spoken(raw, control_id)
            except (NotDelivered, TooLong, OSError) as error:
                self.metrics.count("outbound_retries_total")
                logger.warning("not delivered: %s; again in %.1f s", error or type(error).__name__, pause)
                self._hang_up()
            await asyncio.to_thread(self._hold, handle, HELD_SECONDS)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _spoken(self, raw: bytes, control_id: str) -> tuple[str, str]:
        frames, writer = self._open or await self._connect()
        writer.write(framed(raw))
        await asyncio.wait_for(writer.drain(), self.answer_seconds)
        answer = await frames.next()
        if answer is None:
            msg = "no answer"
            raise NotDelivered(msg)
        found = read.read(answer)
        # An answer to something else, however late, is never taken for the answer to this.
        if not isinstance(found, Message) or found.get("MSA-2") != control_id:
            msg = "an answer to another message"
            raise NotDelivered(msg)
        return found.get("MSA-1") or "", found.get("MSA-3") or found.get("ERR-8") or ""

    async def _connect(self) -> tuple[Frames, asyncio.StreamWriter]:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(self.host, self.port, ssl=self.tls), self.answer_seconds
        )
        self._open = (Frames(reader, USUAL, asyncio.Semaphore(1), self.answer_seconds), writer)
        return self._open

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open[1].close()
        self._open = None

    def _hold(self, handle: str, seconds: int) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.queue, ReceiptHandle=handle, VisibilityTimeout=seconds
        )

    def _report(self, control_id: str, result: str, code: str, text: str) -> None:
        at = datetime.now(UTC).isoformat()
        outcome = {"control_id": control_id, "result": result, "code": code, "text": text, "at": at}
        body = {"outcome": outcome, "hospital": self.hospital, "received_at": at}
        group = sha256(f"{self.hospital}|outcome|{control_id}".encode()).hexdigest()
        self.back.put(json.dumps(body), group, f"{control_id}{result}")
