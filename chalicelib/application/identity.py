"""Ids that anybody who holds the same facts computes again: no look-up, no race, nothing to guess from."""

from __future__ import annotations

import hashlib
from base64 import b32encode

LENGTH = 26
"""Characters of an id, as long as a ULID: 130 bits of SHA-256."""


def digest(*parts: str) -> str:
    """The id of these facts: lower-case letters and digits, safe in a URL and in a key."""
    joined = "\x1f".join(parts).encode()
    return b32encode(hashlib.sha256(joined).digest()).decode().lower()[:LENGTH]


def episode_id(hospital: str, appointment: str) -> str:
    """The episode of a booking (SCH-1 or SCH-2)."""
    return digest(hospital, "appointment", appointment)


def patient_id(hospital: str, authority: str, number: str) -> str:
    """The patient behind an identifier (PID-3) of one authority of one hospital."""
    return digest(hospital, "patient", authority, number)


def message_key(hospital: str, sender: str, control_id: str) -> str:
    """The ledger's key of a message: two hospitals' equal control ids never meet."""
    return digest(hospital, "message", sender, control_id)


def sha256(secret: bytes) -> str:
    """How a secret of at least 128 random bits is stored."""
    return hashlib.sha256(secret).hexdigest()
