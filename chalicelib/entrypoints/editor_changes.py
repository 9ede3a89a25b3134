"""What each form of the editor does to the document: one change, and where to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import msgspec
from msgspec.structs import replace

from chalicelib.domain import editing, texts
from chalicelib.domain.editing_questions import names_in, with_scores
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.pathway import (
    AlertLevel,
    Escalation,
    Expected,
    Fasting,
    Instructions,
    Pathway,
    Reminder,
    Step,
    Timing,
)
from chalicelib.domain.questionnaire import Score
from chalicelib.entrypoints.editor_draft import Draft, Place
from chalicelib.entrypoints.editor_fields import Fields
from chalicelib.entrypoints.editor_questions import change_question, change_rule

MINUTES = range(1, 1441)
NOBODY_YET = Escalation("red", 20, "coordinator")
"""The empty row below those that there are."""
MOST_REMINDERS = 3
MESSAGES = ("invite", "reminder", "again")
LANGUAGES = ("fr", "en", "ar", "de", "es", "it", "pl", "pt", "ro", "ru", "tr", "uk")
"""Languages that a team can add."""

EMPTY = Instructions({}, None, {}, {}, {})


class Change(msgspec.Struct, frozen=True):
    """The document after the form, and the place to show next."""

    document: Pathway
    to: Place


def changed(draft: Draft, fields: Fields) -> Change:
    """The form of the draft's place, done to the document; `UnknownStep` where the place is gone."""
    change = CHANGES.get(draft.place.part)
    if change is None:
        raise UnknownStep(draft.place.part)
    do, _, what = fields.text("do", "save").partition(":")
    made = change(draft, fields, do, what)
    if do == "words" and what in made.document.languages:
        return replace(made, to=replace(made.to, words=what))
    return made


