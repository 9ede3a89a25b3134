"""A national morning: 40,000 invitations are due at 10:00 in 100 hospitals, one of which has ten times its day.

The real sweep, wake and deliver run over storage in memory, in simulated time: a tick each minute, a
pool of Lambdas behind each queue, first in first out for what is due, hospitals in turn for what is sent.
The same morning is played again without the surge: what the others wait must be the same. The seconds
of each call are assumptions (constants below).

- `hottest_partition_share`: write units of the busiest partition in its busiest second, of its 1,000;
- `drain_s`: from 10:00 until the last text has left, the surging hospital's too;
- `lateness_p95_s`: how long after 10:00 a text of another hospital left;
- `after_its_minute_p95_s`: how long after the minute in which it had its place any text left.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import statistics
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.tally import UNITS, CountedCare, CountedOutgoing, Tally
from chalicelib.adapters import keys
from chalicelib.adapters.tenancy import SYSTEM, acting_for
from chalicelib.application.handle import handle
from chalicelib.application.ports import Due
from chalicelib.application.records import Person
from chalicelib.application.wake import SHARDS, sweep, wake
from chalicelib.bootstrap import named_in
from infra.local.seed import UNIT
from tests.application.worlds import Hospital
from tests.examples import BOOKED_AT, at, book
from tests.fakes import Memory, MemoryAlarm, clock_of

DUE = at(-1, "10:00")
MOST_S = 6 * 3600
SEND_BATCH_S = 0.015
"""One call that puts ten messages on a queue."""
WAKE_S, WAKERS = 0.08, 100
DELIVER_S, SENDERS = 0.30, 200
"""Seconds of one call, and how many Lambdas `app.py` allows."""
UNIT_SIZE = 150
"""Operations of a unit in a day."""


class Clock:
    """Simulated seconds after 10:00."""

    seconds = -1.0

    def now(self) -> Any:
        return DUE + timedelta(seconds=int(self.seconds))


class OneReading(MemoryAlarm):
    """The wake index, read once for all shards of a minute."""

    def refresh(self, now: Any) -> None:
        self.found: dict[str, list[Due]] = {}
        places = [(*place, "ROW") for place in self.memory.wakes]
        places += [(h, e, f"NTC#{n}") for h, e, n in self.memory.notices]
        for place in places:
            moment = clock_of(self.memory, place)
            if moment is not None and moment <= now:
                pk = keys.episode(*place[:2])
                self.found.setdefault(keys.shard(pk), []).append(Due(pk, place[2], keys.stamp(moment)))

    def due(self, shard: int, at: Any) -> Any:
        """`at` is the moment that was read."""
        return sorted(self.found.get(f"WAKE#{shard}", []), key=lambda due: due.wake_at)


class Pool:
    """So many Lambdas behind a queue; group by group, as SQS's fair queues do."""

    def __init__(self, size: int, seconds: float) -> None:
        self.free, self.seconds = size, seconds
        self.waiting: dict[str, deque[Any]] = {}

    def put(self, hospital: str, job: Any) -> None:
        self.waiting.setdefault(hospital, deque()).append(job)

    def take(self) -> Any:
        hospital = next(iter(self.waiting))
        jobs = self.waiting.pop(hospital)
        job = jobs.popleft()
        if jobs:
            self.waiting[hospital] = jobs
        return job


