"""Pages for everybody: health, static files, signing in, providers' callbacks."""

from __future__ import annotations

import hashlib
import hmac
import json
from http import HTTPStatus

import msgspec
from chalice.app import Response

from chalicelib import bootstrap
from chalicelib.adapters.receipts import sms_ovh
from chalicelib.adapters.receipts.read import HttpEvent
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


@routes.post("/callbacks/sms", allow="provider")
def sms_receipt(call: Call) -> Response:
    """A delivery event: checked, put on the queue, answered. Nothing is decided here."""
    secret = settings().sms_http_secret
    expected = hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    _prove(call.headers.get("x-vigie-signature", ""), expected, secret)
    try:
        return _queued(msgspec.json.decode(call.body, type=HttpEvent))
    except msgspec.MsgspecError:
        return _no_event()


@routes.get("/callbacks/ovh/{secret}", allow="provider")
def ovh_receipt(call: Call, secret: str) -> Response:
    """OVHcloud's delivery event: they sign nothing and call with GET, so the address itself is the secret."""
    _prove(secret, settings().ovh_callback_secret, settings().ovh_callback_secret)
    event = sms_ovh.Event(*(call.query.get(name, "") for name in ("id", "ptt", "description")))
    if not (event.id.isdecimal() and (event.ptt + event.dlr).isdecimal()):
        return _no_event()
    return _queued(event)


def _prove(given: str, expected: str, secret: str) -> None:
    """Without a secret nobody is let in."""
    if not secret or not hmac.compare_digest(expected.encode(), given.encode()):
        msg = "a callback without a valid signature"
        raise access.Forbidden(msg)


def _queued(event: HttpEvent | sms_ovh.Event) -> Response:
    bootstrap.receipts().put(event)
    return answers.text('{"status": "queued"}', "application/json", status=HTTPStatus.ACCEPTED)


def _no_event() -> Response:
    words = '{"error": "not a delivery event"}'
    return answers.text(words, "application/json", status=HTTPStatus.BAD_REQUEST)
