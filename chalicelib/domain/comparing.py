"""What differs between two versions of a pathway: every fact of both, place by place, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from chalicelib.domain.explain import NO, YES, in_language
from chalicelib.domain.pathway import Fast, Pathway, Reminder, Step
from chalicelib.domain.questionnaire import Score
from chalicelib.domain.rules import All, AnyOf, AskAgain, Change, Compare, is_number
from chalicelib.domain.sentences import in_words, name_in_words, number_in_words

IDENTITY = frozenset({"code", "version", "based_on", "validated_by"})
"""Which version it is, and not what it says."""
Fact = tuple[str, str]
"""A place ("steps.after.rules.pain_severe.when"), and the language of a text, or ""."""


class Difference(msgspec.Struct, frozen=True):
    """One fact in both versions; "" where a version says nothing of it."""

    place: str
    language: str
    """Of a text; "" of everything else."""
    before: str
    after: str

    @property
    def kind(self) -> Literal["same", "added", "removed", "changed"]:
        """What became of it."""
        if self.before == self.after:
            return "same"
        return "changed" if self.before and self.after else "added" if self.after else "removed"


def compared(before: Pathway, after: Pathway, language: str) -> tuple[Difference, ...]:
    """Every fact of both, those that are the same included. Two are the same in all only if they are equal.

    Rules are sentences in `language`; texts are compared in each of their own languages.
    """
    old, new = _facts_of(before, language), _facts_of(after, language)
    facts = [Difference(*key, old.get(key, ""), new.get(key, "")) for key in dict.fromkeys([*new, *old])]
    return (*facts, *_moved(before, after, language))


def _facts_of(pathway: Pathway, language: str) -> dict[Fact, str]:
    found = {
        fact: said
        for field in pathway.__struct_fields__
        if field not in IDENTITY
        for fact, said in _facts(field, getattr(pathway, field), None, language)
    }
    return {fact: said for fact, said in found.items() if said}


def _facts(place: str, value: Any, step: Step | None, language: str) -> Iterator[tuple[Fact, str]]:
    """The facts of a part of the document. `step`: the contact that it stands in."""
    match value:
        case Compare() | Change() | All() | AnyOf() if step is not None:
            yield (place, ""), in_words(value, step, language)
        case msgspec.Struct():
            of = value if isinstance(value, Step) else step
            for field in value.__struct_fields__:
                part = _named_questions(value, field, of, language)
                yield from _facts(f"{place}.{field}", part, of, language)
        case dict():
            for name, part in value.items():
                if isinstance(part, dict):
                    yield from _facts(f"{place}.{name}", part, step, language)
                else:
                    yield (place, name), part if isinstance(part, str) else "\n".join(part)
        case tuple() if any(isinstance(part, msgspec.Struct) and not _is_short(part) for part in value):
            for number, part in enumerate(value):
                yield from _facts(f"{place}.{_name(number, part)}", part, step, language)
        case _:
            yield (place, ""), _said(value, language)


def _named_questions(value: Any, field: str, step: Step | None, language: str) -> Any:
    """Questions by their names, where a part of the document lists their ids."""
    lists_ids = (isinstance(value, AskAgain) and field == "questions") or (
        isinstance(value, Score) and field == "of"
    )
    if step is None or not lists_ids:
        return getattr(value, field)
    return ", ".join(name_in_words(name, step, language) for name in getattr(value, field))


def _is_short(part: Any) -> bool:
    return isinstance(part, Reminder)


def _name(number: int, part: Any) -> str:
    """Names stay when others are put before them; what has no name of its own is counted."""
    if isinstance(part, Fast):
        return f"{part.food}-{part.from_age}"
    named = (getattr(part, name, "") for name in ("link_id", "key", "code"))
    return next((name for name in named if name), str(number))


def _said(value: Any, language: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return in_language(YES if value else NO, language)
        case Reminder(at=str() as at):
            return at
        case Reminder(after_minutes=minutes):
            return f"+{minutes} min"
        case tuple():
            joined = "\n" if any(isinstance(part, str) for part in value) else ", "
            return joined.join(_said(part, language) for part in value)
        case _:
            return number_in_words(value, "", language) if is_number(value) else str(value)


def _moved(before: Pathway, after: Pathway, language: str) -> Iterator[Difference]:
    """Lists in which what both have stands in another order."""
    old, new = dict(_lists(before, language)), dict(_lists(after, language))
    for place in [place for place in new if place in old]:
        then = [name for name in old[place] if name in new[place]]
        now = [name for name in new[place] if name in old[place]]
        if then != now:
            said = ["\n".join(words[name] for name in order) for order, words in
                    ((then, old[place]), (now, new[place]))]  # fmt: skip
            yield Difference(f"{place}.order", "", *said)


def _lists(pathway: Pathway, language: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each list in which the order counts: its names and their words."""

    def words(parts: Any, name: str, said: str) -> dict[str, str]:
        return {getattr(part, name): in_language(getattr(part, said), language) for part in parts}

    yield "steps", words(pathway.steps, "key", "title")
    for step in pathway.steps:
        place, asked = f"steps.{step.key}", step.questionnaire.questions
        yield f"{place}.questionnaire.questions", words(asked, "link_id", "short")
        yield f"{place}.rules", words(step.rules, "key", "reason")
        for q in asked:
            yield f"{place}.questionnaire.questions.{q.link_id}.options", words(q.options, "code", "text")
