"""The pathway: the protocol as a team wrote it, one immutable published version."""

from __future__ import annotations

from typing import Literal

import msgspec

from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.domain.rules import Rule, Words

WordList = dict[str, tuple[str, ...]]
"""Several sentences in each language: {"fr": […], "en": […]}, as many in each."""


class Reminder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either at a wall-clock time of the step's day, or so many minutes after the invitation."""

    at: str | None = None
    after_minutes: int | None = None


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a step speaks, in days from the operation (-1 is the day before) and the unit's local time.

    `useful_until_day`/`useful_until`: after it the message is not sent any more, because a late
    instruction may harm; without a time the limit is the arrival at the hospital.
    """

    day: int
    invite: str
    reminders: tuple[Reminder, ...]
    silent: str
    useful_until_day: int
    useful_until: str | None = None


class Fasting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours without food and drink, counted back from arrival or from the operation."""

    solids_hours: int
    clear_fluids_hours: int
    before: Literal["arrival", "operation"]
    source: str


class Instructions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the patient reads before. Placeholders: {arrival}, {solids_until}, {fluids_until}, {phone}."""

    intro: Words
    fasting: Fasting | None
    do: WordList
    dont: WordList
    bring: WordList


class Aftercare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is normal on that day after this operation, and what is not."""

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
    aftercare: Aftercare | None = None


class Pathway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published version; an episode keeps the one that it began with."""

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

    def step(self, key: str) -> Step:
        """The step with this key; `UnknownStep` when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise UnknownStep(key)
