"""A visitor of the public doors: sends HL7 over MLLP, moves the clock, reads texts, fills in pages.

The demo and the stories in the tests use nothing else.
"""

from __future__ import annotations

import html
import json
import re
import socket
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

START, END = b"\x0b", b"\x1c\r"
SECONDS = 120
REDIRECTS = {301, 302, 303, 307}


class Unexpected(Exception):
    """A door answered otherwise than it should have."""


@dataclass
class Doors:
    """The addresses of a running installation (design.md §8)."""

    web: str = "http://127.0.0.1:8000"
    mllp: tuple[str, int] = ("127.0.0.1", 2575)

    def send_hl7(self, *messages: str) -> list[str]:
        """Send messages over one MLLP connection, one after the other; returns the acknowledgements."""
        answers = []
        with socket.create_connection(self.mllp, timeout=SECONDS) as connection:
            stream = connection.makefile("rb")
            for message in messages:
                connection.sendall(START + message.encode() + END)
                answers.append(_frame(stream).decode("utf-8", "replace"))
        return answers

    def now(self) -> str:
        """The installation's time."""
        return str(self.json("/_local/clock")["now"])

    def advance(self, **ask: str) -> str:
        """Move the clock forward: `to="2026-11-24T09:00:00Z"` or `advance="PT1H"`; returns the new time."""
        status, _, body = self._request("POST", "/_local/clock", json.dumps(ask), "application/json")
        if status != 200:  # noqa: PLR2004 - HTTP's OK
            msg = f"the clock answered {status}: {body[:300]}"
            raise Unexpected(msg)
        return str(json.loads(body)["now"])

    def outbox(self, to: str | None = None) -> list[dict[str, Any]]:
        """Every message that left, oldest first, or those to one address."""
        sent: list[dict[str, Any]] = self.json("/_local/outbox.json")
        return [message for message in sent if to is None or message["to"] == to]

    def reply(self, number: str, text: str) -> None:
        """Write a text message as the patient with this number, and wait until it is handled."""
        ask = json.dumps({"to": number, "text": text})
        status, _, body = self._request("POST", "/_local/reply", ask, "application/json")
        if (status, json.loads(body)) != (200, {"status": 202}):
            msg = f"the reply was answered {status}: {body[:300]}"
            raise Unexpected(msg)

    def hl7(self, direction: str) -> list[dict[str, Any]]:
        """The ledger of messages, `in` or `out`."""
        listed: list[dict[str, Any]] = self.json(f"/_local/hl7-{direction}.json")
        return listed

    def json(self, path: str) -> Any:
        """A page of the local door as data."""
        status, _, body = self._request("GET", path)
        if status != 200:  # noqa: PLR2004 - HTTP's OK
            msg = f"{path} answered {status}: {body[:300]}"
            raise Unexpected(msg)
        return json.loads(body)

    def _request(
        self, method: str, path: str, body: str | None = None, kind: str = ""
    ) -> tuple[int, dict[str, str], str]:
        return Browser(self.web).request(method, path, body, kind)


