"""Every text of a pathway with its place and its words in each language: what the translation table shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from chalicelib.domain.pathway import Pathway

BASE = frozenset({"fr", "en"})
MARK = re.compile(r"\{(\w+)\}")


class Text(msgspec.Struct, frozen=True):
    """One text. `place` names it: "steps.after.questionnaire.questions.pain.text"."""

    place: str
    words: dict[str, Any]
    is_list: bool
    """Several sentences: a tuple of them in each language."""

    def said(self, language: str) -> tuple[str, ...]:
        """The sentences in this language; none where there are no words yet."""
        words = self.words.get(language) or ()
        return (words,) if isinstance(words, str) else tuple(words)

    def is_complete(self, language: str) -> bool:
        """Whether it says in this language as many sentences as in any other."""
        said = [len(self.said(known)) for known in self.words]
        return bool(max(said, default=0)) and len(self.said(language)) == max(said)

    def lost_marks(self, language: str) -> tuple[str, ...]:
        """Placeholders of the other languages that this one leaves out."""
        elsewhere = {mark for known in self.words if known != language for mark in self._marks(known)}
        return tuple(sorted(elsewhere - self._marks(language)))

    def _marks(self, language: str) -> set[str]:
        return set(MARK.findall(" ".join(self.said(language))))


def texts(pathway: Pathway) -> tuple[Text, ...]:
    """Every text, in the order of the document. A list that is empty in every language lacks nothing."""
    languages = BASE | set(pathway.languages)
    found = _found("", msgspec.to_builtins(pathway), languages)
    return tuple(text for text in found if not text.is_list or any(text.words.values()))


def completeness(found: tuple[Text, ...], language: str) -> int:
    """How much is said in this language, in whole per cent; 100 only where nothing is missing."""
    said = sum(text.is_complete(language) for text in found)
    return 100 * said // len(found) if found else 100


def say(pathway: Pathway, place: str, language: str, words: str | tuple[str, ...]) -> Pathway:
    """The pathway with other words at this place; raises `KeyError` where there is no text."""
    document = msgspec.to_builtins(pathway)
    at: Any = document
    for name in place.split("."):
        at = _part(at, name)
    if not _is_words(at, BASE | set(pathway.languages)):
        raise KeyError(place)
    at[language] = words
    return msgspec.convert(document, type=Pathway)


def _found(place: str, value: Any, languages: set[str] | frozenset[str]) -> Iterator[Text]:
    if _is_words(value, languages):
        several = any(isinstance(said, list | tuple) for said in value.values())
        yield Text(place, value, several)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _found(f"{place}.{name}".lstrip("."), part, languages)
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _found(f"{place}.{_name(number, part)}", part, languages)


def _is_words(value: Any, languages: set[str] | frozenset[str]) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= languages


def _name(number: int, part: Any) -> str:
    known = part.get("link_id") or part.get("key") if isinstance(part, dict) else None
    return str(known or number)


def _part(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value[name]
    if not isinstance(value, list | tuple):
        raise KeyError(name)
    for number, part in enumerate(value):
        if _name(number, part) == name:
            return part
    raise KeyError(name)
