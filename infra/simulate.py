"""Fly a pathway with invented patients: `python -m infra.simulate --pathway cataract --count 20000`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from random import Random

from msgspec.structs import replace

from chalicelib.adapters.catalogue import files, pathway
from chalicelib.application.simulation import Cohort, Outcome, figures, simulated

CHUNK = 500
RENNES = {"answered": 0.87, "within_hour": 0.85, "alerts_per_100": 36.0}
"""J Med Syst 2019;43:217: one questionnaire on the day after, two reminders."""


def fly(code: str, cohort: Cohort, count: int, seed: int, *, shows: bool) -> tuple[Outcome, float]:
    """The outcome, and how many episodes a second; with a bar on the way."""
    version = max(version for known, version in files() if known == code)
    flown, dice, total = pathway(code, version), Random(seed), Outcome()
    began = time.process_time()
    for start in range(0, count, CHUNK):
        part = simulated(flown, cohort, dice, min(CHUNK, count - start))
        total = _sum(total, part)
        if shows:
            done = round(30 * total.episodes / count)
            print(
                f"\r[{'#' * done}{'.' * (30 - done)}] {total.episodes}", end="", file=sys.stderr, flush=True
            )
    if shows:
        print(file=sys.stderr)
    return total, count / (time.process_time() - began)


def _sum(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(**{name: getattr(one, name) + getattr(other, name) for name in Outcome.__struct_fields__})


def main() -> int:
    """The command line."""
    codes = sorted({code for code, _ in files()})
    parser = argparse.ArgumentParser(prog="python -m infra.simulate", description=__doc__)
    parser.add_argument("--pathway", default="inguinal-hernia", choices=codes)
    parser.add_argument("--count", type=int, default=20_000, help="invented patients")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pain", type=float, help="share with pain of 4 or more (default 0.13)")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    asked = parser.parse_args()
    cohort = Cohort() if asked.pain is None else replace(Cohort(), pain_four=asked.pain)
    outcome, speed = fly(asked.pathway, cohort, asked.count, asked.seed, shows=sys.stderr.isatty())
    found = {"episodes_per_s": round(speed), **figures(outcome, cohort)}
    if asked.json:
        print(json.dumps({"pathway": asked.pathway, "episodes": asked.count, **found}))
        return 0
    for name, value in found.items():
        beside = f"   (Rennes: {RENNES[name]})" if name in RENNES else ""
        print(f"{name:24} {value:>8}{beside}")
    print("alerts of the last step by rule, in 100 patients:")
    for rule, count in outcome.by_rule.most_common(12):
        print(f"  {rule:22} {100 * count / outcome.episodes:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
