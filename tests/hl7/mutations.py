"""Real messages, damaged: what networks, editors and broken senders make of them.

`python -m tests.hl7.mutations --count 100000` runs them all and says what came of them.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from chalicelib.application.incoming import NoConcern, NotUnderstood
from chalicelib.hl7.events import READERS
from chalicelib.hl7.read import read, split
from chalicelib.hl7.translate import translate
from tests.hl7.examples import OWN, PROFILE, RECEIVED, SHARED

EVENTS = tuple(kind.partition("^")[2].encode() for kind in READERS) + (
    b"UPDATE",
    b"CANCEL",
    b"INSERT",
    b"NW",
    b"CA",
)
LONGEST = 64_000
SLOW_MS = 50.0
SIGNS = (b"|", b"^", b"~", b"&", b"\\", b"\r", b"\n", b"\r\n", b"\0", b"\x0b", b"\x1c", b'""', b"\\F\\", b"\\X0D\\",
         b"\xff", b"\xc3", b"\xef\xbb\xbf", b"MSH|", b"\rPID|", b"FHS|^~\\&|\r", b"\\", b"'", b"\xe2\x80\xa8")  # fmt: skip


def corpus() -> list[bytes]:
    """Messages of other systems where they are at hand, and our own."""
    return [path.read_bytes() for path in sorted([*SHARED.glob("*/*.hl7"), *OWN.glob("*.hl7")])]


def damaged(raw: bytes, dice: Random) -> bytes:
    """One message after one to six accidents."""
    found = bytearray(raw)
    for _ in range(dice.randint(1, 6)):
        found = dice.choice(ACCIDENTS)(found or bytearray(b"M"), dice)
    return bytes(found[:LONGEST])


def _flip(raw: bytearray, dice: Random) -> bytearray:
    for _ in range(dice.randint(1, 20)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return raw


def _cut(raw: bytearray, dice: Random) -> bytearray:
    start = dice.randrange(len(raw))
    del raw[start : start + dice.randint(1, len(raw))]
    return raw


def _insert(raw: bytearray, dice: Random) -> bytearray:
    where = dice.randrange(len(raw))
    raw[where:where] = dice.choice(SIGNS) * dice.choice((1, 1, 2, 10, 1000, 20_000))
    return raw


def _swap(raw: bytearray, dice: Random) -> bytearray:
    lines = bytes(raw).split(b"\r")
    dice.shuffle(lines)
    return bytearray(b"\r".join(lines))


def _double(raw: bytearray, dice: Random) -> bytearray:
    start = dice.randrange(len(raw))
    part = raw[start : start + dice.randint(1, 400)]
    raw[start:start] = part * dice.choice((1, 2, 50))
    return raw


def _delimiters(raw: bytearray, dice: Random) -> bytearray:
    """Other delimiters than those that the header declares."""
    old, new = dice.sample(b"|^~&\\#$;:!", 2)
    return bytearray(bytes(raw).replace(bytes([old]), bytes([new]), dice.choice((1, 3, -1))))


def _charset(raw: bytearray, dice: Random) -> bytearray:
    text = bytes(raw).decode("utf-8", "replace")
    return bytearray(
        text.encode(dice.choice(("utf-16", "utf-32", "latin-1", "cp1252", "utf-8-sig")), "replace")
    )


def _event(raw: bytearray, dice: Random) -> bytearray:
    """Other events in the places of events, also where none belongs: MSH-9, EVN-1, ZBE-4, ZBE-6, ORC-1."""
    text = re.sub(rb"\b[ASZ][0-9]{2}\b", lambda _: dice.choice(EVENTS), bytes(raw))
    extra = (
        b"\rZBE|1|20261124||" + dice.choice(EVENTS) + b"|N|" + dice.choice(EVENTS) + b"|||H\rMRG|8^^^DEMO\r"
    )
    return bytearray(text + (extra if dice.random() < 0.5 else b""))


ACCIDENTS = (_flip, _cut, _insert, _swap, _double, _delimiters, _charset, _event)


def outcomes(count: int, seed: int) -> Iterator[tuple[str, float, bytes]]:
    """For each damaged message what it became, and the milliseconds of CPU that it took; it may raise."""
    dice, messages = Random(seed), corpus()
    for _ in range(count):
        raw = damaged(dice.choice(messages), dice)
        began = time.process_time()
        for part in split(raw):
            said = translate(read(part, PROFILE.charset), PROFILE, RECEIVED)
        took = (time.process_time() - began) * 1000
        kind = "quarantine" if isinstance(said, NotUnderstood) else "no concern"
        yield (kind if isinstance(said, NotUnderstood | NoConcern) else "understood"), took, raw


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a file for the slowest message")
    asked = parser.parse_args()
    kinds: Counter[str] = Counter()
    slowest, worst, slow = 0.0, b"", 0
    for number, (kind, took, raw) in enumerate(outcomes(asked.count, asked.seed), start=1):
        kinds[kind] += 1
        slow += took > SLOW_MS
        if took > slowest:
            slowest, worst = took, raw
        if number % 10_000 == 0:
            print(f"{number} messages, slowest {slowest:.1f} ms", flush=True)
    if asked.keep:
        asked.keep.write_bytes(worst)
    print(
        f"{asked.count} messages: {dict(kinds)}, 0 exceptions, slowest {slowest:.1f} ms, {slow} over {SLOW_MS} ms"
    )


if __name__ == "__main__":
    main()
