"""What has happened: ids, codes and times only, never a name, a number or free text. Never renamed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.domain.episode.alert_events import (
    NOT_ANSWERED_AGAIN as NOT_ANSWERED_AGAIN,
)
from chalicelib.domain.episode.alert_events import (
    AlertAcknowledged as AlertAcknowledged,
)
from chalicelib.domain.episode.alert_events import (
    AlertEscalated as AlertEscalated,
)
from chalicelib.domain.episode.alert_events import (
    AlertKind as AlertKind,
)
from chalicelib.domain.episode.alert_events import (
    AlertLevel as AlertLevel,
)
from chalicelib.domain.episode.alert_events import (
    AlertRaised as AlertRaised,
)
from chalicelib.domain.episode.alert_events import (
    AlertResolved as AlertResolved,
)
from chalicelib.domain.episode.alert_events import (
    AlertTaken as AlertTaken,
)
from chalicelib.domain.episode.alert_events import (
    SilentReason as SilentReason,
)
from chalicelib.domain.episode.commands import Channel, Word
from chalicelib.domain.episode.contact_events import (
    CallLogged as CallLogged,
)
from chalicelib.domain.episode.contact_events import (
    NoteAdded as NoteAdded,
)
from chalicelib.domain.episode.contact_events import (
    ReplyText as ReplyText,
)
from chalicelib.domain.episode.contact_events import (
    TextReceived as TextReceived,
)
from chalicelib.domain.episode.contact_events import (
    TextsStopped as TextsStopped,
)
from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.rules import Answers


class Booked(msgspec.Struct, frozen=True, tag=True):
    """The follow-up is planned."""

    at: datetime
    as_of: Word
    patient: str
    pathway: str
    pathway_version: int
    unit: str
    hours: MessagingHours
    operation_at: datetime
    arrival_at: datetime
    channels: tuple[Channel, ...]
    surgeon: str | None
    appointment: str | None = None
    visit: str | None = None


class Moved(msgspec.Struct, frozen=True, tag=True):
    """The operation has another time. `withdrawn`: released steps whose message no longer holds."""

    at: datetime
    as_of: Word
    operation_at: datetime
    arrival_at: datetime
    withdrawn: tuple[str, ...]


class Reinstated(msgspec.Struct, frozen=True, tag=True):
    """Cancelled, and then booked again: every step that had spoken waits anew (`withdrawn`)."""

    at: datetime
    withdrawn: tuple[str, ...]


class Replanned(msgspec.Struct, frozen=True, tag=True):
    """The booking now names another unit, or, while nothing has been said yet, another operation."""

    at: datetime
    pathway: str
    pathway_version: int
    unit: str
    hours: MessagingHours


class PathwayChanged(msgspec.Struct, frozen=True, tag=True):
    """A clinician has chosen another pathway or version; what was asked stays."""

    at: datetime
    by: str
    pathway: str
    pathway_version: int


class PatientChanged(msgspec.Struct, frozen=True, tag=True):
    """The follow-up belongs to another patient's number: two were merged, or the booking was corrected."""

    at: datetime
    patient: str


class BookingConfirmed(msgspec.Struct, frozen=True, tag=True):
    """A newer message repeats what we know: from now on only newer ones count."""

    at: datetime
    as_of: Word


class VisitLinked(msgspec.Struct, frozen=True, tag=True):
    """The hospital has given the stay a number."""

    at: datetime
    visit: str
    as_of: Word = ""


class SurgeonChanged(msgspec.Struct, frozen=True, tag=True):
    """Another surgeon operates."""

    at: datetime
    surgeon: str | None


class ChannelsChanged(msgspec.Struct, frozen=True, tag=True):
    """The ways in which the patient can be reached have changed."""

    at: datetime
    channels: tuple[Channel, ...]
    by: str | None = None


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """The operation will not take place. `withdrawn`: released steps whose message no longer holds."""

    at: datetime
    reason: str
    withdrawn: tuple[str, ...]
    as_of: Word = ""


class Admitted(msgspec.Struct, frozen=True, tag=True):
    """The patient has arrived."""

    at: datetime


class Discharged(msgspec.Struct, frozen=True, tag=True):
    """The patient has gone home."""

    at: datetime


class AdmissionWithdrawn(msgspec.Struct, frozen=True, tag=True):
    """The hospital has taken the admission back."""

    at: datetime


class DischargeWithdrawn(msgspec.Struct, frozen=True, tag=True):
    """The hospital has taken the discharge back. `withdrawn`: steps released because of it."""

    at: datetime
    withdrawn: tuple[str, ...]


class StepReleased(msgspec.Struct, frozen=True, tag=True):
    """The patient is invited, over these channels (none: a nurse has to call)."""

    at: datetime
    step: str
    release: int
    """Counts the releases of this step: a moved operation releases it anew."""
    channels: tuple[Channel, ...]


class Reminded(msgspec.Struct, frozen=True, tag=True):
    """The patient is reminded for the `number`-th time."""

    at: datetime
    step: str
    release: int
    number: int
    channels: tuple[Channel, ...]


class StepMissed(msgspec.Struct, frozen=True, tag=True):
    """The step was not released while it was still of use."""

    at: datetime
    step: str


class StepLapsed(msgspec.Struct, frozen=True, tag=True):
    """Nobody has answered, and the pathway says that nothing follows. An answer still counts."""

    at: datetime
    step: str


class StepOpened(msgspec.Struct, frozen=True, tag=True):
    """The patient has looked at it."""

    at: datetime
    step: str


class ResponseCompleted(msgspec.Struct, frozen=True, tag=True):
    """The response is handed in. Answers are codes and numbers; free text stands in the response."""

    at: datetime
    step: str
    release: int
    by: str | None
    answers: Answers
    round: int = 1
    """2: asked again after an advice."""


class AdviceGiven(msgspec.Struct, frozen=True, tag=True):
    """These rules hold; the patient has read the advice, and will be asked again before anybody calls."""

    at: datetime
    step: str
    rules: tuple[str, ...]
    again_at: datetime


class AskedAgain(msgspec.Struct, frozen=True, tag=True):
    """After an advice: these questions once more, over these channels."""

    at: datetime
    step: str
    release: int
    questions: tuple[str, ...]
    channels: tuple[Channel, ...]


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The follow-up is over."""

    at: datetime


Event = (
    Booked
    | Moved
    | Reinstated
    | Replanned
    | PathwayChanged
    | PatientChanged
    | BookingConfirmed
    | VisitLinked
    | SurgeonChanged
    | ChannelsChanged
    | Cancelled
    | Admitted
    | Discharged
    | AdmissionWithdrawn
    | DischargeWithdrawn
    | StepReleased
    | Reminded
    | StepMissed
    | StepLapsed
    | StepOpened
    | ResponseCompleted
    | AdviceGiven
    | AskedAgain
    | AlertRaised
    | AlertTaken
    | AlertEscalated
    | AlertAcknowledged
    | AlertResolved
    | CallLogged
    | NoteAdded
    | Ended
    | TextReceived
    | TextsStopped
)
