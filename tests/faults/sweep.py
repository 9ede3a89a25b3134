"""Every fault at every boundary of every scenario, one at a time, each in a world of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from chalicelib.adapters.clock import HeldClock
from tests.faults.engine import Engine, Snapshot
from tests.faults.invariants import Outcome, outcome, violations
from tests.faults.scenarios import Scenario
from tests.faults.wire import AWS_ONLY, MODES, Injector, Mode
from tests.faults.world import START, Function, Restless, World

QUIET = timedelta(hours=1)
"""After the end of the story: what failed last is settled by then."""
CARRIERS = ("pinpoint-sms-voice-v2 SendTextMessage", "sesv2 SendEmail")
CLAIM = "TransactWriteItems AccessTable+CareTable LINK+NTC+ROW"
Harm = Literal["lost", "wrong", "stuck", "duplicate"]
HARM: dict[str, Harm] = {
    "LOST": "lost",
    "STATE": "wrong",
    "FOLD": "wrong",
    "CORRECTION": "wrong",
    "AUDIT": "wrong",
    "STUCK": "stuck",
    "QUEUE": "stuck",
    "DUP": "duplicate",
}


@dataclass(frozen=True)
class Run:
    """One fault and what came of it."""

    scenario: str
    k: int
    mode: Mode
    fired: str
    """What it met."""
    in_the_window: bool
    violations: tuple[str, ...]

    @property
    def is_documented(self) -> bool:
        """A text that left twice, by the one way that docs/decisions/003-faults.md knows."""
        return bool(self.violations) and self.in_the_window and self.harms == {"duplicate"}

    @property
    def harms(self) -> set[Harm]:
        """What kinds of harm were done."""
        return {HARM[words.partition(":")[0]] for words in self.violations}


@dataclass
class Stage:
    """One scenario on an engine: what was given is held, so that each run begins there."""

    engine: Engine
    clock: HeldClock
    scenario: Scenario
    functions: dict[str, Function] = field(default_factory=dict)

    @cached_property
    def given(self) -> tuple[Snapshot, datetime, World]:
        world = World(self.engine, self.clock)
        world.forget(self.engine.seeded, START)
        self.scenario.given(world)
        return self.engine.snapshot(), self.clock.at, world

    @cached_property
    def clean(self) -> tuple[World, Outcome]:
        """The story without a fault."""
        return self._played(Injector())

    @property
    def boundaries(self) -> list[str]:
        """Every call to the outside, in turn."""
        return [line for line in self.clean[0].injector.trace if not line.startswith("[")]

    def run(self, k: int, mode: Mode) -> Run:
        """The story with this fault."""
        injector = Injector(k, mode)
        try:
            _, end = self._played(injector)
            found = violations(end, self.clean[1])
        except Restless as restless:
            found = [f"STUCK: {restless}"]
        return Run(self.scenario.name, k, mode, injector.fired, in_the_window(injector), tuple(found))

    def _played(self, injector: Injector) -> tuple[World, Outcome]:
        held, at, earlier = self.given
        world = World(self.engine, self.clock, self.functions, injector=injector)
        world.forget(held, at)
        world.carriers.accepted += earlier.carriers.accepted
        world.received += earlier.received
        self.scenario.when(world)
        world.go(max(self.scenario.end, self.clock.at))
        world.go(self.scenario.end + QUIET)
        return world, outcome(world)


def in_the_window(injector: Injector) -> bool:
    """The sender was paused, for longer than lease and grace, between its claim and its sending."""
    if not injector.fired or injector.mode not in {"zombie_before", "zombie_after"}:
        return False
    past = injector.past()
    claims = [at for at, line in enumerate(past) if line.endswith(CLAIM)]
    return bool(claims) and not any(line.startswith(CARRIERS) for line in past[claims[-1] :])


def sweep(stage: Stage, mode: Mode) -> Iterator[Run]:
    """Each boundary in turn. Up to its fault a run is the story without one, so that has them all."""
    assert not violations(stage.clean[1], stage.clean[1]), stage.scenario.name
    for k, line in enumerate(stage.boundaries, 1):
        if exists(mode, line):
            run = stage.run(k, mode)
            assert run.fired == line, (run, line)
            yield run


def sample(stage: Stage) -> Iterator[Run]:
    """Each boundary in one mode and each mode at one boundary, the same ones every time."""
    lines = stage.boundaries
    chosen = set()
    for k, line in enumerate(lines, 1):
        modes = [mode for mode in MODES if exists(mode, line)]
        chosen.add((k, modes[k % len(modes)]))
    for number, mode in enumerate(MODES):
        possible = [k for k, line in enumerate(lines, 1) if exists(mode, line)]
        chosen |= {(possible[number % len(possible)], mode)} if possible else set()
    yield from (stage.run(k, mode) for k, mode in sorted(chosen))


def exists(mode: Mode, line: str) -> bool:
    """Whether a fault of this kind can happen to such a call."""
    if line == "hospital":
        return mode not in AWS_ONLY | {"txn_conflict"}
    return mode != "txn_conflict" or "TransactWriteItems" in line


def totals(runs: Iterable[Run]) -> dict[str, int]:
    """The figures of a sweep, documented duplicates counted apart."""
    found = dict.fromkeys(("boundaries", "fired", "lost", "wrong", "stuck", "duplicate", "documented"), 0)
    boundaries = set()
    for run in runs:
        boundaries.add((run.scenario, run.k))
        found["fired"] += bool(run.fired)
        for harm in {"documented"} if run.is_documented else run.harms:
            found[harm] += 1
    return found | {"boundaries": len(boundaries)}
