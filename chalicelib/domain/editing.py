"""Changes to a pathway's document, each a pure function: the document before, the document after.

Nothing here judges: whether the result may be published is for the lint to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import TypeVar

from msgspec.structs import replace

from chalicelib.domain.pathway import Expected, Pathway, Reminder, Step, Timing, WordList
from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.domain.rules import Words

T = TypeVar("T")
LONGEST_NAME = 30
LATEST = "20:00"


def named(words: str, taken: Collection[str], otherwise: str = "item") -> str:
    """A key or link id made of somebody's words ("Pain at night" → "pain_at_night"), not yet taken."""
    plain = unicodedata.normalize("NFKD", words.lower().replace("œ", "oe")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME].rstrip("_") or otherwise
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}_{number}", number + 1
    return name


def moved(items: tuple[T, ...], at: int, by: int) -> tuple[T, ...]:
    """The items with one of them so many places further on; at the ends it stays."""
    to = at + by
    if not (0 <= at < len(items) and 0 <= to < len(items)):
        return items
    left = list(items)
    left.insert(to, left.pop(at))
    return tuple(left)


def swapped(items: tuple[T, ...], at: int, new: T | None) -> tuple[T, ...]:
    """The items with another one at this place; None takes it out, a place behind the last appends."""
    kept = () if new is None else (new,)
    return (*items[:at], *kept, *items[at + 1 :])


def with_step(pathway: Pathway, key: str, change: Callable[[Step], Step]) -> Pathway:
    """The pathway with one step changed; raises `UnknownStep`."""
    at = pathway.steps.index(pathway.step(key))
    return replace(pathway, steps=swapped(pathway.steps, at, change(pathway.steps[at])))


def add_step(pathway: Pathway, title: Words, day: int) -> tuple[Pathway, str]:
    """One more contact on this day, with usual hours and no question; and its key."""
    key = _step_key(pathway, title)
    until = (0, None) if day < 0 else (day + 1, LATEST)
    timing = Timing(day, "10:00", (Reminder(after_minutes=60),), "15:00", *until)
    made = Step(key, "before" if day < 0 else "after", title, timing, Questionnaire(()), ())
    return in_order(replace(pathway, steps=(*pathway.steps, made))), key


def duplicate_step(pathway: Pathway, key: str) -> tuple[Pathway, str]:
    """The same contact once more, a day later; and the copy's key."""
    first = pathway.step(key)
    copy = replace(first, key=_step_key(pathway, first.title), also_on=())
    timing = first.timing
    later = replace(timing, day=timing.day + 1, useful_until_day=timing.useful_until_day + 1)
    at = pathway.steps.index(first)
    copied = replace(copy, timing=timing if first.phase == "before" else later)
    steps = (*pathway.steps[: at + 1], copied, *pathway.steps[at + 1 :])
    return in_order(replace(pathway, steps=steps)), copied.key


def remove_step(pathway: Pathway, key: str) -> Pathway:
    """Without this contact. The last one stays: a pathway without any says nothing."""
    left = tuple(step for step in pathway.steps if step.key != key)
    return replace(pathway, steps=left) if left else pathway


def in_order(pathway: Pathway) -> Pathway:
    """Contacts as they come: before the operation, then after it, by day and hour."""
    steps = sorted(pathway.steps, key=lambda s: (s.phase == "after", s.timing.day, s.timing.invite))
    return replace(pathway, steps=tuple(steps))


def timed(pathway: Pathway, key: str, timing: Timing, also_on: tuple[int, ...]) -> Pathway:
    """A contact at another time; the others make room."""
    days = tuple(sorted({day for day in also_on if day != timing.day}))
    if (pathway.step(key).timing, pathway.step(key).also_on) == (timing, also_on):
        return pathway
    return in_order(with_step(pathway, key, lambda step: replace(step, timing=timing, also_on=days)))


def add_expected(pathway: Pathway, source: str) -> Pathway:
    """What is normal on the day after the last one that something is said of."""
    day = 1 + max((days.to_day for days in pathway.expected), default=0)
    lines: WordList = dict.fromkeys(pathway.languages, ())
    return replace(pathway, expected=(*pathway.expected, Expected(day, day, lines, lines, source)))


def add_language(pathway: Pathway, language: str) -> Pathway:
    """One more language; until its words are written the lint says what is missing."""
    if language in pathway.languages:
        return pathway
    return replace(pathway, languages=(*pathway.languages, language))


def remove_language(pathway: Pathway, language: str) -> Pathway:
    """No longer spoken. Its words stay in the document; the last language stays."""
    left = tuple(known for known in pathway.languages if known != language)
    return replace(pathway, languages=left) if left else pathway


def _step_key(pathway: Pathway, title: Words) -> str:
    said = next((words for words in title.values() if words), "")
    # "diary-3" is the diary on day 3: names of steps have no hyphen.
    return named(said, {step.key for step in pathway.steps}, "step")
