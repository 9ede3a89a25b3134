"""`handle`: the only way to change a follow-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.application.ports import Change, Conflict, Row
from chalicelib.domain import outgoing
from chalicelib.domain.episode import Command, decide, evolve, next_wake
from chalicelib.domain.episode.commands import Book
from chalicelib.domain.errors import NotBooked

if TYPE_CHECKING:
    from chalicelib.application.records import Extra
    from chalicelib.application.world import World
    from chalicelib.domain.episode import Episode, Event
    from chalicelib.domain.pathway import Pathway

ExtrasFor = Callable[["tuple[Event, ...]"], "tuple[Extra, ...]"]
"""What is to be stored with the events, given the events (none: the command changed nothing)."""


class Unread:
    """The caller has not read the episode."""


UNREAD = Unread()
RACES = 5
"""How often a lost race is decided anew before the caller (or the queue) tries later."""


def always(*extras: Extra) -> ExtrasFor:
    """The same extras, whether or not the command changes anything."""
    return lambda events: extras


def handle(
    world: World,
    hospital: str,
    episode: str,
    command: Command,
    extras: ExtrasFor = always(),  # noqa: B008 - an immutable function
) -> Row:
    """Carry out a command; see `handle_all`."""
    return handle_all(world, hospital, episode, (command,), extras)


def handle_all(
    world: World,
    hospital: str,
    episode: str,
    commands: tuple[Command, ...],
    extras: ExtrasFor = always(),  # noqa: B008 - an immutable function
    row: Row | Unread | None = UNREAD,
    races: int = RACES,
) -> Row:
    """Carry out commands: load, decide, write in one transaction, ring. Returns the row as it now is.

    `row`: the episode as the caller has just read it (None: there is none), so that it is read once.
    `races`: 1 where the commands hold only for the row as it was read.
    `extras` are stored with the events, or, where the command changes nothing, without them.
    Raises a `DomainError` when the command is impossible, `Conflict` when that many races in a row
    were lost, and `AlreadyKnown` when an HL7 message among the extras is in the ledger already.
    """
    for race in range(races):
        known = row if race == 0 and not isinstance(row, Unread) else world.care.row(hospital, episode)
        try:
            return _once(world, hospital, episode, known, commands, extras)
        except Conflict:
            if race == races - 1:
                raise
    raise Conflict(episode)


def _once(
    world: World,
    hospital: str,
    episode: str,
    row: Row | None,
    commands: tuple[Command, ...],
    extras: ExtrasFor,
) -> Row:
    state = None if row is None else row.state
    events: tuple[Event, ...] = ()
    for command in commands:
        new = decide(pathway_of(world, state, command), state, command)
        state = _folded(state, new) if new else state
        events += new
    if not events:
        if alone := extras(()):
            world.care.store(hospital, episode, alone)
        return _existing(row, episode)
    change = _change(world, hospital, episode, row, events, extras(events))
    world.care.commit(change)
    world.bell.ring(hospital, episode, change.notices, change.reports)
    return Row(hospital, episode, change.expected + len(events), change.state)


def _change(
    world: World,
    hospital: str,
    episode: str,
    row: Row | None,
    events: tuple[Event, ...],
    extras: tuple[Extra, ...],
) -> Change:
    before = None if row is None else row.state
    after = _folded(before, events)
    pathway = pathway_of(world, after)
    return Change(
        hospital=hospital,
        episode=episode,
        expected=0 if row is None else row.version,
        events=events,
        state=after,
        wake_at=next_wake(pathway, after),
        notices=outgoing.notices(pathway, before, after, events),
        reports=outgoing.reports(events),
        extras=extras,
    )


def _folded(state: Episode | None, events: tuple[Event, ...]) -> Episode:
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise NotBooked("no events")
    return state


def _existing(row: Row | None, episode: str) -> Row:
    if row is None:
        raise NotBooked(episode)
    return row


def pathway_of(world: World, state: Episode | None, command: Command | None = None) -> Pathway:
    """The version that the episode began with, or that a first booking names."""
    if state is not None:
        return world.catalogue.pathway(state.pathway, state.pathway_version)
    if isinstance(command, Book):
        return world.catalogue.pathway(command.pathway, command.pathway_version)
    raise NotBooked(type(command).__name__)
