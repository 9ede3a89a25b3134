"""What Vigie needs of the world, in its own words. Adapters and fakes pass the same contract tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

import msgspec

from chalicelib.application.profile import Profile
from chalicelib.application.records import (
    Cancellation,
    ClinicianEntry,
    Extra,
    Link,
    Member,
    MessageRecord,
    Note,
    Person,
    Response,
    Unit,
    Visit,
)
from chalicelib.domain.episode import Episode, Event
from chalicelib.domain.episode.commands import Channel
from chalicelib.domain.notice import Notice
from chalicelib.domain.outgoing import Report
from chalicelib.domain.pathway import Pathway


class Conflict(Exception):
    """Somebody else has written in the meantime: read again, decide again."""


class AlreadyKnown(Exception):
    """The ledger holds a message under this key already: the same one, or another with its number."""

    def __init__(self, line: MessageRecord) -> None:
        """Keep the line that stands there."""
        super().__init__(line.key)
        self.line = line


class Row(msgspec.Struct, frozen=True):
    """An episode as it stands: the fold of its log, and how many events that were."""

    hospital: str
    episode: str
    version: int
    state: Episode


class Change(msgspec.Struct, frozen=True):
    """One decision and all that must be stored with it, or not at all."""

    hospital: str
    episode: str
    expected: int
    """The version that the decision was taken on; 0: the episode is new."""
    events: tuple[Event, ...]
    state: Episode
    wake_at: datetime | None
    notices: tuple[Notice, ...]
    reports: tuple[Report, ...]
    extras: tuple[Extra, ...] = ()


class History(msgspec.Struct, frozen=True):
    """All that is stored of one episode."""

    row: Row
    events: tuple[Event, ...]
    notices: tuple[Notice, ...]
    reports: tuple[Report, ...]
    responses: tuple[Response, ...]
    notes: tuple[Note, ...]

    def response(self, step: str) -> Response | None:
        """The answers to this contact as it was asked last, or None."""
        release = self.row.state.step(step).release
        return next((r for r in self.responses if r.step == step and r.release == release), None)


class Care(Protocol):
    """Episodes with all that belongs to them."""

    def row(self, hospital: str, episode: str) -> Row | None:
        """The episode as it stands (read consistently), or None."""

    def commit(self, change: Change) -> None:
        """Store all of it, or nothing.

        Raises `Conflict` when the version is no longer the expected one, and `AlreadyKnown` when an
        inbound `MessageRecord` among the extras is in the ledger already. Repeating a commit whose
        answer was lost does no harm: it is recognised as one's own.
        """

    def store(self, hospital: str, episode: str | None, extras: Iterable[Extra]) -> None:
        """Store what comes with no event, in one transaction; raises `AlreadyKnown` like `commit`.

        `episode` is needed for responses and notes.
        """

    def history(self, hospital: str, episode: str) -> History | None:
        """The whole of an episode, or None."""

    def response(self, hospital: str, episode: str, step: str) -> Response | None:
        """The answers to a step so far, or None."""

    def cancellation(self, hospital: str, episode: str) -> Cancellation | None:
        """Whether the booking was cancelled before it was known."""

    def of_day(self, hospital: str, unit: str, day: date) -> tuple[Row, ...]:
        """The unit's episodes with their operation on that day (found by an index)."""

    def needing_attention(self, hospital: str, unit: str) -> tuple[Row, ...]:
        """The unit's episodes with an open alert, worst and oldest first (found by an index)."""

    def of_patient(self, hospital: str, patient: str) -> tuple[str, ...]:
        """The ids of a patient's episodes."""


class People(Protocol):
    """Patients. Reading one is reading personal data: go through `application.access`."""

    def person(self, hospital: str, patient: str) -> Person | None:
        """The patient, or None."""

    def persons(self, hospital: str, patients: Iterable[str]) -> dict[str, Person]:
        """Several patients by id; the unknown ones are missing."""

    def by_phone(self, hospital: str, number: str) -> tuple[Person, ...]:
        """Everybody who has this mobile number (found by an index): a family may share a telephone."""

    def visit(self, hospital: str, number: str) -> Visit | None:
        """What is known of a stay, or None."""

    def visits(self, hospital: str, patient: str) -> tuple[Visit, ...]:
        """The patient's stays, under the numbers that they have now."""


