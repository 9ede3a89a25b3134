"""What the page of a flight shows: figures in words, two charts, tables."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.application.flight import Flown, Shift, by_hour, first_after, per_100, sensitivity
from chalicelib.domain.explain import in_language
from chalicelib.domain.findings import N_
from chalicelib.domain.pathway import Step
from chalicelib.domain.rules import Compare
from chalicelib.domain.sentences import in_words
from chalicelib.entrypoints.charts import Chart, Series, svg
from chalicelib.entrypoints.http import Call

FIGURES = {
    "answered": N_("Answered, of 100 who were asked"),
    "within_hour": N_("Of 100 answers, within an hour of the newest message"),
    "alerts_per_100": N_("Alerts, of 100 who were asked"),
    "content_per_100": N_("of these, by an answer"),
    "red_per_100": N_("of these, red"),
    "silent_per_100": N_("of these, no answer"),
    "all_alerts_per_100": N_("Alerts in the whole follow-up, of 100 patients"),
    "escalated_per_100": N_("Alerts handed on because nobody looked, of 100 patients"),
    "advised_per_100": N_("Advice first, of 100 patients"),
    "messages_per_patient": N_("Messages to each patient"),
    "calls_per_day": N_("Nurses’ calls a day"),
    "nurse_minutes_per_day": N_("Nurses’ minutes a day"),
}
SHARES = {"answered", "within_hour"}
LEVELS = {"red": N_("Red"), "orange": N_("Orange"), "silent": N_("No answer")}
BY_CONTACT = N_("Alerts at each contact, of 100 who were asked")
BY_HOUR = N_("Nurses’ minutes in each hour of a day")
DAYS = N_("day from the operation")
HOURS = N_("hour of the day")
HIGHEST = N_("The highest is {value} ({label}).")
THIS_VERSION = N_("this version")
IN_FORCE = N_("version in force")
MOST_SHIFTS = 16
MOST_RULES = 12


def shown(call: Call, one: Flown, beside: Flown | None) -> dict[str, Any]:
    """Everything that the flights give the template."""
    who, pathway = call.member, one.pathway
    language = call.language(who.member.language)
    words = _Words(language)
    first = pathway.step(first_after(pathway, one.outcome))
    return {
        "member": {"name": who.member.name, "role": who.member.role},
        "csrf": who.session.csrf,
        "title": in_language(pathway.title, language) or pathway.code,
        "code": pathway.code,
        "number": pathway.version,
        "beside": None if beside is None else {"code": beside.pathway.code, "number": beside.pathway.version},
        "first": in_language(first.title, language) or first.key,
        "per_day": one.cohort.patients_per_day,
        "figures": [_figure(name, one, beside, words) for name in FIGURES],
        "by_contact": svg(_by_contact(one, beside, words)),
        "contacts": [_contact(step, one, words) for step in pathway.steps],
        "by_hour": svg(_by_hour(one, beside, words)),
        "hours": [
            {"hour": hour.hour, "calls": words.number(hour.calls), "minutes": words.number(hour.minutes)}
            for hour in by_hour(one.outcome, one.cohort)
        ],
        "rules": _rules(first, one, words),
        "shifts": [
            _shift(pathway.step(shift.step), shift, words)
            for shift in sensitivity(pathway, one.outcome)[:MOST_SHIFTS]
        ],
    }


class _Words:
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, sentence: str) -> str:
        return bootstrap.pages().words(sentence, self.language)

    def number(self, value: float, *, signed: bool = False) -> str:
        """As it is written in the language."""
        said = f"{abs(value):g}".replace(".", "," if self.language == "fr" else ".")
        sign = "−" if value < 0 else "+" if signed and value > 0 else ""
        return sign + said


def _figure(name: str, one: Flown, beside: Flown | None, words: _Words) -> dict[str, Any]:
    factor = 100 if name in SHARES else 1
    return {
        "name": words(FIGURES[name]),
        "value": words.number(round(one.figures[name] * factor, 2)),
        "beside": "" if beside is None else words.number(round(beside.figures[name] * factor, 2)),
    }


def _contact(step: Step, one: Flown, words: _Words) -> dict[str, Any]:
    contact = one.outcome.contacts[step.key]
    levels = zip(LEVELS, _levels_of(step, one), strict=True)
    answered = f"{100 * contact.answered / contact.asked:.0f}" if contact.asked else "–"
    return {
        "day": _day(step.timing.day),
        "answered": answered,
        **{level: words.number(value) for level, value in levels},
    }


def _day(day: int) -> str:
    return f"+{day}" if day > 0 else f"−{-day}" if day < 0 else "0"


def _levels_of(step: Step, one: Flown) -> tuple[float, float, float]:
    found = per_100(one.outcome.contacts[step.key])
    orange = round(found["content_per_100"] - found["red_per_100"], 1)
    return found["red_per_100"], orange, found["silent_per_100"]


def _levels(one: Flown) -> list[tuple[float, float, float]]:
    return [_levels_of(step, one) for step in one.pathway.steps]


def _by_contact(one: Flown, beside: Flown | None, words: _Words) -> Chart:
    levels = _levels(one)
    series = tuple(
        Series(words(name), look, tuple(level[place] for level in levels))
        for place, (look, name) in enumerate(LEVELS.items())
    )
    labels = tuple(_day(step.timing.day) for step in one.pathway.steps)
    same = beside is not None and len(beside.pathway.steps) == len(labels)
    marks = tuple(sum(level) for level in _levels(beside)) if same and beside else ()
    return _summed_up(Chart("contacts", BY_CONTACT, "", DAYS, labels, series, marks), words)


def _by_hour(one: Flown, beside: Flown | None, words: _Words) -> Chart:
    minutes = {hour.hour: hour.minutes for hour in by_hour(one.outcome, one.cohort)}
    others = {} if beside is None else {h.hour: h.minutes for h in by_hour(beside.outcome, beside.cohort)}
    span = range(min(minutes, default=8), max(minutes, default=20) + 1)
    series = (Series(words(THIS_VERSION), "plain", tuple(minutes.get(hour, 0.0) for hour in span)),)
    marks = tuple(others.get(hour, 0.0) for hour in span) if others else ()
    return _summed_up(Chart("hours", BY_HOUR, "", HOURS, tuple(map(str, span)), series, marks), words)


def _summed_up(chart: Chart, words: _Words) -> Chart:
    """In the member's language, with a sentence for those who do not see it."""
    highest = max(chart.totals, default=0.0)
    label = chart.labels[chart.totals.index(highest)] if chart.labels else ""
    return replace(
        chart,
        title=words(chart.title),
        summary=words(HIGHEST).replace("{value}", f"{highest:.0f}").replace("{label}", label),
        below=words(chart.below),
        marks_name=words(IN_FORCE),
    )


def _rules(step: Step, one: Flown, words: _Words) -> list[dict[str, Any]]:
    """What raised the alerts of the first contact, in the words of its rules."""
    contact = one.outcome.contacts[step.key]
    rules = {rule.key: rule for rule in step.rules}
    return [
        {
            "said": in_words(rules[key].when, step, words.language),
            "level": rules[key].level,
            "per_100": words.number(round(100 * count / (contact.asked or 1), 1)),
        }
        for key, count in contact.by_rule.most_common()
        if key in rules
    ][:MOST_RULES]


def _shift(step: Step, shift: Shift, words: _Words) -> dict[str, Any]:
    """The threshold as half a sentence, and where it would be moved to."""
    part = Compare(shift.question, shift.op, shift.value)
    rule = next(rule for rule in step.rules if rule.key == shift.rule)
    return {
        "day": _day(step.timing.day),
        "said": in_words(part, step, words.language),
        "level": rule.level,
        "to": words.number(shift.value + shift.moved_by),
        "alerts": words.number(shift.alerts, signed=True),
        "red": words.number(shift.red, signed=True),
    }