@dataclass
class Browser:
    """Enough of a browser: cookies, redirects, forms. No JavaScript, because no page needs it."""

    web: str
    cookies: dict[str, str] = field(default_factory=dict)
    path: str = "/"
    page: str = ""
    status: int = 0
    _connection: HTTPConnection | None = None

    def get(self, path: str) -> Browser:
        """Open a page and follow redirects."""
        return self._go("GET", path, None)

    def post(self, path: str, **fields: str | list[str]) -> Browser:
        """Send a form with the page's own token, and follow redirects."""
        token = re.search(r'name="csrf" value="([^"]*)"', self.page)
        csrf = html.unescape(token[1]) if token else ""
        return self._go("POST", path, urlencode({"csrf": csrf, **fields}, doseq=True))

    def text(self) -> str:
        """The page's words."""
        bare = re.sub(r"<(script|style)\b.*?</\1>", " ", self.page, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())

    def request(
        self, method: str, path: str, body: str | None = None, kind: str = ""
    ) -> tuple[int, dict[str, str], str]:
        """One request on a connection that is kept; returns status, headers (lower case), body."""
        headers = {"Accept": "text/html"}
        if kind:
            headers["Content-Type"] = kind
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self._connection is None:
            self._connection = HTTPConnection(urlsplit(self.web).netloc, timeout=SECONDS)
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text

    def _go(self, method: str, path: str, body: str | None) -> Browser:
        kind = "application/x-www-form-urlencoded" if body is not None else ""
        status, headers, text = self.request(method, path, body, kind)
        self.path = path
        hops = 0
        while status in REDIRECTS and hops < 10:  # noqa: PLR2004 - as browsers do, roughly
            self.path = headers["location"]
            status, headers, text = self.request("GET", self.path)
            hops += 1
        self.status, self.page = status, text
        return self


def link_in(message: dict[str, Any]) -> str:
    """The path of the link in a text message or e-mail."""
    found = re.search(r"https?://[^/\s]+(/p/\S+)", message["text"])
    if found is None:
        msg = f"no link in {message['id']}"
        raise Unexpected(msg)
    return found[1]


def patient_browser(web: str, message: dict[str, Any], born: str) -> Browser:
    """Follow the link of a message and give the birth date (YYYYMMDD)."""
    browser = Browser(web)
    path = link_in(message)
    browser.get(path)
    return browser.post(path, day=born[6:8], month=born[4:6], year=born[:4])


def fill_in(browser: Browser, answers: Mapping[str, str | list[str]], *, stop_before: str = "") -> Browser:
    """Answer question after question until the answers are handed in.

    `answers` by link id, a date as "2026-11-25"; a question without one gets the first harmless answer that
    its page offers: of boxes the one that goes alone, of a number the middle of what is possible.
    Stops at the check page where `stop_before` is "check".
    """
    for _ in range(60):
        at = browser.path.partition("?")[0]
        if at.endswith("/done") or browser.status >= 400:  # noqa: PLR2004 - HTTP's errors
            return browser
        if at.endswith("/urgent"):
            onward = re.search(r'href="(/my/[^"]+)"[^>]*data-continue', browser.page)
            browser.get(onward[1] if onward else "/my")
        elif at.endswith("/check"):
            if stop_before == "check":
                return browser
            browser.post(at)
        elif "/q/" in at:
            browser.post(at, **_fields(browser, answers.get(at.rpartition("/")[2])))
        else:
            browser.post(at, answer=answers.get("coming", "yes"))
    return browser


def _fields(browser: Browser, answer: str | list[str] | None) -> dict[str, str | list[str]]:
    """What the form of the page is sent with."""
    if 'name="day"' in browser.page:
        return dict(zip(("year", "month", "day"), str(answer or "2026-01-01").split("-"), strict=True))
    return {"answer": _harmless(browser.page) if answer is None else answer}


def _harmless(page: str) -> str:
    limits = [re.search(rf'data-{end}="([^"]*)"', page) for end in ("minimum", "maximum")]
    if limits[0] and limits[1]:
        return str((float(limits[0][1]) + float(limits[1][1])) // 2).removesuffix(".0")
    offered = re.findall(r'<input[^>]*name="answer"[^>]*>', page)
    offered.sort(key=lambda tag: "data-alone" not in tag)
    values = [m[1] for tag in offered if (m := re.search(r'value="([^"]*)"', tag))]
    return values[0] if values else ""


def _frame(stream: Any) -> bytes:
    collected = b""
    while not collected.endswith(END):
        byte = stream.read(1)
        if not byte:
            msg = f"the connection ended after {len(collected)} bytes of an acknowledgement"
            raise Unexpected(msg)
        collected += byte
    return bytes(collected[1:-2])
