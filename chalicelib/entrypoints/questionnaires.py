"""Questionnaires as files (FHIR R4): questions come in and go out, answers go out.

A file is read first, and shown with what could not be kept of it; a second form puts it into the draft.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chalice.app import Response

from chalicelib import bootstrap
from chalicelib.application import access, versions
from chalicelib.domain.editing_questions import uses, with_questionnaire
from chalicelib.domain.explain import in_language
from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.entrypoints import answers, editor_view
from chalicelib.entrypoints.editor_draft import Draft, draft_of
from chalicelib.entrypoints.http import Call, Routes
from chalicelib.entrypoints.pathways_view import shown
from chalicelib.fhir import questionnaire, response
from chalicelib.fhir.findings import SENTENCES, Finding
from chalicelib.fhir.terms import canonical

routes = Routes(__name__)

PAGE = "/team/pathways/{code}/{number}"
MIME = "application/fhir+json"
UNREADABLE = "\ufffd"
"""What stands for bytes that are no UTF-8."""


@routes.get(f"{PAGE}/questionnaire", allow="staff")
def export(call: Call, code: str, number: str) -> Response:
    """What a contact asks, as a file for other systems."""
    document = shown(call, code, number).document
    step = document.step(call.query.get("step", ""))
    address, language = canonical(code, step.key), document.languages[0]
    body = questionnaire.exported(step.questionnaire, address, number, step.title, language)
    return answers.download(body.decode(), MIME, f"{code}.{number}.{step.key}.json")


@routes.get(f"{PAGE}/import", allow="staff")
def choose(call: Call, code: str, number: str) -> Response:
    """Which file?"""
    return _page(call, _draft(call, code, number))


@routes.post(f"{PAGE}/import", allow="staff")
def take_in(call: Call, code: str, number: str) -> Response:
    """Show what the file asks; the second time put it into the draft."""
    draft, text = _draft(call, code, number), call.form.get("file", "")
    read, findings = _imported(text)
    if not read.questions:
        return _page(call, draft, findings=findings, problem="file")
    is_seen = call.form.get("revision") == str(draft.version.revision)
    if call.form.get("do") != "replace" or not is_seen:
        changed = call.form.get("do") == "replace"
        return _page(call, draft, text, read, findings, problem="changed" if changed else "")
    made = with_questionnaire(draft.document, draft.step.key, read)
    versions.edited(call.world, call.member, draft.version, made, call.now)
    return answers.redirect(draft.href(part="step", step=draft.step.key))


@routes.get("/team/episodes/{episode}/response", allow="staff")
def answers_out(call: Call, episode: str) -> Response:
    """A patient's answers to one contact, as a file for other systems."""
    key = call.query.get("step", "")
    history, kept = access.answers_for(call.world, call.member, episode, key, call.now)
    state = history.row.state
    pathway = call.world.catalogue.pathway(state.pathway, state.pathway_version)
    body = response.exported(
        pathway.step(key).questionnaire,
        kept.answers,
        of=f"{canonical(pathway.code, key)}|{pathway.version}",
        language=kept.language or pathway.languages[0],
        authored=kept.completed_at or kept.saved_at,
        completed=kept.completed_at is not None,
    )
    return answers.download(body.decode(), MIME, f"{episode}.{key}.json")


def _draft(call: Call, code: str, number: str) -> Draft:
    """A draft that the member may change; `Forbidden` otherwise, also once it is published."""
    access.may_edit_pathways(call.member)
    draft = draft_of(call, code, number, "step")
    if not draft.may_edit:
        msg = "a published version does not change"
        raise access.Forbidden(msg)
    return draft


def _imported(text: str) -> tuple[Questionnaire, tuple[Finding, ...]]:
    if UNREADABLE in text:
        return questionnaire.EMPTY, (Finding("unreadable", "", "UTF-8"),)
    return questionnaire.imported(text.encode())


def _page(
    call: Call,
    draft: Draft,
    text: str = "",
    read: Questionnaire = questionnaire.EMPTY,
    findings: tuple[Finding, ...] = (),
    problem: str = "",
) -> Response:
    language, step = call.language(call.member.member.language), draft.step
    asked = {q.foreign_id or q.link_id: in_language(q.text, draft.words) for q in read.questions}
    now = [q.link_id for q in step.questionnaire.questions]
    return answers.page(
        call,
        "staff/editor/import.html.jinja",
        language,
        status=HTTPStatus.BAD_REQUEST if problem == "file" else HTTPStatus.OK,
        **editor_view.frame(call, draft),
        step_key=step.key,
        step_title=in_language(step.title, draft.words) or step.key,
        file=text,
        asked=[(q.kind, in_language(q.text, draft.words)) for q in read.questions],
        lost=[_loss(one, asked, language) for one in findings],
        problem=problem,
        questions_now=len(now),
        rules_now=len({rule for name in now for rule in uses(step, name).rules}),
    )


def _loss(finding: Finding, asked: dict[str, str], language: str) -> dict[str, Any]:
    sentence = bootstrap.pages().words(SENTENCES[finding.kind], language)
    return {
        "item": finding.link_id,
        "text": asked.get(finding.link_id, ""),
        "said": finding.filled(sentence),
    }
