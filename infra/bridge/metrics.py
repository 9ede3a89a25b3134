"""Figures of the bridge, and the small HTTP port on which a watcher asks for them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST_REQUEST = 8192


@dataclass
class Metrics:
    """Counts since the start, and what is read when it is asked for."""

    counts: Counter[str] = field(default_factory=Counter)
    gauges: dict[str, Callable[[], float]] = field(default_factory=dict)

    def count(self, name: str, by: int = 1, **labels: str) -> None:
        """One more, or so many."""
        inside = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        self.counts[f"{name}{{{inside}}}" if inside else name] += by

    def text(self) -> str:
        """In the form that Prometheus reads."""
        lines = [f"vigie_bridge_{name} {value}" for name, value in sorted(self.counts.items())]
        lines += [f"vigie_bridge_{name} {read():g}" for name, read in sorted(self.gauges.items())]
        return "\n".join(lines) + "\n"


@dataclass
class Watch:
    """`GET /health` and `GET /metrics`."""

    metrics: Metrics
    problems: Callable[[], list[str]]
    """What is wrong now, in words."""

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._talk, host, port)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            status, kind, body = self._answer(head[:LONGEST_REQUEST].split(b" ")[1])
            head_out = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head_out}Connection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (TimeoutError, OSError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked has gone, or spoke no HTTP
        finally:
            writer.close()

    def _answer(self, path: bytes) -> tuple[str, str, bytes]:
        if path == b"/metrics":
            return "200 OK", "text/plain; version=0.0.4", self.metrics.text().encode()
        if path != b"/health":
            return "404 Not Found", "text/plain", b"/health or /metrics\n"
        problems = self.problems()
        status = "503 Service Unavailable" if problems else "200 OK"
        return status, "application/json", json.dumps({"ok": not problems, "problems": problems}).encode()