def _overview(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    del what
    if do != "add":
        return Change(draft.document, draft.place)
    title = fields.text("title")
    if not title:
        fields.problems["title"] = ("empty", "")
        return Change(draft.document, draft.place)
    day = fields.whole("day", 1)
    document, key = editing.add_step(draft.document, {draft.words: title}, day)
    return Change(document, Place("step", key, words=draft.words))


def _step(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    del what
    key, back = draft.place.step, Place("time", words=draft.words)
    if do == "remove":
        return Change(editing.remove_step(draft.document, key), back)
    if do == "duplicate":
        document, copy = editing.duplicate_step(draft.document, key)
        return Change(document, Place("step", copy, words=draft.words))
    document = editing.with_step(
        draft.document,
        key,
        lambda step: replace(step, title=fields.words("title", step.title), by_sms=fields.flag("by_sms")),
    )
    timing = _timing(fields, draft.step)
    return Change(
        editing.timed(document, key, timing, fields.days("also_on", draft.step.also_on)), draft.place
    )


def _timing(fields: Fields, step: Step) -> Timing:
    old = step.timing
    until = fields.text("useful_until", old.useful_until or "")
    return Timing(
        day=fields.whole("day", old.day),
        invite=fields.clock("invite", old.invite),
        reminders=_reminders(fields, old),
        silent=fields.clock("silent", old.silent),
        useful_until_day=fields.whole("useful_until_day", old.useful_until_day),
        useful_until=fields.clock("useful_until", old.useful_until or "") if until else None,
        anchor=fields.one_of("anchor", ("operation", "admission", "discharge"), old.anchor),
        then=fields.one_of("then", ("call", "nothing"), old.then),
    )


def _reminders(fields: Fields, old: Timing) -> tuple[Reminder, ...]:
    """A time, or minutes after the invitation; a line without either is no reminder."""
    found: list[Reminder] = []
    for number in range(MOST_REMINDERS):
        known = old.reminders[number] if number < len(old.reminders) else Reminder()
        at = fields.text(f"reminder.{number}.at", known.at or "")
        after = fields.text(f"reminder.{number}.after", str(known.after_minutes or ""))
        if at:
            found.append(Reminder(at=fields.clock(f"reminder.{number}.at", known.at or "12:00")))
        elif after:
            minutes = fields.whole(f"reminder.{number}.after", known.after_minutes or 60, MINUTES)
            found.append(Reminder(after_minutes=minutes))
    return tuple(found)


def _told(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    del what
    step = draft.step
    told = step.instructions or EMPTY
    if do == "remove":
        made = None
    else:
        made = replace(
            told,
            intro=fields.words("intro", told.intro),
            do=fields.lines("do_list", told.do),
            dont=fields.lines("dont", told.dont),
            bring=fields.lines("bring", told.bring),
            fasting=_fasting(fields, told.fasting),
        )
    document = editing.with_step(draft.document, step.key, lambda s: replace(s, instructions=made))
    return Change(document, draft.place)


def _fasting(fields: Fields, old: Fasting | None) -> Fasting | None:
    if old is None:
        return None
    rules = tuple(
        replace(rule, hours=fields.whole(f"fast.{number}.hours", rule.hours, range(25)))
        for number, rule in enumerate(old.rules)
    )
    before = fields.one_of("before", ("arrival", "operation"), old.before)
    return replace(old, rules=rules, before=before, source=fields.text("fast.source", old.source))


def _messages(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    del do, what
    step, made = draft.step, {}
    for kind in MESSAGES:
        said = fields.perhaps(kind, step.messages.get(kind))  # type: ignore[call-overload]
        if said is not None:
            made[kind] = said
    document = editing.with_step(draft.document, step.key, lambda s: replace(s, messages=made))
    return Change(document, draft.place)


def _words(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    """One row of the translation table."""
    del do, what
    found = {text.place: text for text in texts.texts(draft.document)}
    text = found.get(fields.text("text"))
    if text is None:
        raise UnknownStep(draft.place.item)
    document = draft.document
    for language in document.languages:
        name = f"said.{language}"
        if name in fields.form:
            said = fields.text(name)
            lines = tuple(line.strip() for line in said.split("\n") if line.strip())
            document = texts.say(document, text.place, language, lines if text.is_list else said)
    return Change(document, draft.place)


def _about(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    old = draft.document
    document = replace(
        old,
        title=fields.words("title", old.title),
        follow_up_days=fields.whole("follow_up_days", old.follow_up_days, range(1, 1096)),
        licence=fields.text("licence", old.licence),
        author=fields.text("author", old.author),
        source=_lines(fields, "source", old.source),
        answered_by=fields.one_of("answered_by", ("patient", "parent"), old.answered_by),
        escalation=_escalation(fields, old),
    )
    if do == "speak" and fields.text("language") in LANGUAGES:
        document = editing.add_language(document, fields.text("language"))
    if do == "silence":
        document = editing.remove_language(document, what)
    return Change(document, draft.place)


def _lines(fields: Fields, name: str, old: tuple[str, ...]) -> tuple[str, ...]:
    said = fields.text(name, "\n".join(old)).split("\n")
    return tuple(line.strip() for line in said if line.strip())


def _escalation(fields: Fields, old: Pathway) -> tuple[Escalation, ...]:
    """One row each, in the order in which they come; an empty box hands nothing on."""
    found = []
    for number, one in enumerate((*old.escalation, NOBODY_YET)):
        name, is_new = f"hand.{number}", one is NOBODY_YET
        if fields.text(f"{name}.after", "" if is_new else str(one.after_minutes)):
            minutes = fields.whole(f"{name}.after", one.after_minutes, MINUTES)
            level = fields.one_of(f"{name}.level", get_args(AlertLevel), one.level)
            to = fields.one_of(f"{name}.to", ("coordinator", "surgeon"), one.to)
            found.append(Escalation(level, minutes, to))
    return tuple(found)


def _expected(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    made = tuple(_days(fields, number, days) for number, days in enumerate(draft.document.expected))
    document = replace(draft.document, expected=made)
    if do == "add":
        document = editing.add_expected(document, "")
    if do == "remove" and what.isdecimal():
        document = replace(document, expected=editing.swapped(made, int(what), None))
    return Change(document, draft.place)


def _days(fields: Fields, number: int, old: Expected) -> Expected:
    return replace(
        old,
        from_day=fields.whole(f"{number}.from", old.from_day),
        to_day=fields.whole(f"{number}.to", old.to_day),
        normal_today=fields.lines(f"{number}.normal", old.normal_today),
        when_to_worry=fields.lines(f"{number}.worry", old.when_to_worry),
        source=fields.text(f"{number}.source", old.source),
    )


def _scores(draft: Draft, fields: Fields, do: str, what: str) -> Change:
    step = draft.step
    made = tuple(_score(fields, n, score, step) for n, score in enumerate(step.questionnaire.scores))
    if do == "add":
        short = {draft.words: fields.text("new") or "Score"}
        key = editing.named(short[draft.words], names_in(step), "score")
        made = (*made, Score(key, short, ()))
    if do == "remove" and what.isdecimal():
        made = editing.swapped(made, int(what), None)
    return Change(with_scores(draft.document, step.key, made), draft.place)


def _score(fields: Fields, number: int, old: Score, step: Step) -> Score:
    asked = [q.link_id for q in step.questionnaire.questions]
    return replace(
        old,
        short=fields.words(f"{number}.short", old.short),
        of=tuple(name for name in asked if fields.flag(f"{number}.of.{name}")),
        may_miss=fields.whole(f"{number}.may_miss", old.may_miss, range(50)),
        source=fields.text(f"{number}.source", old.source),
    )


def _of(change: Callable[[Draft, Fields, str, str], tuple[Pathway, Place]]) -> Part:
    return lambda draft, fields, do, what: Change(*change(draft, fields, do, what))


Part = Callable[[Draft, Fields, str, str], Change]
CHANGES: dict[str, Part] = {
    "time": _overview, "step": _step, "told": _told, "messages": _messages, "words": _words, "about": _about,
    "expected": _expected, "scores": _scores, "question": _of(change_question), "rule": _of(change_rule),
}  # fmt: skip
