"""How long reading an HL7 message takes, beside its peers in the same run.

The work: from bytes to the 15 fields that an admission or a booking needs. Peers take turns message by
message set, round after round, and each figure is the median of its rounds, so that a busy machine slows
all of them alike: read the ratios. Messages of other systems are taken from ../shared/messages where they
are at hand, else our own from tests/messages. hl7apy, some hundred times slower, reads a sample of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # this file's own name is that of python-hl7

from bench import hapi_peer  # noqa: E402
from chalicelib.hl7.message import Message  # noqa: E402
from chalicelib.hl7.read import read  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[bytes], list[str]]

SHARED = ROOT.parent / "shared" / "messages"
OWN = ROOT / "tests" / "messages"
EVENTS = ("ADT", "SIU", "ORM", "ORU", "MDM")
SAMPLE = 40
"""Messages that hl7apy reads in each round."""

FIELDS = (
    ("MSH", 9, 1, 1), ("MSH", 9, 2, 1), ("MSH", 10, 1, 1), ("MSH", 12, 1, 1), ("EVN", 2, 1, 1),
    ("PID", 3, 1, 1), ("PID", 3, 4, 1), ("PID", 5, 1, 1), ("PID", 5, 2, 1), ("PID", 7, 1, 1),
    ("PID", 8, 1, 1), ("PID", 13, 1, 1), ("PV1", 2, 1, 1), ("PV1", 3, 1, 1), ("PV1", 19, 1, 1),
)  # fmt: skip
ADDRESSES = tuple(f"{name}-{field}.{component}.{sub}" for name, field, component, sub in FIELDS)


def ours(raw: bytes) -> list[str]:
    """Our reader."""
    message = read(raw)
    if not isinstance(message, Message):
        return []
    get = message.get
    return [get(address) or "" for address in ADDRESSES]


def naive(raw: bytes) -> list[str]:
    """`str.split` and nothing else: no other delimiters, no escapes, no character sets, no nulls."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\r").replace("\n", "\r")
    segments: dict[str, list[str]] = {}
    for line in text.split("\r"):
        fields = line.split("|")
        segments.setdefault(fields[0], fields)
    values = []
    for name, field, component, sub in FIELDS:
        fields = segments.get(name, [])
        index = field - 1 if name == "MSH" else field
        value = fields[index] if index < len(fields) else ""
        parts = value.split("~")[0].split("^")
        part = parts[component - 1] if component <= len(parts) else ""
        below = part.split("&")
        values.append(below[sub - 1] if sub <= len(below) else "")
    return values


def python_hl7() -> Reader | None:
    """python-hl7, or None where it is not installed."""
    if util.find_spec("hl7") is None:
        return None
    import hl7  # type: ignore[import-not-found,unused-ignore]

    def reader(raw: bytes) -> list[str]:
        text = raw.decode("utf-8", "replace").replace("\r\n", "\r").replace("\n", "\r").strip()
        message = hl7.parse(text)
        return [_extracted(message, *field) for field in FIELDS]

    def _extracted(message: hl7.Message, name: str, field: int, component: int, sub: int) -> str:
        try:
            return str(message.extract_field(name, 1, field, 1, component, sub) or "")
        except (KeyError, IndexError, LookupError):
            return ""

    return reader


def hl7apy() -> Reader:
    """hl7apy the fastest correct way: without groups, which make it lose segments."""
    from hl7apy.exceptions import HL7apyException  # type: ignore[import-untyped,unused-ignore]
    from hl7apy.parser import parse_message  # type: ignore[import-untyped,unused-ignore]

    def reader(raw: bytes) -> list[str]:
        text = raw.decode("utf-8", "replace").replace("\r\n", "\r").replace("\n", "\r").strip()
        try:
            message = parse_message(text, find_groups=False)
            return [_value(message, *field) for field in FIELDS]
        except (HL7apyException, ValueError, IndexError, AttributeError):
            return []

    def _value(message: object, name: str, field: int, component: int, sub: int) -> str:
        try:
            part = getattr(getattr(message, name), f"{name}_{field}")
            parts = part.to_er7().split("~")[0].split("^")
            return str(parts[component - 1].split("&")[sub - 1])
        except (HL7apyException, IndexError):
            return ""

    return reader


