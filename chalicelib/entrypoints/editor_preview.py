"""What a patient would see of a draft: the patient's own pages, filled for an invented operation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib import bootstrap
from chalicelib.application.records import Unit
from chalicelib.domain.explain import in_language
from chalicelib.domain.messaging_hours import instant, local_day
from chalicelib.domain.pathway import ADULT, Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.sms import longest, segments, transliterate
from chalicelib.domain.tasks import MARKS, ClockTimes
from chalicelib.entrypoints.asking import shown_unit
from chalicelib.entrypoints.patient_pages import question_shown

ARRIVAL, OPERATION = "08:30", "10:00"


class Sample:
    """A patient of the unit who will be operated tomorrow at ten."""

    def __init__(self, step: Step, unit: Unit, now: datetime, language: str) -> None:
        zone = unit.hours.zone
        day = local_day(zone, now) + timedelta(days=1)
        arrival, operation = (instant(zone, day, wall) for wall in (ARRIVAL, OPERATION))
        fasting = step.instructions and step.instructions.fasting
        start = arrival if fasting and fasting.before == "arrival" else operation
        hours = fasting.hours(ADULT) if fasting else {}
        until = {food: start - timedelta(hours=count) for food, count in hours.items()}
        self.times = ClockTimes(arrival, until)
        self.step, self.unit, self.zone, self.language = step, unit, zone, language

    def fill(self, words: str) -> str:
        """The words with their clock times and the unit's number."""
        for mark, at in self.times.marks.items():
            words = words.replace(f"{{{mark}}}", bootstrap.pages().time_words(at, self.zone, self.language))
        return words.replace("{phone}", self.unit.phone_shown)

    def said(self, words: dict[str, str] | None) -> str:
        """The words in the language of the preview, filled."""
        return self.fill(in_language(words or {}, self.language))

    def listed(self, words: dict[str, tuple[str, ...]]) -> list[str]:
        """Sentences, but for those that name a time of another age."""
        foreign = [f"{{{mark}}}" for mark in MARKS.values() if mark not in self.times.marks]
        lines = words.get(self.language) or ()
        return [self.fill(line) for line in lines if not any(mark in line for mark in foreign)]

    def question(self, question: Question) -> dict[str, Any]:
        """As the patient's page wants it."""
        return question_shown(question, self.said, "")

    def told(self) -> dict[str, Any]:
        """The instructions."""
        told = self.step.instructions
        if told is None:
            return {}
        return {
            "title": self.said(self.step.title),
            "intro": self.said(told.intro),
            "times": self.times,
            "zone": self.zone,
            "do": self.listed(told.do),
            "dont": self.listed(told.dont),
            "bring": self.listed(told.bring),
        }

    @property
    def of_unit(self) -> dict[str, str]:
        """What a patient's page says of the unit."""
        return shown_unit(self.unit, self.language)


def message(text: str, unit: Unit) -> dict[str, Any]:
    """A text message as it would leave, and what it costs with the longest of all values."""
    values = {"unit": unit.short_name, "day": "mer 25/11", "time": ARRIVAL, "phone": unit.phone_shown}
    values["link"] = "https://vigie.example/p/demo.7K3QX9PD"
    shown = text
    for name, value in values.items():
        shown = shown.replace(f"{{{name}}}", value)
    cut = segments(longest(text))
    return {
        "text": transliterate(shown),
        "changed": transliterate(text) != text,
        "units": cut.units,
        "count": cut.count,
        "is_long": cut.is_long,
        "encoding": cut.encoding,
    }
