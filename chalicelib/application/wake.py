"""Time: the tick rings every shard, the sweep finds what is due, each due item is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.application.deliver import deliver
from chalicelib.application.handle import handle
from chalicelib.application.report import send_report
from chalicelib.domain.episode.commands import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.world import World

SHARDS = 16


def tick(world: World) -> None:
    """Once a minute: ask for every shard to be swept."""
    world.bell.shards(SHARDS)


def sweep(world: World, shard: int, at: datetime) -> int:
    """Put everything of this shard that is due on the wake queue; returns how much that was."""
    due = tuple(world.alarm.due(shard, at))
    world.bell.wake(due)
    return len(due)


def wake(world: World, hospital: str, episode: str, sk: str, at: datetime, owner: str) -> None:
    """Look at one due item: an episode, a notice or a report whose doorbell was lost."""
    kind, _, name = sk.partition("#")
    if kind == "ROW":
        handle(world, hospital, episode, Wake(at=at))
    elif kind == "NTC":
        deliver(world, hospital, episode, name, at, owner)
    elif kind == "RPT":
        send_report(world, hospital, episode, name, at)
    else:
        msg = f"nothing wakes {kind!r}"
        raise ValueError(msg)