class Peer(NamedTuple):
    """A reader, how many messages it reads in a round, and how long its rounds took."""

    name: str
    read: Reader
    messages: list[bytes]
    rounds: list[float]

    @property
    def milliseconds(self) -> float:
        """Median per message."""
        return statistics.median(self.rounds) * 1000 / len(self.messages)


def corpus() -> tuple[str, list[bytes]]:
    """Clean messages with usual delimiters, so that every peer can read them."""
    where, paths = "shared/messages", sorted(SHARED.glob("*/*.hl7"))
    if not paths:
        where, paths = "tests/messages", sorted(OWN.glob("*.hl7"))
    found = [path.read_bytes() for path in paths]
    return where, [raw for raw in found if _is_usual(raw)]


def _is_usual(raw: bytes) -> bool:
    values = ours(raw)
    return raw.startswith(b"MSH|^~\\&|") and bool(values) and values[0] in EVENTS and bool(values[3])


def measure(rounds: int) -> tuple[str, list[Peer]]:
    """Let the peers take turns."""
    where, messages = corpus()
    sample = messages[:: max(1, len(messages) // SAMPLE)][:SAMPLE]
    peers = [Peer("ours", ours, messages, []), Peer("naive", naive, messages, [])]
    library = python_hl7()
    if library is not None:
        peers.append(Peer("python_hl7", library, messages, []))
    peers.append(Peer("hl7apy", hl7apy(), sample, []))
    for peer in peers:
        peer.read(peer.messages[0])
    for _ in range(rounds):
        for peer in peers:
            started = time.process_time()
            for raw in peer.messages:
                peer.read(raw)
            peer.rounds.append(time.process_time() - started)
    return where, peers


def figures(where: str, peers: list[Peer]) -> dict[str, object]:
    """The keys of design.md; a peer that is not there is null."""
    found = {peer.name: peer.milliseconds for peer in peers}
    own = found["ours"]
    sample = next(peer.messages for peer in peers if peer.name == "hl7apy")
    equal = _ours_on(sample)
    with tempfile.TemporaryDirectory() as folder:
        hapi = hapi_peer.milliseconds(peers[0].messages, Path(folder))
    return {
        "ms": round(own, 5),
        "x_naive": round(own / found["naive"], 2),
        "x_hl7apy": round(found["hl7apy"] / equal, 1),
        "x_python_hl7": round(found["python_hl7"] / own, 1) if "python_hl7" in found else None,
        "x_hapi": None if hapi is None else round(hapi[0] / own, 1),
        "hapi_unread": None if hapi is None else hapi[1],
        "corpus": where,
        "messages": len(peers[0].messages),
        "mean_bytes": round(statistics.mean(map(len, peers[0].messages))),
        "differ_from_naive": sum(ours(raw) != naive(raw) for raw in peers[0].messages),
        "versions": _versions(),
        "load": os.getloadavg()[0],
    }


def _ours_on(sample: list[bytes]) -> float:
    """Our own time on exactly the messages that hl7apy had to read."""
    rounds = []
    for _ in range(15):
        started = time.process_time()
        for raw in sample:
            ours(raw)
        rounds.append(time.process_time() - started)
    return statistics.median(rounds) * 1000 / len(sample)


def _versions() -> dict[str, str]:
    names = [name for name in ("hl7apy", "hl7") if util.find_spec(name) is not None]
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each peer (default 7)")
    arguments = parser.parse_args()
    where, peers = measure(max(1, arguments.rounds))
    result = figures(where, peers)
    if arguments.json:
        print(json.dumps(result))
        return
    print(f"{result['messages']} messages of {where}, {result['mean_bytes']} bytes on average")
    for peer in peers:
        print(f"  {peer.name:12} {peer.milliseconds:9.4f} ms a message")
    for key in ("x_naive", "x_python_hl7", "x_hl7apy", "x_hapi"):
        print(f"  {key:12} {result[key] if result[key] is not None else 'not measured':>9}")


if __name__ == "__main__":
    main()
