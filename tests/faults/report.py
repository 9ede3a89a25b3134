"""What a sweep comes to, as tables that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.faults import calls
from tests.faults.sweep import Run, totals
from tests.faults.wire import MODES

COLUMNS = ("boundaries", "calls", "fired", "lost", "wrong", "stuck", "duplicate", "documented")
BAR = 40


def header() -> str:
    """The names of the columns."""
    return f"{'scenario':24}" + "".join(f"{column:>11}" for column in COLUMNS)


def row(name: str, runs: list[Run]) -> str:
    """One line of the table; `calls`: of the stories without a fault."""
    found = totals(runs) | {"calls": sum(calls.of(scenario) for scenario in {run.scenario for run in runs})}
    return f"{name:24}" + "".join(f"{found[column]:>11,}" for column in COLUMNS)


def kinds(runs: list[Run]) -> Iterator[str]:
    """How many faults of each kind were fired."""
    fired = Counter(run.mode for run in runs if run.fired)
    yield f"{'fault':24}{'fired':>11}"
    for mode in MODES:
        yield f"{mode:24}{fired[mode]:>11,}"


def harm(run: Run) -> str:
    """What went wrong in a run, and at which call."""
    return f"{run.scenario}, {run.mode} at {run.k} ({run.fired}): {'; '.join(run.violations)[:400]}"


def budget() -> Iterator[str]:
    """AWS calls of each function, from the committed traces."""
    yield f"{'calls for each':24}{'most':>11}  why more than {calls.MOST}"
    for name, most in calls.most().items():
        yield f"{name:24}{most:>11}  {calls.WHY.get(name, '') if most > calls.MOST else ''}"


def bar(done: int, of: int, seconds: float) -> str:
    """How far the sweep is."""
    full = BAR * done // of
    return f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{of}, {seconds:.0f} s "
