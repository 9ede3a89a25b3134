"""How many calls to AWS each thing takes, read from the committed traces.

A command is one read, one transaction, and one ring if something must leave. Where more is needed, `WHY` says
which calls these are; a test keeps both in step with the traces.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "traces"
MOST = 3
WHY = {
    "console": "no command: it moves what lies with the dead letters back, message by message",
    "demo-in": "finds whom and what a message is about: ledger, profile, person, stay; a merge, two persons' all",
    "notices": "no command: note, row, minute's place, address, wording, claim, who carries, the sending, settling",
    "receipts": "note and row; the command only where a nurse has to call; settling",
    "replies": "finds whose telephone it is (index, persons, follow-ups); STOP stands in the person first",
    "reports": "no command: report, history, wording, person, ledger, the queue's address and itself, settling",
}


def of(scenario: str) -> int:
    """Calls of the whole story, without a fault."""
    return sum(len(asked) for _, _, asked in invocations(scenario))


def most() -> dict[str, int]:
    """The most calls that each function makes for one record (a batch's share of each)."""
    found: dict[str, int] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for name, records, asked in invocations(path.stem):
            found[name] = max(found.get(name, 0), -(-len(asked) // records))
    return found


def invocations(scenario: str) -> Iterator[tuple[str, int, list[str]]]:
    """Each function that ran, with how many records, and its calls; what is not AWS's is left out."""
    for block in (FOLDER / f"{scenario}.txt").read_text("utf-8").strip().removeprefix("[").split("\n["):
        head, *lines = block.splitlines()
        name, _, records = head.removesuffix("]").partition(" x")
        yield name, int(records or 1), [line.strip() for line in lines if line.strip() != "hospital"]
