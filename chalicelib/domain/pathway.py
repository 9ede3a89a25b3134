"""The pathway: the protocol as a team wrote it, one immutable version."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec
from msgspec.structs import replace

from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.domain.rules import Rule, Words

WordList = dict[str, tuple[str, ...]]
"""Several sentences in each language: {"fr": […], "en": […]}, as many in each."""
AlertLevel = Literal["red", "orange", "silent"]
Anchor = Literal["operation", "admission", "discharge"]
MessageKind = Literal["invite", "reminder", "again"]
ADULT = 18


class Reminder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either at a wall-clock time of the step's day, or so many minutes after the invitation."""

    at: str | None = None
    after_minutes: int | None = None


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """When a step speaks, in days from its anchor (-1 is the day before) and the unit's local time.

    Until the hospital has told of the admission or the discharge, those count from what is planned.
    `useful_until_day`/`useful_until`: after it the message is not sent any more, because a late
    instruction may harm; without a time the limit is the arrival at the hospital.
    `then`: whether nobody's answer at the silent moment calls a nurse, or nothing follows.
    """

    day: int
    invite: str
    reminders: tuple[Reminder, ...]
    silent: str
    useful_until_day: int
    useful_until: str | None = None
    anchor: Anchor = "operation"
    then: Literal["call", "nothing"] = "call"


class Fast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours without one class of food, for one age."""

    food: Literal["solids", "heavy_meal", "light_meal", "formula", "breast_milk", "clear_fluids"]
    hours: int
    from_age: int = 0
    """Full years, included."""
    to_age: int | None = None
    """Full years, excluded; None: no limit."""


class Fasting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours without food and drink, counted back from arrival or from the operation."""

    rules: tuple[Fast, ...]
    before: Literal["arrival", "operation"]
    source: str

    def hours(self, age: int | None) -> dict[str, int]:
        """By class of food, for somebody of this age; whose age is unknown is taken for an adult."""
        years = ADULT if age is None else age
        return {
            fast.food: fast.hours
            for fast in self.rules
            if fast.from_age <= years and (fast.to_age is None or years < fast.to_age)
        }


class Instructions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the patient reads before.

    Placeholders: {arrival}, {phone}, and the clock time of each class of food: {solids_until},
    {heavy_meal_until}, {light_meal_until}, {formula_until}, {breast_milk_until}, {fluids_until}. A
    sentence that names a time which does not concern the patient's age is left out.
    """

    intro: Words
    fasting: Fasting | None
    do: WordList
    dont: WordList
    bring: WordList


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is normal on these days after the operation, and what is not."""

    from_day: int
    to_day: int
    """Included."""
    normal_today: WordList
    when_to_worry: WordList
    source: str


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One contact: something told, something asked, or both."""

    key: str
    phase: Literal["before", "after"]
    title: Words
    timing: Timing
    questionnaire: Questionnaire
    rules: tuple[Rule, ...]
    instructions: Instructions | None = None
    also_on: tuple[int, ...] = ()
    """The same contact once more on each of these days: "diary" is then followed by "diary-3" and so on."""
    messages: dict[MessageKind, Words] = {}
    """Text messages in the team's own words; without: the catalogue's. Placeholders: {unit}, {day},
    {time}, {link}, {phone}."""
    by_sms: bool = False
    """Its few questions are asked and answered by text message, one after the other (`domain.replies`)."""


class Escalation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alert of this level that nobody has taken is handed on after so many minutes of opening hours."""

    level: AlertLevel
    after_minutes: int
    to: Literal["coordinator", "surgeon"]


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version that a team began from."""

    code: str
    version: int


class Pathway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version; an episode keeps the one that it began with."""

    code: str
    version: int
    title: Words
    steps: tuple[Step, ...]
    follow_up_days: int
    """Days after the operation when the follow-up closes by itself."""
    licence: str
    author: str
    source: tuple[str, ...]
    validated_by: str | None
    """The clinician who signed it for the unit; None means: a default, to be signed."""
    expected: tuple[Expected, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    languages: tuple[str, ...] = ("fr", "en")
    answered_by: Literal["patient", "parent"] = "patient"
    stay_days: int = 0
    """How many nights patients usually stay: sooner nobody wonders why no discharge has come."""
    based_on: Origin | None = None

    def step(self, key: str) -> Step:
        """The step with this key; `UnknownStep` when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise UnknownStep(key)

    def expected_on(self, day: int) -> Expected | None:
        """What is normal so many days after the operation, where the team has said so."""
        return next((days for days in self.expected if days.from_day <= day <= days.to_day), None)


def unfolded(pathway: Pathway) -> Pathway:
    """The pathway as it is followed: each repeated step stands there once for each of its days."""
    if not any(step.also_on for step in pathway.steps):
        return pathway
    steps = [one for step in pathway.steps for one in (replace(step, also_on=()), *_repeated(step))]
    steps.sort(key=lambda step: (step.phase == "after", step.timing.day))
    return replace(pathway, steps=tuple(steps))


def _repeated(step: Step) -> tuple[Step, ...]:
    first, made = step.timing, []
    for day in step.also_on:
        timing = replace(first, day=day, useful_until_day=first.useful_until_day + day - first.day)
        made.append(replace(step, key=f"{step.key}-{day}", timing=timing, also_on=()))
    return tuple(made)


def age_on(born: date | None, day: date) -> int | None:
    """Full years on that day; None where the birth date is unknown."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
