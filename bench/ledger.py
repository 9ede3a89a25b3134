"""How long a page of the console takes with 100,000 messages in the ledger, on an emulated DynamoDB.

The first page of the day, a page deep inside it, a filter that nothing matches (it looks at as many lines
as one request may), the quarantine, and a control id. Medians of milliseconds, the engine's own included:
ministack looks at every item for each query, Amazon's DynamoDB Local has real indexes (`--engine`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chalicelib.adapters.items import message_item
from chalicelib.adapters.ledger import Ledger
from chalicelib.adapters.tables import Item, table, transaction
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.identity import control_key, message_key
from chalicelib.application.records import MessageRecord
from tests.adapters.engines import make_tables, running

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = datetime(2026, 11, 24, tzinfo=UTC)
TOGETHER = 100
KINDS = ("ADT^A01", "ADT^A08", "SIU^S12", "ORU^R01")


def line(number: int) -> MessageRecord:
    """One of the day's messages; every thousandth waits in quarantine."""
    return MessageRecord(
        key=message_key("demo", "GAM|DEMO", f"C{number}"),
        at=DAY + timedelta(seconds=number * 0.8),
        hospital="demo",
        direction="in",
        control_id=f"C{number}",
        type=KINDS[number % 4],
        sha256="0" * 64,
        result="quarantined" if number % 1000 == 0 else "applied",
        reason="",
        episode=None,
        message="MSH|^~\\&|" + "x" * 600,
        revision=1,
    )


def fill(items: type[Item], count: int) -> None:
    """Put so many lines."""
    for start in range(0, count, TOGETHER):
        with transaction(items) as writing:
            for number in range(start, min(count, start + TOGETHER)):
                writing.save(message_item(items, line(number)))
        if start % 10_000 == 0:
            print(f"{start} stored", flush=True)


def median(look: Callable[[], object]) -> float:
    """Milliseconds."""
    took = []
    for _ in range(9):
        began = time.perf_counter()
        look()
        took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took), 1)


def figures(ledger: Ledger, count: int) -> dict[str, float]:
    """Each kind of page."""
    day = DAY.date()
    middle = f"{(DAY + timedelta(seconds=count * 0.4)):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "first_page_ms": median(lambda: ledger.page("demo", "in", day, None, lambda _: True)),
        "deep_page_ms": median(lambda: ledger.page("demo", "in", day, middle, lambda _: True)),
        "nothing_matches_ms": median(lambda: ledger.page("demo", "in", day, None, lambda _: False)),
        "quarantine_ms": median(lambda: ledger.quarantined("demo", None)),
        "control_id_ms": median(lambda: ledger.of_control("demo", control_key("demo", "C777"))),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--count", type=int, default=2_000, help="messages (the goal is set for 100,000)")
    parser.add_argument("--engine", default="ministack", choices=["ministack", "dynamodb_local"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(asked.engine, Path(folder)) as endpoint:
        made = make_tables(endpoint)
        items = table(made["CareTable"], "eu-west-3", endpoint)
        with acting_for("demo"):
            fill(items, asked.count)
            found = figures(Ledger(items), asked.count)
    print(json.dumps({"bench": "ledger", "messages": asked.count, **found}) if asked.json else found)


if __name__ == "__main__":
    main()
