"""When things are due: every moment of an episode, computed from its pathway and its present state.

There is no timer to cancel: a booking that moves simply has other moments.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import assert_never

from chalicelib.domain.episode.events import AlertKind
from chalicelib.domain.episode.state import Alert, Episode, StepState
from chalicelib.domain.messaging_hours import MOMENTS_KEPT, MessagingHours, days_from, next_open
from chalicelib.domain.pathway import Escalation, Pathway, Reminder, Step, Timing

PATIENCE = timedelta(minutes=60)
"""Nobody is called silent sooner than this after the invitation: 85 % of those who answer do so
within the hour (Rennes, J Med Syst 2019;43:217)."""


def next_wake(pathway: Pathway, state: Episode) -> datetime | None:
    """When the episode has to be looked at again; None when only people can move it on.

    None is possible in two cases: the episode is closed, or it has an open line on a worklist.
    """
    if state.is_closed:
        return None
    open_alerts = state.open_alerts
    moments = [moment for step in pathway.steps if (moment := step_wake(pathway, step, state)) is not None]
    moments += [due for alert in open_alerts for due, _ in escalations(pathway, state, alert)]
    if not open_alerts:
        moments.append(ends_at(pathway, state))
    return min(moments, default=None)


def step_wake(pathway: Pathway, step: Step, state: Episode) -> datetime | None:
    """The next moment at which time alone changes this step; None when it no longer does."""
    now = state.step(step.key)
    if step.phase == "before" and state.admitted_at is not None:
        return None
    if now.status == "waiting":
        return _waiting_wake(pathway, step, state)
    if now.again_at is not None:
        return now.again_at
    if now.status != "released" or now.silent:
        return None
    silent = silent_at(step, state)
    reminder = next_reminder(step, state, silent)
    return silent if reminder is None else min(reminder[1], silent)


def _waiting_wake(pathway: Pathway, step: Step, state: Episode) -> datetime | None:
    if is_held(step, state):
        # Nothing leaves before the hospital has said that the patient is at home. If it never
        # says so, a nurse hears of it once, when silence would have been noticed.
        return None if was_raised(state, "not_discharged") else held_until(pathway, step, state)
    return min(span(step, state))


def is_held(step: Step, state: Episode) -> bool:
    """Whether the step has to wait for the discharge."""
    return step.phase == "after" and state.discharged_at is None


def was_raised(state: Episode, kind: AlertKind) -> bool:
    """Whether such an alert was raised, open or closed, since the present booking."""
    return any(alert.kind == kind and alert.raised_at >= state.booked_at for alert in state.alerts)


def was_in_hospital(step: Step, state: Episode) -> bool:
    """Whether the patient went home only when a contact with people at home was of no use any more."""
    return (
        step.phase == "after"
        and state.discharged_at is not None
        and useful_until(step, state) <= state.discharged_at
    )


def span(step: Step, state: Episode) -> tuple[datetime, datetime]:
    """When the invitation leaves, and from when on it would do no good, or harm."""
    not_before = state.booked_at
    if step.phase == "after" and state.discharged_at is not None:
        not_before = max(not_before, state.discharged_at)
    return _span(step.timing, state.hours, anchored_at(step, state), state.arrival_at, not_before)


@lru_cache(maxsize=MOMENTS_KEPT)
def _span(
    timing: Timing, hours: MessagingHours, anchor: datetime, arrival: datetime, not_before: datetime
) -> tuple[datetime, datetime]:
    """The invitation leaves at the pathway's time, not before the booking, within messaging hours."""
    invite = max(days_from(hours.zone, anchor, timing.day, timing.invite), not_before)
    until = arrival
    if timing.useful_until is not None:
        until = days_from(hours.zone, anchor, timing.useful_until_day, timing.useful_until)
    return next_open(hours, invite), until


def useful_until(step: Step, state: Episode) -> datetime:
    """From then on the message would do no good, or harm."""
    return span(step, state)[1]


def held_until(pathway: Pathway, step: Step, state: Episode) -> datetime:
    """When a nurse hears that no discharge has come: not before people usually go home."""
    day = max(step.timing.day, 0) + pathway.stay_days
    return max(on_day(step, state, day, step.timing.silent), state.booked_at)


def escalations(pathway: Pathway, state: Episode, alert: Alert) -> tuple[tuple[datetime, Escalation], ...]:
    """When and to whom an alert will be handed on that nobody has taken; opening hours alone count."""
    if not alert.is_open or alert.taken_by is not None:
        return ()
    chain = [step for step in pathway.escalation if step.level == alert.level]
    begins = next_open(state.hours, alert.raised_at)
    return tuple(
        (next_open(state.hours, begins + timedelta(minutes=step.after_minutes)), step)
        for step in chain[len(alert.escalated_to) :]
    )


def silent_at(step: Step, state: Episode) -> datetime:
    """When no answer becomes a line on the worklist.

    Never sooner than `PATIENCE` after the invitation, nor later than the step is of use.
    """
    now = state.step(step.key)
    if now.asked_again_at is not None:
        return now.asked_again_at + PATIENCE
    released = _released_at(now)
    planned = on_day(step, state, step.timing.day, step.timing.silent)
    return max(released, min(max(planned, released + PATIENCE), useful_until(step, state)))


def next_reminder(step: Step, state: Episode, silent: datetime) -> tuple[int, datetime] | None:
    """The number and moment of the next reminder, or None when none is left before the `silent` moment.

    Reminders whose time passed before the invitation left (a late booking) are skipped.
    """
    now = state.step(step.key)
    if now.asked_again_at is not None:
        return None
    released = _released_at(now)
    left = step.timing.reminders[now.reminders :]
    for number, reminder in enumerate(left, start=now.reminders + 1):
        due = next_open(state.hours, _reminder_at(step, state, reminder))
        if released < due < silent:
            return number, due
    return None


def _reminder_at(step: Step, state: Episode, reminder: Reminder) -> datetime:
    if reminder.at is not None:
        return on_day(step, state, step.timing.day, reminder.at)
    return _released_at(state.step(step.key)) + timedelta(minutes=reminder.after_minutes or 0)


def ends_at(pathway: Pathway, state: Episode) -> datetime:
    """When the follow-up closes by itself."""
    return days_from(state.hours.zone, state.operation_at, pathway.follow_up_days, "20:00")


def on_day(step: Step, state: Episode, day: int, wall: str) -> datetime:
    """The instant of a wall-clock time, so many days from the step's anchor, in the unit's zone."""
    return days_from(state.hours.zone, anchored_at(step, state), day, wall)


def anchored_at(step: Step, state: Episode) -> datetime:
    """What the step's days count from; what has not happened yet, from when it is planned."""
    match step.timing.anchor:
        case "operation":
            return state.operation_at
        case "admission":
            return state.admitted_at or state.arrival_at
        case "discharge":
            return state.discharged_at or state.operation_at
        case _:
            assert_never(step.timing.anchor)


def _released_at(step: StepState) -> datetime:
    if step.released_at is None:
        msg = "the step was not released"
        raise ValueError(msg)
    return step.released_at
