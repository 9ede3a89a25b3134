"""How long a cold function takes to import what it needs, beside what AWS's own libraries alone take.

A new interpreter each time, taking turns; figures are medians. The floor is boto3's DynamoDB client,
PynamoDB and Chalice's runtime. The budget for pages is 1.3 times the floor (design.md §6).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FLOOR = "import boto3, pynamodb.models, chalice.app; boto3.client('dynamodb')"
FUNCTIONS = {
    "pages": "import app; from chalicelib.adapters.pages import Pages; import boto3; boto3.client('dynamodb')",
    "hl7_in": "import app; import boto3; boto3.client('dynamodb')",
    "send_reports": "import app; import chalicelib.hl7.write; import boto3; boto3.client('dynamodb')",
}


def once(what: str) -> float:
    """Milliseconds of this code in a new interpreter."""
    timed = f"import time; t = time.perf_counter(); {what}; print((time.perf_counter() - t) * 1000)"
    environment = os.environ | {"AWS_DEFAULT_REGION": "eu-west-3"}
    done = subprocess.run(
        [sys.executable, "-c", timed], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return float(done.stdout)


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Import times by function, with how many floors high they are."""
    works = {"floor": FLOOR} | FUNCTIONS
    for work in works.values():
        once(work)  # writes the byte code
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].append(once(work))
    middle = {name: statistics.median(times) for name, times in took.items()}
    return {
        n: {"import_ms": round(ms), "x_floor": round(ms / middle["floor"], 2)} for n, ms in middle.items()
    }


def package_mb() -> float:
    """The size of the zip that is deployed."""
    from infra.package import package

    with tempfile.TemporaryDirectory() as folder:
        package("prod", Path(folder), slim=False)
        return round((Path(folder) / "deployment.zip").stat().st_size / 1e6, 1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    functions = measure(asked.rounds)
    size = package_mb()
    if asked.json:
        more = {"package_mb": size, "python": sys.version.split()[0], "load": os.getloadavg()[0]}
        print(json.dumps({"bench": "cold", **functions, **more}))
        return
    for name, figure in functions.items():
        print(f"{name:14} {figure['import_ms']:6} ms   {figure['x_floor']:.2f} x floor")
    print(f"package        {size:6} MB")


if __name__ == "__main__":
    main()
