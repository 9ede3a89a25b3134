"""Where providers tell what became of a message: their word is checked and put on a queue, no more."""

from __future__ import annotations

import hashlib
import hmac
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


def prove_signed(call: Call) -> None:
    """The generic HTTP provider signs the body (docs/sms.md)."""
    secret = settings().sms_http_secret
    expected = hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    _prove(call.headers.get("x-vigie-signature", ""), expected, secret)


def _prove(given: str, expected: str, secret: str) -> None:
    """Without a secret nobody is let in."""
    if not secret or not hmac.compare_digest(expected.encode(), given.encode()):
        msg = "a callback without a valid signature"
        raise access.Forbidden(msg)


@routes.post("/callbacks/sms", allow="provider")
def sms_receipt(call: Call) -> Response:
    """A delivery event: checked, put on the queue, answered. Nothing is decided here."""
    prove_signed(call)
    try:
        return _queued(msgspec.json.decode(call.body, type=HttpEvent))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _no_event()


@routes.get("/callbacks/ovh/{secret}", allow="provider")
def ovh_receipt(call: Call, secret: str) -> Response:
    """OVHcloud's delivery event: they sign nothing and call with GET, so the address itself is the secret."""
    _prove(secret, settings().ovh_callback_secret, settings().ovh_callback_secret)
    event = sms_ovh.Event(*(call.query.get(name, "") for name in ("id", "ptt", "description")))
    if not (event.id.isdecimal() and (event.ptt + event.dlr).isdecimal()):
        return _no_event()
    return _queued(event)


def _queued(event: HttpEvent | sms_ovh.Event) -> Response:
    bootstrap.receipts().put(event)
    return answers.text('{"status": "queued"}', "application/json", status=HTTPStatus.ACCEPTED)


def _no_event() -> Response:
    words = '{"error": "not a delivery event"}'
    return answers.text(words, "application/json", status=HTTPStatus.BAD_REQUEST)
