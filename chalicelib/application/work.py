"""Carrying out what a message says: the change and the ledger's line in one transaction, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.application.handle import UNREAD, Unread, handle_all
from chalicelib.application.records import MessageRecord
from chalicelib.application.wording import unit_of
from chalicelib.domain.episode.commands import ChangeChannels
from chalicelib.domain.errors import EpisodeClosed

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import Row
    from chalicelib.application.records import Extra, Person
    from chalicelib.application.world import World
    from chalicelib.domain.episode import Command, Event

STALE = "we know this or something newer"


@dataclass(frozen=True)
class Work:
    """One message in hand: where it came from, when, and the line that the ledger will have of it."""

    world: World
    at: datetime
    record: MessageRecord

    @property
    def hospital(self) -> str:
        """Whose message it is."""
        return self.record.hospital

    def close(
        self, facts: tuple[Extra, ...] = (), *, episode: str | None = None, **changes: str
    ) -> MessageRecord:
        """Write the line, with these facts and nothing else."""
        record = replace(self.record, episode=episode, **changes)
        self.world.care.store(self.hospital, episode, (*facts, record))
        return record

    def carry_out(
        self,
        episode: str,
        commands: tuple[Command, ...],
        facts: tuple[Extra, ...] = (),
        row: Row | Unread | None = UNREAD,
    ) -> MessageRecord:
        """Tell an episode; it is "stale" where neither the episode nor what is kept beside it changes.

        `row`: the episode as it was just read, if it was: it need not be read again.
        """
        told = replace(self.record, episode=episode)

        def extras(events: tuple[Event, ...]) -> tuple[Extra, ...]:
            nonlocal told
            if not events and not facts:
                told = replace(told, result="stale", reason=STALE)
            return (*facts, told)

        try:
            handle_all(self.world, self.hospital, episode, commands, extras, row)
        except EpisodeClosed:
            return self.close(facts, episode=episode, result="no_concern", reason="the follow-up is closed")
        return told

    def tell_channels(self, person: Person, known: Person | None) -> tuple[Person, tuple[Row, ...]]:
        """Every follow-up of the patient learns how they can be reached; returns those follow-ups.

        And the person, as `reach` does.
        """
        if known is None:
            return person, ()  # nobody has booked for somebody of whom nothing was known
        rows = rows_of(self.world, self.hospital, person.id)
        return self.reach(person, rows), rows

    def reach(self, person: Person, rows: tuple[Row, ...]) -> Person:
        """These follow-ups learn how their patient can be reached; returns the person to write on top of.

        The person is stored first: what a follow-up then wants to say may leave before we write again,
        and has to find the new number.
        """
        told = [
            (row, unit_of(self.world, row).channels_to(person)) for row in rows if row.state.ended_at is None
        ]
        late = [(row, channels) for row, channels in told if row.state.channels != channels]
        if late:
            self.world.care.store(self.hospital, None, (person,))
            person = replace(person, revision=person.revision + 1)
        for row, channels in late:
            handle_all(
                self.world, self.hospital, row.episode, (ChangeChannels(at=self.at, channels=channels),)
            )
        return person


def changed(new: Extra, known: Extra | None) -> tuple[Extra, ...]:
    """What has to be written: nothing, where nothing is new."""
    return () if new == known else (new,)


def rows_of(world: World, hospital: str, patient: str) -> tuple[Row, ...]:
    """The patient's follow-ups (a pointer may be older than a merge: the row itself decides)."""
    rows = (world.care.row(hospital, episode) for episode in world.care.of_patient(hospital, patient))
    return tuple(row for row in rows if row is not None and row.state.patient == patient)
