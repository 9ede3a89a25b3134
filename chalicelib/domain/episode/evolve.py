"""`evolve(state, event) -> state`: the only way in which state comes about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.state import Alert, Episode, StepState
from chalicelib.domain.errors import NotBooked


def fold(events: Iterable[e.Event]) -> Episode | None:
    """The state that a log amounts to; None for an empty log."""
    state: Episode | None = None
    for event in events:
        state = evolve(state, event)
    return state


def folded(state: Episode, events: Iterable[e.Event]) -> Episode:
    """The state after these events."""
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: Episode | None, event: e.Event) -> Episode:
    """The state after one more event; a log that does not begin with `Booked` is refused."""
    if isinstance(event, e.Booked):
        return _booked(event)
    if state is None:
        raise NotBooked(type(event).__name__)
    return _after(state, event)


def _booked(event: e.Booked) -> Episode:
    return Episode(
        patient=event.patient,
        pathway=event.pathway,
        pathway_version=event.pathway_version,
        unit=event.unit,
        hours=event.hours,
        operation_at=event.operation_at,
        arrival_at=event.arrival_at,
        channels=event.channels,
        surgeon=event.surgeon,
        as_of=event.as_of,
        booked_at=event.at,
        appointment=event.appointment,
        visit=event.visit,
        visit_as_of="" if event.visit is None else event.as_of,
    )


def _after(state: Episode, event: e.Event) -> Episode:  # noqa: C901, PLR0912 - one table of all events
    match event:
        case e.StepReleased() | e.Reminded() | e.StepMissed() | e.StepLapsed() | e.StepOpened():
            return _step_changed(state, event)
        case e.ResponseCompleted() | e.AdviceGiven() | e.AskedAgain():
            return _answered(state, event)
        case e.AlertRaised():
            return _raised(state, event)
        case e.AlertTaken() | e.AlertAcknowledged() | e.AlertEscalated() | e.AlertResolved():
            return _alert_changed(state, event)
        case e.Booked():
            return _booked(event)
        case e.Moved():
            return _moved(state, event)
        case e.BookingConfirmed(as_of=as_of):
            return replace(state, as_of=as_of)
        case e.Reinstated(at=at, withdrawn=withdrawn):
            return _withdrawn(replace(state, cancelled_at=None, booked_at=at), withdrawn)
        case e.Replanned():
            return _replanned(state, event)
        case e.PathwayChanged(by=by, pathway=pathway, pathway_version=version):
            return replace(state, pathway=pathway, pathway_version=version, chosen_by=by)
        case e.PatientChanged(patient=patient):
            return replace(state, patient=patient)
        case e.VisitLinked(visit=visit, as_of=as_of):
            return replace(state, visit=visit, visit_as_of=as_of)
        case e.SurgeonChanged(surgeon=surgeon):
            return replace(state, surgeon=surgeon)
        case e.ChannelsChanged(channels=channels):
            return replace(state, channels=channels, stopped=state.stopped and "sms" not in channels)
        case e.Cancelled(at=at, as_of=as_of):
            return replace(state, cancelled_at=state.cancelled_at or at, cancelled_as_of=as_of)
        case e.Admitted(at=at):
            return replace(state, admitted_at=at)
        case e.Discharged(at=at):
            return replace(state, discharged_at=at)
        case e.AdmissionWithdrawn():
            return replace(state, admitted_at=None)
        case e.DischargeWithdrawn(withdrawn=withdrawn):
            return _withdrawn(replace(state, discharged_at=None), withdrawn)
        case e.CallLogged(call=call, result=result):
            return replace(state, calls=state.calls | {call}, last_call=result)
        case e.NoteAdded(note=note):
            return replace(state, notes=state.notes | {note})
        case e.TextReceived() | e.TextsStopped():
            return _texted(state, event)
        case e.Ended(at=at):
            return replace(state, ended_at=at)
        case _:
            assert_never(event)


def _moved(state: Episode, event: e.Moved) -> Episode:
    moved = replace(
        state,
        operation_at=event.operation_at,
        arrival_at=event.arrival_at,
        as_of=event.as_of,
        booked_at=event.at,
    )
    return _withdrawn(moved, event.withdrawn)


def _replanned(state: Episode, event: e.Replanned) -> Episode:
    return replace(
        state,
        pathway=event.pathway,
        pathway_version=event.pathway_version,
        unit=event.unit,
        hours=event.hours,
    )


def _withdrawn(state: Episode, keys: tuple[str, ...]) -> Episode:
    """Steps whose message no longer holds wait again; the count of their releases stays."""
    fresh = {key: StepState(release=state.step(key).release) for key in keys}
    return replace(state, steps=state.steps | fresh)


def _step_changed(
    state: Episode,
    event: e.StepReleased | e.Reminded | e.StepMissed | e.StepLapsed | e.StepOpened,
) -> Episode:
    step = state.step(event.step)
    match event:
        case e.StepReleased(at=at, release=release):
            step = StepState(status="released", release=release, released_at=at)
        case e.Reminded(number=number):
            step = replace(step, reminders=number)
        case e.StepMissed():
            step = replace(step, status="missed")
        case e.StepLapsed():
            step = replace(step, silent=True)
        case e.StepOpened(at=at):
            step = replace(step, opened_at=at)
        case _:
            assert_never(event)
    return replace(state, steps=state.steps | {event.step: step})


def _answered(state: Episode, event: e.ResponseCompleted | e.AdviceGiven | e.AskedAgain) -> Episode:
    step = state.step(event.step)
    match event:
        case e.ResponseCompleted(at=at, answers=answers):
            step = replace(step, status="completed", completed_at=at, answers=answers)
        case e.AdviceGiven(rules=rules, again_at=again_at):
            step = replace(step, advised=rules, again_at=again_at)
        case e.AskedAgain(at=at, questions=questions):
            step = replace(
                step,
                status="released",
                completed_at=None,
                silent=False,
                again_at=None,
                again=questions,
                asked_again_at=at,
                question=questions[0],
                explained=False,
            )
        case _:
            assert_never(event)
    return replace(state, steps=state.steps | {event.step: step})


def _raised(state: Episode, event: e.AlertRaised) -> Episode:
    alert = Alert(
        id=event.alert,
        step=event.step,
        level=event.level,
        kind=event.kind,
        raised_at=event.at,
        rules=event.rules,
        evidence=event.evidence,
        detail=event.detail,
    )
    raised = replace(state, alerts=(*state.alerts, alert))
    if event.kind not in {"silent", "no_contact", "undelivered"} and event.detail != e.NOT_ANSWERED_AGAIN:
        return raised
    # A nurse has it now: no reminder and no second line for the same silence.
    step = replace(raised.step(event.step), silent=True)
    return replace(raised, steps=raised.steps | {event.step: step})


def _texted(state: Episode, event: e.TextReceived | e.TextsStopped) -> Episode:
    state = replace(state, replies=state.replies | {event.reply})
    if isinstance(event, e.TextsStopped):
        return replace(state, stopped=True, channels=event.channels)
    if event.answer == "not_read":
        state = replace(state, told_not_read_at=event.at)
    if not event.question:
        return state
    step = replace(state.step(event.step), question=event.question, explained=event.answer == "explain")
    return replace(state, steps=state.steps | {event.step: step})


def _alert_changed(
    state: Episode, event: e.AlertTaken | e.AlertAcknowledged | e.AlertEscalated | e.AlertResolved
) -> Episode:
    def changed(alert: Alert) -> Alert:
        match event:
            case e.AlertTaken(by=by):
                return replace(alert, taken_by=by)
            case e.AlertEscalated(to=to):
                return replace(alert, escalated_to=(*alert.escalated_to, to))
            case e.AlertAcknowledged(at=at, by=by):
                return replace(alert, acknowledged_at=at, taken_by=alert.taken_by or by)
            case e.AlertResolved(at=at, outcome=outcome):
                return replace(alert, resolved_at=at, outcome=outcome)
            case _:
                assert_never(event)

    return replace(
        state,
        alerts=tuple(changed(a) if a.id == event.alert else a for a in state.alerts),
    )


def last_change(state: Episode) -> datetime:
    """When something last happened that a clinician would call news."""
    moments = [state.booked_at, state.admitted_at, state.discharged_at, state.cancelled_at, state.ended_at]
    for step in state.steps.values():
        moments += [step.released_at, step.opened_at, step.completed_at]
    moments += [alert.raised_at for alert in state.alerts]
    return max(moment for moment in moments if moment is not None)
