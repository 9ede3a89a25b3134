"""The URLs of FHIR that we use, and how extensions and translations are written and read."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.rules import Words

Json = dict[str, Any]
_HL7 = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
OWN = "https://vigie.example/fhir/StructureDefinition/"
"""Where everything begins that FHIR has no word for."""
QUESTIONNAIRES = "https://vigie.example/fhir/Questionnaire/"

TRANSLATION = _HL7 + "translation"
ITEM_CONTROL = _HL7 + "questionnaire-itemControl"
EXCLUSIVE = _HL7 + "questionnaire-optionExclusive"
ORDINAL, WEIGHT = _HL7 + "ordinalValue", _HL7 + "itemWeight"
MINIMUM, MAXIMUM, DECIMALS = _HL7 + "minValue", _HL7 + "maxValue", _HL7 + "maxDecimalPlaces"
UNIT, UNIT_OPTION = _HL7 + "questionnaire-unit", _HL7 + "questionnaire-unitOption"
HIDDEN = _HL7 + "questionnaire-hidden"
SHORT = _SDC + "shortText"
LINK_ID, CODE, CONDITION, SCORE = (OWN + name for name in ("linkId", "code", "condition", "score"))
CODING, HELP = OWN + "coding", OWN + "help"
"""Of what is only told: FHIR allows no code and nothing below it (que-1, que-3)."""

CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
UCUM = "http://unitsofmeasure.org"
SYSTEMS = {"LN": "http://loinc.org", "L": "https://vigie.example/fhir/CodeSystem/questions"}
"""Of HL7 v2 → of FHIR."""


def extension(url: str, kind: str, value: Any) -> Json:
    """An extension with one value; `kind` is FHIR's name of its type ("Integer")."""
    return {"url": url, f"value{kind}": value}


def control(code: str) -> Json:
    """The extension that says how an item is shown."""
    return extension(ITEM_CONTROL, "CodeableConcept", {"coding": [{"system": CONTROLS, "code": code}]})


def control_of(item: Json) -> str:
    """How the item wants to be shown; "" where it does not say."""
    said = found(item, ITEM_CONTROL) or {}
    codes = [coding.get("code") for coding in said.get("coding", ())]
    return str(codes[0] if codes else said.get("text", ""))


def every(holder: Json, url: str) -> list[Json]:
    """The extensions of this kind."""
    return [one for one in holder.get("extension", ()) if one.get("url") == url]


def value_of(holder: Json) -> Any:
    """What stands in `value[x]`, whatever its type; None where there is none."""
    return next((value for name, value in holder.items() if name.startswith("value")), None)


def found(holder: Json, url: str) -> Any:
    """The value of the first extension of this kind; None where there is none."""
    return next((value_of(one) for one in every(holder, url)), None)


def said(words: Words, language: str, field: str = "text") -> Json:
    """The words as a FHIR string (`text`) with its translations beside it (`_text`)."""
    plain = words.get(language)
    others = [_translation(code, text) for code, text in words.items() if code != language or not text]
    made: Json = {field: plain} if plain else {}
    return made | ({f"_{field}": {"extension": others}} if others else {})


def _translation(language: str, text: str) -> Json:
    # FHIR knows no empty string: a language that is begun and still empty has no content.
    content = [extension("content", "String", text)] if text else []
    return {"url": TRANSLATION, "extension": [extension("lang", "Code", language), *content]}


def heard(holder: Json, language: str, field: str = "text") -> Words:
    """The words of a FHIR string, in every language that it has."""
    words = {language: str(holder[field])} if holder.get(field) else {}
    for one in every(holder.get(f"_{field}") or {}, TRANSLATION):
        words.setdefault(plain_language(str(found(one, "lang"))), str(found(one, "content") or ""))
    return words


def plain_language(tag: str) -> str:
    """ "en" for "en-AU": we know no countries."""
    return tag.partition("-")[0].lower()


def canonical(code: str, step: str) -> str:
    """The address by which other systems know a contact's questions; "diary-3" asks those of "diary"."""
    return f"{QUESTIONNAIRES}{code}.{step.partition('-')[0]}"
