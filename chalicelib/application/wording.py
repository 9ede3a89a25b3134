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
    from chalicelib.application.records import Unit
    from chalicelib.application.world import World
    from chalicelib.domain.notice import Notice
    from chalicelib.domain.questionnaire import Question

WEEKDAYS = {
    "fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
"""Short names for an SMS, where every character counts; pages use full dates in words."""
SPOKEN = {
    "fr": (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "en": (
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April May June July August September October November December",
    ),
}
"""Full names for a call, without Babel: functions that send do not load it."""


def written(world: World, row: Row, notice: Notice, language: str, link: str) -> tuple[str, str]:
    """The subject (of an e-mail) and the text of a notice, in the patient's language.

    No health detail: the unit's own name is the only hint of why it was sent.
    """
    unit = unit_of(world, row)
    parts = _own_words(world, row, notice, language) or world.catalogue.wording(
        notice.channel, notice.text, language
    )
    question = _question(world, row, notice)
    spoken = notice.channel == "voice"
    at = local(unit.hours.zone, notice.arrival_at)
    values = {
        "question": "" if question is None else in_language(question.text, language),
        "choices": "" if question is None else choices(question, language),
        "emergency": unit.emergency_number,
        "unit": unit.hospital_name if spoken else unit.short_name,
        "day": spoken_day(at, language) if spoken else short_day(unit.hours.zone, at, language),
        "time": f"{at:%H:%M}",
        "link": link,
        "phone": unit.phone_shown,
    }
    filled = {name: words.format(**values) for name, words in parts.items()}
    match notice.channel:
        case "sms":
            return "", transliterate(filled["text"])
        case "voice":
            return "", filled["text"]
        case _:
            return filled["subject"], filled["body"]


def unit_of(world: World, row: Row) -> Unit:
    """The unit of a follow-up; `LookupError` where somebody has taken it out of the catalogue."""
    unit = world.catalogue.unit(row.hospital, row.state.unit)
    if unit is None:
        msg = f"unit {row.state.unit} is not in the catalogue"
        raise LookupError(msg)
    return unit


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


def spoken_day(at: datetime, language: str) -> str:
    """The day as it is read out: "jeudi 26 novembre"."""
    days, months = SPOKEN.get(language, SPOKEN["en"])
    return f"{days.split()[at.weekday()]} {at.day} {months.split()[at.month - 1]}"
