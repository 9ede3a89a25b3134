"""What a patient sees: the link, the birth date, the instructions, the questions."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import access
from chalicelib.application.handle import handle
from chalicelib.application.stopping import stop_mail
from chalicelib.domain.episode.commands import OpenStep
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.questionnaire import Question, next_question
from chalicelib.entrypoints import answers, asking, filling, patient_pages
from chalicelib.entrypoints.http import Call, Routes
from chalicelib.entrypoints.reading import read_date

if TYPE_CHECKING:
    from chalicelib.application.records import Link

routes = Routes(__name__)


@routes.get("/p/{token}", allow="anyone")
def link(call: Call, token: str) -> Response:
    """Where a message's link leads: a page that says nothing of anybody and changes nothing."""
    with acting_for(_hospital(token)):
        found = access.link_at(call.world, token, call.now)
        return _no_link(call) if found is None else _birth_date_page(call, found)


@routes.post("/p/{token}", allow="anyone")
def birth_date(call: Call, token: str) -> Response:
    """The birth date opens the session; the link alone never does (previews follow links)."""
    with acting_for(_hospital(token)):
        found = access.link_at(call.world, token, call.now)
        if found is None:
            return _no_link(call)
        if access.is_locked(found):
            return _birth_date_page(call, found, error="locked", left=0)
        born = read_date(call.form.get("day", ""), call.form.get("month", ""), call.form.get("year", ""))
        if born is None:
            return _birth_date_page(call, found, error="incomplete")
        opened = access.follow(call.world, found, born, secrets.token_hex(8), call.real)
        if isinstance(opened, int):
            return _birth_date_page(call, found, error="wrong" if opened else "locked", left=opened)
        _mark_opened(call, found)
        language = answers.cookie(answers.LANGUAGE_COOKIE, call.language(found.language))
        session = answers.cookie(answers.cookie_name("patient"), opened, life=access.PATIENT_LIFE)
        return answers.redirect("/my", cookies=(session, language))


@routes.get("/p/{token}/stop", allow="anyone")
def about_stopping(call: Call, token: str) -> Response:
    """Mail programs without one click only open the address: that ends nothing (bots open addresses too)."""
    del call
    return answers.redirect(f"/p/{token}")


@routes.post("/p/{token}/stop", allow="anyone")
def stop(call: Call, token: str) -> Response:
    """One click in a mail program (RFC 8058): no more e-mail of this follow-up; a nurse calls instead."""
    with acting_for(_hospital(token)):
        found = access.link_at(call.world, token, call.now)
        if found is None:
            return _no_link(call)
        stop_mail(call.world, found.hospital, found.episode, call.now)
    return answers.text("", "text/plain")


@routes.get("/my", allow="patient")
def my(call: Call) -> Response:
    """What there is to do now."""
    task = asking.task_of(call)
    if task is None:
        return patient_pages.nothing_page(call)
    return answers.redirect(f"/my/{task.step.key}/done" if task.is_done else f"/my/{task.step.key}")


@routes.get("/my/{step}", allow="patient")
def step_page(call: Call, step: str) -> Response:
    """The instructions of a step, or its first open question."""
    task = asking.task(call, step)
    if task.is_done and "read" not in call.query:
        return answers.redirect(f"/my/{step}/done")
    if task.step.instructions is not None:
        return patient_pages.instructions_page(call, task)
    upcoming = next_question(task.step.questionnaire, task.answers)
    return answers.redirect(f"/my/{step}/check" if upcoming is None else f"/my/{step}/q/{upcoming.link_id}")


@routes.post("/my/{step}", allow="patient")
def confirm(call: Call, step: str) -> Response:
    """ "I have read this and I will come": the first answer of the step."""
    task = asking.task(call, step)
    return filling.save(call, task, task.asked[0], at_instructions=True)


@routes.get("/my/{step}/q/{link_id}", allow="patient")
def question_page(call: Call, step: str, link_id: str) -> Response:
    """One question."""
    task = asking.task(call, step)
    if task.is_done:
        return answers.redirect(f"/my/{step}/done")
    return patient_pages.question_page(call, task, _on_path(task, link_id))


@routes.post("/my/{step}/q/{link_id}", allow="patient")
def answer(call: Call, step: str, link_id: str) -> Response:
    """One answer: kept at once, so that nothing is lost when the telephone rings."""
    task = asking.task(call, step)
    if task.is_done:
        return answers.redirect(f"/my/{step}/done")
    return filling.save(call, task, _on_path(task, link_id))


@routes.get("/my/{step}/urgent", allow="patient")
def urgent(call: Call, step: str) -> Response:
    """The urgent card, as soon as an answer calls for it."""
    return patient_pages.urgent_page(call, asking.task(call, step))


@routes.get("/my/{step}/check", allow="patient")
def check(call: Call, step: str) -> Response:
    """All answers, before they are handed in."""
    task = asking.task(call, step)
    upcoming = next_question(task.step.questionnaire, task.answers)
    if task.is_done:
        return answers.redirect(f"/my/{step}/done")
    if upcoming is not None:
        return answers.redirect(f"/my/{step}/q/{upcoming.link_id}")
    return patient_pages.check_page(call, task)


@routes.post("/my/{step}/check", allow="patient")
def submit(call: Call, step: str) -> Response:
    """Hand the answers in."""
    filling.submit(call, asking.task(call, step))
    return answers.redirect(f"/my/{step}/done")


@routes.get("/my/{step}/done", allow="patient")
def done(call: Call, step: str) -> Response:
    """What happens next, what is normal, when to worry."""
    task = asking.task(call, step)
    return patient_pages.done_page(call, task) if task.is_done else answers.redirect(f"/my/{step}")


@routes.post("/my/leave", allow="patient")
def leave(call: Call) -> Response:
    """Forget this browser: a telephone may be shared."""
    access.sign_out(call.world, call.person.session)
    gone = answers.cookie(answers.cookie_name("patient"), "")
    return answers.redirect("/left", cookies=(gone,))


@routes.get("/left", allow="anyone")
def left(call: Call) -> Response:
    """After leaving."""
    return answers.problem(call, HTTPStatus.OK, "left")


def _hospital(token: str) -> str:
    hospital = token.partition(".")[0]
    return hospital if hospital.isalnum() else "none"


def _mark_opened(call: Call, found: Link) -> None:
    """A step is opened by the form, never by following a link: bots follow links too."""
    row = call.world.care.row(found.hospital, found.episode)
    for key in [] if row is None else row.state.steps:
        try:
            handle(call.world, found.hospital, found.episode, OpenStep(at=call.now, step=key))
        except UnknownStep:
            continue


def _on_path(task: asking.Task, link_id: str) -> Question:
    for question in task.asked:
        if question.link_id == link_id:
            return question
    raise UnknownStep(link_id)


def _no_link(call: Call) -> Response:
    return answers.problem(call, HTTPStatus.NOT_FOUND, "link_unknown")


def _birth_date_page(call: Call, found: Link, error: str = "", left: int = access.TRIES) -> Response:
    unit = call.world.catalogue.unit(found.hospital, found.unit)
    if access.is_locked(found):
        error, left = "locked", 0
    return answers.page(
        call,
        "patient/link_entry.html.jinja",
        call.language(found.language),
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        unit=asking.shown_unit(unit, call.language(found.language)),
        csrf="",
        error=error,
        tries_left=left,
        day=call.form.get("day", ""),
        month=call.form.get("month", ""),
        year=call.form.get("year", ""),
    )