@dataclass
class Morning:
    """One national morning."""

    hospitals: dict[str, int]
    memory: Memory = field(default_factory=Memory)
    clock: Clock = field(default_factory=Clock)
    sent: list[tuple[str, float, float]] = field(default_factory=list)
    """Of each text: its hospital, when it left, and when it had its place, in seconds after 10:00."""

    def __post_init__(self) -> None:
        self.tally = Tally(self.clock)
        self.alarm = OneReading(self.memory)
        self.events: list[Any] = []
        self.order = count()
        self.remembered: dict[tuple[str, str, str], float] = {}
        self.pools = {"wake": Pool(WAKERS, WAKE_S), "deliver": Pool(SENDERS, DELIVER_S)}
        care = CountedCare(self.memory, self.tally)
        base = Hospital().world
        base.catalogue.unit = lambda hospital, unit: UNIT
        base.catalogue.wording = lambda channel, text, language: {"text": "{link}"}
        self.world = replace(
            base, care=care, people=care, outgoing=CountedOutgoing(self.memory, self.tally),
            alarm=self.alarm, bell=self, providers={"sms": self},
        )  # fmt: skip

    def fill(self) -> None:
        for hospital, operations in self.hospitals.items():
            self.memory.extras[Person, hospital, "patient"] = Person(
                "patient", (), "Demo", "Camille", BOOKED_AT.date(), "F", "+33639980001", "", "fr"
            )
            with acting_for(hospital):
                for number in range(operations):
                    unit = f"U{number // UNIT_SIZE}"
                    handle(self.world, hospital, f"{hospital}x{number}", book(unit=unit))

    # the bell
    def ring(self, hospital: str, episode: str, notices: Any, reports: Any) -> None:
        for notice in notices:
            self.push(WAKE_S + 0.02, "deliver", (hospital, episode, f"NTC#{notice.id}"))

    def wake(self, due: Any) -> None:
        for number, item in enumerate(due):
            name = (item.pk, item.sk, item.wake_at)
            if self.remembered.get(name, -301) + 300 > self.clock.seconds:
                continue
            self.remembered[name] = self.clock.seconds
            self.push(number // 10 * SEND_BATCH_S, "wake", (*named_in(item.pk), item.sk))

    # the provider
    def send(self, envelope: Any) -> str:
        hospital, episode, name = envelope.reference.split("|")
        notice, _ = self.memory.notices[hospital, episode, name]
        planned = max(0.0, (notice.due_at - DUE).total_seconds())
        self.sent.append((hospital, self.clock.seconds, planned))
        return "id"

    # time
    def push(self, delay: float, kind: str, job: Any) -> None:
        heapq.heappush(self.events, (self.clock.seconds + delay, next(self.order), kind, job))

    def run(self, *, shown: bool) -> None:
        total = sum(self.hospitals.values())
        self.clock.seconds = 0.0
        self.push(0, "tick", None)
        while self.events and len(self.sent) < total and self.clock.seconds < MOST_S:
            self.clock.seconds, _, kind, job = heapq.heappop(self.events)
            if kind == "tick":
                self.tick()
                if shown:
                    progress(len(self.sent), total, self.clock.seconds)
            elif kind == "free":
                self.pools[job].free += 1
                self.start(job)
            else:
                # The wake queue is first in, first out; the notices queue gives hospitals their turn.
                self.pools[kind].put(job[0] if kind == "deliver" else "", job)
                self.start(kind)

    def tick(self) -> None:
        self.alarm.refresh(self.clock.now())
        with acting_for(SYSTEM):
            for shard in range(SHARDS):
                sweep(self.world, shard, self.clock.now())
        self.push(60, "tick", None)

    def start(self, kind: str) -> None:
        pool = self.pools[kind]
        if not (pool.free and pool.waiting):
            return
        hospital, episode, sk = pool.take()
        pool.free -= 1
        with acting_for(hospital):
            wake(self.world, hospital, episode, sk, self.clock.now(), f"{episode}{sk}")
        self.push(pool.seconds, "free", kind)

    def others(self) -> list[float]:
        """How long after 10:00 the texts of all but the big hospital left."""
        return [left for hospital, left, _ in self.sent if hospital != "big"]


def progress(done: int, total: int, seconds: float) -> None:
    bar = "#" * (40 * done // total)
    print(f"\r[{bar:<40}] {done:>6} of {total} at 10:{int(seconds) // 60:02}", end="", file=sys.stderr)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def played(others: int, hospitals: int, surge: int, *, shown: bool) -> Morning:
    sizes = {"big": others * surge} | {f"h{number}": others for number in range(hospitals - 1)}
    morning = Morning(sizes)
    morning.fill()
    morning.run(shown=shown)
    if shown:
        print(file=sys.stderr)
    return morning


def figures(operations: int, hospitals: int, *, shown: bool) -> dict[str, Any]:
    began = time.monotonic()
    others = operations // (hospitals - 1 + 10)
    quiet, surge = played(others, hospitals, 1, shown=shown), played(others, hospitals, 10, shown=shown)
    place, units = surge.tally.busiest()
    total = sum(surge.hospitals.values())
    by_minute = Counter((hospital, int(left // 60)) for hospital, left, _ in surge.sent)
    return {
        "operations": total,
        "hospitals": hospitals,
        "sent": len(surge.sent),
        "hottest_partition": place,
        "hottest_partition_share": round(units / UNITS, 3),
        "drain_s": round(max(left for _, left, _ in surge.sent)),
        "others_drain_s": round(max(surge.others())),
        "lateness_p95_s": round(p95(surge.others()), 1),
        "lateness_p95_without_surge_s": round(p95(quiet.others()), 1),
        "after_its_minute_p95_s": round(p95([left - planned for _, left, planned in surge.sent]), 1),
        "most_in_a_hospitals_minute": max(by_minute.values()),
        "measured_in_s": round(time.monotonic() - began, 1),
        "python": sys.version.split()[0],
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--operations", type=int, default=40_000)
    parser.add_argument("--hospitals", type=int, default=100)
    asked = parser.parse_args()
    found = figures(asked.operations, asked.hospitals, shown=sys.stderr.isatty() or not asked.json)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:34} {value}")


if __name__ == "__main__":
    main()
