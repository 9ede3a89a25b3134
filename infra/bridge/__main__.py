"""Run the bridge at the hospital: `python -m infra.bridge --config /etc/vigie-bridge.toml`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.bridge.letters import Post
from infra.bridge.metrics import Metrics, Watch
from infra.bridge.outbound import Outbound
from infra.bridge.server import Door, Store, forward, in_queue, on_disk
from infra.bridge.settings import (
    BadSettings,
    Receiver,
    Settings,
    client_context,
    load,
    server_context,
)
from infra.bridge.spool import Spool

GRACE_SECONDS = 20.0
RETRIES = Config(
    retries={"total_max_attempts": 3, "mode": "standard"},
    connect_timeout=5,
    read_timeout=40,
    max_pool_connections=50,
)


@dataclass
class Bridge:
    """Everything that runs."""

    settings: Settings
    metrics: Metrics = field(default_factory=Metrics)
    spool: Spool | None = None
    workers: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; then answer what is in hand, and end."""
        settings = self.settings
        client: Callable[[str], Any] = self._client()
        s3 = client("s3") if settings.bucket else None
        post = Post(client("sqs"), settings.queue, s3, settings.bucket)
        door = Door(
            settings.hospital,
            self._store(post),
            self.metrics,
            settings.longest_message,
            settings.idle_seconds,
            settings.most_connections,
        )
        if settings.receiver is not None:
            self._start(self._outbound(client("sqs"), post, settings.receiver).run())
        self.metrics.gauges["connections"] = lambda: door.connections
        servers = [await door.serve(at.host, at.port, server_context(at.tls)) for at in settings.listeners]
        servers.append(
            await Watch(self.metrics, self._problems).serve(settings.watch_host, settings.watch_port)
        )
        print(f"bridge of {settings.hospital} is listening ({settings.store})", flush=True)
        await stop.wait()
        for server in servers:
            server.close()
        await door.finish(GRACE_SECONDS)
        for worker in self.workers:
            worker.cancel()
        if self.spool is not None:
            self.spool.close()

    def _client(self) -> Callable[[str], Any]:
        def make(service: str) -> Any:
            made: Any = boto3.client
            return made(
                service,
                region_name=self.settings.region,
                endpoint_url=self.settings.endpoint,
                config=RETRIES,
            )

        return make

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.workers.append(asyncio.create_task(work))

    def _store(self, post: Post) -> Store:
        if self.settings.store == "queue":
            return in_queue(post)
        spool = self.spool = Spool(Path(self.settings.spool), self.settings.spool_bytes)
        rung = asyncio.Event()
        self._start(forward(spool, post, rung, self.metrics))
        self.metrics.gauges["spool_messages"] = lambda: spool.waiting
        self.metrics.gauges["spool_bytes"] = lambda: spool.bytes
        self.metrics.gauges["spool_oldest_seconds"] = self._oldest_seconds
        return on_disk(spool, post, rung)

    def _oldest_seconds(self) -> float:
        if self.spool is None or self.spool.oldest is None:
            return 0.0
        return (datetime.now(UTC) - self.spool.oldest).total_seconds()

    def _outbound(self, sqs: Any, post: Post, receiver: Receiver) -> Outbound:
        return Outbound(
            self.settings.hospital,
            sqs,
            receiver.queue,
            post,
            receiver.host,
            receiver.port,
            self.metrics,
            client_context(receiver.tls),
            receiver.answer_seconds,
            receiver.poll_seconds,
        )

    def _problems(self) -> list[str]:
        found = ["a worker has ended"] if any(worker.done() for worker in self.workers) else []
        if self._oldest_seconds() > self.settings.spool_alarm_seconds:
            found.append("messages wait on disk: the queue cannot be reached, or is slow")
        if self.spool is not None and self.spool.bytes > 0.8 * self.spool.limit:
            found.append("the spool is nearly full")
        return found


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await Bridge(settings).run(stop)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.bridge", description=__doc__)
    parser.add_argument(
        "--config", type=Path, required=True, help="TOML: see infra/bridge/bridge.example.toml"
    )
    parser.add_argument("--check", action="store_true", help="read the settings and certificates, and end")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = load(asked.config)
        contexts = [server_context(listener.tls) for listener in settings.listeners]
        if settings.receiver is not None:
            contexts.append(client_context(settings.receiver.tls))
    except (BadSettings, OSError) as problem:
        print(f"the bridge cannot start: {problem}", file=sys.stderr)
        return 2
    if not asked.check:
        asyncio.run(_serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
