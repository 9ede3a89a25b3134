"""What must leave because of a decision: notices to the patient, reports to the hospital.

They are stored in the same transaction as the events, so that neither can exist without the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.schedule import useful_until
from chalicelib.domain.episode.state import Episode
from chalicelib.domain.messaging_hours import next_open
from chalicelib.domain.notice import Kind, Notice
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.replies import asked

ANSWER_LIFE = timedelta(hours=1)
"""Nobody understands an answer that comes later."""
STOPPED = "stopped"
"""The one text that still leaves after a STOP: it confirms it."""


class Report(msgspec.Struct, frozen=True):
    """One message to the hospital: a completed checklist, or an alert that was resolved."""

    id: str
    """Unique in the episode: "response.after.1", "alert.after.1.answer-1"."""
    kind: Literal["response", "alert"]
    step: str
    alert: str | None
    created_at: datetime
    status: Literal["due", "queued"] = "due"
    control_id: str | None = None

    @property
    def wake_at(self) -> datetime | None:
        """When the report has to be looked at; None once the hospital's queue has it."""
        return self.created_at if self.status == "due" else None


def notices(
    pathway: Pathway, before: Episode | None, after: Episode, events: tuple[e.Event, ...]
) -> tuple[Notice, ...]:
    """The notices that these events ask for; `before` is the state that they met."""
    wanted: list[Notice] = []
    for event in events:
        match event:
            case e.StepReleased():
                wanted += [_notice(pathway, after, event, "invite", "invite")] if event.channels else []
            case e.Reminded(number=number):
                name = f"reminder-{number}"
                wanted += [_notice(pathway, after, event, "reminder", name)] if event.channels else []
            case e.AskedAgain():
                wanted += [_notice(pathway, after, event, "again", "again")] if event.channels else []
            case e.TextReceived() | e.TextsStopped():
                wanted += _replies(pathway, after, event)
            case e.Moved(at=at, withdrawn=steps):
                wanted += _corrections(pathway, before, after, "moved", steps, at)
            case e.Cancelled(at=at, withdrawn=steps):
                wanted += _corrections(pathway, before, after, "cancelled", steps, at)
            case _:
                pass
    return tuple(wanted)


def reports(events: tuple[e.Event, ...]) -> tuple[Report, ...]:
    """The reports that these events ask for."""
    wanted: list[Report] = []
    for event in events:
        match event:
            case e.ResponseCompleted(at=at, step=step, release=release, round=number):
                again = "" if number == 1 else f".{number}"
                wanted.append(Report(f"response.{step}.{release}{again}", "response", step, None, at))
            case e.AlertResolved(outcome="read"):
                pass
            case e.AlertResolved(at=at, alert=alert, by=by) if by is not None:
                wanted.append(Report(f"alert.{alert}", "alert", alert.split(".")[0], alert, at))
            case _:
                pass
    return tuple(wanted)


def still_wanted(pathway: Pathway, state: Episode, notice: Notice) -> bool:
    """Whether the notice would be decided again now. Cancel beats everything."""
    if notice.channel == "sms" and state.stopped:
        return notice.text == STOPPED
    if notice.kind == "answer":
        return True
    if notice.kind == "cancelled":
        return state.cancelled_at is not None
    if state.is_closed:
        return False
    if notice.kind == "moved":
        return True
    step = state.step(notice.step)
    if pathway.step(notice.step).phase == "before" and state.admitted_at is not None:
        return False
    return step.status == "released" and step.release == notice.release


def _notice(
    pathway: Pathway,
    state: Episode,
    event: e.StepReleased | e.Reminded | e.AskedAgain,
    kind: Kind,
    name: str,
) -> Notice:
    step = pathway.step(event.step)
    channel = event.channels[0]
    question = asked(step, state.step(step.key)) if step.by_sms and channel == "sms" else None
    text = kind if kind == "again" else f"{kind}_{step.phase}"
    return Notice(
        id=f"{event.step}.{event.release}.{name}",
        step=event.step,
        release=event.release,
        kind=kind,
        text=text if question is None else "question",
        question="" if question is None else question.link_id,
        channel=channel,
        created_at=event.at,
        due_at=next_open(state.hours, event.at),
        useful_until=useful_until(step, state),
        operation_at=state.operation_at,
        arrival_at=state.arrival_at,
    )


def _replies(pathway: Pathway, state: Episode, event: e.TextReceived | e.TextsStopped) -> list[Notice]:
    """What goes back to somebody who has written: at once, because they look at their telephone now."""
    if isinstance(event, e.TextsStopped):
        return [_reply(state, event, STOPPED, "", event.at + ANSWER_LIFE)] if event.confirmed else []
    asks = event.question if event.answer != "explain" else ""
    until = useful_until(pathway.step(event.step), state)
    answer = [_reply(state, event, event.answer, event.question, event.at + ANSWER_LIFE)]
    question = [_reply(state, event, "question", asks, until)]
    return (answer if event.answer else []) + (question if asks else [])


def _reply(
    state: Episode, event: e.TextReceived | e.TextsStopped, text: str, question: str, until: datetime
) -> Notice:
    return Notice(
        id=f"{event.step}.{event.release}.{text}-{event.reply}",
        step=event.step,
        release=event.release,
        kind="question" if text == "question" else "answer",
        text=text,
        question=question,
        channel="sms",
        created_at=event.at,
        due_at=event.at,
        useful_until=until,
        operation_at=state.operation_at,
        arrival_at=state.arrival_at,
    )


def _corrections(
    pathway: Pathway,
    before: Episode | None,
    after: Episode,
    kind: Kind,
    steps: tuple[str, ...],
    at: datetime,
) -> list[Notice]:
    """Only what told the patient to come somewhere is taken back; a question does no harm."""
    if before is None or before.admitted_at is not None or not before.channels:
        return []
    return [
        _correction(step, before, after, kind, at)
        for step in pathway.steps
        if step.key in steps and step.phase == "before" and before.step(step.key).release
    ]


def _correction(step: Step, before: Episode, after: Episode, kind: Kind, at: datetime) -> Notice:
    release = before.step(step.key).release
    return Notice(
        id=f"{step.key}.{release}.{kind}-{before.arrival_at:%Y%m%d%H%M}",
        step=step.key,
        release=release,
        kind=kind,
        text=kind,
        channel=before.channels[0],
        created_at=at,
        due_at=next_open(before.hours, at),
        useful_until=max(before.operation_at, after.operation_at),
        operation_at=after.operation_at,
        arrival_at=after.arrival_at,
    )
