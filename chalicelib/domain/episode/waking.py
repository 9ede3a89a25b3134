"""What time alone brings about: invitations, reminders, silence, the end."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.episode import alerting
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.alert_events import SAID_STOP
from chalicelib.domain.episode.evolve import evolve
from chalicelib.domain.episode.schedule import (
    ends_at,
    escalations,
    held_until,
    is_held,
    next_reminder,
    silent_at,
    span,
    was_in_hospital,
    was_raised,
)
from chalicelib.domain.episode.state import Episode
from chalicelib.domain.messaging_hours import next_open
from chalicelib.domain.pathway import Pathway, Step


def wake(pathway: Pathway, state: Episode, at: datetime) -> tuple[e.Event, ...]:
    """All that is due by `at`, in the order of the pathway's steps."""
    events: list[e.Event] = []
    for step in pathway.steps:
        for event in _due(pathway, step, state, at):
            events.append(event)
            state = evolve(state, event)
    events += [
        e.AlertEscalated(at=at, alert=alert.id, to=step.to)
        for alert in state.open_alerts
        for due, step in escalations(pathway, state, alert)
        if at >= due
    ]
    if at >= ends_at(pathway, state) and not state.open_alerts:
        events.append(e.Ended(at=at))
    return tuple(events)


def _due(pathway: Pathway, step: Step, state: Episode, at: datetime) -> tuple[e.Event, ...]:
    now = state.step(step.key)
    if step.phase == "before" and state.admitted_at is not None:
        return ()
    if now.status == "waiting":
        return _waiting(pathway, step, state, at)
    if now.again_at is not None:
        return (_ask_again(step, state, at),) if at >= now.again_at else ()
    if now.status != "released" or now.silent:
        return ()
    silent = silent_at(step, state)
    return (_silent(step, state, at),) if at >= silent else _reminder(step, state, at, silent)


def _silent(step: Step, state: Episode, at: datetime) -> e.Event:
    now = state.step(step.key)
    if now.asked_again_at is not None:
        return alerting.not_answered_again(step, state, at)
    if step.timing.then == "nothing":
        return e.StepLapsed(at=at, step=step.key)
    detail: e.SilentReason = "never_opened" if now.opened_at is None else "not_finished"
    return alerting.of_step(step, state, "silent", at, detail)


def _ask_again(step: Step, state: Episode, at: datetime) -> e.AskedAgain:
    now = state.step(step.key)
    asked = [rule.ask_again.questions for rule in step.rules if rule.key in now.advised and rule.ask_again]
    return e.AskedAgain(
        at=at,
        step=step.key,
        release=now.release,
        questions=tuple(dict.fromkeys(question for questions in asked for question in questions)),
        channels=state.channels[:1],
    )


def _waiting(pathway: Pathway, step: Step, state: Episode, at: datetime) -> tuple[e.Event, ...]:
    if is_held(step, state):
        if at < held_until(pathway, step, state) or was_raised(state, "not_discharged"):
            return ()
        return (alerting.of_step(step, state, "not_discharged", at, "no_discharge"),)
    invite, until = span(step, state)
    if at < min(invite, until):
        return ()
    if next_open(state.hours, at) >= until:
        missed = e.StepMissed(at=at, step=step.key)
        if step.timing.then == "nothing" or was_in_hospital(step, state):
            return (missed,)
        return (missed, alerting.of_step(step, state, "too_late", at, "not_in_time"))
    return release(step, state, at)


def release(step: Step, state: Episode, at: datetime) -> tuple[e.Event, ...]:
    """Invite the patient, over the first channel there is; where there is none, a nurse calls."""
    released = e.StepReleased(
        at=at,
        step=step.key,
        release=state.step(step.key).release + 1,
        channels=state.channels[:1],
    )
    if state.channels:
        return (released,)
    why = SAID_STOP if state.stopped else "no_channel"
    alert = alerting.of_step(step, evolve(state, released), "no_contact", at, why)
    return (released, alert)


def _reminder(step: Step, state: Episode, at: datetime, silent: datetime) -> tuple[e.Event, ...]:
    """The last of the reminders that are due: after an outage the patient gets one, not all."""
    due: e.Reminded | None = None
    seen = state
    while (upcoming := next_reminder(step, seen, silent)) is not None and upcoming[1] <= at:
        due = e.Reminded(
            at=at,
            step=step.key,
            release=state.step(step.key).release,
            number=upcoming[0],
            channels=state.channels[:1],
        )
        seen = evolve(seen, due)
    return () if due is None else (due,)
