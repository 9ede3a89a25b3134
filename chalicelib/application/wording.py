"""The words of a message: from the signed texts, filled with times, a link and the unit's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.application.handle import pathway_of
from chalicelib.domain.explain import in_language
from chalicelib.domain.messaging_hours import local
from chalicelib.domain.replies import choices
from chalicelib.domain.sms import transliterate

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import Row
    from chalicelib.application.world import World
    from chalicelib.domain.notice import Notice
    from chalicelib.domain.questionnaire import Question

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
    question = _question(world, row, notice)
    values = {
        "question": "" if question is None else in_language(question.text, language),
        "choices": "" if question is None else choices(question, language),
        "emergency": unit.emergency_number,
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
    if notice.channel != "sms" or notice.question or notice.kind not in {"invite", "reminder", "again"}:
        return None
    step = pathway_of(world, row.state).step(notice.step)
    words = step.messages.get(notice.kind)
    return None if words is None else {"text": in_language(words, language)}


def _question(world: World, row: Row, notice: Notice) -> Question | None:
    """The question that the text asks."""
    if not notice.question:
        return None
    return pathway_of(world, row.state).step(notice.step).questionnaire.question(notice.question)


def short_day(zone: str, at: datetime, language: str) -> str:
    """The day as a text message says it: "jeu 26/11"."""
    day = local(zone, at)
    names = WEEKDAYS.get(language, WEEKDAYS["en"])
    return f"{names[day.weekday()]} {day:%d/%m}"
