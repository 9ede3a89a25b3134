"""The local doors: demo accounts, outbox, clock, HL7. They exist on this machine only."""

from __future__ import annotations

import json
import re
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from chalicelib.adapters.pages import manifest
from chalicelib.application.records import MessageRecord, Role
from infra.local import seed
from infra.local.gateway import MODES
from infra.local.stack import Stack, Stuck

HOSPITALS = (seed.HOSPITAL,)
STAFF_COOKIE = "vigie-staff"
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True)
class Answer:
    """What a door answers."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class BadAsk(ValueError):
    """A door was asked for something impossible; the text says what would be possible."""


class Backwards(BadAsk):
    """The clock only goes forward."""


class LocalDoors:
    """Everything below `/_local/`."""

    def __init__(self, stack: Stack) -> None:
        """`stack`: what is running."""
        self.stack = stack
        templates = Path(__file__).parent / "templates"
        self.pages = Environment(loader=FileSystemLoader(templates), autoescape=True)
        self.routes: dict[tuple[str, str], Callable[[dict[str, Any], bool], Answer]] = {
            ("GET", "/_local/"): self._page,
            ("GET", "/_local/clock"): lambda asked, form: self._clock(),
            ("POST", "/_local/clock"): self._move,
            ("GET", "/_local/gateway"): lambda asked, form: _json(self._modes()),
            ("POST", "/_local/gateway"): self._behave,
            ("GET", "/_local/outbox.json"): lambda asked, form: _json(self.outbox()),
            ("GET", "/_local/hl7-in.json"): lambda asked, form: _json(self._hl7("in")),
            ("GET", "/_local/hl7-out.json"): lambda asked, form: _json(self._hl7("out")),
            ("POST", "/_local/reply"): self._reply,
            ("POST", "/_local/token"): self._token,
            ("POST", "/_local/sign-in"): self._sign_in,
        }

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """The door's answer; what cannot be done is said in words."""
        url = urlsplit(path)
        place = "/_local/" if url.path == "/_local" else url.path
        door = self.routes.get((method, place))
        if door is None:
            return _json({"error": f"no {method} {place} here; see /_local/"}, 404)
        kind = {k.lower(): v for k, v in headers.items()}.get("content-type", "")
        is_form = kind.startswith("application/x-www-form-urlencoded")
        try:
            return door(_asked(body, is_form=is_form, query=url.query), is_form)
        except Backwards as refusal:
            return _json({"error": str(refusal)}, 409)
        except BadAsk as refusal:
            return _json({"error": str(refusal)}, 400)
        except Stuck as stuck:
            return _json({"error": str(stuck)}, 504)
        except Exception as mistake:  # the door says what broke instead of closing the connection
            traceback.print_exc()
            return _json({"error": f"{type(mistake).__name__}: {mistake}"}, 500)

    def outbox(self) -> list[dict[str, Any]]:
        """Every text and e-mail, oldest first."""
        self.stack.collect_mails()
        return [] if self.stack.outbox is None else self.stack.outbox.all()

    def _clock(self) -> Answer:
        return _json({"now": _iso(self.stack.now())})

    def _move(self, asked: dict[str, Any], form: bool) -> Answer:
        now = self.stack.now()
        to = self._target(asked, now)
        if to < now - timedelta(seconds=1):
            msg = f"the clock only goes forward; it is {_iso(now)}"
            raise Backwards(msg)
        self.stack.advance(to)
        return _see("/_local/") if form else self._clock()

    def _target(self, asked: dict[str, Any], now: datetime) -> datetime:
        if asked.get("next"):
            return max(self.stack.next_wake() or now, now)
        if asked.get("advance"):
            return now + duration(str(asked["advance"]))
        if asked.get("to"):
            return instant(str(asked["to"]))
        msg = 'say {"to": "2026-11-24T09:00:00Z"} or {"advance": "PT1H"}'
        raise BadAsk(msg)

    def _modes(self) -> dict[str, str]:
        return {name: gateway.mode for name, gateway in self.stack.gateways.items()}

    def _behave(self, asked: dict[str, Any], form: bool) -> Answer:
        """How a provider of text messages is to behave; without a name, all of them."""
        gateways = self.stack.gateways
        names = [asked["provider"]] if asked.get("provider") else list(gateways)
        if asked.get("mode") not in MODES or not set(names) <= set(gateways):
            msg = f"modes: {', '.join(MODES)}; providers: {', '.join(gateways)}"
            raise BadAsk(msg)
        for name in names:
            gateways[name].mode = asked["mode"]
        return _see("/_local/") if form else _json(self._modes())

    def _reply(self, asked: dict[str, Any], form: bool) -> Answer:
        """A text message from a patient; answers when what it leads to has been handled."""
        number, text = asked.get("to", ""), asked.get("text", "")
        if not (number and text):
            msg = 'say {"to": "+33639980001", "text": "OK"}: the number of the patient who writes'
            raise BadAsk(msg)
        status = self.stack.gateways["http"].reply(str(number), str(text))
        self.stack.advance(self.stack.now())
        return _see("/_local/") if form else _json({"status": status})

    def _hl7(self, direction: str) -> list[dict[str, Any]]:
        return [_line(record) for h in HOSPITALS for record in self.stack.messages(h, direction)]

    def _token(self, asked: dict[str, Any], form: bool) -> Answer:
        del form
        member = seed.member_with(asked.get("role", "nurse"))
        if member is None or asked.get("hospital", seed.HOSPITAL) not in HOSPITALS:
            msg = f"roles: {', '.join(get_args(Role))} as far as there is a demo account; hospital: demo"
            raise BadAsk(msg)
        token = seed.begin_session(self.stack, member, secrets.token_urlsafe(32))
        return _json({"access_token": token, "token_type": "Bearer"})

    def _sign_in(self, asked: dict[str, Any], form: bool) -> Answer:
        del form
        member = next((m for m in seed.MEMBERS if m.id == asked.get("member")), None)
        if member is None:
            msg = f"demo accounts: {', '.join(m.id for m in seed.MEMBERS)}"
            raise BadAsk(msg)
        secret = seed.begin_session(self.stack, member, secrets.token_urlsafe(32))
        cookie = f"{STAFF_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax"
        return _see("/team", ("Set-Cookie", cookie))

    def _page(self, asked: dict[str, Any], form: bool) -> Answer:
        del asked, form
        zone = ZoneInfo(seed.ZONE)
        incoming = self.stack.messages(seed.HOSPITAL, "in")
        upcoming = self.stack.next_wake()
        html = self.pages.get_template("local.html.jinja").render(
            now=self.stack.now().astimezone(zone),
            upcoming=None if upcoming is None else upcoming.astimezone(zone),
            members=seed.MEMBERS,
            outbox=[_linked(m, zone) for m in reversed(self.outbox())][:60],
            sent=len(self.outbox()),
            behaviours=MODES,
            gateways=self._modes(),
            incoming=list(reversed(incoming))[:30],
            received=len(incoming),
            outgoing=list(reversed(self.stack.messages(seed.HOSPITAL, "out")))[:20],
            sheet=f"/static/{manifest()['staff.css']}",
            icon=f"/static/{manifest()['icon.svg']}",
        )
        return Answer(200, [("Content-Type", "text/html; charset=utf-8")], html.encode())


