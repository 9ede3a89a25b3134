"""What the pages around a pathway's versions show: the list, and one version with what can be done."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib import bootstrap
from chalicelib.adapters.catalogue import documents
from chalicelib.application import access, versions
from chalicelib.application.versions import Version
from chalicelib.domain import texts
from chalicelib.domain.episode.booking import origin_of
from chalicelib.domain.explain import in_language
from chalicelib.domain.pathway import Pathway
from chalicelib.entrypoints import editor_places
from chalicelib.entrypoints.editor_draft import LONGEST_NUMBER, draft_of
from chalicelib.entrypoints.editor_places import OWN_NAMES
from chalicelib.entrypoints.http import Call


class Shown(msgspec.Struct, frozen=True):
    """A version that comes with Vigie (`version` is None), or one of the hospital's own."""

    document: Pathway
    version: Version | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"/team/pathways/{self.document.code}/{self.document.version}"

    @property
    def value(self) -> str:
        """Its name in a form."""
        return f"{self.document.code}|{self.document.version}"

    @property
    def status(self) -> str:
        """Where it stands; what comes with Vigie is always there."""
        return "catalogue" if self.version is None else self.version.status

    @property
    def own_version(self) -> Version:
        """The hospital's own; `NotThere` for one that comes with Vigie: nobody here may change it."""
        if self.version is None:
            raise access.NotThere(self.document.code)
        return self.version

    @property
    def may_be_copied(self) -> bool:
        """A draft that was never published is no beginning for another."""
        return self.version is None or self.version.published_at is not None


def shown(call: Call, code: str, number: str) -> Shown:
    """The version that the address names; `NotThere` for none, or another hospital's."""
    if not (number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise access.NotThere(code)
    if (code, int(number)) in documents():
        return Shown(documents()[code, int(number)])
    hospital = call.member.hospital
    version = call.world.versions.version(hospital, code, int(number))
    if version is None:
        raise access.NotThere(code)
    return Shown(call.world.versions.document(hospital, version), version)


def frame(call: Call) -> dict[str, Any]:
    """What stands around every one of these pages."""
    who = call.member
    return {
        "member": {"name": who.member.name, "role": who.member.role},
        "csrf": who.session.csrf,
        "zone": call.world.catalogue.profile(who.hospital).zone,
        "now": call.now,
        "may_edit": who.member.role in access.EDITOR_ROLES,
    }


def listing(call: Call, language: str) -> dict[str, Any]:
    """The catalogue and the hospital's own versions in one list, each operation's own ones first."""
    hospital = call.member.hospital
    own = call.world.versions.all(hospital)
    names = {member.id: member.name for member in call.world.catalogue.members(hospital)}
    codes = dict.fromkeys([*call.world.catalogue.codes(), *(origin_of(v.code) for v in own)])
    rows = []
    for code in sorted(codes, key=lambda code: _title(call, code, language).casefold()):
        mine = [version for version in own if origin_of(version.code) == code]
        current = call.world.versions.current(hospital, mine[0].code) if mine else None
        rows += [_own_row(version, names, language, begins=version.number == current) for version in mine]
        rows.append(_catalogue_row(call, code, language, begins=current is None))
    only = call.query.get("only", "")
    return frame(call) | {
        "rows": [row for row in rows if only in {"", row["group"]}],
        "only": only,
        "counts": {group: sum(row["group"] == group for row in rows) for group in ("own", "catalogue")},
        "saved": call.query.get("done", ""),
    }


def _title(call: Call, code: str, language: str) -> str:
    return in_language(call.world.catalogue.latest(code).title, language)


def _own_row(version: Version, names: dict[str, str], language: str, *, begins: bool) -> dict[str, Any]:
    origin = version.based_on
    return {
        "group": "own",
        "title": in_language(version.title, language) or version.code,
        "number": version.number,
        "status": version.status,
        "base": f"/team/pathways/{version.code}/{version.number}",
        "based_on": None if origin is None else ("." in origin.code, origin.version),
        "saved_at": version.saved_at,
        "saved_by": names.get(version.saved_by, ""),
        "begins": begins,
        "may_be_copied": version.published_at is not None,
    }


def _catalogue_row(call: Call, code: str, language: str, *, begins: bool) -> dict[str, Any]:
    document = call.world.catalogue.latest(code)
    return {
        "group": "catalogue",
        "title": in_language(document.title, language),
        "number": document.version,
        "status": "catalogue",
        "base": f"/team/pathways/{code}/{document.version}",
        "based_on": None,
        "saved_at": None,
        "saved_by": "",
        "begins": begins,
        "may_be_copied": True,
    }


def heading(call: Call, one: Shown, language: str) -> dict[str, Any]:
    """Which version this is: on top of each of its pages."""
    document = one.document
    return frame(call) | {
        "base": one.base,
        "title": in_language(document.title, language) or document.code,
        "code": document.code,
        "number": document.version,
        "stands": one.status,
        "own": one.version is not None,
    }


def version_page(call: Call, one: Shown, language: str) -> dict[str, Any]:
    """One version: where it stands, who has signed, what the lint says, and what can be done now."""
    hospital, document, version = call.member.hospital, one.document, one.version
    names = {member.id: member.name for member in call.world.catalogue.members(hospital)}
    said = texts.texts(document)
    found = versions.findings(call.world, hospital, document)
    return heading(call, one, language) | {
        "version": version,
        "names": names,
        "may_be_copied": one.may_be_copied,
        "based_on": document.based_on,
        "begins": _begins(call, document),
        "procedures": procedures(call, document.code),
        "follow_up_days": document.follow_up_days,
        "contacts": len(document.steps),
        "files": [(s.key, in_language(s.title, language) or s.key) for s in document.steps],
        "licence": document.licence,
        "author": document.author,
        "complete": [
            (code, OWN_NAMES.get(code, code), texts.completeness(said, code)) for code in document.languages
        ],
        "findings": _findings(call, one, found, language),
        "done": call.query.get("done", ""),
        "problem": "",
        "typed": {"translator": "", "clinician": ""},
    }


def confirmation(call: Call, one: Shown, language: str) -> dict[str, Any]:
    """What will happen when the version is published, or retired: the address says which."""
    in_force = call.world.versions.current(call.member.hospital, one.document.code)
    return version_page(call, one, language) | {
        "what": call.path.rpartition("/")[2],
        "replaces": in_force,
    }


def _begins(call: Call, document: Pathway) -> bool:
    """Whether new bookings begin with it."""
    now = versions.to_begin_with(call.world, call.member.hospital, origin_of(document.code))
    return now == (document.code, document.version)


def procedures(call: Call, code: str) -> tuple[str, ...]:
    """The procedure codes that lead to this operation, by the hospital's profile."""
    known = call.world.catalogue.profile(call.member.hospital).procedures.items()
    return tuple(sorted(procedure for procedure, to in known if origin_of(to) == origin_of(code)))


def _findings(call: Call, one: Shown, found: tuple[Any, ...], language: str) -> list[dict[str, Any]]:
    """In words, each with its page of the editor where there is one."""
    if one.version is not None:
        draft = draft_of(call, one.document.code, str(one.document.version), "check")
        return [editor_places.finding(draft, finding, language) for finding in found]
    pages = bootstrap.pages()
    return [
        {
            "error": finding.is_error,
            "said": finding.filled(pages.words(finding.words, language)),
            "where": editor_places.in_words(
                one.document, finding.where.removeprefix(one.document.code).strip("."), language, language
            ),
            "href": "",
        }
        for finding in found
    ]
