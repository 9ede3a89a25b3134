"""The web's door: every route says who may call it; refusals become answers in one table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from aws_lambda_powertools import Logger
from chalice.app import Blueprint, Chalice, Request, Response

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import access, ports
from chalicelib.application.world import World
from chalicelib.domain import errors
from chalicelib.entrypoints import answers, forms

logger = Logger(service="vigie", serialize_stacktrace=False)

Caller = Literal["anyone", "provider", "patient", "staff"]
FORMS = (forms.FORM, forms.FILES)
LARGEST_BODY = 256 * 1024
"""Bytes of a form: an HL7 message pasted into the console grows threefold on its way."""


class Route(msgspec.Struct, frozen=True):
    """One row of the table of routes: the architecture tests read it."""

    method: str
    path: str
    allow: Caller
    view: str


ROUTES: list[Route] = []


class Call(msgspec.Struct, frozen=True):
    """One request, read and checked: what a view needs and nothing else."""

    world: World
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: bytes
    headers: dict[str, str]
    cookies: dict[str, str]
    now: datetime
    """The installation's time: what care runs on."""
    real: datetime
    """Real time: what sessions run on."""
    staff: access.Staff | None = None
    patient: access.Patient | None = None
    repeated: dict[str, tuple[str, ...]] = {}
    """The fields of the form with every value that they were sent with: boxes that are ticked."""

    @property
    def member(self) -> access.Staff:
        """Who is signed in; views behind `allow="staff"` always have one."""
        if self.staff is None:
            raise access.NotSignedIn
        return self.staff

    @property
    def person(self) -> access.Patient:
        """The patient; views behind `allow="patient"` always have one."""
        if self.patient is None:
            raise access.NotSignedIn
        return self.patient

    def language(self, preferred: str) -> str:
        """The language asked for (`?lang=`, then the cookie), or the preferred one."""
        for wanted in (self.query.get("lang"), self.cookies.get(answers.LANGUAGE_COOKIE), preferred):
            if wanted in answers.LANGUAGES:
                return str(wanted)
        return answers.LANGUAGES[0]


class TooLarge(Exception):
    """A form is larger than any of ours."""


View = Callable[..., Response]


class Routes(Blueprint):  # type: ignore[misc]
    """A group of routes. `allow` has no default: who may call is said for each."""

    def get(self, path: str, *, allow: Caller) -> Callable[[View], View]:
        """A page: it never changes anything."""
        return self._on("GET", path, allow)

    def post(self, path: str, *, allow: Caller) -> Callable[[View], View]:
        """A form: it changes something and redirects."""
        return self._on("POST", path, allow)

    def _on(self, method: str, path: str, allow: Caller) -> Callable[[View], View]:
        def register(view: View) -> View:
            ROUTES.append(Route(method, path, allow, f"{view.__module__}.{view.__name__}"))

            def answer(**ids: str) -> Response:
                return _answered(self.current_request, method, allow, view, ids)

            answer.__name__ = f"{view.__name__}_{method.lower()}"
            kinds = [*FORMS, "application/json"] if method == "POST" else ["application/json"]
            self.route(path, methods=[method], content_types=kinds, name=answer.__name__)(answer)
            return view

        return register


def catch_all(app: Chalice) -> None:
    """Every other path is our own 404 page (without it API Gateway answers 403)."""

    def lost(proxy: str = "") -> Response:
        del proxy
        return _answered(app.current_request, "GET", "anyone", _not_found, {})

    def lost_form(proxy: str = "") -> Response:
        del proxy
        return _answered(app.current_request, "POST", "anyone", _not_found, {})

    app.route("/{proxy+}", methods=["GET"], name="not_found")(lost)
    app.route(
        "/{proxy+}", methods=["POST"], content_types=[*FORMS, "application/json"], name="not_found_post"
    )(lost_form)


def _not_found(call: Call) -> Response:
    return answers.problem(call, HTTPStatus.NOT_FOUND, "not_found")