class Outgoing(Protocol):
    """Notices and reports, one at a time."""

    def notice(self, hospital: str, episode: str, notice: str) -> tuple[Notice, int] | None:
        """The notice with its version, or None."""

    def notices_of_release(
        self, hospital: str, episode: str, step: str, release: int
    ) -> tuple[tuple[Notice, int], ...]:
        """All notices of one release of a step with their versions, corrections included."""

    def save_notice(self, hospital: str, episode: str, notice: Notice, expected: int) -> None:
        """Put the notice if it still has this version; raises `Conflict`."""

    def claim(
        self, hospital: str, episode: str, notice: Notice, expected: int, row_version: int, link: Link
    ) -> None:
        """Put a claimed notice and its link if neither notice nor episode has changed; raises `Conflict`."""

    def take_place(self, hospital: str, channel: Channel, minute: datetime, place: str) -> bool:
        """Whether the hospital's minute still has room for this message; asking twice takes one place."""

    def counts(self, hospital: str, day: date) -> dict[str, int]:
        """How many notices of a day (UTC) there are in each state."""

    def report(self, hospital: str, episode: str, report: str) -> Report | None:
        """The report, or None."""

    def save_report(self, hospital: str, episode: str, report: Report) -> None:
        """Put a report that has been queued; repeating it does no harm."""


class Due(msgspec.Struct, frozen=True):
    """Something whose wake-up time has passed: where it stands, and nothing about it."""

    pk: str
    sk: str
    wake_at: str


class Alarm(Protocol):
    """The wake index: the one place that crosses hospitals. Only the sweep reads it."""

    def due(self, shard: int, at: datetime) -> Iterable[Due]:
        """What is due in this shard, oldest first."""


class Catalogue(Protocol):
    """Hospitals, units, members, profiles and pathways."""

    def unit(self, hospital: str, unit: str) -> Unit | None:
        """The unit, or None."""

    def units(self, hospital: str) -> tuple[Unit, ...]:
        """All units of a hospital, by id."""

    def member(self, hospital: str, member: str) -> Member | None:
        """The member, or None."""

    def members(self, hospital: str) -> tuple[Member, ...]:
        """All members of a hospital, by id."""

    def profile(self, hospital: str) -> Profile:
        """The hospital's dialect of HL7."""

    def save_profile(self, hospital: str, profile: Profile) -> None:
        """Put another dialect in force (within half a minute, everywhere)."""

    def clinicians(self, hospital: str) -> dict[str, ClinicianEntry]:
        """The hospital's directory of surgeons, by code."""

    def pathway(self, code: str, version: int) -> Pathway:
        """One published version; raises `KeyError` when there is none."""

    def document(self, code: str, version: int) -> Pathway:
        """One published version as it was written, repeated steps not unfolded; raises `KeyError`."""

    def codes(self) -> tuple[str, ...]:
        """The codes of all pathways that come with Vigie."""

    def latest(self, code: str) -> Pathway:
        """The version that a new episode begins with; raises `KeyError` when there is none."""

    def wording(self, channel: str, text: str, language: str) -> dict[str, str]:
        """The parts of a message ("text"; for e-mail "subject" and "body"), in the language or in English."""


class Bell(Protocol):
    """The doorbell: if it is lost, the minute's sweep finds the same item."""

    def ring(self, hospital: str, episode: str, notices: Iterable[Notice], reports: Iterable[Report]) -> None:
        """Say that these are to leave."""

    def wake(self, due: Iterable[Due]) -> None:
        """Put what is due on the wake queue, once per item and wake-up time."""

    def shards(self, count: int) -> None:
        """Ask for every shard to be swept."""


class Clock(Protocol):
    """The installation's time."""

    def now(self) -> datetime:
        """Aware UTC, without microseconds."""


class Refused(Exception):
    """A provider has said no. `for_good`: trying again is pointless."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        """Keep the provider's code as our reason code."""
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good


class OutcomeUnknown(Exception):
    """Nobody knows whether the provider has taken the message."""


class Envelope(msgspec.Struct, frozen=True):
    """A message ready to leave. `reference` comes back in every delivery event."""

    to: str
    reference: str
    text: str
    subject: str = ""
    useful_seconds: int = 3600
    language: str = "fr"
    unsubscribe: str = ""
    """Where one click ends the messages (e-mail)."""
    attempt: int = 1
    """Which attempt this is: another one may leave by another provider."""


class Provider(Protocol):
    """Somebody who carries messages."""

    name: str

    def send(self, envelope: Envelope) -> str:
        """Hand it over and return the provider's id; raises `Refused` or `OutcomeUnknown`."""
