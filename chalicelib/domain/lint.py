"""What is wrong with a pathway, before a patient meets it.

Errors block publishing; warnings are for the team to judge. Every finding names the place and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, assert_never

import msgspec

from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Question, path
from chalicelib.domain.replies import too_long
from chalicelib.domain.rules import (
    Answer,
    Answers,
    Compare,
    Condition,
    Earlier,
    Number,
    Rule,
    holds,
    is_number,
    parts_of,
    questions_in,
)
from chalicelib.domain.tasks import MARKS

MOST_CORE_QUESTIONS = 9
MOST_COMBINATIONS = 20_000
LONGEST_LIX = 50
"""Above it a text reads like a newspaper for specialists; leaflets should stay below 40 (Björnsson's LIX)."""
FEWEST_WORDS = 30
"""A shorter text says nothing about how hard it is."""
LONG_WORD = 6
FILLED_IN = frozenset({"arrival", "phone", *MARKS.values()})
_MARK = re.compile(r"\{(\w*)\}")
_CALL = {"fr": "ppelez", "en": "all "}
Values = dict[str, tuple[Answer, ...]]


def lint(pathway: Pathway, hours: MessagingHours, languages: tuple[str, ...]) -> tuple[Finding, ...]:
    """Everything that is wrong with a pathway for units with these messaging hours and languages."""
    found = [*_texts(pathway, languages), *_origin(pathway)]
    for step in pathway.steps:
        found += [*_times(step, hours), *_questions(step), *_rules(step, languages), *too_long(step)]
    return tuple(sorted(found, key=lambda finding: (not finding.is_error, finding.where, finding.kind)))


def _texts(pathway: Pathway, languages: tuple[str, ...]) -> Iterator[Finding]:
    spoken: dict[tuple[str, str], list[str]] = {}
    for where, words in _words_in(pathway.code, msgspec.to_builtins(pathway)):
        missing = [language for language in languages if not words.get(language)]
        if missing:
            yield found_in("language", where, N_("no words in {languages}"), languages=", ".join(missing))
            continue
        lines = {language: _lines(words[language]) for language in languages}
        if len({len(said) for said in lines.values()}) > 1:
            yield Finding("language", where, N_("not as many sentences in each language"))
        marks = {language: sorted(_MARK.findall(" ".join(said))) for language, said in lines.items()}
        if len({tuple(mark) for mark in marks.values()}) > 1:
            yield Finding("placeholder", where, N_("not the same placeholders in each language"))
        strange = {mark for said in marks.values() for mark in said} - FILLED_IN
        if strange and ".instructions." in where:
            yield found_in(
                "placeholder", where, N_("nothing fills in {marks}"), marks=", ".join(sorted(strange))
            )
        for language, said in lines.items():
            part = ".".join(where.split(".")[:4])
            spoken.setdefault((part, language), []).extend(said)
    for (part, language), said in spoken.items():
        if (lix := _lix(said)) > LONGEST_LIX:
            yield found_in(
                "reading_level",
                part,
                N_("hard to read in {language}: LIX {lix}"),
                language=language,
                lix=round(lix),
            )


def _words_in(where: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if {"fr", "en"} & value.keys():
            yield where, value
            return
        for key, part in value.items():
            yield from _words_in(f"{where}.{key}", part)
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            named = part.get("link_id") or part.get("key") if isinstance(part, dict) else None
            yield from _words_in(f"{where}.{named or number}", part)


def _lines(words: Any) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _lix(lines: list[str]) -> float:
    text = " ".join(line if line.endswith((".", "?", "!")) else f"{line}." for line in lines)
    words = re.findall(r"[^\W\d_]+", text)
    sentences = len(re.findall(r"[.!?:]+", text)) or 1
    long = sum(len(word) > LONG_WORD for word in words)
    if len(words) < FEWEST_WORDS:
        return 0.0
    return len(words) / sentences + 100 * long / len(words)


def _origin(pathway: Pathway) -> Iterator[Finding]:
    for name in ("licence", "author", "source"):
        if not getattr(pathway, name):
            yield found_in("no_source", pathway.code, N_("no {name}"), name=name)
    for step in pathway.steps:
        for rule in step.rules:
            if not rule.source.strip():
                yield Finding("no_source", f"{step.key}.{rule.key}", N_("a threshold without a source"))


def _times(step: Step, hours: MessagingHours) -> Iterator[Finding]:
    """Clock times are the unit's own; "10:00" sorts as it should."""
    timing = step.timing
    opens = max(window.opens for window in hours.days if window is not None)
    closes = min(window.closes for window in hours.days if window is not None)
    said = {N_("invitation"): timing.invite, N_("silent moment"): timing.silent}
    for number, reminder in enumerate(timing.reminders, start=1):
        at = reminder.at or _later(timing.invite, reminder.after_minutes or 0)
        said[f"reminder {number}"] = at
        if at >= timing.silent:
            late = N_("reminder {number} ({at}) is not before the silent moment ({silent})")
            yield found_in("late_reminder", step.key, late, number=number, at=at, silent=timing.silent)
    outside = N_("the {what} ({at}) is outside messaging hours ({opens}-{closes})")
    for what, at in said.items():
        if not opens <= at <= closes:
            yield found_in("hours", step.key, outside, what=what, at=at, opens=opens, closes=closes)


def _later(clock: str, minutes: int) -> str:
    hour, minute = (int(part) for part in clock.split(":"))
    total = hour * 60 + minute + minutes
    return f"{total // 60:02d}:{total % 60:02d}"


def _questions(step: Step) -> Iterator[Finding]:
    asked: set[str] = set()
    values = _values(step)
    for question in step.questionnaire.questions:
        where = f"{step.key}.{question.link_id}"
        if question.show_when is not None:
            unknown = [name for name in questions_in(question.show_when) if name not in asked]
            if unknown:
                yield found_in(
                    "unknown_question",
                    where,
                    N_("depends on {names}, not asked before"),
                    names=", ".join(unknown),
                )
            elif not _can_hold(step, question.show_when, values):
                yield Finding("unreachable", where, N_("no answer leads to this question"))
        asked.add(question.link_id)
    core = [q for q in step.questionnaire.questions if q.show_when is None and q.kind != "text"]
    if len(core) > MOST_CORE_QUESTIONS:
        yield found_in(
            "too_many_questions", step.key, N_("{count} questions that everybody answers"), count=len(core)
        )


def _rules(step: Step, languages: tuple[str, ...]) -> Iterator[Finding]:
    values, known = _values(step), {q.link_id for q in step.questionnaire.questions}
    sound: list[Rule] = []
    for rule in step.rules:
        where = f"{step.key}.{rule.key}"
        unknown = [name for name in questions_in(rule.when) if name not in known]
        if unknown:
            yield found_in(
                "unknown_question",
                where,
                N_("looks at {names}, which is not asked"),
                names=", ".join(unknown),
            )
        elif not _can_hold(step, rule.when, values):
            yield Finding("undecidable", where, N_("no answers can make this rule true"))
        else:
            sound.append(rule)
        for language in languages:
            if rule.level == "red" and _CALL.get(language, "") not in rule.advice.get(language, ""):
                yield found_in(
                    "no_instruction",
                    where,
                    N_("red, and no word in {language} on whom to call"),
                    language=language,
                )
    yield from _overlaps(step, sound, values)
    yield from _without_consequence(step, sound)


def _overlaps(step: Step, rules: list[Rule], values: Values) -> Iterator[Finding]:
    """Two rules over one and the same question that both hold for one of its answers."""
    for one, other in combinations(rules, 2):
        names = set(questions_in(one.when)) | set(questions_in(other.when))
        if len(names) > 1:
            continue
        (name,) = names
        both = [v for v in values[name] if holds(one.when, {name: v}) and holds(other.when, {name: v})]
        if both:
            words = N_("both {one} and {other} hold for {name} = {value}")
            where = f"{step.key}.{other.key}"
            yield found_in("overlap", where, words, one=one.key, other=other.key, name=name, value=both[0])


def _without_consequence(step: Step, rules: list[Rule]) -> Iterator[Finding]:
    for question in step.questionnaire.questions:
        about = [rule for rule in rules if question.link_id in questions_in(rule.when)]
        steers = any(
            q.show_when is not None and question.link_id in questions_in(q.show_when)
            for q in step.questionnaire.questions
        )
        if question.kind != "text" and not about and not steers:
            where = f"{step.key}.{question.link_id}"
            yield Finding("no_consequence", where, N_("whatever is answered, nothing follows"))


def _can_hold(step: Step, condition: Condition, values: Values) -> bool:
    """Whether some answers on the path of the questionnaire make the condition true."""
    names = _needed(step, condition)
    choices = [values[name] for name in names]
    before = _farthest(step)
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > MOST_COMBINATIONS:
        return True  # too many to look at: the benefit of the doubt
    for combination in product(*choices):
        answers: Answers = dict(zip(names, combination, strict=True))
        asked = path(step.questionnaire, answers)
        on_path = {q.link_id: answers[q.link_id] for q in asked if q.link_id in answers}
        if any(holds(condition, on_path, earlier) for earlier in before):
            return True
    return False


def _farthest(step: Step) -> tuple[Earlier, Earlier]:
    """Earlier answers from which a change is as large as it can be, upwards and downwards."""
    asked = [question for question in step.questionnaire.questions if question.kind in {"scale", "number"}]
    low: Answers = {question.link_id: question.minimum for question in asked}
    high: Answers = {question.link_id: question.maximum for question in asked}
    return Earlier(low, low), Earlier(high, high)


def _needed(step: Step, condition: Condition) -> list[str]:
    """The questions that the condition looks at, and those that lead to them."""
    names, todo = [], list(questions_in(condition))
    while todo:
        name = todo.pop()
        if name in names:
            continue
        names.append(name)
        shown = next((q.show_when for q in step.questionnaire.questions if q.link_id == name), None)
        todo += questions_in(shown) if shown is not None else ()
    return names


def _values(step: Step) -> Values:
    return {question.link_id: _possible(step, question) for question in step.questionnaire.questions}


def _possible(step: Step, question: Question) -> tuple[Answer, ...]:
    match question.kind:
        case "boolean":
            return (True, False)
        case "choice":
            return tuple(option.code for option in question.options)
        case "multiple":
            return tuple((option.code,) for option in question.options)
        case "scale":
            return tuple(range(int(question.minimum), int(question.maximum) + 1))
        case "number":
            return _around(step, question)
        case "text" | "date" | "display":
            return ("",)
        case _:
            assert_never(question.kind)


def _around(step: Step, question: Question) -> tuple[Number, ...]:
    """Of a number's many answers those at which something may change: its limits, and each threshold."""
    asked = [q.show_when for q in step.questionnaire.questions if q.show_when is not None]
    compared = [part for when in (*asked, *(rule.when for rule in step.rules)) for part in parts_of(when)]
    small = 10**-question.decimals
    values: set[Number] = {question.minimum, question.maximum}
    for part in compared:
        if isinstance(part, Compare) and part.question == question.link_id and is_number(part.value):
            values |= {round(part.value + by, question.decimals) for by in (-small, 0, small)}
    return tuple(sorted(v for v in values if question.minimum <= v <= question.maximum))
