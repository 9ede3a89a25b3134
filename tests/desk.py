"""A clinician at the editor, without a server: requests go straight into the views, on a hospital in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import versions
from chalicelib.application.access import Staff
from chalicelib.application.records import Session
from chalicelib.domain.pathway import Origin, Pathway
from chalicelib.entrypoints import (
    editor,
    editor_view,
    pathways,
    pathways_compare,
    pathways_running,
    pathways_sheet,
    pathways_view,
    simulate,
)
from chalicelib.entrypoints.answers import LANGUAGE_COOKIE
from chalicelib.entrypoints.editor_draft import draft_of
from chalicelib.entrypoints.http import Call
from infra.local.seed import MEMBERS
from tests.application.worlds import HOSPITAL, Hospital

NOW = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)
BASE = Origin("inguinal-hernia", 1)


def staff(member_id: str) -> Staff:
    member = next(member for member in MEMBERS if member.id == member_id)
    return Staff(
        HOSPITAL, member, Session("k", HOSPITAL, "csrf-of-the-session", NOW, NOW, member.id, member.role)
    )


def request(
    at: Desk | Shelf,
    who: Staff,
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Call:
    """What a browser sends, as the views get it."""
    return Call(
        world=at.world,
        method=method,
        path=urlsplit(path).path,
        query=dict(parse_qsl(urlsplit(path).query)),
        form=form or {},
        body=b"",
        headers=headers or {},
        cookies={LANGUAGE_COOKIE: at.language},
        now=at.now,
        real=at.now,
        staff=who,
    )


@dataclass
class Desk:
    """One member in front of one draft."""

    who: str = "coordinator-1"
    language: str = "en"
    world: Any = field(default_factory=lambda: Hospital().world)
    now: datetime = NOW
    base: str = ""
    page: str = ""
    status: int = 0

    def begin(self, origin: Origin = BASE) -> Desk:
        """Copy a pathway of the catalogue."""
        with acting_for(HOSPITAL):
            draft = versions.copied(self.world, staff(self.who), origin, self.now)
        self.base = f"/team/pathways/{draft.code}/{draft.number}/edit"
        return self

    def colleague(self, who: str) -> Desk:
        return Desk(who, self.language, self.world, self.now, self.base)

    @property
    def version(self) -> versions.Version:
        code, number = self.base.split("/")[3:5]
        return self.world.versions.version(HOSPITAL, code, int(number))

    @property
    def document(self) -> Pathway:
        return self.world.versions.document(HOSPITAL, self.version)

    def call(self, method: str, path: str, form: dict[str, str] | None = None, *, live: bool = False) -> Call:
        headers = {"x-vigie-live": "1"} if live else {}
        return request(self, staff(self.who), method, path, form, headers)

    def get(self, path: str = "") -> Desk:
        """Read a page; `path` is what stands behind `…/edit`."""
        path = path if path.startswith("/team") else self.base + path
        code, number, part = self._ids(path)
        call = self.call("GET", path)
        with acting_for(HOSPITAL):
            if part:
                return self._seen(editor.show(call, code, number, part))
            return self._seen(editor.time_line(call, code, number))

    def context(self, path: str) -> dict[str, Any]:
        """What the template of a page is given."""
        code, number, part = self._ids(self.base + path)
        call = self.call("GET", self.base + path)
        with acting_for(HOSPITAL):
            return editor_view.context(call, draft_of(call, code, number, part))

    def simulation(self, version: str) -> dict[str, Any]:
        """What the template of a flight's page is given; `version` is "code/number"."""
        with acting_for(HOSPITAL):
            call = self.call("GET", f"/team/pathways/{version}/simulate?n=60")
            return simulate.context(call, *version.split("/"))

    def simulate(self, version: str, query: str = "") -> Any:
        """The answer to somebody who flies a version."""
        with acting_for(HOSPITAL):
            call = self.call("GET", f"/team/pathways/{version}/simulate{query}")
            return simulate.show(call, *version.split("/"))

    def post(self, path: str, form: dict[str, str], *, live: bool = False) -> Desk:
        """Send a form, and follow where it leads."""
        path = path if path.startswith("/team") else self.base + path
        code, number, part = self._ids(path)
        self.now += timedelta(minutes=1)
        with acting_for(HOSPITAL):
            answer = editor.change(self.call("POST", path, form, live=live), code, number, part)
        self._seen(answer)
        return self.get(answer.headers["Location"]) if answer.status_code == 303 else self

    def fill(self, path: str, *, live: bool = False, **changes: str | None) -> Desk:
        """Read a page, change fields of its main form (None: untick), and send it."""
        form = Form.of(self.get(path).page)
        form |= {name: value for name, value in changes.items() if value is not None}
        sent = {name: value for name, value in form.items() if changes.get(name, "") is not None}
        return self.post(path or "/time", sent, live=live)

    def _ids(self, path: str) -> tuple[str, str, str]:
        _, _, _, code, number, _, *part = urlsplit(path).path.split("/")
        return code, number, "".join(part)

    def _seen(self, answer: Any) -> Desk:
        self.page, self.status = answer.body, answer.status_code
        return self

    @property
    def text(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.page).split())


