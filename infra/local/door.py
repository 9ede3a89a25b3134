"""The local door `/_local/`: sign in as a demo account, outbox, clock, HL7 lists, token.

The front proxy answers these paths itself, so nothing of this is in the package that is deployed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import msgspec

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import access
from chalicelib.application.records import Member
from chalicelib.entrypoints import answers
from infra.local import clock, pages
from infra.local.gateway import MOODS, Gateway
from infra.local.installation import FORMAT, Installation
from infra.local.outbox import Outbox
from infra.local.seed import HOSPITAL

HTML, JSON = "text/html; charset=utf-8", "application/json"
FORM = "application/x-www-form-urlencoded"
LATEST = 60
"""How many messages a page shows; the JSON lists have them all."""


@dataclass(frozen=True)
class Asked:
    """A request to the local door."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def is_form(self) -> bool:
        """Whether a page's form was sent, so that the answer is a page again."""
        return self.headers.get("content-type", "").startswith(FORM)

    def fields(self) -> dict[str, str]:
        """The form or the JSON object in the body; `ValueError` where it is neither."""
        if self.is_form:
            return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}
        read = json.loads(self.body or b"{}")
        if not isinstance(read, dict):
            msg = "a JSON object is expected"
            raise ValueError(msg)  # noqa: TRY004 - the sender's mistake, not ours
        return {str(name): str(value) for name, value in read.items()}


