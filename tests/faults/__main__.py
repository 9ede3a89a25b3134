"""The whole sweep: `python -m tests.faults [--json] [--scenario NAME]… [--plant DEFECT]`, on two processes."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from typing import TextIO

from tests import conftest  # noqa: F401 - sets the environment that keeps us away from anybody's account
from tests.faults import report
from tests.faults.jobs import all_swept
from tests.faults.plants import PLANTS
from tests.faults.scenarios import BY_NAME, SCENARIOS
from tests.faults.sweep import Run, totals
from tests.faults.wire import MODES


def told(names: list[str], plant: str, table: TextIO) -> list[Run]:
    """Sweep, and print a line for each scenario when it is through."""
    began = time.monotonic()
    runs: list[Run] = []
    done: Counter[str] = Counter()
    print(report.header(), file=table, flush=True)
    jobs = [(name, mode, plant) for name in names for mode in MODES]
    for number, (name, found) in enumerate(all_swept(jobs), 1):
        if sys.stderr.isatty():
            print(
                report.bar(number, len(jobs), time.monotonic() - began), end="", file=sys.stderr, flush=True
            )
        runs += found
        done[name] += 1
        if done[name] == len(MODES):
            mine = [run for run in runs if run.scenario == name]
            print("\r" * sys.stderr.isatty() + report.row(name, mine), file=table, flush=True)
    print(report.row(f"all, {time.monotonic() - began:.0f} s", runs), file=table)
    return runs


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--scenario", action="append", choices=sorted(BY_NAME), help="this one (and that)")
    parser.add_argument("--plant", choices=sorted(PLANTS), default="", help="with this defect in the product")
    asked = parser.parse_args()
    names = asked.scenario or [scenario.name for scenario in SCENARIOS]
    table = sys.stderr if asked.json else sys.stdout
    runs = told(names, asked.plant, table)
    bad = [run for run in runs if run.violations and not run.is_documented]
    for line in ("", *report.kinds(runs), "", *report.budget(), "", *map(report.harm, bad)):
        print(line, file=table)
    if asked.json:
        load = round(os.getloadavg()[0], 2)
        print(json.dumps({"bench": "faults", "scenarios": len(names), **totals(runs), "load": load}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
