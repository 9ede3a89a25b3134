"""What a simulated cohort amounts to: figures, and what each threshold contributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import astuple, replace

from chalicelib.application.cohort import Cohort, cohort_for
from chalicelib.application.simulation import Contact, Given, Outcome, simulated
from chalicelib.domain.pathway import Pathway
from chalicelib.domain.rules import ORDERED, All, AnyOf, Compare, Operator, Rule, holds, is_number, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.pathway import Step
    from chalicelib.domain.rules import Condition, Number

NOT_REACHED = ("no_contact", "undelivered", "too_late", "not_discharged")


class Flown(msgspec.Struct, frozen=True):
    """A pathway after its flight."""

    pathway: Pathway
    cohort: Cohort
    outcome: Outcome

    @property
    def figures(self) -> dict[str, float]:
        """By name."""
        return figures(self.pathway, self.outcome, self.cohort)


def flown(pathway: Pathway, seed: int, count: int) -> Flown:
    """So many patients of an unfolded pathway, with their answers kept."""
    cohort = cohort_for(pathway)
    return Flown(pathway, cohort, simulated(pathway, cohort, seed, count, keeps_answers=True))


def first_after(pathway: Pathway, outcome: Outcome) -> str:
    """The first contact after the operation that was made: published figures speak of that one."""
    made = [s.key for s in pathway.steps if s.phase == "after" and outcome.contacts[s.key].asked]
    return made[0] if made else pathway.steps[-1].key


def figures(pathway: Pathway, outcome: Outcome, cohort: Cohort) -> dict[str, float]:
    """Of the first contact afterwards, in the terms of studies; then of the whole follow-up."""
    contact = outcome.contacts[first_after(pathway, outcome)]
    episodes = outcome.episodes or 1
    all_alerts = sum(one.alerts.total() for one in outcome.contacts.values())
    hours = by_hour(outcome, cohort)
    return {
        "answered": round(contact.answered / (contact.asked or 1), 3),
        "within_hour": round(contact.within_hour / (contact.answered or 1), 3),
        **per_100(contact),
        "not_reached_per_100": round(100 * sum(contact.alerts[kind] for kind in NOT_REACHED) / episodes, 1),
        "all_alerts_per_100": round(100 * all_alerts / episodes, 1),
        "escalated_per_100": round(100 * outcome.escalated / episodes, 1),
        "advised_per_100": round(100 * outcome.advised / episodes, 1),
        "messages_per_patient": round(outcome.messages / episodes, 2),
        "calls_per_day": round(sum(hour.calls for hour in hours), 1),
        "nurse_minutes_per_day": round(sum(hour.minutes for hour in hours), 1),
    }


class Hour(msgspec.Struct, frozen=True):
    """One hour of a unit's day, all contacts together."""

    hour: int
    calls: float
    minutes: float


def by_hour(outcome: Outcome, cohort: Cohort) -> tuple[Hour, ...]:
    """What nurses do each day once patients of every day are being followed."""
    daily = cohort.patients_per_day / (outcome.episodes or 1)
    return tuple(
        Hour(
            hour,
            round(daily * (outcome.calls[hour] + outcome.short_calls[hour]), 1),
            round(
                daily * outcome.calls[hour] * cohort.minutes_for_content
                + daily * outcome.short_calls[hour] * cohort.minutes_for_silence,
                1,
            ),
        )
        for hour in sorted(outcome.calls.keys() | outcome.short_calls.keys())
    )


def per_100(contact: Contact) -> dict[str, float]:
    """Of a hundred who were asked."""
    asked, alerts = contact.asked or 1, contact.alerts
    content = alerts["red"] + alerts["orange"]
    return {
        "alerts_per_100": round(100 * (content + alerts["silent"]) / asked, 1),
        "content_per_100": round(100 * content / asked, 1),
        "red_per_100": round(100 * alerts["red"] / asked, 1),
        "silent_per_100": round(100 * alerts["silent"] / asked, 1),
    }


class Shift(msgspec.Struct, frozen=True):
    """How many more responses in a hundred would call a nurse if one threshold were another."""

    step: str
    rule: str
    question: str
    op: Operator
    value: Number
    moved_by: int
    alerts: float
    red: float


def sensitivity(pathway: Pathway, outcome: Outcome) -> tuple[Shift, ...]:
    """Each numeric threshold one lower and one higher, the most telling first.

    The responses of the flight are read again with the changed rule: exact for what is told, but for what an
    advice or a second question would have changed. The outcome has to have kept its answers.
    """
    found: list[Shift] = []
    for step in pathway.steps:
        given = [one for one in outcome.given if one.step == step.key]
        if given:
            found += _of_step(step, given)
    return tuple(sorted(found, key=lambda shift: -abs(shift.alerts) - abs(shift.red)))


def _of_step(step: Step, given: list[Given]) -> Iterator[Shift]:
    held = [frozenset(r.key for r in step.rules if holds(r.when, g.answers, g.earlier)) for g in given]
    for rule in step.rules:
        for part in parts_of(rule.when):
            if not (isinstance(part, Compare) and part.op in ORDERED and is_number(part.value)):
                continue
            for by in (-1, 1):
                moved = replace(rule, when=_moved(rule.when, part, part.value + by))
                alerts, red = _difference(step, moved, given, held)
                yield Shift(step.key, rule.key, part.question, part.op, part.value, by, alerts, red)


def _moved(condition: Condition, part: Compare, value: Number) -> Condition:
    if condition is part:
        return replace(part, value=value)
    if isinstance(condition, All | AnyOf):
        return replace(condition, of=tuple(_moved(one, part, value) for one in condition.of))
    return condition


def _difference(
    step: Step, moved: Rule, given: list[Given], held: list[frozenset[str]]
) -> tuple[float, float]:
    reds = frozenset(rule.key for rule in step.rules if rule.level == "red")
    alerts = red = 0
    for one, before in zip(given, held, strict=True):
        after = before - {moved.key}
        if holds(moved.when, one.answers, one.earlier):
            after |= {moved.key}
        alerts += bool(after) - bool(before)
        red += bool(after & reds) - bool(before & reds)
    return round(100 * alerts / len(given), 1), round(100 * red / len(given), 1)


def tables(one: Flown) -> dict[str, list[tuple[object, ...]]]:
    """Everything that was counted, each table with its head, for a file or a terminal."""
    outcome, contacts = one.outcome, one.outcome.contacts
    days = {step.key: step.timing.day for step in one.pathway.steps}
    return {
        "figure": [("figure", "value"), *one.figures.items()],
        "contact": [
            ("contact", "day", "asked", "answered", *per_100(Contact())),
            *((k, days[k], c.asked, c.answered, *per_100(c).values()) for k, c in contacts.items()),
        ],
        "hour": [
            ("hour", "calls_per_day", "nurse_minutes_per_day"),
            *((hour.hour, hour.calls, hour.minutes) for hour in by_hour(outcome, one.cohort)),
        ],
        "rule": [
            ("contact", "rule", "alerts_per_100"),
            *(
                (key, rule, round(100 * count / (outcome.episodes or 1), 2))
                for key, contact in contacts.items()
                for rule, count in contact.by_rule.most_common()
            ),
        ],
        "threshold": [Shift.__struct_fields__, *map(astuple, sensitivity(one.pathway, outcome))],
    }
