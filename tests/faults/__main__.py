"""The whole sweep: `python -m tests.faults [--json] [--scenario NAME]`, on two processes."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context

from tests import conftest  # noqa: F401 - sets the environment that keeps us away from anybody's account
from tests.faults.scenarios import BY_NAME, SCENARIOS
from tests.faults.sweep import Run, swept, totals

WORKERS = 2
COLUMNS = ("boundaries", "fired", "lost", "wrong", "stuck", "duplicate", "documented")


def all_swept(names: list[str]) -> Iterator[list[Run]]:
    """Scenario after scenario, as they get ready; moto is global, so each worker is a process."""
    with get_context("spawn").Pool(WORKERS, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(swept, names, chunksize=1)


def row(name: str, runs: list[Run]) -> str:
    """One line of the table."""
    return f"{name:24}" + "".join(f"{totals(runs)[column]:>12}" for column in COLUMNS)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument(
        "--scenario", action="append", choices=sorted(BY_NAME), help="only this one (again: and that)"
    )
    asked = parser.parse_args()
    names = asked.scenario or [scenario.name for scenario in SCENARIOS]
    table = sys.stderr if asked.json else sys.stdout
    began = time.monotonic()
    print(f"{'scenario':24}" + "".join(f"{column:>12}" for column in COLUMNS), file=table, flush=True)
    runs: list[Run] = []
    for found in all_swept(names):
        runs += found
        print(row(found[0].scenario, found), file=table, flush=True)
    bad = [run for run in runs if run.violations and not run.is_documented]
    print(row(f"all, {time.monotonic() - began:.0f} s", runs), file=table)
    for run in bad:
        print(
            f"{run.scenario}, {run.mode} at {run.k} ({run.fired}): {'; '.join(run.violations)[:400]}",
            file=table,
        )
    if asked.json:
        print(json.dumps({"bench": "faults", "scenarios": len(names), **totals(runs)}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
