"""What an outage costs: 1,000 invitations of one hospital are due at 10:00, and something is away.

The real sweep, wake, deliver and receipts run over storage in memory, minute by minute, on a held clock:

- `provider`: nobody takes our messages from 10:00 until 16:00; `provider, a day`: nor any more that day;
- `throttled`: for ten minutes DynamoDB refuses every call;
- `no tick`: the clock that rings each minute is away for an hour, and doorbells are lost as well;
- `killed`: one sender in five is killed, half of them before their message left and half of them after.

`late`: minutes after 10:00 until a text left, median and worst. `nurse`: those who never got it and have a
line on the worklist (`told`: the last of these lines); `lost`: neither; `doubled`: who got it twice. For kill -9 of real processes in load see
`pytest -s tests/bridge -k killed` and `pytest tests/stories -k killed`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.scale import OneReading
from chalicelib.adapters.tenancy import SYSTEM, acting_for
from chalicelib.application.deliver import receive_receipt
from chalicelib.application.handle import handle
from chalicelib.application.ports import Refused
from chalicelib.application.records import Person
from chalicelib.application.stumbling import Item, attempt
from chalicelib.application.wake import SHARDS, sweep, wake
from chalicelib.bootstrap import named_in
from infra.local.seed import UNIT
from tests.application.worlds import Hospital
from tests.examples import BOOKED_AT, at, book
from tests.fakes import Memory

PATIENTS, HOSPITAL = 1_000, "demo"
DUE = at(-1, "10:00")
MINUTES = 24 * 60
RECEIVES = 5
"""So often a queue gives a message out; then it lies with the dead letters, and the index finds its item."""
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The process is gone."""


class Throttled(Exception):
    """DynamoDB refuses."""


class Refusing:
    """A port to storage that is away for a while."""

    def __init__(self, port: Any, is_away: Callable[[], bool]) -> None:
        self.port, self.is_away = port, is_away

    def __getattr__(self, name: str) -> Any:
        if self.is_away():
            raise Throttled
        return getattr(self.port, name)


