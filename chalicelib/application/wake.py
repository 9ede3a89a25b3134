"""Time: the tick rings every shard, the sweep finds what is due, each due item is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from chalicelib.application.deliver import deliver
from chalicelib.application.handle import handle
from chalicelib.application.report import send_report
from chalicelib.domain.episode.commands import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import Due
    from chalicelib.application.world import World

SHARDS = 16
SEEN = 20_000
"""How much of a shard a sweep reads at most: some pages of keys."""
SHARE = 120
"""How much of one hospital: in all shards more a minute than may leave, and no partition of its gets hot."""
SWEPT = 4_000
"""How much it puts on the wake queue at most: seconds of its thirty. The rest is found a minute later."""


def tick(world: World) -> None:
    """Once a minute: ask for every shard to be swept."""
    world.bell.shards(SHARDS)


def sweep(world: World, shard: int, at: datetime) -> int:
    """Put what is due in this shard on the wake queue; returns how much that was."""
    due = tuple(islice(in_turn(islice(world.alarm.due(shard, at), SEEN)), SWEPT))
    world.bell.wake(due)
    return len(due)


def in_turn(due: Iterable[Due]) -> Iterable[Due]:
    """One of each hospital, then another of each, up to its share: a flood of one keeps no other waiting."""
    waiting: dict[str, list[Due]] = {}
    for item in due:
        waiting.setdefault(item.pk.partition("|")[0], []).append(item)
    shares = (sorted(items, key=_has_no_minute)[:SHARE] for items in waiting.values())
    return (item for turn in zip_longest(*shares) for item in turn if item is not None)


def _has_no_minute(due: Due) -> bool:
    """A notice has a place in this minute; what else there is can as well be looked at in the next."""
    return not due.sk.startswith("NTC#")


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
