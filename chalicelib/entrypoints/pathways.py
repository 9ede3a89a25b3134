"""The pages around a pathway's versions: the catalogue, one version, the sheet, a comparison, an offer.

Everybody on the staff reads; surgeons and coordinators copy, sign, publish, retire and offer.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chalice.app import Response

from chalicelib.application import access, offering, versions
from chalicelib.application.versions import HasErrors, NotADraft, NotReviewed, Version
from chalicelib.domain.pathway import Origin
from chalicelib.entrypoints import answers, pathways_compare, pathways_running, pathways_sheet, pathways_view
from chalicelib.entrypoints.http import Call, Routes
from chalicelib.entrypoints.pathways_view import Shown, shown

routes = Routes(__name__)

LONGEST_NAME = 120
PAGE = "/team/pathways/{code}/{number}"


@routes.get("/team/pathways", allow="staff")
def catalogue(call: Call) -> Response:
    """What comes with Vigie, and what the hospital has made of it."""
    return _page(call, "catalogue", pathways_view.listing(call, _language(call)))


@routes.get(PAGE, allow="staff")
def version(call: Call, code: str, number: str) -> Response:
    """One version."""
    return _version(call, shown(call, code, number))


@routes.get(f"{PAGE}/sheet", allow="staff")
def sheet(call: Call, code: str, number: str) -> Response:
    """Everything that the version says, to be read on paper and signed."""
    return _page(call, "sheet", pathways_sheet.context(call, shown(call, code, number), _language(call)))


@routes.get(f"{PAGE}/compare", allow="staff")
def compare(call: Call, code: str, number: str) -> Response:
    """This version beside another one."""
    one = shown(call, code, number)
    return _page(call, "compare", pathways_compare.context(call, one, _language(call)))


@routes.post(f"{PAGE}/copy", allow="staff")
def copy(call: Call, code: str, number: str) -> Response:
    """A new draft that begins as this version; on to its editor."""
    access.may_edit_pathways(call.member)
    one = shown(call, code, number)
    if not one.may_be_copied:
        return answers.redirect(f"{one.base}?done=stale")
    origin = Origin(one.document.code, one.document.version)
    draft = versions.copied(call.world, call.member, origin, call.now)
    return answers.redirect(f"/team/pathways/{draft.code}/{draft.number}/edit")


@routes.post(f"{PAGE}/review", allow="staff")
def review(call: Call, code: str, number: str) -> Response:
    """A translator and a clinician put their names to it."""
    one, own = _own(call, code, number)
    typed = {name: call.form.get(name, "").strip()[:LONGEST_NAME] for name in ("translator", "clinician")}
    try:
        versions.reviewed(call.world, call.member, own, **typed, at=call.now)
    except NotReviewed:
        return _version(call, one, status=HTTPStatus.BAD_REQUEST, problem="names", typed=typed)
    except NotADraft:
        return answers.redirect(f"{one.base}?done=stale")
    return answers.redirect(f"{one.base}?done=reviewed")


@routes.get(f"{PAGE}/publish", allow="staff")
def before_publishing(call: Call, code: str, number: str) -> Response:
    """What will happen."""
    one, own = _own(call, code, number)
    return _confirm(call, one) if own.status == "reviewed" else answers.redirect(one.base)


@routes.post(f"{PAGE}/publish", allow="staff")
def publish(call: Call, code: str, number: str) -> Response:
    """From now on new bookings begin with it."""
    one, own = _own(call, code, number)
    if own.status == "published":
        return answers.redirect(f"{one.base}?done=published")
    try:
        versions.published(call.world, call.member, own, call.now)
    except (NotReviewed, HasErrors, NotADraft):
        return answers.redirect(f"{one.base}?done=stale")
    return answers.redirect(f"{one.base}?done=published")


@routes.get(f"{PAGE}/retire", allow="staff")
def before_retiring(call: Call, code: str, number: str) -> Response:
    """What will happen."""
    one, own = _own(call, code, number)
    return _confirm(call, one) if own.status != "retired" else answers.redirect(one.base)


@routes.post(f"{PAGE}/retire", allow="staff")
def retire(call: Call, code: str, number: str) -> Response:
    """New bookings begin with it no longer; those that have begun go on with it."""
    one, own = _own(call, code, number)
    if own.status != "retired":
        versions.retired(call.world, call.member, own, call.now)
    return answers.redirect(f"{one.base}?done=retired")


@routes.get(f"{PAGE}/running", allow="staff")
def running(call: Call, code: str, number: str) -> Response:
    """Follow-ups on an earlier version of it."""
    one, own = _own(call, code, number)
    if own.status != "published":
        return answers.redirect(one.base)
    return _page(call, "running", pathways_running.context(call, one, _language(call)))


@routes.post(f"{PAGE}/running", allow="staff")
def offer(call: Call, code: str, number: str) -> Response:
    """Let the chosen follow-ups go over to this version."""
    one, own = _own(call, code, number)
    if own.status != "published":
        return answers.redirect(one.base)
    chosen = [name.partition(".")[2] for name in call.form if name.startswith("episode.")]
    done = offering.offer(call.world, call.member, own, chosen, call.now)
    return answers.redirect(f"{one.base}/running?over={len(done.gone_over)}")


def _own(call: Call, code: str, number: str) -> tuple[Shown, Version]:
    """One of the hospital's own versions, for somebody who may change it."""
    access.may_edit_pathways(call.member)
    one = shown(call, code, number)
    return one, one.own_version


def _version(call: Call, one: Shown, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> Response:
    return _page(call, "version", pathways_view.version_page(call, one, _language(call)) | more, status)


def _confirm(call: Call, one: Shown) -> Response:
    return _page(call, "confirm", pathways_view.confirmation(call, one, _language(call)))


def _language(call: Call) -> str:
    return call.language(call.member.member.language)


def _page(call: Call, name: str, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    template = f"staff/pathways/{name}.html.jinja"
    return answers.page(call, template, _language(call), status=status, **context)
