"""Which scenarios a commit is tried on: those that use what it changes, in turn."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

from tests.faults import calls
from tests.faults.scenarios import BY_NAME

ROOT = Path(__file__).parents[2]
MOST = 3
"""Scenarios for one commit: a minute on a free machine."""
USES = {
    "demo-in": ("hl7/", "intake", "incoming", "bookings", "moves", "stays", "people", "ledger", "border"),
    "notices": ("deliver", "notice", "outgoing", "pacing", "providers", "wording", "messaging_hours"),
    "receipts": ("deliver", "notice", "outgoing"),
    "replies": ("replies", "inbound", "sms"),
    "reports": ("report", "hl7/write", "hospital_queue"),
    "shards": ("wake", "alarm", "schedules"),
    "wake": ("wake", "stumbl", "waking", "schedule"),
    "web": ("handle", "adapters/care", "episode/"),
}
"""By function: parts of the names of the modules that it runs on."""


def chosen(asked: str) -> list[str]:
    """`asked`: names with commas, "all", or "": what the last change touches, else what is next in turn."""
    if asked:
        return list(BY_NAME) if asked == "all" else asked.split(",")
    changed = _git("diff", "--name-only", "HEAD~1").split()
    found = [name for name in BY_NAME if _is_touched(name, changed)] or list(BY_NAME)
    first = zlib.crc32(_git("rev-parse", "HEAD").encode()) % len(found)
    return (found[first:] + found[:first])[:MOST]


def _is_touched(scenario: str, changed: list[str]) -> bool:
    functions = {name for name, _, _ in calls.invocations(scenario)}
    parts = [part for name in functions for part in USES.get(name, ())]
    product = [path for path in changed if path.startswith("chalicelib/")]
    own = f"tests/faults/traces/{scenario}.txt"
    return own in changed or any(part in path for path in product for part in parts)


def _git(*words: str) -> str:
    """Outside a repository nothing has changed, and it is always the first one's turn."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
