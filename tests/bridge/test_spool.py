"""On disk: in order, once, and back after whatever happened."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.bridge.letters import Letter, NoBucket, Post, letter
from infra.bridge.metrics import Metrics
from infra.bridge.server import forward, on_disk
from infra.bridge.spool import Spool, SpoolFull
from tests.bridge.peers import adt

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def one(number: int) -> Letter:
    return letter("demo", adt(number), AT, f"once-{number}")


class Sent:
    """A queue that can be out of reach."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, str]] = []
        self.objects: dict[str, bytes] = {}
        self.is_down = False
        self.takes = 10

    def send_message(self, **sent: str) -> None:
        if self.is_down:
            raise ConnectionError
        self.bodies.append(sent)

    def send_message_batch(self, **sent: Any) -> dict[str, Any]:
        if self.is_down:
            raise ConnectionError
        taken = sent["Entries"][: self.takes]
        self.bodies += taken
        return {"Successful": [{"Id": entry["Id"]} for entry in taken]}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        self.objects[f"{Bucket}/{Key}"] = Body


def test_what_was_put_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async def put() -> None:
        spool = Spool(tmp_path / "a" / "spool.sqlite", 10_000)
        for number in range(3):
            await spool.put(one(number))
        spool.close()

    async def look() -> None:
        spool = Spool(tmp_path / "a" / "spool.sqlite", 10_000)
        assert (spool.waiting, spool.bytes) == (3, sum(len(adt(n)) for n in range(3)))
        assert await spool.oldest_first(9) == [one(n) for n in range(3)]
        await spool.forget(["once-0"])
        assert (spool.waiting, spool.oldest) == (2, AT)
        spool.close()

    asyncio.run(put())
    asyncio.run(look())


def test_a_full_spool_takes_nothing(tmp_path: Path) -> None:
    async def fill() -> None:
        spool = Spool(tmp_path / "spool.sqlite", len(adt(1)) + 10)
        await spool.put(one(1))
        with pytest.raises(SpoolFull):
            await spool.put(one(2))
        assert spool.waiting == 1
        spool.close()

    asyncio.run(fill())


def test_what_waits_is_forwarded_in_order_when_the_queue_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        spool, sent, rung = Spool(tmp_path / "spool.sqlite", 100_000), Sent(), asyncio.Event()
        sent.is_down = True
        work = asyncio.create_task(forward(spool, Post(sent, "url"), rung, Metrics(), first_pause=0.01))
        for number in range(30):
            await spool.put(one(number))
            rung.set()
        await asyncio.sleep(0.1)
        assert (sent.bodies, spool.waiting) == ([], 30)
        sent.is_down, sent.takes = False, 7  # and then it takes only a part of each call
        for _ in range(2000):  # 40 s on a machine that does much else
            if not spool.waiting:
                break
            await asyncio.sleep(0.02)
        assert [body["MessageDeduplicationId"] for body in sent.bodies] == [f"once-{n}" for n in range(30)]
        work.cancel()
        spool.close()

    asyncio.run(run())


def test_long_messages_go_to_the_bucket(tmp_path: Path) -> None:
    sent = Sent()
    long = letter("demo", adt(1, "x" * 800_000), AT, "once")
    Post(sent, "url", sent, "bucket").send(long)
    (place,) = sent.objects
    assert place.startswith("bucket/hl7/demo/")
    assert sent.objects[place] == long.raw
    assert place.removeprefix("bucket/") in sent.bodies[0]["MessageBody"]
    with pytest.raises(NoBucket):
        Post(sent, "url").send(long)


def test_what_could_never_leave_is_not_accepted(tmp_path: Path) -> None:
    """It would stand at the head of the spool for ever, with everybody else's messages behind it."""

    async def put() -> None:
        spool = Spool(tmp_path / "spool.sqlite", 10_000_000)
        store = on_disk(spool, Post(Sent(), "url"), asyncio.Event())
        with pytest.raises(NoBucket):
            await store(letter("demo", adt(1, "x" * 800_000), AT, "once"))
        await store(one(1))
        assert spool.waiting == 1
        spool.close()

    asyncio.run(put())


def test_a_patients_messages_share_a_group_that_names_nobody() -> None:
    groups = {letter("demo", adt(n, patient=7), AT, "x").patient for n in range(3)}
    assert len(groups) == 1
    assert letter("other", adt(1, patient=7), AT, "x").patient not in groups
    assert letter("demo", adt(1, patient=8), AT, "x").patient not in groups