def _answered(request: Request, method: str, allow: Caller, view: View, ids: dict[str, str]) -> Response:
    call = _read(request, method)
    logger.info("request", extra={"route": request.context.get("resourcePath"), "method": method})
    try:
        return _called(call, allow, view, ids)
    except access.NotSignedIn:
        return answers.sign_in_needed(call, allow)
    except (access.Forbidden, access.NotThere, TooLarge, errors.DomainError, ports.Conflict) as refusal:
        status, reason = REFUSALS[_family(refusal)]
        logger.info("refused", extra={"refusal": type(refusal).__name__, "status": int(status)})
        return answers.problem(call, status, reason)
    except Exception:
        # The last resort: the traceback goes to the log, a calm page to the person.
        logger.exception("unexpected")
        return answers.problem(call, HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected")


REFUSALS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    access.Forbidden: (HTTPStatus.FORBIDDEN, "forbidden"),
    TooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"),
    access.NotThere: (HTTPStatus.NOT_FOUND, "not_found"),
    errors.UnknownStep: (HTTPStatus.NOT_FOUND, "not_found"),
    errors.UnknownAlert: (HTTPStatus.CONFLICT, "alert_closed"),
    errors.EpisodeClosed: (HTTPStatus.GONE, "closed"),
    errors.StepsDiffer: (HTTPStatus.CONFLICT, "steps_differ"),
    errors.InvalidAnswer: (HTTPStatus.BAD_REQUEST, "bad_request"),
    errors.IncompleteResponse: (HTTPStatus.BAD_REQUEST, "bad_request"),
    errors.DomainError: (HTTPStatus.BAD_REQUEST, "bad_request"),
    ports.Conflict: (HTTPStatus.CONFLICT, "busy"),
}


def _family(refusal: Exception) -> type[Exception]:
    return next(kind for kind in type(refusal).__mro__ if kind in REFUSALS)


def _called(call: Call, allow: Caller, view: View, ids: dict[str, str]) -> Response:
    if allow == "staff":
        return _as_staff(call, view, ids)
    if allow == "patient":
        return _as_patient(call, view, ids)
    if call.method == "POST" and allow != "provider":
        _same_site(call)
    return view(call, **ids)


def _as_staff(call: Call, view: View, ids: dict[str, str]) -> Response:
    cookie = call.cookies.get(answers.cookie_name("staff"))
    with acting_for(_hospital(cookie)):
        staff = access.staff(call.world, cookie, call.real)
        _form_is_ours(call, staff.session.csrf)
        return view(msgspec.structs.replace(call, staff=staff), **ids)


def _as_patient(call: Call, view: View, ids: dict[str, str]) -> Response:
    cookie = call.cookies.get(answers.cookie_name("patient"))
    with acting_for(_hospital(cookie)):
        patient = access.patient(call.world, cookie, call.real)
        _form_is_ours(call, patient.session.csrf)
        return view(msgspec.structs.replace(call, patient=patient), **ids)


def _hospital(secret: str | None) -> str:
    """The hospital that a cookie or a link claims; the secret behind it proves it or not."""
    hospital = (secret or "").partition(".")[0]
    if not hospital.isalnum():
        raise access.NotSignedIn
    return hospital


def _form_is_ours(call: Call, csrf: str) -> None:
    if call.method == "POST":
        _same_site(call)
        if len(call.body) > LARGEST_BODY:
            raise TooLarge
        if call.form.get("csrf") != csrf:
            msg = "a form without the session's token"
            raise access.Forbidden(msg)


def _same_site(call: Call) -> None:
    """Browsers say where a form was sent from; one from elsewhere is refused."""
    if call.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        msg = "a form from another site"
        raise access.Forbidden(msg)


def _read(request: Request, method: str) -> Call:
    headers = {name.lower(): value for name, value in (request.headers or {}).items()}
    body = request.raw_body if method == "POST" else b""
    small = body if len(body) <= LARGEST_BODY else b""
    repeated = forms.fields(headers.get("content-type", ""), small)
    query = request.query_params or {}
    return Call(
        world=bootstrap.world(),
        method=method,
        path=request.context.get("path", request.path or "/"),
        query={name: query[name] for name in query},
        form={name: values[-1] for name, values in repeated.items()},
        body=body,
        headers=headers,
        cookies=_cookies(headers.get("cookie", "")),
        now=bootstrap.clock().now(),
        real=datetime.now(UTC),
        repeated=repeated,
    )


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs if name}


Context = dict[str, Any]
