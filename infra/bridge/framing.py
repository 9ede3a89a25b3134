"""MLLP framing: VT … FS CR. Bytes before VT and a missing CR are borne with."""

from __future__ import annotations

import asyncio

VT, FS, CR = b"\x0b", b"\x1c", b"\r"
LONGEST = 1_000_000
"""Bytes of one message: what an SQS message can carry once it is base64 (a later issue sends more by S3)."""


class TooLong(Exception):
    """A frame is longer than what the queue can carry."""


async def frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next message without its framing, or None at the end of the connection.

    A connection that is cut inside a frame ends it: half a message is no message.
    """
    try:
        await reader.readuntil(VT)
        found = await reader.readuntil(FS)
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise TooLong from error
    return found[:-1]


def framed(message: bytes) -> bytes:
    """A message as it goes over the wire."""
    return VT + message + FS + CR
