"""The pages of the local door."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.adapters.pages import manifest
from infra.local.seed import ZONE

LINK = re.compile(r"(https?://[^\s]*[^\s.,])")


def render(template: str, **context: object) -> str:
    """A page."""
    return _environment().get_template(template).render(**context)


def with_links(text: str) -> list[tuple[str, bool]]:
    """A message's text in parts, each with whether it is a link."""
    return [(part, bool(LINK.fullmatch(part))) for part in LINK.split(text) if part]


def at_hospital(text: str) -> str:
    """A wall-clock time "2026-11-24T09:00" of the demo hospital, with its offset."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).isoformat()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"wall": _wall, "lines": _lines}
    environment.globals["sheet"] = f"/static/{manifest()['staff.css']}"
    return environment


def _wall(at: datetime | str, pattern: str = "%a %d %b %Y, %H:%M") -> str:
    """An instant as the demo hospital's clocks show it."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{instant.astimezone(ZoneInfo(ZONE)):{pattern}}"


def _lines(message: str) -> str:
    """An HL7 message, one segment to a line."""
    return message.replace("\r", "\n").strip()