@dataclass(frozen=True)
class Answer:
    """What the local door says."""

    status: HTTPStatus
    kind: str
    body: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Door:
    """Every path below `/_local/`."""

    installation: Installation
    outbox: Outbox
    gateway: Gateway
    advance: clock.Advance
    mllp_port: int
    _routes: dict[tuple[str, str], Callable[[Asked], Answer]] = field(init=False)

    def __post_init__(self) -> None:
        """The table of routes."""
        self._routes = {
            ("GET", "/_local"): self._home,
            ("GET", "/_local/outbox"): self._outbox_page,
            ("GET", "/_local/hl7"): self._hl7_page,
            ("GET", "/_local/clock"): self._clock,
            ("POST", "/_local/clock"): self._move_clock,
            ("GET", "/_local/outbox.json"): lambda _: _json(self.outbox.listed()),
            ("GET", "/_local/hl7-in.json"): lambda _: _json(self._ledger("in")),
            ("GET", "/_local/hl7-out.json"): lambda _: _json(self._ledger("out")),
            ("POST", "/_local/token"): self._token,
            ("POST", "/_local/sign-in"): self._sign_in,
            ("POST", "/_local/gateway"): self._mood,
            ("POST", "/_local/sms"): self._text,
        }

    def answer(self, asked: Asked) -> Answer:
        """The answer to any request below `/_local`."""
        route = self._routes.get((asked.method, asked.path.rstrip("/")))
        if route is None:
            return _json({"error": f"no {asked.method} {asked.path} here"}, HTTPStatus.NOT_FOUND)
        try:
            return route(asked)
        except clock.Backwards as refusal:
            return _json({"error": str(refusal)}, HTTPStatus.CONFLICT)
        except clock.Stuck as stuck:
            return _json({"error": str(stuck)}, HTTPStatus.GATEWAY_TIMEOUT)
        except ValueError as mistake:
            return _json({"error": str(mistake)}, HTTPStatus.BAD_REQUEST)
        except access.Forbidden as refusal:
            return _json({"error": str(refusal)}, HTTPStatus.FORBIDDEN)

    def _home(self, asked: Asked) -> Answer:
        del asked
        return self._page("home.html.jinja", members=self._members(), mllp_port=self.mllp_port)

    def _outbox_page(self, asked: Asked) -> Answer:
        to = (parse_qs(asked.query).get("to") or [""])[0]
        found = [message for message in self.outbox.listed() if to in ("", message["to"])]
        shown = [message | {"parts": pages.with_links(message["text"])} for message in found[-LATEST:]]
        return self._page("outbox.html.jinja", messages=shown[::-1], total=len(found), to=to)

    def _hl7_page(self, asked: Asked) -> Answer:
        del asked
        lists = {way: self._ledger(way) for way in ("in", "out")}
        shown = {way: found[-LATEST:][::-1] for way, found in lists.items()}
        return self._page(
            "hl7.html.jinja", lists=shown, totals={way: len(found) for way, found in lists.items()}
        )

    def _clock(self, asked: Asked) -> Answer:
        del asked
        due = self.installation.first_due()
        return _json(
            {"now": f"{self.installation.now():{FORMAT}}", "next": None if due is None else f"{due:{FORMAT}}"}
        )

    def _move_clock(self, asked: Asked) -> Answer:
        fields = asked.fields()
        if fields.get("to"):
            now = self.advance.to(clock.instant(_with_zone(fields["to"])))
        elif fields.get("advance"):
            now = self.advance.by(clock.duration(fields["advance"]))
        elif fields.get("next"):
            now = self.advance.to_next()
        else:
            msg = 'say {"to": "2026-11-24T09:00:00Z"}, {"advance": "PT1H"} or {"next": 1}'
            raise ValueError(msg)
        if asked.is_form:
            return _back_to(fields.get("page", "/_local/"))
        return _json({"now": f"{now:{FORMAT}}"})

    def _token(self, asked: Asked) -> Answer:
        fields = asked.fields()
        hospital, role = fields.get("hospital", HOSPITAL), fields.get("role", "nurse")
        if hospital not in self.installation.hospitals:
            msg = f"no hospital {hospital!r} in infra/hospitals.json"
            raise ValueError(msg)
        fitting = [member for member in self._members(hospital) if member.role == role]
        if not fitting:
            msg = f"nobody at {hospital!r} is {role!r}: see /_local/ for the demo accounts"
            raise ValueError(msg)
        return _json({"access_token": self._session(hospital, fitting[0].id), "token_type": "Bearer"})

    def _sign_in(self, asked: Asked) -> Answer:
        fields = asked.fields()
        secret = self._session(fields.get("hospital", HOSPITAL), fields.get("member", ""))
        cookie = answers.cookie(answers.cookie_name("staff"), secret, life=access.STAFF_LIFE)
        return Answer(HTTPStatus.SEE_OTHER, HTML, "", (("Location", "/team"), ("Set-Cookie", cookie)))

    def _session(self, hospital: str, member: str) -> str:
        with acting_for(hospital):
            return access.begin_staff_session(bootstrap.world(), hospital, member, datetime.now(UTC))

    def _mood(self, asked: Asked) -> Answer:
        mood = asked.fields().get("mood", "")
        if mood not in MOODS:
            msg = f"mood is one of {', '.join(MOODS)}"
            raise ValueError(msg)
        self.gateway.mood = mood
        return _back_to("/_local/") if asked.is_form else _json({"mood": mood})

    def _text(self, asked: Asked) -> Answer:
        status, body = self.gateway.take(asked.headers.get("authorization", ""), asked.body)
        return _json(body, status)

    def _members(self, hospital: str = HOSPITAL) -> tuple[Member, ...]:
        with acting_for(hospital):
            return bootstrap.world().catalogue.members(hospital)

    def _ledger(self, direction: str) -> list[dict[str, Any]]:
        wanted = ("at", "hospital", "control_id", "type", "result", "reason", "episode", "message")
        listed = [msgspec.to_builtins(record) for record in self.installation.messages(direction)]
        return [{name: record[name] for name in wanted} for record in listed]

    def _page(self, template: str, **context: object) -> Answer:
        body = pages.render(
            template,
            now=self.installation.now(),
            next_due=self.installation.first_due(),
            mood=self.gateway.mood,
            moods=MOODS,
            **context,
        )
        return Answer(HTTPStatus.OK, HTML, body)


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, JSON, json.dumps(value, ensure_ascii=False))


def _back_to(page: str) -> Answer:
    safe = page if page.startswith("/_local/") else "/_local/"
    return Answer(HTTPStatus.SEE_OTHER, HTML, "", (("Location", safe),))


def _with_zone(text: str) -> str:
    """A browser's date field has no offset: it means the demo hospital's wall clock."""
    return pages.at_hospital(text) if "T" in text and len(text) == len("2026-11-24T09:00") else text
