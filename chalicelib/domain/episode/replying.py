"""What a patient's text message leads to, once it is known what it means (`domain.replies`)."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.episode import alerting
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.alert_events import SAID_STOP
from chalicelib.domain.episode.evolve import evolve
from chalicelib.domain.episode.state import Episode
from chalicelib.domain.pathway import Pathway

Events = tuple[e.Event, ...]
TELL_AGAIN = timedelta(days=1)
"""How often a patient is told that messages are not read at once."""


def texted(pathway: Pathway, state: Episode, command: c.ReceiveText | c.StopTexts) -> Events:
    """Possible to the end, and after it: somebody may write at any time."""
    if isinstance(command, c.StopTexts):
        return _stop(pathway, state, command)
    return _receive(pathway, state, command)


def _receive(pathway: Pathway, state: Episode, command: c.ReceiveText) -> Events:
    """Note a text message and choose what goes back; what nobody understood is a line to read."""
    if command.reply in state.replies:
        return ()
    match command.meaning:
        case "answer":
            return (_received(state, command, _after_an_answer(state, command), command.question),)
        case "unclear" if not state.step(command.step).explained:
            return (_received(state, command, "explain", command.question),)
        case "seen":
            is_open = state.step(command.step).status == "released"
            return (_received(state, command, "more" if is_open else ""),)
        case "start":
            return (_received(state, command, "started"),)
        case "thanks":
            return (_received(state, command),)
        case _:
            return _to_read(pathway, state, command)


def _after_an_answer(state: Episode, command: c.ReceiveText) -> e.ReplyText:
    """A red answer first sends the patient to the telephone, as the page does."""
    red = any(
        alert.step == command.step and alert.level == "red" and alert.raised_at == command.at
        for alert in state.open_alerts
    )
    if red:
        return "call_us"
    if command.question:
        return ""
    return "more" if state.step(command.step).completed_at is None else "thanks"


def _to_read(pathway: Pathway, state: Episode, command: c.ReceiveText) -> Events:
    told = state.told_not_read_at
    again = told is None or command.at - told >= TELL_AGAIN
    tell = again and command.tell and not state.stopped
    received = _received(state, command, "not_read" if tell else "")
    line = alerting.of_step(pathway.step(command.step), state, "message", command.at, command.reply)
    return (received, line)


def _received(
    state: Episode, command: c.ReceiveText, answer: e.ReplyText = "", question: str = ""
) -> e.TextReceived:
    return e.TextReceived(
        at=command.at,
        step=command.step,
        release=state.step(command.step).release,
        reply=command.reply,
        meaning=command.meaning,
        answer=answer,
        question=question,
    )


def _stop(pathway: Pathway, state: Episode, command: c.StopTexts) -> Events:
    """No more text messages: what waits for an answer goes to a nurse, or the follow-up itself."""
    if state.stopped or command.reply in state.replies:
        return ()
    stopped = e.TextsStopped(
        at=command.at,
        step=command.step,
        release=state.step(command.step).release,
        reply=command.reply,
        channels=tuple(channel for channel in state.channels if channel != "sms"),
        confirmed=command.confirm,
    )
    if state.is_closed:
        return (stopped,)
    now = evolve(state, stopped)
    waiting = [
        step
        for step in pathway.steps
        if now.step(step.key).status == "released" and not now.step(step.key).silent and not now.channels
    ]
    if waiting:
        return (
            stopped,
            *(alerting.of_step(s, now, "no_contact", command.at, SAID_STOP) for s in waiting),
        )
    line = alerting.of_step(pathway.step(command.step), now, "prefers_call", command.at, SAID_STOP)
    return (stopped, line)
