"""Messages on disk until the queue has them.

SQLite in WAL mode with full synchronisation: once `put` has returned, neither a killed process nor a
power cut takes the message away.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from infra.bridge.letters import Letter

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS letters (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  hospital TEXT NOT NULL,
  raw BLOB NOT NULL,
  received_at TEXT NOT NULL,
  patient TEXT NOT NULL,
  once TEXT NOT NULL UNIQUE
)
"""


class SpoolFull(Exception):
    """The spool has reached its limit: the sender keeps the message."""


class Spool:
    """One file. All of its work is done by one thread of its own, in order."""

    def __init__(self, file: Path, limit: int) -> None:
        """`limit`: bytes of messages that may wait."""
        self.limit = limit
        self.waiting = 0
        self.bytes = 0
        self.oldest: datetime | None = None
        file.parent.mkdir(parents=True, exist_ok=True)
        self._thread = ThreadPoolExecutor(1, "spool")
        self._base = self._thread.submit(self._open, file).result()
        self._thread.submit(self._measure).result()

    def _open(self, file: Path) -> sqlite3.Connection:
        base = sqlite3.connect(file, isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute(SCHEMA)
        return base

    async def put(self, letter: Letter) -> None:
        """Store a letter; when this returns it is on disk. Raises `SpoolFull`, or `sqlite3.Error`."""
        if self.bytes + len(letter.raw) > self.limit:
            raise SpoolFull
        await self._run(lambda: self._put(letter))

    async def oldest_first(self, count: int) -> list[Letter]:
        """The next letters, in the order in which they came."""
        return await self._run(lambda: self._read(count))

    async def forget(self, once: list[str]) -> None:
        """The queue has these."""
        await self._run(lambda: self._forget(once))

    def close(self) -> None:
        """Finish what is in hand."""
        self._thread.submit(self._base.close).result()
        self._thread.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _put(self, letter: Letter) -> None:
        self._base.execute(
            "INSERT INTO letters (hospital, raw, received_at, patient, once) VALUES (?, ?, ?, ?, ?)",
            (letter.hospital, letter.raw, letter.received_at.isoformat(), letter.patient, letter.once),
        )
        self.waiting += 1
        self.bytes += len(letter.raw)
        self.oldest = self.oldest or letter.received_at

    def _read(self, count: int) -> list[Letter]:
        rows = self._base.execute(
            "SELECT hospital, raw, received_at, patient, once FROM letters ORDER BY number LIMIT ?", (count,)
        )
        return [
            Letter(hospital, raw, datetime.fromisoformat(at), patient, once)
            for hospital, raw, at, patient, once in rows
        ]

    def _forget(self, once: list[str]) -> None:
        self._base.execute("BEGIN")
        for name in once:
            found = self._base.execute("DELETE FROM letters WHERE once = ? RETURNING length(raw)", (name,))
            for (size,) in found.fetchall():
                self.waiting -= 1
                self.bytes -= size
        self._base.execute("COMMIT")
        self._look_for_oldest()

    def _measure(self) -> None:
        """What an earlier run has left."""
        found = self._base.execute("SELECT count(*), coalesce(sum(length(raw)), 0) FROM letters")
        self.waiting, self.bytes = found.fetchone()
        self._look_for_oldest()

    def _look_for_oldest(self) -> None:
        first = self._base.execute("SELECT received_at FROM letters ORDER BY number LIMIT 1").fetchone()
        self.oldest = None if first is None else datetime.fromisoformat(first[0])
