"""Every fault at every boundary of every scenario, one at a time, each in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from chalicelib.adapters.clock import HeldClock
from tests.faults.engine import Engine, Snapshot
from tests.faults.invariants import Outcome, outcome, violations
from tests.faults.scenarios import Scenario
from tests.faults.wire import MODES, Injector, Mode
from tests.faults.world import START, Function, Restless, World

QUIET = timedelta(hours=1)
"""After the end of the story: what failed last is settled by then."""


@dataclass(frozen=True)
class Run:
    """One fault and what came of it."""

    scenario: str
    k: int
    mode: Mode
    fired: str
    """What it met; "" where the run had no such boundary."""
    reached: bool
    violations: tuple[str, ...]

    @property
    def is_documented(self) -> bool:
        """The one window: a sender paused for longer than lease and grace, just before it sends."""
        at_the_carrier = self.fired.startswith(("pinpoint-sms-voice-v2", "sesv2"))
        only_twice = all(words.startswith("DUP") for words in self.violations)
        return bool(self.violations) and self.mode == "zombie_before" and at_the_carrier and only_twice


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
        world.rest()
        return self.engine.snapshot(), self.clock.at, world

    @cached_property
    def clean(self) -> tuple[World, Outcome]:
        """The story without a fault."""
        return self._played(Injector())

    def run(self, k: int, mode: Mode) -> Run:
        """The story with this fault."""
        injector = Injector(k, mode)
        try:
            _, end = self._played(injector)
            found = violations(end, self.clean[1])
        except Restless as restless:
            found = [f"STUCK: {restless}"]
        name = self.scenario.name
        return Run(name, k, mode, injector.fired, injector.n >= k, tuple(found))

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


def sweep(stage: Stage, modes: tuple[Mode, ...] = MODES, every: int = 1) -> Iterator[Run]:
    """Each boundary in turn, until a run has no such boundary any more."""
    assert not violations(stage.clean[1], stage.clean[1]), stage.scenario.name
    for mode in modes:
        k = 1
        while (run := stage.run(k, mode)).reached:
            yield run
            k += every