def duration(text: str) -> timedelta:
    """An ISO 8601 duration: "PT1H", "P1D", "P1DT2H30M"."""
    found = DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        msg = f"{text!r} is no duration; write PT1H, PT30M or P1D"
        raise BadAsk(msg)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def instant(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is the demo hospital's local time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is no time; write 2026-11-24T09:00:00Z"
        raise BadAsk(msg) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(seed.ZONE))


def _asked(body: bytes, *, is_form: bool, query: str) -> dict[str, Any]:
    if is_form:
        return {k: v[-1] for k, v in parse_qs(body.decode()).items()}
    if not body.strip():
        return {k: v[-1] for k, v in parse_qs(query).items()}
    try:
        asked = json.loads(body)
    except ValueError:
        msg = "the body is no JSON"
        raise BadAsk(msg) from None
    if not isinstance(asked, dict):
        msg = "the body is no JSON object"
        raise BadAsk(msg)
    return asked


def _line(record: MessageRecord) -> dict[str, Any]:
    return {
        "at": _iso(record.at),
        "hospital": record.hospital,
        "control_id": record.control_id,
        "type": record.type,
        "result": record.result,
        "reason": record.reason,
        "episode": record.episode,
        "message": record.message,
    }


def _linked(message: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    parts = re.split(r"(https?://\S+)", message["text"])
    at = datetime.fromisoformat(message["at"]).astimezone(zone)
    return {**message, "parts": parts, "shown_at": f"{at:%d/%m %H:%M}"}


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _json(value: Any, status: int = 200) -> Answer:
    content = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")], content)


def _see(path: str, *headers: tuple[str, str]) -> Answer:
    return Answer(303, [("Location", path), *headers], b"")
