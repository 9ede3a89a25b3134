"""The keys of design.md §5, in one place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

SHARDS = 16


def hospital(name: str) -> str:
    """The partition of a hospital's own facts."""
    return f"TEN#{name}"


def episode(name: str, episode_id: str) -> str:
    """The partition of everything that belongs to one follow-up."""
    return f"TEN#{name}|EPI#{episode_id}"


def patient(name: str, patient_id: str) -> str:
    """The partition of a patient."""
    return f"TEN#{name}|PAT#{patient_id}"


def visit(name: str, number: str) -> str:
    """The partition of a stay; the number itself stands only in the body."""
    return f"TEN#{name}|VISIT#{sha256(number.encode()).hexdigest()[:32]}"


def control(name: str, control_key: str) -> str:
    """The partition of the HL7 messages with one control id."""
    return f"TEN#{name}|MSG#{control_key}"


def message(name: str, key: str, direction: str) -> tuple[str, str]:
    """Where an HL7 message stands in the ledger: partition and sort key."""
    control_key, _, rest = key.partition(".")
    return control(name, control_key), f"{direction.upper()}#{rest}"


def quarantine(name: str) -> str:
    """The partition of what waits in quarantine, in the attention index."""
    return f"TEN#{name}|QUARANTINE"


def messages_about(name: str, patient_id: str) -> str:
    """The partition of the messages about one number, in the find index."""
    return f"TEN#{name}|FIND#hl7#{patient_id}"


def phone(name: str, number: str) -> str:
    """The partition of the people with one mobile number, in the find index; no key holds the number."""
    return f"TEN#{name}|FIND#phone#{sha256(number.encode()).hexdigest()[:32]}"


def unit(name: str, unit_id: str) -> str:
    """The partition of a unit in the attention index."""
    return f"TEN#{name}|UNIT#{unit_id}"


def unit_day(name: str, unit_id: str, day: str) -> str:
    """The partition of a unit's operation day in the day index."""
    return f"{unit(name, unit_id)}|{day}"


def messages_of(name: str, direction: str, day: date) -> str:
    """The partition of a day's messages in the day index."""
    return f"TEN#{name}|HL7{direction.upper()}|{day.isoformat()}"


def notices_of(name: str, day: date) -> list[str]:
    """The partitions of a day's notices in the day index: at 10:00 one alone would be too hot."""
    return [f"TEN#{name}|NTC|{day.isoformat()}|{part}" for part in range(SHARDS)]


def pace(name: str, channel: str, minute: datetime, number: int) -> str:
    """The partition of a part of one minute's places, in the access table."""
    return f"TEN#{name}|PACE#{channel}|{stamp(minute)}|{number}"


def stumbles(name: str) -> str:
    """The partition of a hospital's stumbles."""
    return f"TEN#{name}|STUMBLE"


def shard(partition: str) -> str:
    """The part of the wake index that finds this partition's items: the same for ever."""
    return f"WAKE#{part(partition)}"


def part(partition: str) -> int:
    """One of `SHARDS` parts for each partition, always the same."""
    return int.from_bytes(sha256(partition.encode()).digest()[:2]) % SHARDS


def stamp(at: datetime) -> str:
    """An instant that sorts as text: "2026-11-24T09:00:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
