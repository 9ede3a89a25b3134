"""The CPU of one HL7 message from its bytes to the committed transaction, apart from AWS itself.

Everything of ours runs, and PynamoDB and botocore with it, up to the bytes of each request; the answers
are made here. The figure is the median for one booking. The goal is 5 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from botocore.awsrequest import AWSResponse

from chalicelib.adapters.care import Care
from chalicelib.adapters.ledger import Ledger
from chalicelib.adapters.tables import table, transaction
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.intake import Letter, receive
from chalicelib.hl7.read import read
from chalicelib.hl7.translate import translate
from tests.application.worlds import RECEIVED, Hospital, booking

calls: list[str] = []


class Body:
    """An answer's bytes, as urllib3 would stream them."""

    def stream(self, **_: Any) -> list[bytes]:
        return [b'{"Items": [], "Count": 0, "ScannedCount": 0}']


def answered(request: Any, **_: Any) -> AWSResponse:
    """Nothing is known yet, and everything is stored."""
    calls.append(request.headers["X-Amz-Target"].decode().rpartition(".")[2])
    body: Any = Body()
    return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, body)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--rounds", type=int, default=300)
    asked = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    items = table("bench", "eu-west-3")
    for connection in (items._get_connection().connection, transaction(items)._connection):  # noqa: SLF001
        connection.client.meta.events.register("before-send.dynamodb", answered)
    hospital = Hospital()
    world = hospital.world
    care = Care(items, items)
    object.__setattr__(world, "care", care)
    object.__setattr__(world, "people", care)
    object.__setattr__(world, "ledger", Ledger(items))
    took = []
    with acting_for("demo"):
        for number in range(asked.rounds):
            raw = booking(f"R{number}", "1120 0900", "1126 0900", visit=f"V{number}").encode()
            calls.clear()
            began = time.process_time()
            said = translate(read(raw), hospital.profile, RECEIVED)
            letter = Letter("demo", RECEIVED, sha256(raw).hexdigest(), raw.decode())
            done = receive(world, letter, said)
            took.append((time.process_time() - began) * 1000)
            assert done.result == "applied", done
    figure = round(statistics.median(took), 2)
    if asked.json:
        print(json.dumps({"bench": "intake", "cpu_ms": figure, "goal_ms": 5, "aws_calls": len(calls)}))
    else:
        print(
            f"intake: {figure} ms of CPU for one booking (goal 5 ms), {len(calls)} calls: {', '.join(calls)}"
        )


if __name__ == "__main__":
    main()
