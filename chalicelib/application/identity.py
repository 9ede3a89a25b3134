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


def control_key(hospital: str, control_id: str) -> str:
    """What the ledger's keys of all messages with this control id begin with."""
    return digest(hospital, "control", control_id)


def message_key(hospital: str, sender: str, control_id: str) -> str:
    """The ledger's key of a message: two hospitals' equal control ids never meet."""
    return f"{control_key(hospital, control_id)}.{digest(hospital, 'message', sender, control_id)}"


def sent_key(hospital: str, control_id: str) -> str:
    """The ledger's key of a message that we send."""
    return f"{control_key(hospital, control_id)}.{digest(hospital, 'out', control_id)}"


def repeated_key(key: str, *parts: str) -> str:
    """The ledger's key of one more message under a known control id."""
    return f"{key.partition('.')[0]}.{digest(key, *parts)}"


def sha256(secret: bytes) -> str:
    """How a secret of at least 128 random bits is stored."""
    return hashlib.sha256(secret).hexdigest()
