"""The worklist as its page wants it: counts, filters, and one row for each patient."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.domain import worklist
from chalicelib.domain.explain import in_language, reasons
from chalicelib.domain.messaging_hours import local
from chalicelib.entrypoints.staff_words import age, alert_words

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.reads import Line, Worklist
    from chalicelib.application.records import Unit
    from chalicelib.entrypoints.http import Call

CONTACTS = ("J-1", "J0", "J+1", "older")
TILES = ("red", "orange", "silent", "waiting", "ok")
TILE_OF: dict[str, str] = {
    "red": "red",
    "orange": "orange",
    "silent": "silent",
    "ready": "ok",
    "well": "ok",
    "in_hospital": "ok",
    "home": "ok",
    "cancelled": "ok",
}
"""Every other status is "waiting": no answer is never well."""


def context(
    call: Call, listed: Worklist, unit: Unit, units: tuple[Unit, ...], today: date, language: str
) -> dict[str, Any]:
    """Everything that the worklist's page shows."""
    status, contact = call.query.get("status", ""), call.query.get("contact", "")
    of_contact = [line for line in listed.lines if contact in {"", line.contact}]
    shown = [line for line in of_contact if status in {"", TILE_OF.get(line.status, "waiting")}]
    counts = Counter(TILE_OF.get(line.status, "waiting") for line in of_contact)
    contacts = Counter(line.contact for line in listed.lines)
    staff = {m.id: m.name for m in call.world.catalogue.members(call.member.hospital)}
    link = _Links(unit.id, listed.day, status, contact)
    return {
        **signed_in(call, unit, language),
        "units": [{"id": u.id, "name": in_language(u.name, language)} for u in units],
        "day": listed.day,
        "today": today,
        "now": call.now,
        "zone": unit.hours.zone,
        "previous": link.to(day=listed.day - timedelta(days=1)),
        "next": link.to(day=listed.day + timedelta(days=1)),
        "tiles": [
            {"status": t, "count": counts[t], "href": link.toggled(status=t), "on": status == t}
            for t in TILES
        ],
        "contacts": [
            {"contact": k, "count": contacts[k], "href": link.toggled(contact=k), "on": contact == k}
            for k in CONTACTS
        ],
        "filtered": bool(status or contact),
        "all_href": link.to(status="", contact=""),
        "total": len(listed.lines),
        "rows": [_row(line, unit, staff, language, call.now) for line in shown],
    }


def signed_in(call: Call, unit: Unit, language: str) -> dict[str, Any]:
    """What every staff page says of who is signed in, and where."""
    return {
        "unit": {
            "id": unit.id,
            "name": in_language(unit.name, language),
            "hospital": unit.hospital_name,
            "phone": unit.phone,
            "phone_shown": unit.phone_shown,
            "emergency_number": unit.emergency_number,
        },
        "member": {"name": call.member.member.name, "role": call.member.member.role},
        "csrf": call.member.session.csrf,
    }


def _row(line: Line, unit: Unit, staff: dict[str, str], language: str, now: datetime) -> dict[str, Any]:
    state, person = line.row.state, line.person
    alert = worklist.worst(state)
    words: tuple[str, ...] = ()
    if alert is not None:
        words = reasons(line.pathway, alert, language) or (alert_words(alert, language),)
    return {
        "episode": line.row.episode,
        "status": line.status,
        "name": "" if person is None else f"{person.family_name.upper()} {person.given_name}",
        "born": None if person is None else person.birth_date,
        "age": None if person is None else age(person.birth_date, now),
        "operation": in_language(line.pathway.title, language),
        "surgeon": line.surgeon,
        "contact": line.contact,
        "time": f"{local(unit.hours.zone, state.operation_at):%H:%M}",
        "operation_at": state.operation_at,
        "reasons": words,
        "more": max(0, len(state.open_alerts) - 1),
        "since": None if alert is None else alert.raised_at,
        "waiting_minutes": None
        if alert is None
        else max(0, int((now - alert.raised_at).total_seconds() // 60)),
        "taken_by": "" if alert is None else staff.get(alert.taken_by or "", ""),
        "escalated_to": () if alert is None else alert.escalated_to,
        "acknowledged": alert is not None and alert.acknowledged_at is not None,
        "last_call": state.last_call or "",
        "href": f"/team/episodes/{line.row.episode}",
    }


class _Links:
    """Filters live in the URL, so that a list can be kept and sent on."""

    def __init__(self, unit: str, day: date, status: str, contact: str) -> None:
        self.now = {"unit": unit, "day": day.isoformat(), "status": status, "contact": contact}

    def to(self, **changes: object) -> str:
        asked = self.now | {name: str(value) for name, value in changes.items()}
        return "/team?" + urlencode({name: value for name, value in asked.items() if value})

    def toggled(self, **choice: str) -> str:
        """To this choice; from it, back to all."""
        return self.to(**{name: "" if self.now[name] == value else value for name, value in choice.items()})
