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


def to_fhir(questionnaire: Questionnaire, language: str) -> Json:
    """As it is stored. `language`: in which the texts stand, with all others as translations beside them."""
    scores = [written_score(one, language) for one in questionnaire.scores]
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "language": language,
        **({"extension": scores} if scores else {}),
        "item": items(questionnaire.questions, language),
    }


def from_fhir(resource: Json) -> Questionnaire:
    """What `to_fhir` has written; `NotOurs` where anything else would be lost."""
    questionnaire, findings = _read(resource)
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
        return _read(msgspec.json.decode(raw, type=dict[str, Any]))
    except (msgspec.DecodeError, NotOurs, KeyError, TypeError, AttributeError, ValueError) as wrong:
        lacks = f"{wrong.args[0]} is missing" if isinstance(wrong, KeyError) else str(wrong)
        return EMPTY, (Finding("unreadable", "", lacks[:200]),)


def written(resource: Json) -> bytes:
    """JSON that people can compare line by line."""
    return laid_out(resource).encode() + b"\n"


def _read(resource: Json) -> tuple[Questionnaire, tuple[Finding, ...]]:
    if resource.get("resourceType") != "Questionnaire":
        raise NotOurs(f"resourceType {resource.get('resourceType')}")
    reader = Reader(resource)
    questions = tuple(reader.questions(resource.get("item", []), Around()))
    for one in resource.get("extension", ()):
        if one.get("url") != terms.SCORE:
            reader.report({}, "extension", str(one.get("url")))
    scores = tuple(score(one, reader.language) for one in every(resource, terms.SCORE))
    return Questionnaire(questions, scores), tuple(reader.findings)
