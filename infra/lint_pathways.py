"""Check every pathway of the catalogue: `python -m infra.lint_pathways`. Errors end with status 1."""

from __future__ import annotations

import argparse
import json
import sys
import time

from chalicelib.adapters.catalogue import documents
from chalicelib.domain.lint import lint
from chalicelib.domain.messaging_hours import MessagingHours, Window

HOURS = MessagingHours("Europe/Paris", (Window("08:00", "20:00"),) * 7)
"""Those of most units; a unit's own are checked when it publishes."""
LANGUAGES = ("fr", "en")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.lint_pathways", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    asked = parser.parse_args()
    errors = warnings = slowest = 0
    for (code, version), pathway in sorted(documents().items()):
        began = time.perf_counter()
        found = lint(pathway, HOURS, LANGUAGES)
        slowest = max(slowest, round(1000 * (time.perf_counter() - began)))
        for finding in found:
            errors += finding.is_error
            warnings += not finding.is_error
            level = "error" if finding.is_error else "warning"
            if not asked.json:
                print(f"{level:8} {code}.v{version} {finding.where}: {finding.said} [{finding.kind}]")
    counts = {"pathways": len(documents()), "errors": errors, "warnings": warnings}
    if asked.json:
        print(json.dumps(counts | {"slowest_ms": slowest}))
    else:
        print(", ".join(f"{n} {name}" for name, n in counts.items()), f"(the slowest took {slowest} ms)")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