class Form(HTMLParser):
    """What a browser would send of the form with this id."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.inside, self.fields = wanted, False, {}
        self.name = self.select = ""

    @classmethod
    def of(cls, html: str, wanted: str = "edit") -> dict[str, str]:
        form = cls(wanted)
        form.feed(html)
        return form.fields

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        name, value = own.get("name") or "", own.get("value") or ""
        if tag == "form":
            self.inside = own.get("id") == self.wanted
        if not self.inside:
            return
        if tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in own or self.select not in self.fields):
            self.fields[self.select] = value
        elif tag == "textarea":
            self.name, self.fields[name] = name, ""
        elif tag == "input" and (own.get("type") not in {"checkbox", "radio"} or "checked" in own):
            self.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self.name:
            self.fields[self.name] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.name = ""
        if tag == "form":
            self.inside = False


READ = {
    "": pathways.version,
    "sheet": pathways.sheet,
    "compare": pathways.compare,
    "publish": pathways.before_publishing,
    "retire": pathways.before_retiring,
    "running": pathways.running,
}
SENT = {
    "copy": pathways.copy,
    "review": pathways.review,
    "publish": pathways.publish,
    "retire": pathways.retire,
    "running": pathways.offer,
}
CONTEXTS = {
    "": ("version", pathways_view.version_page),
    "sheet": ("sheet", pathways_sheet.context),
    "compare": ("compare", pathways_compare.context),
    "publish": ("confirm", pathways_view.confirmation),
    "retire": ("confirm", pathways_view.confirmation),
    "running": ("running", pathways_running.context),
}


@dataclass
class Shelf:
    """One member in front of the catalogue and the hospital's own versions."""

    who: str = "coordinator-1"
    language: str = "en"
    world: Any = field(default_factory=lambda: Hospital().world)
    now: datetime = NOW
    units: tuple[str, ...] | None = None
    """Other units than the member's own."""
    page: str = ""
    status: int = 0
    location: str = ""

    @property
    def staff(self) -> Staff:
        known = staff(self.who)
        return known if self.units is None else replace(known, member=replace(known.member, units=self.units))

    def colleague(self, who: str) -> Shelf:
        return Shelf(who, self.language, self.world, self.now)

    def editor(self, base: str) -> Desk:
        return Desk(self.who, self.language, self.world, self.now, f"{base}/edit")

    def version(self, number: int) -> versions.Version:
        return self.world.versions.version(HOSPITAL, f"{BASE.code}.{HOSPITAL}", number)

    def change(self, **fields: Any) -> None:
        """Other words in the hernia's first draft."""
        with acting_for(HOSPITAL):
            draft = self.version(1)
            document = replace(self.world.versions.document(HOSPITAL, draft), **fields)
            versions.edited(self.world, self.staff, draft, document, self.now)

    def call(self, path: str, form: dict[str, str] | None = None) -> Call:
        return request(self, self.staff, "GET" if form is None else "POST", path, form)

    def get(self, path: str) -> Shelf:
        """Read a page."""
        return self._answered(READ, path, None)

    def post(self, path: str, **form: str) -> Shelf:
        """Send a form, and follow where it leads (into the editor nobody goes)."""
        self.now += timedelta(minutes=1)
        self._answered(SENT, path, form)
        ends = self.status != 303 or self.location.endswith("/edit")
        return self if ends else self._answered(READ, self.location, None)

    def context(self, path: str) -> tuple[str, dict[str, Any]]:
        """The template of a page, and what it is given."""
        _, _, _, *ids = urlsplit(path).path.split("/")
        call = self.call(path)
        with acting_for(HOSPITAL):
            if not ids:
                return "staff/pathways/catalogue.html.jinja", pathways_view.listing(call, self.language)
            name, given = CONTEXTS["".join(ids[2:])]
            one = pathways_view.shown(call, ids[0], ids[1])
            return f"staff/pathways/{name}.html.jinja", given(call, one, self.language)

    def _answered(self, views: dict[str, Any], path: str, form: dict[str, str] | None) -> Shelf:
        _, _, _, *ids = urlsplit(path).path.split("/")
        with acting_for(HOSPITAL):
            if not ids:
                answer = pathways.catalogue(self.call(path))
            else:
                answer = views["".join(ids[2:])](self.call(path, form), *ids[:2])
        self.page, self.status = answer.body, answer.status_code
        self.location = answer.headers.get("Location", self.location)
        return self

    @property
    def text(self) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())
