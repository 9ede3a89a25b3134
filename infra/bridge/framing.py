"""MLLP framing: VT … FS CR. Bytes before VT and a missing CR are borne with; half a frame is no message."""

from __future__ import annotations

import asyncio
from collections import deque

VT, FS, CR = b"\x0b", b"\x1c", b"\r"
CHUNK = 65_536
USUAL = 1_000_000
"""Bytes. A longer frame waits until one of the few places for long ones is free, so memory has a bound."""


HOLDING = 60.0
"""Seconds without a byte from somebody who holds such a place: others wait for it."""


class TooLong(Exception):
    """A frame is longer than the bridge takes."""


class Frames:
    """The messages of one connection, one after the other."""

    def __init__(
        self, reader: asyncio.StreamReader, longest: int, room: asyncio.Semaphore, idle: float
    ) -> None:
        """`longest`: bytes of a message; `room`: places for long frames; `idle`: seconds without a byte."""
        self.reader = reader
        self.longest = longest
        self.room = room
        self.idle = idle
        self._buffer = bytearray()
        self._ready: deque[bytes] = deque()

    async def next(self) -> bytes | None:
        """The next message without its framing; None at the end of the connection, also inside a frame."""
        held = False
        try:
            while not self._ready:
                if len(self._buffer) > USUAL and not held:
                    await self.room.acquire()
                    held = True
                patience = min(self.idle, HOLDING) if held else self.idle
                chunk = await asyncio.wait_for(self.reader.read(CHUNK), patience)
                if not chunk:
                    return None
                self._take(chunk)
            return self._ready.popleft()
        except TimeoutError:
            return None
        finally:
            if held:
                self.room.release()

    def _take(self, chunk: bytes) -> None:
        seen = max(0, len(self._buffer) - 1)
        self._buffer += chunk
        while (end := self._buffer.find(FS, seen)) >= 0:
            start = self._buffer.find(VT, 0, end)
            if start >= 0:
                self._ready.append(bytes(self._buffer[start + 1 : end]))
            del self._buffer[: end + 1]
            seen = 0
        start = self._buffer.find(VT)
        # What stands before a frame belongs to nobody: the CR of the last one, a blank line.
        del self._buffer[: start if start >= 0 else len(self._buffer)]
        if len(self._buffer) > self.longest:
            raise TooLong


def framed(message: bytes) -> bytes:
    """A message as it goes over the wire."""
    return VT + message + FS + CR
