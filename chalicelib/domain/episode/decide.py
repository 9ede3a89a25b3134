"""`decide(pathway, state, command) -> events`: every rule of the follow-up, and nothing else.

A repeated command yields nothing; an impossible one raises a `DomainError`.
"""

from __future__ import annotations

from typing import assert_never

from chalicelib.domain.episode import alerting, booking, replying
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.state import Episode
from chalicelib.domain.episode.waking import wake
from chalicelib.domain.errors import EpisodeClosed, NotBooked, UnknownAlert, UnknownStep
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import coded, complete
from chalicelib.domain.rules import Answers

Events = tuple[e.Event, ...]


def decide(pathway: Pathway, state: Episode | None, command: c.Command) -> Events:
    """The events that the command leads to, in order."""
    if isinstance(command, c.Book):
        return booking.book(pathway, state, command)
    if state is None:
        raise NotBooked(type(command).__name__)
    if isinstance(command, c.OfTheFollowUp):
        return _of_the_follow_up(pathway, state, command)
    if isinstance(command, c.Cancel):
        return booking.cancel(state, command)
    if isinstance(command, c.OfTheTeam):
        return _of_the_team(state, command)
    if isinstance(command, c.ReceiveText | c.StopTexts):
        return replying.texted(pathway, state, command)
    if isinstance(command, c.Fact):
        return _fact(pathway, state, command)
    return booking.change_pathway(state, command)


def _fact(pathway: Pathway, state: Episode, command: c.Fact) -> Events:
    """A cancelled follow-up takes these in, too: a newer booking may reinstate it."""
    if state.ended_at is not None:
        raise EpisodeClosed(type(command).__name__)
    match command:
        case c.LinkVisit():
            return booking.link_visit(state, command)
        case c.ChangeChannels():
            return booking.change_channels(pathway, state, command)
        case c.ChangePatient():
            return booking.change_patient(state, command)
        case _:
            return booking.movement(pathway, state, command)


def _of_the_follow_up(pathway: Pathway, state: Episode, command: c.OfTheFollowUp) -> Events:
    if state.is_closed:
        # A late alarm clock and a second look at the page do no harm; anything else is refused.
        if isinstance(command, c.Wake | c.OpenStep):
            return ()
        raise EpisodeClosed(type(command).__name__)
    match command:
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
    return alerting.saved(step, state, known, command.at)


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
            round=1 if state.step(step.key).asked_again_at is None else 2,
        ),
        *alerting.answered(state, step.key, command.at),
        *alerting.handed_in(step, state, answers, command.at),
    )


def _released(pathway: Pathway, state: Episode, key: str) -> Step:
    step = pathway.step(key)
    if state.step(key).status not in {"released", "completed"}:
        raise UnknownStep(key)
    return step


def _of_the_team(state: Episode, command: c.OfTheTeam) -> Events:
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
            read = e.AlertAcknowledged(at=at, alert=alert.id, by=by)
            if alert.kind != "message":
                return (read,)
            # A text message asks for no more than to be read.
            return (read, e.AlertResolved(at=at, alert=alert.id, by=by, outcome="read"))
        case _:
            assert_never(command)
