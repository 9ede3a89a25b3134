"""The JSON Schema of a pathway's document, published as docs/pathway.schema.json."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.domain.pathway import Pathway
from chalicelib.domain.questionnaire import Coding, Option, Question, Score
from chalicelib.fhir.terms import Json

ITEM_TYPES = (
    "group", "display", "boolean", "decimal", "integer", "date", "string", "text", "choice",
)  # fmt: skip
NOT_EMPTY = {"type": "string", "minLength": 1}
ITEMS = {"type": "array", "items": {"$ref": "#/$defs/Item"}, "minItems": 1}
QUESTIONNAIRE = {
    "title": "Questionnaire",
    "description": "What we use of a Questionnaire of FHIR R4 (http://hl7.org/fhir/R4/questionnaire.html).",
    "type": "object",
    "properties": {
        "resourceType": {"const": "Questionnaire"},
        "status": {"enum": ["draft", "active", "retired", "unknown"]},
        "language": NOT_EMPTY,
        "extension": {"type": "array", "items": {"$ref": "#/$defs/Extension"}},
        "item": ITEMS,
    },
    "required": ["resourceType", "status", "language"],
    "additionalProperties": False,
}
ITEM = {
    "title": "Item",
    "description": "A question, a group of them under one heading, or what is told with a question.",
    "type": "object",
    "properties": {
        "linkId": NOT_EMPTY,
        "type": {"enum": list(ITEM_TYPES)},
        "text": NOT_EMPTY,
        "_text": {"type": "object"},
        "required": {"type": "boolean"},
        "repeats": {"type": "boolean"},
        "maxLength": {"type": "integer"},
        "code": {"type": "array", "items": {"type": "object"}},
        "enableWhen": {"type": "array", "items": {"type": "object", "required": ["question", "operator"]}},
        "enableBehavior": {"enum": ["all", "any"]},
        "extension": {"type": "array", "items": {"$ref": "#/$defs/Extension"}},
        "answerOption": {"type": "array", "items": {"type": "object"}},
        "item": ITEMS,
    },
    "required": ["linkId", "type"],
    "additionalProperties": False,
}
EXTENSION = {"title": "Extension", "type": "object", "properties": {"url": NOT_EMPTY}, "required": ["url"]}


def schema() -> Json:
    """Of what is written: our own structs, and what we use of FHIR for questions."""
    made: dict[str, Any] = msgspec.json.schema(Pathway)
    kept = {name: one for name, one in made["$defs"].items() if name not in _WITHIN}
    kept |= {"Questionnaire": QUESTIONNAIRE, "Item": ITEM, "Extension": EXTENSION}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "$defs": kept}


_WITHIN = frozenset(one.__name__ for one in (Question, Option, Coding, Score))
"""What stands in a questionnaire in our own words, which are never written."""
