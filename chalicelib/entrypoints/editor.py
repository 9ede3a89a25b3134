"""The editor of pathways: a page for each part of a draft, and one door through which all forms go.

A form says which revision it was made from. Where somebody else has saved since, nothing is written and the
member chooses; otherwise the form's one change is done to the document, and becomes the draft's next state.
A form that a script sends (`x-vigie-live`) is answered with the pieces of the page that have changed.
"""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Response
from msgspec.structs import replace

from chalicelib.application import access, versions
from chalicelib.application.ports import Conflict
from chalicelib.entrypoints import answers, editor_view
from chalicelib.entrypoints.editor_changes import Change, changed
from chalicelib.entrypoints.editor_draft import Draft, Place, draft_of, link
from chalicelib.entrypoints.editor_fields import Fields
from chalicelib.entrypoints.http import Call, Routes

routes = Routes(__name__)

LIVE = "x-vigie-live"


@routes.get("/team/pathways/{code}/{number}/edit", allow="staff")
def time_line(call: Call, code: str, number: str) -> Response:
    """Every contact in order."""
    return _page(call, draft_of(call, code, number, "time"))


@routes.get("/team/pathways/{code}/{number}/edit/{part}", allow="staff")
def show(call: Call, code: str, number: str, part: str) -> Response:
    """One part of the document."""
    return _page(call, draft_of(call, code, number, part))


@routes.post("/team/pathways/{code}/{number}/edit/{part}", allow="staff")
def change(call: Call, code: str, number: str, part: str) -> Response:
    """One change of the document, or one step back or forth."""
    access.may_edit_pathways(call.member)
    draft = draft_of(call, code, number, part)
    fields = Fields(call.form, draft.words)
    if not _is_newest(fields, draft):
        return _conflict(call, draft)
    try:
        if fields.text("steps"):
            return _moved_back(call, draft, fields)
        return _kept(call, draft, changed(draft, fields), fields)
    except Conflict:
        return _conflict(call, draft_of(call, code, number, part))


def _is_newest(fields: Fields, draft: Draft) -> bool:
    """`over` is the choice to write on top of what somebody else has saved."""
    made_from = fields.text("over") or fields.text("revision")
    return made_from == str(draft.version.revision)


def _moved_back(call: Call, draft: Draft, fields: Fields) -> Response:
    steps = -1 if fields.text("steps").startswith("-") else 1
    version = versions.moved_back(call.world, call.member, draft.version, steps, call.now)
    before = replace(draft, document=call.world.versions.document(call.member.hospital, version))
    place = draft.place if before.is_there else Place("time", words=draft.words)
    return answers.redirect(link(draft.base, place))


def _kept(call: Call, draft: Draft, made: Change, fields: Fields) -> Response:
    version = draft.version
    if made.document != draft.document:
        version = versions.edited(call.world, call.member, version, made.document, call.now)
    after = Draft(version, made.document, made.to, draft.may_edit)
    if LIVE in call.headers:
        return _shown(call, after, "staff/editor/live.html.jinja", fields)
    if fields.problems:
        return _page(call, replace(after, place=_existing(made, draft)), fields)
    return answers.redirect(link(draft.base, made.to))


def _existing(made: Change, draft: Draft) -> Place:
    return made.to if made.to.item or not draft.place.item else draft.place


def _page(call: Call, draft: Draft, fields: Fields | None = None) -> Response:
    part = draft.place.part
    known = part if part in editor_view.PARTS else "check"
    return _shown(call, draft, f"staff/editor/{known}.html.jinja", fields)


def _shown(call: Call, draft: Draft, template: str, fields: Fields | None) -> Response:
    wrong = bool(fields and fields.problems) and LIVE not in call.headers
    return answers.page(
        call,
        template,
        call.language(call.member.member.language),
        status=HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK,
        **editor_view.context(call, draft, fields),
    )


def _conflict(call: Call, draft: Draft) -> Response:
    """Who saved, and when; nothing of the form is lost, and both ways are open."""
    live = LIVE in call.headers
    kept = {name: value for name, value in call.form.items() if name not in {"csrf", "revision", "over"}}
    return answers.page(
        call,
        f"staff/editor/{'live_conflict' if live else 'conflict'}.html.jinja",
        call.language(call.member.member.language),
        status=HTTPStatus.CONFLICT,
        kept=kept,
        mine=draft.version.saved_by == call.member.member.id,
        problems={},
        **editor_view.frame(call, draft),
    )
