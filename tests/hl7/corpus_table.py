"""What becomes of every message of other systems: `python -m tests.hl7.corpus_table`.

Each is read with a profile that lets its own facility in; none is of our hospital, so most bookings
lead to no pathway. A result is always defined.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from chalicelib.application.incoming import NoConcern, NotUnderstood
from chalicelib.hl7.message import Message
from chalicelib.hl7.read import read
from chalicelib.hl7.translate import translate
from tests.hl7.examples import PROFILE, RECEIVED, SHARED

Row = tuple[str, str, str]


def row(path: Path) -> Row:
    """Type, what it means, and, where it means nothing, why."""
    found = read(path.read_bytes(), PROFILE.charset)
    if not isinstance(found, Message):
        return "?", "quarantine", found.reason
    facility = (found.get("MSH-4.1") or "").strip()
    profile = replace(PROFILE, facilities=(facility,)) if facility else PROFILE
    said = translate(found, profile, RECEIVED)
    kind = said.origin.kind if said.origin else (found.get("MSH-9.1") or "?")
    if isinstance(said, NotUnderstood):
        return kind, "quarantine", _shape(said.reason)
    return kind, "no concern" if isinstance(said, NoConcern) else type(said).__name__, ""


def _shape(reason: str) -> str:
    """Without what a message itself says."""
    head, quote, rest = reason.partition('"')
    return f"{head}…{rest.partition(quote)[2]}" if quote else head


def table() -> Counter[Row]:
    """How many messages of each kind end how."""
    return Counter(row(path) for path in sorted(SHARED.glob("*/*.hl7")))


def main() -> None:
    """Print it."""
    found = table()
    print(f"{sum(found.values())} messages")
    for (kind, result, reason), count in sorted(found.items(), key=lambda pair: (pair[0][0], -pair[1])):
        print(f"{count:5}  {kind:10}  {result:20}  {reason}")


if __name__ == "__main__":
    main()
