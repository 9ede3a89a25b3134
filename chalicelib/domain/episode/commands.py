"""What may be asked of an episode. Time (`at`, aware UTC) and ids arrive in the command."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.rules import Answers

Word = str
"""Which word of the hospital this is: text that sorts as it was said (MSH-7, EVN-2, MSH-13, MSH-10).
What an older word says never replaces what a newer one has said, in whatever order they arrive."""

Channel = Literal["sms", "email", "voice"]
"""voice: a call to a landline, read out by a machine, that asks to call the unit."""
TextMeaning = Literal["answer", "unclear", "seen", "thanks", "message", "start"]
"""`unclear`: a number that the question does not offer; `seen`: an OK that answers no question."""
CallResult = Literal["reached", "no_answer", "voicemail", "wrong_number", "refused", "carer"]
Outcome = Literal[
    "reassured",
    "advice",
    "prescription",
    "doctor_told",
    "consultation",
    "emergency",
    "readmitted",
    "cancelled",
]


class Book(msgspec.Struct, frozen=True, tag=True):
    """Plan the follow-up, or bring it up to date: a full snapshot of the booking, as SIU sends it."""

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
    surgeon: str | None = None
    """The surgeon's code; the name stands in the hospital's directory."""
    appointment: str | None = None
    """The hospital's own number of the booking (SCH-1)."""
    visit: str | None = None
    """The hospital's own number of the stay (PV1-19)."""
    unmapped: str | None = None
    """The procedure codes that lead to no pathway: the general one was taken, and a nurse has to choose."""


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """The operation will not take place. It beats everything but a newer booking."""

    at: datetime
    as_of: Word
    reason: str


class LinkVisit(msgspec.Struct, frozen=True, tag=True):
    """A stay near the operation is taken for its stay, as long as no booking names one."""

    at: datetime
    visit: str
    instead_of: str | None = None
    """The number that the same stay had before."""


class ChangePatient(msgspec.Struct, frozen=True, tag=True):
    """The hospital has found that two of its patients are one: the follow-up belongs to this one."""

    at: datetime
    patient: str


class Admit(msgspec.Struct, frozen=True, tag=True):
    """The patient has arrived."""

    at: datetime


class Discharge(msgspec.Struct, frozen=True, tag=True):
    """The patient has gone home."""

    at: datetime


class WithdrawAdmission(msgspec.Struct, frozen=True, tag=True):
    """The hospital takes the admission back."""

    at: datetime


class WithdrawDischarge(msgspec.Struct, frozen=True, tag=True):
    """The hospital takes the discharge back: the patient is still there."""

    at: datetime


class ChangeChannels(msgspec.Struct, frozen=True, tag=True):
    """The ways in which the patient can be reached have changed."""

    at: datetime
    channels: tuple[Channel, ...]
    by: str | None = None
    """The nurse who lets text messages leave again after a STOP; empty: the patient asked by text message."""


class Wake(msgspec.Struct, frozen=True, tag=True):
    """The alarm clock rang. Late, twice or for nothing: it does no harm."""

    at: datetime


class OpenStep(msgspec.Struct, frozen=True, tag=True):
    """The patient has looked at the page of a step."""

    at: datetime
    step: str


class SaveAnswers(msgspec.Struct, frozen=True, tag=True):
    """The answers so far (all of them, not only the new one), before they are handed in."""

    at: datetime
    step: str
    answers: Answers


class Submit(msgspec.Struct, frozen=True, tag=True):
    """The response is handed in, by the patient, or by a nurse (`by`) who heard it on the telephone."""

    at: datetime
    step: str
    answers: Answers
    by: str | None = None


class TakeAlert(msgspec.Struct, frozen=True, tag=True):
    """A clinician says: mine."""

    at: datetime
    alert: str
    by: str


class AcknowledgeAlert(msgspec.Struct, frozen=True, tag=True):
    """A clinician has read it."""

    at: datetime
    alert: str
    by: str


class ResolveAlert(msgspec.Struct, frozen=True, tag=True):
    """A clinician closes it, with what came of it."""

    at: datetime
    alert: str
    by: str
    outcome: Outcome


class LogCall(msgspec.Struct, frozen=True, tag=True):
    """A call was made. What was said stands in the note with this id, not in the log."""

    at: datetime
    by: str
    call: str
    result: CallResult
    outcome: Outcome | None = None
    alert: str | None = None


class AddNote(msgspec.Struct, frozen=True, tag=True):
    """A note was written; its text stands in the note with this id."""

    at: datetime
    by: str
    note: str


class ChangePathway(msgspec.Struct, frozen=True, tag=True):
    """A clinician has chosen another pathway, or offers a safer version of this one.

    `steps`: the keys of its steps. What the patient has been asked must be among them.
    """

    at: datetime
    by: str
    pathway: str
    pathway_version: int
    steps: tuple[str, ...]


class ReportUndelivered(msgspec.Struct, frozen=True, tag=True):
    """A notice could not reach the patient and will not be tried again."""

    at: datetime
    step: str
    notice: str
    reason: str


class ReceiveText(msgspec.Struct, frozen=True, tag=True):
    """The patient has sent a text message. What it says stands in the note with this id, not in the log."""

    at: datetime
    reply: str
    step: str
    """The contact that it answers, or is filed under."""
    meaning: TextMeaning
    question: str = ""
    """What is asked next by text message, or, of an unclear one, still."""
    tell: bool = True
    """Another follow-up of the same telephone may say already that messages are not read at once."""


class StopTexts(msgspec.Struct, frozen=True, tag=True):
    """The patient has written STOP. `confirm`: this follow-up tells the patient that it was understood."""

    at: datetime
    reply: str
    step: str
    confirm: bool


OfTheFollowUp = Wake | Submit | OpenStep | SaveAnswers
"""What time and the patient bring about."""
OfTheTeam = TakeAlert | AcknowledgeAlert | ResolveAlert | LogCall | AddNote | ReportUndelivered
"""What people, and the network, say of alerts and patients."""
Fact = Admit | Discharge | WithdrawAdmission | WithdrawDischarge | ChangeChannels | ChangePatient | LinkVisit
"""What is so whether or not the operation takes place."""

Command = (
    Book
    | Cancel
    | Fact
    | Wake
    | OpenStep
    | SaveAnswers
    | Submit
    | ChangePathway
    | TakeAlert
    | AcknowledgeAlert
    | ResolveAlert
    | LogCall
    | AddNote
    | ReportUndelivered
    | ReceiveText
    | StopTexts
)
