"""How long one command takes in the core: decide, evolve each event, and the next alarm clock.

The history is a whole episode, from booking to the answers of the day after, with an alert that is
taken, called about and resolved. The figure is the median over rounds, for one command. The budget
(design.md) is 50 microseconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chalicelib.domain.episode import Episode, decide, evolve, next_wake
from chalicelib.domain.episode import commands as c
from tests.examples import FINE_AFTER, FINE_BEFORE, PATHWAY, at, book

BAD_DAY = FINE_AFTER | {"pain": 8, "painkillers": "yes", "pain_course": "same"}


def episode() -> list[c.Command]:
    """The commands of one episode, in order."""
    minute = timedelta(minutes=1)
    told, asked = at(-1, "10:00"), at(1, "10:00")
    return [
        book(),
        c.Wake(told),
        c.OpenStep(told + minute, step="before"),
        c.Submit(told + 2 * minute, step="before", answers=FINE_BEFORE),
        c.Admit(at(0, "08:20")),
        c.Discharge(at(0, "16:00")),
        c.Wake(asked),
        c.OpenStep(asked + minute, step="after"),
        c.Submit(asked + 2 * minute, step="after", answers=BAD_DAY),
    ]


def play(commands: list[c.Command]) -> int:
    """Run them all through the core; returns the count of events."""
    state: Episode | None = None
    count = 0
    for command in commands:
        for event in decide(PATHWAY, state, command):
            state = evolve(state, event)
            count += 1
        next_wake(PATHWAY, state)
    return count


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line")
    parser.add_argument("--rounds", type=int, default=300)
    asked = parser.parse_args()
    commands = episode()
    events = play(commands)
    rounds = []
    for _ in range(asked.rounds):
        began = time.perf_counter()
        play(commands)
        rounds.append((time.perf_counter() - began) / len(commands) * 1e6)
    figure = round(statistics.median(rounds), 1)
    if asked.json:
        print(json.dumps({"bench": "decide", "us_per_command": figure, "budget_us": 50}))
    else:
        print(f"core: {figure} µs for one command ({len(commands)} commands, {events} events; budget 50 µs)")


if __name__ == "__main__":
    main()
