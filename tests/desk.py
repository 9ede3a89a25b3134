"""A clinician at the editor, without a server: requests go straight into the views, on a hospital in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import versions
from chalicelib.application.access import Staff
from chalicelib.application.records import Session
from chalicelib.domain.pathway import Origin, Pathway
from chalicelib.entrypoints import editor, editor_view
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
        query = dict(parse_qsl(urlsplit(path).query))
        return Call(
            world=self.world,
            method=method,
            path=urlsplit(path).path,
            query=query,
            form=form or {},
            body=b"",
            headers={"x-vigie-live": "1"} if live else {},
            cookies={LANGUAGE_COOKIE: self.language},
            now=self.now,
            real=self.now,
            staff=staff(self.who),
        )

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
