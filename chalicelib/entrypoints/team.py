"""What nurses see: the list of a unit and day, one episode with its whole story, and what they do with it."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TypeVar, get_args

from chalice.app import Response

from chalicelib.application import access, reads, versions
from chalicelib.application.handle import always, handle
from chalicelib.application.records import Note
from chalicelib.application.resuming import resume
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode.commands import CallResult, Command, Outcome
from chalicelib.entrypoints import answers, episode_view, list_view
from chalicelib.entrypoints.http import Call, Routes

routes = Routes(__name__)

T = TypeVar("T", bound=str)
LONGEST_NOTE = 1000
CALL_RESULTS: tuple[CallResult, ...] = get_args(CallResult)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@routes.get("/team", allow="staff")
def worklist(call: Call) -> Response:
    """Who is not ready, who is unwell and why, who is silent."""
    who = call.member
    units = access.units_of(call.world, who)
    if not units and who.member.role in access.CONSOLE_ROLES:
        return answers.redirect("/team/hl7")
    if not units:
        msg = "a member of no unit"
        raise access.Forbidden(msg)
    unit = access.unit_for(call.world, who, call.query.get("unit") or units[0].id)
    today = reads.today(unit, call.now)
    day = _day(call.query.get("day"), today)
    listed = reads.worklist_of(call.world, who, unit, day, call.now)
    language = call.language(who.member.language)
    return answers.page(
        call,
        "staff/worklist.html.jinja",
        language,
        **list_view.context(call, listed, unit, units, today, language),
    )


@routes.get("/team/episodes/{episode}", allow="staff")
def episode(call: Call, episode: str) -> Response:
    """One patient's follow-up: alerts, answers, messages, and everything that happened."""
    who = call.member
    history, unit = access.episode_for(call.world, who, episode)
    person = access.person_for(call.world, who, history.row, call.now)
    language = call.language(who.member.language)
    return answers.page(
        call,
        "staff/episode.html.jinja",
        language,
        **episode_view.context(call, history, person, unit, language),
        pathways=episode_view.pathways(history, _offered(call), language),
    )


@routes.post("/team/episodes/{episode}/take", allow="staff")
def take(call: Call, episode: str) -> Response:
    """Mine."""
    return _do(call, episode, c.TakeAlert(at=call.now, alert=_alert(call), by=call.member.member.id))


@routes.post("/team/episodes/{episode}/acknowledge", allow="staff")
def acknowledge(call: Call, episode: str) -> Response:
    """Read."""
    return _do(call, episode, c.AcknowledgeAlert(at=call.now, alert=_alert(call), by=call.member.member.id))


@routes.post("/team/episodes/{episode}/resolve", allow="staff")
def resolve(call: Call, episode: str) -> Response:
    """Closed, with what came of it."""
    outcome = _one_of(call, "outcome", OUTCOMES)
    by = call.member.member.id
    if note := _note(call, call.form.get("once") or secrets.token_hex(8)):
        _do(call, episode, c.AddNote(at=call.now, by=by, note=note[0].id), note)
    return _do(call, episode, c.ResolveAlert(at=call.now, alert=_alert(call), by=by, outcome=outcome))


@routes.post("/team/episodes/{episode}/call", allow="staff")
def log_call(call: Call, episode: str) -> Response:
    """A call was made, and with what result."""
    number = call.form.get("once") or secrets.token_hex(8)
    outcome = _one_of(call, "outcome", OUTCOMES) if call.form.get("outcome") else None
    command = c.LogCall(
        at=call.now,
        by=call.member.member.id,
        call=number,
        result=_one_of(call, "result", CALL_RESULTS),
        outcome=outcome,
        alert=call.form.get("alert") or None,
    )
    return _do(call, episode, command, _note(call, number))


@routes.post("/team/episodes/{episode}/note", allow="staff")
def add_note(call: Call, episode: str) -> Response:
    """A line for the colleagues."""
    number = call.form.get("once") or secrets.token_hex(8)
    note = _note(call, number)
    if not note:
        return answers.redirect(f"/team/episodes/{episode}?error=note#note")
    return _do(call, episode, c.AddNote(at=call.now, by=call.member.member.id, note=number), note)


@routes.post("/team/episodes/{episode}/pathway", allow="staff")
def change_pathway(call: Call, episode: str) -> Response:
    """Another pathway, chosen by hand: no booking changes it any more."""
    chosen = _one_of(call, "pathway", tuple(f"{code}|{n}" for code, n, _ in _offered(call)))
    code, _, number = chosen.partition("|")
    steps = tuple(step.key for step in call.world.catalogue.pathway(code, int(number)).steps)
    command = c.ChangePathway(
        at=call.now, by=call.member.member.id, pathway=code, pathway_version=int(number), steps=steps
    )
    return _do(call, episode, command)


@routes.post("/team/episodes/{episode}/texts", allow="staff")
def texts_again(call: Call, episode: str) -> Response:
    """The patient, who had written STOP, wants text messages again."""
    who = call.member
    history, _ = access.episode_for(call.world, who, episode)
    person = access.person_for(call.world, who, history.row, call.now)
    if person is not None:
        resume(call.world, who.hospital, person, who.member.id, call.now)
    return answers.redirect(f"/team/episodes/{episode}")


def _offered(call: Call) -> tuple[tuple[str, int, dict[str, str]], ...]:
    return versions.in_force(call.world, call.member.hospital)


class BadChoice(access.Forbidden):
    """A form came with a value that its page does not offer."""


def _do(call: Call, episode: str, command: Command, notes: tuple[Note, ...] = ()) -> Response:
    who = call.member
    access.episode_for(call.world, who, episode)
    handle(call.world, who.hospital, episode, command, always(*notes))
    return answers.redirect(f"/team/episodes/{episode}")


def _note(call: Call, number: str) -> tuple[Note, ...]:
    text = call.form.get("text", "").strip()[:LONGEST_NOTE]
    return (Note(id=number, text=text, written_at=call.now, by=call.member.member.id),) if text else ()


def _alert(call: Call) -> str:
    return call.form.get("alert", "")


def _one_of(call: Call, name: str, allowed: tuple[T, ...]) -> T:
    for value in allowed:
        if call.form.get(name) == value:
            return value
    raise BadChoice(name)


def _day(asked: str | None, today: date) -> date:
    try:
        day = date.fromisoformat(asked or "")
    except ValueError:
        return today
    return day if abs(day - today) <= timedelta(days=400) else today
