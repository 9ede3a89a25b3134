"""What goes back to a browser: pages, redirects, cookies, headers. The one place that makes them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from chalice.app import Response

from chalicelib import bootstrap
from chalicelib.settings import settings

if TYPE_CHECKING:
    from datetime import timedelta

    from chalicelib.entrypoints.http import Call, Caller

LANGUAGES = ("fr", "en")
OWN_NAMES = {"fr": "Français", "en": "English"}
LANGUAGE_COOKIE = "vigie-lang"
KEPT = frozenset({"day", "unit", "status", "contact", "step", "item", "words", "only", "with", "n", "seed"})
"""What of an address stays when a page is read in another language."""

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class UnsafeHeader(Exception):
    """A header's value would split the answer in two: Chalice does not check lists of cookies."""


def headers(kind: str, *, cache: str = "no-store", cookies: tuple[str, ...] = ()) -> dict[str, Any]:
    """The headers of every answer, errors included."""
    made: dict[str, Any] = {**SECURITY, "Content-Type": kind, "Cache-Control": cache}
    if cookies:
        made["Set-Cookie"] = list(cookies)
    for value in [*cookies, *(v for v in made.values() if isinstance(v, str))]:
        if any(ord(letter) < ord(" ") for letter in value):
            raise UnsafeHeader
    return made


def cookie_name(whose: Literal["staff", "patient"]) -> str:
    """`__Host-` makes browsers keep the cookie to this host, over TLS; the local stage has no TLS."""
    return f"vigie-{whose}" if settings().insecure_cookies else f"__Host-vigie-{whose}"


def cookie(name: str, value: str, *, life: timedelta | None = None) -> str:
    """A cookie that no script can read and no other site's form sends; no value deletes it."""
    secure = "" if settings().insecure_cookies else "; Secure"
    age = "" if life is None else f"; Max-Age={int(life.total_seconds())}"
    forget = "" if value else "; Max-Age=0"
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}{forget}"


def page(
    call: Call,
    template: str,
    language: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    cookies: tuple[str, ...] = (),
    **context: object,
) -> Response:
    """A page in a language. A language that was asked for is remembered."""
    if call.query.get("lang") in LANGUAGES:
        cookies = (*cookies, cookie(LANGUAGE_COOKIE, str(call.query["lang"])))
    html = bootstrap.pages().render(template, language, languages=_languages(call), **context)
    return Response(html, headers("text/html; charset=utf-8", cookies=cookies), int(status))


def _languages(call: Call) -> list[tuple[str, str, str]]:
    keep = "".join(f"&{k}={quote(v)}" for k, v in call.query.items() if k in KEPT)
    return [(code, OWN_NAMES[code], f"?lang={code}{keep}") for code in LANGUAGES]


def redirect(to: str, *, cookies: tuple[str, ...] = ()) -> Response:
    """After a form: go and GET that page."""
    return Response("", headers("text/plain", cookies=cookies) | {"Location": to}, int(HTTPStatus.SEE_OTHER))


def text(body: str, kind: str, *, cache: str = "no-store", status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A file or a piece of JSON, as text (no bytes go through API Gateway)."""
    return Response(body, headers(kind, cache=cache), int(status))


def download(body: str, kind: str, name: str) -> Response:
    """A file to be kept. Its name is of ids and codes only."""
    answer = text(body, f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def sign_in_needed(call: Call, allow: Caller) -> Response:
    """Lead staff to the sign-in; tell a patient to follow the link in the message again."""
    if allow == "staff":
        return redirect("/sign-in")
    return problem(call, HTTPStatus.UNAUTHORIZED, "session_over")


def problem(call: Call, status: HTTPStatus, reason: str) -> Response:
    """A page that says what is wrong and what to do."""
    kind = "staff" if call.path.startswith("/team") or "/team" in call.path else "patient"
    return page(call, "problem.html.jinja", call.language(""), status=status, reason=reason, kind=kind)
