"""`decide(pathway, state, command) -> events`: every rule of the follow-up, and nothing else.

A repeated command yields nothing; an impossible one raises a `DomainError`.
"""

from __future__ import annotations

from typing import assert_never

from chalicelib.domain.episode import alerting
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.evolve import evolve
from chalicelib.domain.episode.schedule import useful_until
from chalicelib.domain.episode.state import Episode
from chalicelib.domain.episode.waking import release, wake
from chalicelib.domain.errors import EpisodeClosed, NotBooked, UnknownAlert, UnknownStep
from chalicelib.domain.messaging_hours import next_open
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import coded, complete
from chalicelib.domain.rules import Answers

Events = tuple[e.Event, ...]


def decide(pathway: Pathway, state: Episode | None, command: c.Command) -> Events:
    """The events that the command leads to, in order."""
    if isinstance(command, c.Book):
        return _book(pathway, state, command)
    if state is None:
        raise NotBooked(type(command).__name__)
    if isinstance(command, c.Cancel):
        return _cancel(state, command)
    if isinstance(
        command,
        c.TakeAlert | c.AcknowledgeAlert | c.ResolveAlert | c.LogCall | c.AddNote | c.ReportUndelivered,
    ):
        return _of_the_team(state, command)
    if state.is_closed:
        # A late alarm clock and a second look at the page do no harm; anything else is refused.
        if isinstance(command, c.Wake | c.OpenStep):
            return ()
        raise EpisodeClosed(type(command).__name__)
    return _of_the_follow_up(pathway, state, command)


def _of_the_follow_up(
    pathway: Pathway,
    state: Episode,
    command: c.Admit
    | c.Discharge
    | c.WithdrawAdmission
    | c.WithdrawDischarge
    | c.ChangeChannels
    | c.Wake
    | c.OpenStep
    | c.SaveAnswers
    | c.Submit,
) -> Events:
    match command:
        case c.Admit() | c.Discharge() | c.WithdrawAdmission() | c.WithdrawDischarge():
            return _movement(pathway, state, command)
        case c.ChangeChannels():
            return _change_channels(pathway, state, command)
        case c.Wake(at=at):
            return wake(pathway, state, at)
        case c.OpenStep():
            return _open(pathway, state, command)
        case c.SaveAnswers():
            return _save(pathway, state, command)
        case c.Submit():
            return _submit(pathway, state, command)
        case _:
            assert_never(command)


def _book(pathway: Pathway, state: Episode | None, command: c.Book) -> Events:
    if state is None:
        return (e.Booked(**{name: getattr(command, name) for name in e.Booked.__struct_fields__}),)
    if state.is_closed:
        raise EpisodeClosed("Book")
    if command.as_of <= state.as_of:
        return ()
    events: list[e.Event] = []
    if (command.operation_at, command.arrival_at) != (state.operation_at, state.arrival_at):
        events += _moved(state, command)
    if command.surgeon != state.surgeon:
        events.append(e.SurgeonChanged(at=command.at, surgeon=command.surgeon))
    if command.visit is not None and command.visit != state.visit:
        events.append(e.VisitLinked(at=command.at, visit=command.visit))
    now = _folded(state, events)
    events += _change_channels(pathway, now, c.ChangeChannels(at=command.at, channels=command.channels))
    if not any(isinstance(event, e.Moved) for event in events):
        events.append(e.BookingConfirmed(at=command.at, as_of=command.as_of))
    return tuple(events)


def _moved(state: Episode, command: c.Book) -> Events:
    touched = tuple(key for key, step in state.steps.items() if step.status != "waiting")
    return (
        e.Moved(
            at=command.at,
            as_of=command.as_of,
            operation_at=command.operation_at,
            arrival_at=command.arrival_at,
            withdrawn=touched,
        ),
        *alerting.no_longer_needed(state, command.at, lambda alert: True),
    )


def _cancel(state: Episode, command: c.Cancel) -> Events:
    if state.is_closed or command.as_of < state.as_of:
        return ()
    spoken = tuple(key for key, step in state.steps.items() if step.release > 0)
    return (
        e.Cancelled(at=command.at, reason=command.reason, withdrawn=spoken),
        *alerting.no_longer_needed(state, command.at, lambda alert: True),
    )


