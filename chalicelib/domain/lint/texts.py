"""Words: in every language, with what is filled in, short enough for a message, easy enough to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import msgspec

from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.replies import asking
from chalicelib.domain.sms import LONGEST_VALUES, MOST, longest, segments
from chalicelib.domain.tasks import MARKS

LONGEST_LIX = 50
"""Above it a text reads like a newspaper for specialists; leaflets should stay below 40 (Björnsson's LIX)."""
FEWEST_WORDS = 30
"""A shorter text says nothing about how hard it is."""
LONG_WORD = 6
FILLED_IN = frozenset({"arrival", "phone", *MARKS.values()})
_LANGUAGE = re.compile(r"[a-z]{2}")
_MARK = re.compile(r"\{(\w*)\}")


def texts(pathway: Pathway, languages: tuple[str, ...]) -> Iterator[Finding]:
    """Everything that somebody reads."""
    yield from _in_each_language(pathway, languages)
    for step in pathway.steps:
        yield from _reasons(pathway, step)
        for kind, words in step.messages.items():
            where = f"{pathway.code}.steps.{step.key}.messages.{kind}"
            for language in languages:
                yield from _message(where, language, words.get(language, ""))
        for question in step.questionnaire.questions if step.by_sms else ():
            where = f"{pathway.code}.steps.{step.key}.questionnaire.questions.{question.link_id}"
            for language in languages:
                yield from _length(where, language, asking(question, language))


def _in_each_language(pathway: Pathway, languages: tuple[str, ...]) -> Iterator[Finding]:
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


def _reasons(pathway: Pathway, step: Step) -> Iterator[Finding]:
    """A reason names answers in braces."""
    known = {question.link_id for question in step.questionnaire.questions}
    for rule in step.rules:
        strange = {mark for words in rule.reason.values() for mark in _MARK.findall(words)} - known
        if strange:
            where = f"{pathway.code}.steps.{step.key}.rules.{rule.key}.reason"
            words = N_("nothing fills in {marks}")
            yield found_in("placeholder", where, words, marks=", ".join(sorted(strange)))


def _message(where: str, language: str, text: str) -> Iterator[Finding]:
    """A text message: what cannot be filled in would never leave."""
    try:
        marks = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        yield found_in("placeholder", where, N_("a brace is missing in {language}"), language=language)
        return
    if strange := marks - LONGEST_VALUES.keys():
        words = N_("nothing fills in {marks}")
        yield found_in("placeholder", where, words, marks=", ".join(sorted(strange)) or "{}")
        return
    if text and "link" not in marks:
        yield found_in("placeholder", where, N_("the link is missing in {language}"), language=language)
    yield from _length(where, language, text)


def _length(where: str, language: str, text: str) -> Iterator[Finding]:
    """What the text costs with the longest of all values."""
    parts = segments(longest(text))
    if parts.is_long:
        words = N_("too long in {language}: {units} characters, {count} messages where {most} may leave")
        cost = {"units": parts.units, "count": parts.count, "most": MOST[parts.encoding]}
        yield found_in("long_message", where, words, language=language, **cost)


def _words_in(where: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Words are what is said by language; where nothing is said yet they are empty."""
    if isinstance(value, dict):
        if all(map(_LANGUAGE.fullmatch, value)):
            yield where, value
            return
        for key, part in value.items():
            if key != "messages" or part:  # none of the team's own: the catalogue's are sent
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
