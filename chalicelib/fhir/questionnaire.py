"""FHIR R4 Questionnaire: ours, exactly there and back; and files that somebody else has written."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.domain.rules import Words
from chalicelib.fhir import terms
from chalicelib.fhir.findings import Finding, NotOurs
from chalicelib.fhir.layout import laid_out
from chalicelib.fhir.read_items import Around, Reader, score
from chalicelib.fhir.terms import Json, every, said
from chalicelib.fhir.write_items import items
from chalicelib.fhir.write_items import score as written_score

EMPTY = Questionnaire(())
LONGEST_DETAIL = 200


def to_fhir(questionnaire: Questionnaire, language: str) -> Json:
    """As it is stored. `language`: in which the texts stand, with all others as translations beside them."""
    made = {
        "resourceType": "Questionnaire",
        "status": "active",
        "language": language,
        "extension": [written_score(one, language) for one in questionnaire.scores],
        "item": items(questionnaire.questions, language),
    }
    return {name: value for name, value in made.items() if value}


def from_fhir(resource: Json) -> Questionnaire:
    """What `to_fhir` has written; `NotOurs` where anything else would be lost."""
    questionnaire, findings = _read(resource, Reader(resource))
    if findings:
        first = findings[0]
        raise NotOurs(f"{first.link_id or 'the questionnaire'}: {first.said}")
    return questionnaire


def exported(questionnaire: Questionnaire, url: str, version: str, title: Words, language: str) -> bytes:
    """A file for other systems."""
    stored = to_fhir(questionnaire, language)
    kind = stored.pop("resourceType")
    named = {"resourceType": kind, "url": url, "version": version, **said(title, language, "title")}
    return written(named | stored)


def imported(raw: bytes) -> tuple[Questionnaire, tuple[Finding, ...]]:
    """Somebody's file, and what could not be kept of it; a file that is none gives no question."""
    try:
        resource = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        return EMPTY, (Finding("unreadable", "", str(wrong)[:LONGEST_DETAIL]),)
    reader = Reader(resource)
    try:
        return _read(resource, reader)
    except NotOurs as wrong:
        return EMPTY, (Finding("unreadable", "", str(wrong)[:LONGEST_DETAIL]),)
    except KeyError as missing:
        return EMPTY, (Finding("malformed", reader.at, f"({missing.args[0]}?)"),)
    except (TypeError, AttributeError, ValueError):
        return EMPTY, (Finding("malformed", reader.at),)


def written(resource: Json) -> bytes:
    """JSON that people can compare line by line."""
    return laid_out(resource).encode() + b"\n"


def _read(resource: Json, reader: Reader) -> tuple[Questionnaire, tuple[Finding, ...]]:
    if resource.get("resourceType") != "Questionnaire":
        raise NotOurs(f"resourceType {resource.get('resourceType')}")
    questions = tuple(reader.questions(resource.get("item", []), Around()))
    for one in resource.get("extension", ()):
        if one.get("url") != terms.SCORE:
            reader.report({}, "extension", str(one.get("url")))
    scores = tuple(score(one, reader.language) for one in every(resource, terms.SCORE))
    return Questionnaire(questions, scores), tuple(reader.findings)
