"""What cannot be handled rests a while, with its reason, and leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Protocol

import msgspec

from chalicelib.domain.stumble import Stumble, stumbled

if TYPE_CHECKING:
    from chalicelib.application.world import World


DEADLY = 3
"""What the queue gives out more often, because nobody has come back with it, kills whoever handles it."""


class Stumbles(Protocol):
    """The items that stumble. One stands as long as its item waits for the moment that it has set."""

    def last(self, hospital: str, episode: str, item: str) -> Stumble | None:
        """The item's last stumble, whether or not it still stands."""

    def save(self, hospital: str, stumble: Stumble) -> None:
        """Keep a stumble on top of the one that was read; raises `Conflict`."""

    def rest(self, hospital: str, stumble: Stumble, at: datetime) -> None:
        """Wake the item at the stumble's next moment, if it is still due."""

    def hasten(self, hospital: str, stumble: Stumble, at: datetime) -> None:
        """Wake the item now, if it still waits for the stumble's next moment."""

    def standing(self, hospital: str) -> tuple[Stumble, ...]:
        """The hospital's stumbles that still stand, the oldest first."""


class Item(msgspec.Struct, frozen=True):
    """Something with an alarm clock of its own: a row, a notice, a report."""

    hospital: str
    episode: str
    sk: str


class Failure(msgspec.Struct, frozen=True):
    """What was noted of a failed attempt, and the error itself for the log."""

    stumble: Stumble
    error: Exception


class Died(Exception):
    """Whoever handled the item did not live to say why: out of time, or out of memory."""


def attempt(
    world: World, item: Item, do: Callable[[datetime], None], at: datetime, tries: int = 1
) -> Failure | None:
    """Handle one item; what fails is noted and rests, so that what stands behind it goes on.

    This is the one place that catches everything, and it makes no success of it: where the stumble
    cannot be stored, that error goes on to the queue. The order matters: a crash between the two
    writes tries once more. `tries`: how often the queue has given the item out.
    """
    try:
        if tries > DEADLY:
            _declare_dead(item)
        do(at)
    except Exception as error:
        previous = world.stumbles.last(item.hospital, item.episode, item.sk)
        stumble = stumbled(previous, item.episode, item.sk, reason(error), at)
        world.stumbles.save(item.hospital, stumble)
        world.stumbles.rest(item.hospital, stumble, at)
        return Failure(stumble, error)
    return None


def _declare_dead(item: Item) -> None:
    raise Died(item.sk)


def try_now(world: World, hospital: str, episode: str, item: str, at: datetime) -> bool:
    """Let the next sweep take an item that rests; False where it does not rest any more."""
    stumble = world.stumbles.last(hospital, episode, item)
    if stumble is None or stumble not in world.stumbles.standing(hospital):
        return False
    world.stumbles.hasten(hospital, stumble, at)
    return True


def reason(error: Exception) -> str:
    """The kind of an error and the last place of ours that it passed; its text may name a person."""
    ours = [frame for frame in extract_tb(error.__traceback__) if "chalicelib" in Path(frame.filename).parts]
    if not ours:
        return type(error).__name__
    path = Path(ours[-1].filename)
    return f"{type(error).__name__} {path.parent.name}/{path.name}:{ours[-1].lineno}"
