"""The draft that an editor's page works on: which version, which part of it, in which language of words."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from chalicelib.application import access
from chalicelib.application.versions import Version
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import Rule
from chalicelib.entrypoints.http import Call

LONGEST_NUMBER = 4


class Place(msgspec.Struct, frozen=True):
    """A part of the document. `item` is a question, a rule or a place in a list; words are in `words`."""

    part: str = ""
    step: str = ""
    item: str = ""
    words: str = ""
    only: str = ""
    """A filter of the translation table."""


class Draft(msgspec.Struct, frozen=True):
    """One version, what it says now, and where in it the page stands."""

    version: Version
    document: Pathway
    place: Place
    may_edit: bool

    @property
    def base(self) -> str:
        """The address of the editor of this version."""
        return f"/team/pathways/{self.version.code}/{self.version.number}/edit"

    @property
    def words(self) -> str:
        """The language in which words are read and written here."""
        return self.place.words

    @property
    def step(self) -> Step:
        """The contact; `UnknownStep` where the address names none."""
        return self.document.step(self.place.step)

    @property
    def question(self) -> Question:
        """The question; `UnknownStep` where there is none: somebody else may have removed it."""
        for question in self.step.questionnaire.questions:
            if question.link_id == self.place.item:
                return question
        raise UnknownStep(self.place.item)

    @property
    def rule(self) -> Rule:
        """The rule; `UnknownStep` where there is none."""
        for rule in self.step.rules:
            if rule.key == self.place.item:
                return rule
        raise UnknownStep(self.place.item)

    @property
    def is_there(self) -> bool:
        """Whether the document has what the place names."""
        try:
            if self.place.part in {"question", "remove"}:
                return bool(self.question)
            return bool(self.rule if self.place.part == "rule" else not self.place.step or self.step)
        except UnknownStep:
            return False

    def href(self, **changes: str) -> str:
        """The address of another part, in the same language of words."""
        return link(self.base, replace(Place(words=self.place.words), **changes))


def link(base: str, place: Place) -> str:
    """The address of a part."""
    asked = {"step": place.step, "item": place.item, "words": place.words, "only": place.only}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{base}{'/' if place.part else ''}{place.part}{'?' if query else ''}{query}"


def draft_of(call: Call, code: str, number: str, part: str) -> Draft:
    """The version that the address names, of the member's own hospital; `NotThere` for any other."""
    who = call.member
    is_number = number.isdecimal() and len(number) <= LONGEST_NUMBER
    version = call.world.versions.version(who.hospital, code, int(number)) if is_number else None
    if version is None:
        raise access.NotThere(code)
    document = call.world.versions.document(who.hospital, version)
    wanted = call.query.get("words") or call.language(who.member.language)
    words = wanted if wanted in document.languages else document.languages[0]
    step, item, only = (call.query.get(name, "") for name in ("step", "item", "only"))
    may_edit = version.may_change and who.member.role in access.EDITOR_ROLES
    return Draft(version, document, Place(part, step, item, words, only), may_edit)
