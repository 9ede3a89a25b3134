"""Pages for everybody: health, static files, signing in."""

from __future__ import annotations

import json
from http import HTTPStatus

from chalice.app import Response

from chalicelib import bootstrap
from chalicelib.application import access
from chalicelib.entrypoints import answers
from chalicelib.entrypoints.http import Call, Routes
from chalicelib.settings import settings

routes = Routes(__name__)

FOREVER = "public, max-age=31536000, immutable"


@routes.get("/", allow="anyone")
def home(call: Call) -> Response:
    """The front door leads staff to their list; patients come by their own link."""
    del call
    return answers.redirect("/team")


@routes.get("/health", allow="anyone")
def health(call: Call) -> Response:
    """Alive, and which version of which stage this is."""
    del call
    body = {"status": "ok", "version": settings().version, "stage": settings().stage}
    return answers.text(json.dumps(body), "application/json")


@routes.get("/static/{name}", allow="anyone")
def static(call: Call, name: str) -> Response:
    """A style sheet: its name holds its hash, so it never changes."""
    found = bootstrap.pages().static_file(name)
    if found is None:
        return answers.problem(call, HTTPStatus.NOT_FOUND, "not_found")
    text, kind = found
    return answers.text(text, kind, cache=FOREVER)


@routes.get("/sign-in", allow="anyone")
def sign_in(call: Call) -> Response:
    """Where staff sign in; who they are is told by the hospital's identity provider."""
    language = call.language("")
    return answers.page(call, "staff/sign_in.html.jinja", language, sign_in_url=settings().sign_in_url)


@routes.post("/sign-out", allow="staff")
def sign_out(call: Call) -> Response:
    """End the session here and in the browser."""
    access.sign_out(call.world, call.member.session)
    return answers.redirect("/sign-in", cookies=(answers.cookie(answers.cookie_name("staff"), ""),))
