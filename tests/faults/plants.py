"""Defects that a hurried change could bring in, each as the function it would spoil: the sweep must see them all.

`python -m tests.faults --plant NAME` sweeps the product with one of them in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import structs

from chalicelib import bootstrap
from chalicelib.adapters.items import notice_item
from chalicelib.adapters.outgoing import Outgoing
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import deliver
from chalicelib.application.ports import Envelope, Provider
from chalicelib.application.records import Link
from chalicelib.application.world import World
from chalicelib.domain import notice as n
from chalicelib.entrypoints import border, queues
from tests.faults.engine import HOSPITAL
from tests.faults.wire import Mode
from tests.faults.world import Function

Sender = Callable[[World, str, str, str, datetime, str], None]


@dataclass(frozen=True)
class Plant:
    """`mode`: a fault that brings the harm to light; `caught_by`: the invariant that it breaks."""

    functions: Mapping[str, Function]
    mode: Mode
    caught_by: str
    scenario: str = "invitation"


def sending(send: Sender, world: Callable[[], World] = bootstrap.world) -> dict[str, Function]:
    """The notices' function, with another way to send."""

    def do(record: dict[str, Any]) -> None:
        ring = json.loads(record["body"])
        with acting_for(ring["hospital"]):
            at = bootstrap.clock().now()
            send(world(), ring["hospital"], ring["episode"], ring["id"], at, record["messageId"])

    return {"notices": lambda event: queues.each(event, do)}


def _envelope(world: World, hospital: str, episode: str, notice: n.Notice, at: datetime) -> Envelope:
    row = world.care.row(hospital, episode)
    person = world.people.person(hospital, row.state.patient)
    return deliver._envelope(world, row, notice, person, person.mobile, "secret", at)


def mark_before_send(world: World, hospital: str, episode: str, name: str, at: datetime, owner: str) -> None:
    """It says "sent", and then sends."""
    notice, version = world.outgoing.notice(hospital, episode, name)
    if n.is_ready(notice, at):
        marked = n.accepted(n.claimed(notice, owner, at), owner, "?", at)
        world.outgoing.save_notice(hospital, episode, marked, version)
        world.providers["sms"].send(_envelope(world, hospital, episode, notice, at))


def send_before_mark(world: World, hospital: str, episode: str, name: str, at: datetime, owner: str) -> None:
    """It sends, and then says so: nothing is claimed."""
    notice, version = world.outgoing.notice(hospital, episode, name)
    if n.is_ready(notice, at):
        theirs = world.providers["sms"].send(_envelope(world, hospital, episode, notice, at))
        marked = n.accepted(n.claimed(notice, owner, at), owner, theirs, at)
        world.outgoing.save_notice(hospital, episode, marked, version)


class Careless(Outgoing):
    """Writes whatever stands there."""

    def claim(
        self, hospital: str, episode: str, notice: n.Notice, expected: int, row_version: int, link: Link
    ) -> None:
        notice_item(self.items, hospital, episode, notice, expected + 1).save()


def careless() -> World:
    known = bootstrap.world()
    return replace(known, outgoing=Careless(known.outgoing.items, known.outgoing.access, {}))


class Hopeful:
    """Takes every failure for a success."""

    name = "hopeful"

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def send(self, envelope: Envelope) -> str:
        try:
            return self.provider.send(envelope)
        except Exception:  # noqa: BLE001 - the defect
            return "sent, surely"


def hopeful() -> World:
    known = bootstrap.world()
    return replace(known, providers={"sms": Hopeful(known.providers["sms"])})


def swallowed(event: dict[str, Any]) -> queues.Failures:
    """A message of the hospital that could not be taken in is not put back."""
    queues.each(event, border.take_in)
    return {"batchItemFailures": []}


def without_lease(world: World, hospital: str, episode: str, name: str, at: datetime, owner: str) -> None:
    """Whoever comes takes the notice, even out of the hands of somebody who is sending it."""
    notice, version = world.outgoing.notice(hospital, episode, name)
    if notice.status == "claimed":
        world.outgoing.save_notice(
            hospital, episode, structs.replace(notice, status="due", due_at=at), version
        )
    deliver.deliver(world, hospital, episode, name, at, owner)


PLANTS = {
    "mark-before-send": Plant(sending(mark_before_send), "crash_before", "LOST"),
    "send-before-mark": Plant(sending(send_before_mark), "crash_after", "DUP"),
    "unconditional-write": Plant(sending(deliver.deliver, careless), "slow_before", "DUP"),
    "swallowed-refusal": Plant(sending(deliver.deliver, hopeful), "timeout_no_effect", "LOST"),
    "swallowed-exception": Plant({f"{HOSPITAL}-in": swallowed}, "timeout_no_effect", "STATE", "booking"),
    "lease-ignored": Plant(sending(without_lease), "slow_before", "DUP"),
}
