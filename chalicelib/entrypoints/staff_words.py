"""Words for staff that no rule of a pathway has written: kinds of alerts, events, results."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib import bootstrap

if TYPE_CHECKING:
    from chalicelib.domain.episode import Alert, Event

N_ = str
"""Marks a sentence for translation where it is written down, not where it is shown."""

ALERTS: dict[str, str] = {
    "never_opened": N_("No answer: the message was not opened"),
    "not_finished": N_("No answer: opened, not finished"),
    "said_stop": N_("The patient wrote STOP and prefers a call"),
    "not_corrected": N_("Moved or cancelled, and no text message leaves after a STOP: call the patient"),
    "no_channel": N_("No mobile number or e-mail: call the patient"),
    "not_in_time": N_("Booked too late for a message: call the patient"),
    "no_discharge": N_("No discharge received: the patient was not asked"),
    "no_address": N_("The message could not be sent: no number or address"),
    "too_late": N_("The message could not leave in time: call the patient"),
    "no_receipt": N_("The message may not have arrived: call the patient"),
}
NO_PATHWAY = N_("The procedure ({codes}) leads to no pathway: choose one")
MESSAGE = N_("Text message from the patient, to be read")
NOT_ANSWERED_AGAIN = N_("Advice was given, and the patient did not answer again")
UNDELIVERED = N_("The message did not reach the patient ({reason}): call the patient")

EVENTS: dict[str, str] = {
    "Booked": N_("Follow-up planned"),
    "Moved": N_("The operation has a new time"),
    "Reinstated": N_("Booked again after it was cancelled"),
    "Replanned": N_("Another unit or another operation"),
    "PatientChanged": N_("The hospital has corrected the patient's number"),
    "BookingConfirmed": N_("Booking repeated by the hospital"),
    "VisitLinked": N_("Stay number given by the hospital"),
    "SurgeonChanged": N_("Another surgeon"),
    "ChannelsChanged": N_("Contact details changed"),
    "Cancelled": N_("Operation cancelled"),
    "Admitted": N_("Arrived at the hospital"),
    "Discharged": N_("Went home"),
    "AdmissionWithdrawn": N_("Arrival withdrawn by the hospital"),
    "DischargeWithdrawn": N_("Discharge withdrawn by the hospital"),
    "StepReleased": N_("Message to the patient"),
    "Reminded": N_("Reminder to the patient"),
    "StepLapsed": N_("No answer; the pathway asks for nothing more"),
    "PathwayChanged": N_("Another pathway was chosen"),
    "AdviceGiven": N_("Advice to the patient; asked again later"),
    "AskedAgain": N_("Asked again after the advice"),
    "AlertEscalated": N_("Alert handed on: nobody had taken it"),
    "StepMissed": N_("No message: it was too late"),
    "StepOpened": N_("Opened by the patient"),
    "ResponseCompleted": N_("Answered"),
    "AlertRaised": N_("Alert"),
    "AlertTaken": N_("Alert taken"),
    "AlertAcknowledged": N_("Alert read"),
    "AlertResolved": N_("Alert closed"),
    "CallLogged": N_("Call"),
    "NoteAdded": N_("Note"),
    "TextReceived": N_("Text message from the patient"),
    "TextsStopped": N_("The patient wrote STOP: no more text messages"),
    "Ended": N_("Follow-up ended"),
}


def alert_words(alert: Alert, language: str) -> str:
    """Why an alert that no answer caused was raised."""
    if alert.kind == "no_pathway":
        return bootstrap.pages().words(NO_PATHWAY, language).replace("{codes}", alert.detail)
    if alert.kind == "message":
        return bootstrap.pages().words(MESSAGE, language)
    known = ALERTS.get(alert.detail)
    if known is not None:
        return bootstrap.pages().words(known, language)
    return bootstrap.pages().words(UNDELIVERED, language).replace("{reason}", alert.detail)


def event_words(event: Event, language: str) -> str:
    """What happened, in a few words."""
    return bootstrap.pages().words(EVENTS[type(event).__name__], language)


def age(born: date | None, now: datetime) -> int | None:
    """Full years."""
    if born is None:
        return None
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))