def _movement(
    pathway: Pathway,
    state: Episode,
    command: c.Admit | c.Discharge | c.WithdrawAdmission | c.WithdrawDischarge,
) -> Events:
    phases = {step.key: step.phase for step in pathway.steps}
    at = command.at
    match command:
        case c.Admit() if state.admitted_at is None:
            unneeded = alerting.no_longer_needed(state, at, lambda a: phases.get(a.step) == "before")
            return (e.Admitted(at=at), *unneeded)
        case c.Discharge() if state.discharged_at is None:
            unneeded = alerting.no_longer_needed(
                state, at, lambda a: phases.get(a.step) == "before" or a.kind == "not_discharged"
            )
            return (e.Discharged(at=at), *unneeded)
        case c.WithdrawAdmission() if state.admitted_at is not None:
            return (e.AdmissionWithdrawn(at=at),)
        case c.WithdrawDischarge() if state.discharged_at is not None:
            spoken = tuple(
                key
                for key, step in state.steps.items()
                if phases.get(key) == "after" and step.status in {"released", "missed"}
            )
            unneeded = alerting.no_longer_needed(state, at, lambda a: a.step in spoken)
            return (e.DischargeWithdrawn(at=at, withdrawn=spoken), *unneeded)
        case _:
            return ()


def _change_channels(pathway: Pathway, state: Episode, command: c.ChangeChannels) -> Events:
    if command.channels == state.channels:
        return ()
    events: list[e.Event] = [e.ChannelsChanged(at=command.at, channels=command.channels)]
    now = _folded(state, events)
    for step in pathway.steps if command.channels else ():
        unreached = [
            a for a in now.open_alerts if a.step == step.key and a.kind in {"no_contact", "undelivered"}
        ]
        if unreached and next_open(now.hours, command.at) < useful_until(step, now):
            events += alerting.no_longer_needed(now, command.at, unreached.__contains__)
            events += release(step, now, command.at)
    return tuple(events)


def _open(pathway: Pathway, state: Episode, command: c.OpenStep) -> Events:
    step = _released(pathway, state, command.step)
    if state.step(step.key).opened_at is not None:
        return ()
    return (e.StepOpened(at=command.at, step=step.key),)


def _save(pathway: Pathway, state: Episode, command: c.SaveAnswers) -> Events:
    """A red answer is not kept back until the last page: the nurse hears of it now."""
    step = _released(pathway, state, command.step)
    if state.step(step.key).completed_at is not None:
        return ()
    known = coded(step.questionnaire, command.answers)
    return alerting.answers(step, state, known, command.at, only_red=True)


def _submit(pathway: Pathway, state: Episode, command: c.Submit) -> Events:
    step = _released(pathway, state, command.step)
    if state.step(step.key).completed_at is not None:
        return ()
    answers: Answers = coded(step.questionnaire, complete(step.questionnaire, command.answers))
    return (
        e.ResponseCompleted(
            at=command.at,
            step=step.key,
            release=state.step(step.key).release,
            by=command.by,
            answers=answers,
        ),
        *alerting.answered(state, step.key, command.at),
        *alerting.answers(step, state, answers, command.at, only_red=False),
    )


def _released(pathway: Pathway, state: Episode, key: str) -> Step:
    step = pathway.step(key)
    if state.step(key).status not in {"released", "completed"}:
        raise UnknownStep(key)
    return step


def _of_the_team(
    state: Episode,
    command: c.TakeAlert | c.AcknowledgeAlert | c.ResolveAlert | c.LogCall | c.AddNote | c.ReportUndelivered,
) -> Events:
    """What people do with alerts is possible to the end, and after it."""
    match command:
        case c.TakeAlert() | c.AcknowledgeAlert() | c.ResolveAlert():
            return _of_an_alert(state, command)
        case c.LogCall(call=call) if call in state.calls:
            return ()
        case c.LogCall(at=at, by=by, call=call, result=result, outcome=outcome, alert=alert):
            return (e.CallLogged(at=at, by=by, call=call, result=result, outcome=outcome, alert=alert),)
        case c.AddNote(note=note) if note in state.notes:
            return ()
        case c.AddNote(at=at, by=by, note=note):
            return (e.NoteAdded(at=at, by=by, note=note),)
        case c.ReportUndelivered():
            return alerting.undelivered(state, command)
        case _:
            assert_never(command)


def _of_an_alert(state: Episode, command: c.TakeAlert | c.AcknowledgeAlert | c.ResolveAlert) -> Events:
    alert = state.alert(command.alert)
    if alert is None:
        raise UnknownAlert(command.alert)
    match command:
        case c.ResolveAlert(at=at, by=by, outcome=outcome):
            if not alert.is_open:
                return ()
            return (e.AlertResolved(at=at, alert=alert.id, by=by, outcome=outcome),)
        case _ if not alert.is_open:
            raise UnknownAlert(command.alert)
        case c.TakeAlert(at=at, by=by):
            return () if alert.taken_by == by else (e.AlertTaken(at=at, alert=alert.id, by=by),)
        case c.AcknowledgeAlert(at=at, by=by):
            if alert.acknowledged_at is not None:
                return ()
            return (e.AlertAcknowledged(at=at, alert=alert.id, by=by),)
        case _:
            assert_never(command)


def _folded(state: Episode, events: list[e.Event]) -> Episode:
    for event in events:
        state = evolve(state, event)
    return state