@dataclass
class Day:
    """One hospital's day, with what is away and for how many minutes after 10:00."""

    away: str
    minutes: int
    memory: Memory = field(default_factory=Memory)
    now: datetime = DUE
    left: list[tuple[str, datetime]] = field(default_factory=list)
    jobs: list[tuple[str, str, int]] = field(default_factory=list)
    """On the queues: episode, item, and how often it was given out."""
    receipts: list[str] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    remembered: dict[tuple[str, str, str], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        base = Hospital(memory=self.memory).world
        base.catalogue.unit = lambda hospital, unit: UNIT
        base.catalogue.wording = lambda channel, text, language: {"text": "{link}"}
        self.alarm = OneReading(self.memory)

        def away() -> bool:
            return self.is_away("throttled")

        ports = {name: Refusing(getattr(base, name), away) for name in ("care", "outgoing", "stumbles")}
        self.world = replace(
            base, **ports, people=ports["care"], alarm=self.alarm, bell=self, providers={"sms": self}
        )

    def is_away(self, what: str) -> bool:
        return self.away.startswith(what) and DUE <= self.now < DUE + self.minutes * MINUTE

    def book(self) -> None:
        who = Person("patient", (), "Demo", "Camille", BOOKED_AT.date(), "F", "+33639980001", "", "fr")
        self.memory.extras[Person, HOSPITAL, "patient"] = who
        self.now = BOOKED_AT
        with acting_for(HOSPITAL):
            for number in range(PATIENTS):
                handle(self.world, HOSPITAL, f"e{number}", book())

    # the bell
    def ring(self, hospital: str, episode: str, notices: Any, reports: Any) -> None:
        if not self.is_away("no tick"):
            self.jobs += [(episode, f"NTC#{notice.id}", 0) for notice in notices]

    def wake(self, due: Any) -> None:
        for item in due:
            name = (item.pk, item.sk, item.wake_at)
            if self.remembered.get(name, BOOKED_AT) + 5 * MINUTE <= self.now:  # as the FIFO queue remembers
                self.remembered[name] = self.now
                self.jobs.append((named_in(item.pk)[1], item.sk, 0))

    # the provider
    def send(self, envelope: Any) -> str:
        if self.is_away("provider"):
            raise Refused("provider_down", for_good=False)
        fate = self.dice.random() if self.is_away("killed") else 1.0
        if fate < 0.1:
            raise Killed
        self.left.append((envelope.reference, self.now))
        self.receipts.append(envelope.reference)
        if fate < 0.2:
            raise Killed
        return "id"

    # time
    def run(self) -> None:
        for minute in range(MINUTES):
            self.now = DUE + minute * MINUTE
            self.tick()
            self.work()

    def tick(self) -> None:
        if self.is_away("no tick") or self.is_away("throttled"):
            return
        self.alarm.refresh(self.now)
        with acting_for(SYSTEM):
            for shard in range(SHARDS):
                sweep(self.world, shard, self.now)

    def work(self) -> None:
        """Everything on the queues; what fails is given out again in the next minute."""
        again = []
        while self.jobs:
            episode, sk, tries = self.jobs.pop(0)
            with acting_for(HOSPITAL):
                if not self.done(episode, sk) and tries + 1 < RECEIVES:
                    again.append((episode, sk, tries + 1))
        self.jobs = again
        told, self.receipts = self.receipts, []
        with acting_for(HOSPITAL):
            for reference in told:
                receive_receipt(self.world, reference, "delivered", None, self.now)

    def done(self, episode: str, sk: str) -> bool:
        with suppress(Killed, Throttled):
            attempt(
                self.world,
                Item(HOSPITAL, episode, sk),
                lambda now: wake(self.world, HOSPITAL, episode, sk, now, f"{self.now}"),
                self.now,
            )
            return True
        return False

    def figures(self) -> dict[str, Any]:
        texts = Counter(reference for reference, _ in self.left if reference.endswith(".invite"))
        reached = {reference.split("|")[1] for reference in texts}
        lines = {e: {a.kind for a in row.state.alerts} for (_, e), row in self.memory.rows.items()}
        unreached = {episode: kinds for episode, kinds in lines.items() if episode not in reached}
        late = [(when - DUE) / MINUTE for reference, when in self.left if reference.endswith(".invite")]
        return {
            "due": PATIENTS,
            "left": len(reached),
            "late_median_min": round(statistics.median(late)) if late else None,
            "late_worst_min": round(max(late)) if late else None,
            "nurse": sum(bool(kinds) for kinds in unreached.values()),
            "nurse_told_min": self.told_at(unreached),
            "lost": sum(not kinds for kinds in unreached.values()),
            "doubled": sum(number > 1 for number in texts.values()),
        }

    def told_at(self, episodes: Any) -> int | None:
        """Minutes after 10:00 when the last of their nurses had a line."""
        raised = [min(a.raised_at for a in self.memory.rows[HOSPITAL, e].state.alerts) for e in episodes]
        return round((max(raised) - DUE) / MINUTE) if raised else None


OUTAGES = {"none": 0, "provider": 360, "provider, a day": 1440, "throttled": 10, "no tick": 60, "killed": 60}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    asked = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    for away, minutes in OUTAGES.items():
        day = Day(away, minutes)
        day.book()
        day.run()
        found[away] = day.figures()
        if len(found) == 1:
            print(
                f"{'outage':17}{'minutes':>8}" + "".join(f"{name:>16}" for name in found[away]),
                file=sys.stderr,
            )
        print(
            f"{away:17}{minutes:>8}" + "".join(f"{value!s:>16}" for value in found[away].values()),
            file=sys.stderr,
        )
    if asked.json:
        print(json.dumps({"bench": "outage", **found, "load": round(os.getloadavg()[0], 2)}))
    return int(any(figures["lost"] or figures["doubled"] for figures in found.values()))


if __name__ == "__main__":
    sys.exit(main())
