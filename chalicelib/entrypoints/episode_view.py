"""The page of one episode: alerts, answers, messages, and the time line, as the template wants them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, get_args

from chalicelib.domain import worklist
from chalicelib.domain.episode.alerting import rules_holding
from chalicelib.domain.episode.commands import CallResult, Outcome
from chalicelib.domain.explain import answer_in_words, in_language, reasons, rules_of
from chalicelib.domain.questionnaire import path
from chalicelib.domain.rules import questions_in
from chalicelib.entrypoints.list_view import signed_in
from chalicelib.entrypoints.staff_words import age, alert_words, event_words

if TYPE_CHECKING:
    from chalicelib.application.ports import History
    from chalicelib.application.records import Person, Response, Unit
    from chalicelib.domain.episode import Alert, Event
    from chalicelib.domain.notice import Notice
    from chalicelib.domain.pathway import Pathway, Step
    from chalicelib.domain.rules import Words
    from chalicelib.entrypoints.http import Call


NOTED = ("call", "note", "reply")
"""What names the note with an event's words."""


def context(call: Call, history: History, person: Person | None, unit: Unit, language: str) -> dict[str, Any]:
    """Everything that the page of an episode shows."""
    state = history.row.state
    pathway = call.world.catalogue.pathway(state.pathway, state.pathway_version)
    staff = {m.id: m.name for m in call.world.catalogue.members(call.member.hospital)}
    surgeons = call.world.catalogue.clinicians(call.member.hospital)
    surgeon = surgeons.get(state.surgeon or "")
    notes = {note.id: note.text for note in history.notes}
    return {
        **signed_in(call, unit, language),
        "once": secrets.token_hex(8),
        "error": call.query.get("error", ""),
        "zone": unit.hours.zone,
        "now": call.now,
        "episode": {
            "id": history.row.episode,
            "status": worklist.status(pathway, state),
            "operation": in_language(pathway.title, language),
            "pathway": pathway.code,
            "pathway_version": pathway.version,
            "operation_at": state.operation_at,
            "arrival_at": state.arrival_at,
            "surgeon": "" if surgeon is None else surgeon.name,
            "closed": state.is_closed,
        },
        "patient": _patient(person, call),
        "alerts": [_alert(pathway, a, staff, notes, language) for a in reversed(state.alerts)],
        "steps": [_step(history, pathway, step, language) for step in pathway.steps],
        "notices": [_notice(n) for n in history.notices],
        "timeline": [
            _moment(event, history, pathway, staff, notes, language) for event in reversed(history.events)
        ],
        "call_results": get_args(CallResult),
        "outcomes": get_args(Outcome),
    }


def pathways(
    history: History, offered: tuple[tuple[str, int, Words], ...], language: str
) -> list[dict[str, Any]]:
    """What the follow-up may go over to, by title; `on`: the one that it follows now."""
    state = history.row.state
    now = (state.pathway, state.pathway_version)
    listed = [
        {
            "value": f"{code}|{number}",
            "title": in_language(title, language),
            "own": "." in code,
            "on": (code, number) == now,
        }
        for code, number, title in offered
    ]
    return sorted(listed, key=lambda one: str(one["title"]).casefold())


def _patient(person: Person | None, call: Call) -> dict[str, Any]:
    if person is None:
        nothing = dict.fromkeys(("name", "sex", "phone", "email", "language"), "")
        return nothing | {"born": None, "age": None, "stopped": False}
    return {
        "name": f"{person.family_name.upper()} {person.given_name}",
        "born": person.birth_date,
        "age": age(person.birth_date, call.now),
        "sex": person.sex,
        "phone": person.mobile,
        "email": person.email,
        "language": person.language,
        "stopped": person.stopped,
    }


def _alert(
    pathway: Pathway, alert: Alert, staff: dict[str, str], notes: dict[str, str], language: str
) -> dict[str, Any]:
    return {
        "id": alert.id,
        "level": alert.level,
        "open": alert.is_open,
        "reasons": reasons(pathway, alert, language) or (alert_words(alert, language),),
        "told": [in_language(rule.advice, language) for rule in rules_of(pathway, alert)],
        "text": notes.get(alert.detail, "") if alert.kind == "message" else "",
        "raised_at": alert.raised_at,
        "taken_by": staff.get(alert.taken_by or "", ""),
        "acknowledged_at": alert.acknowledged_at,
        "resolved_at": alert.resolved_at,
        "outcome": alert.outcome or "",
        "escalated_to": alert.escalated_to,
    }


def _step(history: History, pathway: Pathway, step: Step, language: str) -> dict[str, Any]:
    now = history.row.state.step(step.key)
    kept = history.response(step.key)
    del pathway
    return {
        "key": step.key,
        "title": in_language(step.title, language),
        "status": now.status,
        "opened_at": now.opened_at,
        "completed_at": now.completed_at,
        "answers": [] if kept is None else _answers(step, history, kept, language),
    }


def _answers(step: Step, history: History, kept: Response, language: str) -> list[dict[str, Any]]:
    levels: dict[str, str] = {}
    for rule in reversed(rules_holding(step, history.row.state, kept.answers)):
        levels |= dict.fromkeys(questions_in(rule.when), rule.level)
    return [
        {
            "question": in_language(q.short, language),
            "full": in_language(q.text, language),
            "answer": answer_in_words(q, kept.answers[q.link_id], language),
            "level": levels.get(q.link_id, ""),
        }
        for q in path(step.questionnaire, kept.answers)
        if q.link_id in kept.answers
    ]


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "step": notice.step,
        "channel": notice.channel,
        "status": notice.status,
        "at": notice.settled_at or notice.created_at,
        "reason": notice.reason or "",
        "attempt": notice.attempt,
    }


def _moment(
    event: Event,
    history: History,
    pathway: Pathway,
    staff: dict[str, str],
    notes: dict[str, str],
    language: str,
) -> dict[str, Any]:
    step = getattr(event, "step", None)
    noted = next((name for part in NOTED if (name := getattr(event, part, ""))), "")
    alert = history.row.state.alert(getattr(event, "alert", None) or "")
    detail = ""
    if alert is not None:
        detail = "; ".join(reasons(pathway, alert, language) or (alert_words(alert, language),))
    elif step is not None:
        detail = in_language(pathway.step(step).title, language)
    return {
        "kind": type(event).__name__,
        "level": getattr(event, "level", ""),
        "words": event_words(event, language),
        "detail": detail,
        "at": event.at,
        "by": staff.get(getattr(event, "by", None) or "", ""),
        "result": getattr(event, "result", "") or "",
        "outcome": getattr(event, "outcome", "") or "",
        "text": notes.get(noted, ""),
    }
