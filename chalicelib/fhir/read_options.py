"""The answers that an item offers, from itself or from a value set in the same file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from chalicelib.domain.editing import named
from chalicelib.domain.questionnaire import Option
from chalicelib.domain.rules import is_number
from chalicelib.fhir import terms
from chalicelib.fhir.conditions import Report
from chalicelib.fhir.terms import Json, extension, found, heard, value_of

KNOWN = {terms.ORDINAL, terms.WEIGHT, terms.EXCLUSIVE, terms.CODE}
GIVEN_AS: dict[str, Literal["coding", "string", "integer", "date", "time"]] = {
    "Coding": "coding", "String": "string", "Integer": "integer", "Date": "date", "Time": "time",
}  # fmt: skip


def options(item: Json, contained: list[Json], language: str, report: Report) -> tuple[Option, ...]:
    """Each with a code that no other has."""
    made: dict[str, Option] = {}
    for one in [*item.get("answerOption", ()), *_of_value_set(item, contained, language)]:
        option = _option(one, language, set(made), report)
        if option is not None:
            made[option.code] = option
    return tuple(made.values())


def _option(one: Json, language: str, taken: set[str], report: Report) -> Option | None:
    kind = next((kind for kind in GIVEN_AS if f"value{kind}" in one), None)
    if kind is None:
        report("unsupported", next((name for name in one if name.startswith("value")), "answerOption"))
        return None
    _report_lost(one, report)
    coding = one["valueCoding"] if kind == "Coding" else {}
    text = heard(coding, language, "display") if coding else heard(one, language, f"value{kind}")
    code = _code(one, kind, coding, taken)
    if code in taken:
        report("same_code", code)
        code = named(code, taken)
    return Option(
        code=code,
        text=text or {language: code},
        score=_score(one, coding),
        exclusive=found(one, terms.EXCLUSIVE) is True,
        system=coding.get("system", ""),
        given_as=GIVEN_AS[kind],
    )


def _code(one: Json, kind: str, coding: Json, taken: set[str]) -> str:
    """Its own; one is made for an answer that is only a text."""
    own = found(one, terms.CODE) or coding.get("code")
    if own:
        return str(own)
    if coding or kind == "String":
        return named(str(coding.get("display", "") or value_of(one)), taken, "answer")
    return str(value_of(one))


def _score(one: Json, coding: Json) -> int | float | None:
    said = (found(holder, url) for holder in (one, coding) for url in (terms.ORDINAL, terms.WEIGHT))
    return next((score for score in said if is_number(score)), None)


def _report_lost(one: Json, report: Report) -> None:
    for other in one.get("extension", ()):
        if other.get("url") not in KNOWN:
            report("extension", str(other.get("url")))
    if one.get("initialSelected"):
        report("initial", str(value_of(one)))


def _of_value_set(item: Json, contained: list[Json], language: str) -> Iterator[Json]:
    """The concepts of a contained value set, as if they stood in the item."""
    wanted = str(item.get("answerValueSet", "")).removeprefix("#")
    for resource in contained:
        if wanted and resource.get("resourceType") == "ValueSet" and resource.get("id") == wanted:
            listed = resource.get("expansion", {}).get("contains", [])
            yield from (_concept(one, one.get("system", ""), language) for one in listed)
            for part in [] if listed else resource.get("compose", {}).get("include", ()):
                system = part.get("system", "")
                yield from (_concept(one, system, language) for one in part.get("concept", ()))


def _concept(concept: Json, system: str, language: str) -> Json:
    others = {one["language"]: one["value"] for one in concept.get("designation", ()) if "language" in one}
    coding = {"code": concept["code"], "display": concept.get("display") or others.get(language, "")}
    if system:
        coding["system"] = system
    words = {code: text for code, text in others.items() if code != language}
    weights = [one for one in concept.get("extension", ()) if one.get("url") in {terms.ORDINAL, terms.WEIGHT}]
    return {
        "valueCoding": coding | terms.said(words, language, "display"),
        "extension": [extension(terms.ORDINAL, "Decimal", value_of(one)) for one in weights],
    }
