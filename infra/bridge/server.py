"""The MLLP server: an acknowledgement leaves only after the message is durably stored."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from chalicelib.hl7.acknowledge import Code, acknowledgement, is_wanted
from infra.bridge.framing import Frames, TooLong, framed
from infra.bridge.letters import Letter, NoBucket, Post, batches, letter
from infra.bridge.metrics import Metrics
from infra.bridge.spool import Spool, SpoolFull

logger = logging.getLogger("vigie.bridge")

Store = Callable[[Letter], Awaitable[None]]
"""Returns when the letter is durably stored; raises otherwise."""

READ_AHEAD = 100
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts while the queue cannot be reached."""


class NotAllThere(Exception):
    """SQS has taken only some letters of a batch."""


def in_queue(post: Post) -> Store:
    """Stored means: SQS has it."""

    async def store(sent: Letter) -> None:
        await asyncio.to_thread(post.send, sent)

    return store


def on_disk(spool: Spool, post: Post, rung: asyncio.Event) -> Store:
    """Stored means: on this machine's disk, synchronised. A forwarder takes it to the queue."""

    async def store(sent: Letter) -> None:
        post.check(sent)
        await spool.put(sent)
        rung.set()

    return store


async def forward(
    spool: Spool, post: Post, rung: asyncio.Event, metrics: Metrics, first_pause: float = FIRST_PAUSE
) -> None:
    """Take what is on disk to the queue, oldest first, for ever; a letter leaves the disk once SQS has it."""
    pause = first_pause
    while True:
        rung.clear()
        try:
            for batch in batches(await spool.oldest_first(READ_AHEAD)):
                await _forwarded(spool, post, batch, metrics)
                pause = first_pause
        except Exception as error:
            metrics.count("forward_failures_total")
            logger.warning("not forwarded: %s; again in %.1f s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            continue
        if not spool.waiting:
            await rung.wait()


async def _forwarded(spool: Spool, post: Post, batch: list[Letter], metrics: Metrics) -> None:
    there = await asyncio.to_thread(post.send_many, batch)
    done = [sent.once for sent, is_there in zip(batch, there, strict=True) if is_there]
    await spool.forget(done)
    metrics.count("forwarded_total", by=len(done))
    if len(done) < len(batch):
        raise NotAllThere


@dataclass
class Door:
    """One hospital's MLLP listener."""

    hospital: str
    store: Store
    metrics: Metrics = field(default_factory=Metrics)
    longest: int = 20_000_000
    idle_seconds: float = 3600.0
    most_connections: int = 50
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    _talks: set[asyncio.Task[None]] = field(default_factory=set)
    _closing: bool = False

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Listen; every connection may carry any number of messages."""
        return await asyncio.start_server(self._accept, host, port, ssl=tls)

    @property
    def connections(self) -> int:
        """How many senders are connected."""
        return len(self._talks)

    async def finish(self, seconds: float) -> None:
        """Let what is in hand be answered, then close the connections."""
        self._closing = True
        for talk in self._talks:
            talk.cancel()
        if self._talks:
            await asyncio.wait(self._talks, timeout=seconds)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._talks) >= self.most_connections:
            self.metrics.count("connections_refused_total")
            writer.close()
            return
        self._talks.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, ssl.SSLError):
            logger.info("a sender has gone")
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            self._talks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = Frames(reader, self.longest, self.room, self.idle_seconds)
        try:
            while (message := await frames.next()) is not None:
                await self._to_the_end(self._answered(message, writer))
        except TooLong:
            reason = f"longer than {self.longest} bytes"
            writer.write(framed(acknowledgement(b"", "AR", reason, _now(), _id())))
            self.metrics.count("answers_total", code="AR")

    @staticmethod
    async def _to_the_end(work: Coroutine[None, None, None]) -> None:
        """A stop in the middle waits for this message: its sender shall learn what became of it."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise

    async def _answered(self, message: bytes, writer: asyncio.StreamWriter) -> None:
        at = _now()
        code, reason = await self._stored(message, at)
        self.metrics.count("answers_total", code=code)
        if is_wanted(message, code):
            writer.write(framed(acknowledgement(message, code, reason, at, _id())))
            await writer.drain()

    async def _stored(self, message: bytes, at: datetime) -> tuple[Code, str]:
        self.metrics.count("received_total")
        try:
            await self.store(letter(self.hospital, message, at, uuid4().hex))
        except SpoolFull:
            logger.error("the spool is full")  # noqa: TRY400 - there is nothing more to say
            return "AR", "not stored: the spool is full, send again later"
        except NoBucket:
            return "AR", "not stored: too long for the queue, and no bucket is set"
        except (OSError, sqlite3.Error):
            logger.exception("not stored")
            return "AR", "not stored: the disk or the network failed, send again later"
        except Exception:
            # Whatever the reason, the sender keeps the message and sends it again.
            logger.exception("not stored")
            return "AR", "not stored, send again later"
        return "AA", ""


def _now() -> datetime:
    return datetime.now(UTC)


def _id() -> str:
    return uuid4().hex[:20].upper()
