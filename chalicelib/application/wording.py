"""The words of a message: from the signed texts, filled with times, a link and the unit's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.explain import in_language
from chalicelib.domain.messaging_hours import local
from chalicelib.domain.sms import transliterate

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import Row
    from chalicelib.application.world import World
    from chalicelib.domain.notice import Notice

WEEKDAYS = {
    "fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
"""Short names for an SMS, where every character counts; pages use full dates in words."""


def written(world: World, row: Row, notice: Notice, language: str, link: str) -> tuple[str, str]:
    """The subject (empty for an SMS) and the text of a notice, in the patient's language.

    No health detail: the unit's own name is the only hint of why it was sent.
    """
    unit = world.catalogue.unit(row.hospital, row.state.unit)
    if unit is None:
        msg = f"unit {row.state.unit} is not in the catalogue"
        raise LookupError(msg)
    parts = _own_words(world, row, notice, language) or world.catalogue.wording(
        notice.channel, notice.text, language
    )
    values = {
        "unit": unit.short_name,
        "day": short_day(unit.hours.zone, notice.arrival_at, language),
        "time": f"{local(unit.hours.zone, notice.arrival_at):%H:%M}",
        "link": link,
        "phone": unit.phone_shown,
    }
    filled = {name: words.format(**values) for name, words in parts.items()}
    if notice.channel == "sms":
        return "", transliterate(filled["text"])
    return filled["subject"], filled["body"]


def _own_words(world: World, row: Row, notice: Notice, language: str) -> dict[str, str] | None:
    """The team's own words for a text message of this step, where its pathway has some."""
    if notice.channel != "sms" or notice.kind not in {"invite", "reminder", "again"}:
        return None
    step = world.catalogue.pathway(row.state.pathway, row.state.pathway_version).step(notice.step)
    words = step.messages.get(notice.kind)
    return None if words is None else {"text": in_language(words, language)}


def short_day(zone: str, at: datetime, language: str) -> str:
    """The day as a text message says it: "jeu 26/11"."""
    day = local(zone, at)
    names = WEEKDAYS.get(language, WEEKDAYS["en"])
    return f"{names[day.weekday()]} {day:%d/%m}"
