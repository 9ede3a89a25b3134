"""A provider's event in our own words."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["sent", "delivered", "failed"]
Meanings = dict[str, tuple[Status, str | None]]
"""What each word of a provider means: the status, and our reason where it failed."""


class Told(msgspec.Struct, frozen=True):
    """Whose message, and what became of it."""

    reference: str
    """What we gave the provider when we sent."""
    status: Status
    reason: str | None = None


class UnknownEvent(Exception):
    """An event that no table knows, or that says nothing of a message of ours: a person has to look."""
