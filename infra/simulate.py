"""Fly a pathway with invented patients: `python -m infra.simulate --pathway cataract --count 20000`.

Prints how the first contact after the operation went (beside Rennes, J Med Syst 2019;43:217), and the whole
follow-up. `--compare` flies a second version with the same dice: a code of the catalogue, or a file.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import sys
import time
from pathlib import Path

from msgspec.structs import replace

from chalicelib.adapters.catalogue import pathways
from chalicelib.application.cohort import Cohort, cohort_for
from chalicelib.application.flight import Flown, tables
from chalicelib.application.simulation import Outcome, simulated
from chalicelib.domain.pathway import Pathway, unfolded
from chalicelib.fhir.document import read

CHUNK = 2_000
BAR = 30
RENNES = {"answered": 0.87, "within_hour": 0.85, "alerts_per_100": 36.0, "content_per_100": 24.0}
"""J Med Syst 2019;43:217: one questionnaire on the day after, two reminders."""
MOST_ROWS = 30


def fly(pathway: Pathway, asked: argparse.Namespace) -> tuple[Flown, float]:
    """The pathway after its flight, and how many episodes a second; with a bar on the way."""
    cohort = _cohort(pathway, asked)
    keeps = bool(asked.sensitivity or asked.csv)
    began = time.process_time()
    parts = []
    gc.freeze()  # the modules and the pathway outlive the flight: the collector need not walk them each time
    for start in range(0, asked.count, CHUNK):
        count = min(CHUNK, asked.count - start)
        parts.append(simulated(pathway, cohort, asked.seed, count, start, keeps_answers=keeps))
        _show(pathway.code, start + count, asked.count)
    return Flown(pathway, cohort, _together(parts)), asked.count / (time.process_time() - began)


def _cohort(pathway: Pathway, asked: argparse.Namespace) -> Cohort:
    cohort = cohort_for(pathway)
    return cohort if asked.pain is None else replace(cohort, pain_factor=asked.pain)


def _show(code: str, done: int, count: int) -> None:
    if sys.stderr.isatty():
        full = round(BAR * done / count)
        end = "\n" if done == count else ""
        bar = f"{'#' * full}{'.' * (BAR - full)}"
        print(f"\r{code} [{bar}] {done}/{count}", end=end, file=sys.stderr, flush=True)


def _together(parts: list[Outcome]) -> Outcome:
    whole = parts[0]
    for part in parts[1:]:
        whole.add(part)
    return whole


def _chosen(name: str) -> Pathway:
    """A pathway of the catalogue (the newest version, or `code:version`), or a file."""
    code, _, version = name.partition(":")
    known = {str(number): pathway for (one, number), pathway in sorted(pathways().items()) if one == code}
    if known:
        chosen = known.get(version or [*known][-1])
    else:
        chosen = unfolded(read(Path(name).read_bytes())) if Path(name).is_file() else None
    if chosen is None:
        raise argparse.ArgumentTypeError(f"{name} is neither in the catalogue nor a file")
    return chosen


def _several(said: str) -> int:
    if not said.isdecimal() or int(said) < 1:
        raise argparse.ArgumentTypeError(f"{said} is no number of patients")
    return int(said)


def _print(flown: Flown, speed: float, other: Flown | None, *, sensitive: bool) -> None:
    print(f"{'episodes_per_s':24} {round(speed):>10}")
    for name, value in flown.figures.items():
        beside = f"{other.figures[name]:>10}" if other else ""
        print(f"{name:24} {value:>10}{beside}{f'   (Rennes: {RENNES[name]})' if name in RENNES else ''}")
    for name, rows in tables(flown).items():
        if name in {"contact", "hour", "rule"} or (name == "threshold" and sensitive):
            print(f"\nby {name}:")
            for row in rows[:MOST_ROWS]:
                print("  " + "  ".join(f"{cell!s:>16}" for cell in row))


def _write(flown: Flown, path: str) -> None:
    with Path(path).open("w", newline="", encoding="utf-8-sig") as file:
        for rows in tables(flown).values():
            csv.writer(file).writerows([*rows, ()])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.simulate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    hernia, which = "inguinal-hernia", "a code, code:version, or a JSON file"
    parser.add_argument("--pathway", type=_chosen, metavar="PATHWAY", default=hernia, help=which)
    parser.add_argument("--compare", type=_chosen, metavar="PATHWAY", help="a second one, with the same dice")
    parser.add_argument("--count", type=_several, default=20_000, help="invented patients (20000)")
    parser.add_argument("--seed", type=int, default=1, help="the dice (1)")
    parser.add_argument("--pain", type=float, help="pain beside Maastricht's figures (0.6)")
    parser.add_argument("--sensitivity", action="store_true", help="each threshold one lower, one higher")
    parser.add_argument("--csv", metavar="FILE", help="all tables in a file")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    return parser


def main() -> int:
    """The command line."""
    asked = _parser().parse_args()
    flown, speed = fly(asked.pathway, asked)
    other = fly(asked.compare, asked)[0] if asked.compare else None
    if asked.csv:
        _write(flown, asked.csv)
    if asked.json:
        said = {"pathway": flown.pathway.code, "episodes": asked.count, "episodes_per_s": round(speed)}
        compared = {"compared": other.figures} if other else {}
        print(json.dumps(said | flown.figures | compared))
    else:
        _print(flown, speed, other, sensitive=asked.sensitivity)
    return 0


if __name__ == "__main__":
    sys.exit(main())
