"""A pathway's document as it is kept: our own JSON, in which every questionnaire is a FHIR Questionnaire."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from chalicelib.domain.pathway import Pathway
from chalicelib.fhir import questionnaire
from chalicelib.fhir.terms import Json


def read(raw: str | bytes) -> Pathway:
    """The pathway; raises where a questionnaire in it says what we could not keep."""
    document = msgspec.json.decode(raw, type=dict[str, Any])
    for step in document["steps"]:
        step["questionnaire"] = questionnaire.from_fhir(step["questionnaire"])
    return msgspec.convert(document, Pathway)


def written(pathway: Pathway) -> str:
    """JSON with keys in a fixed order, without what is as usual: versions differ only where they do."""
    return questionnaire.written(_document(pathway)).decode()


def packed(pathway: Pathway) -> bytes:
    """The same for a table, where nobody compares lines: an editor saves at every pause of the hand."""
    return msgspec.json.encode(_document(pathway))


def _document(pathway: Pathway) -> Json:
    language = next(iter(pathway.languages), "en")
    made: Json = _plain(pathway)
    for step, kept in zip(pathway.steps, made["steps"], strict=True):
        kept["questionnaire"] = questionnaire.to_fhir(step.questionnaire, language)
    return made


_fields = cache(msgspec.structs.fields)
"""Of a type: an editor writes thousands of structs at every pause."""


def _plain(value: Any) -> Any:
    """Structs as objects without their usual values."""
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        tag = {config.tag_field: config.tag} if config.tag_field else {}
        fields = ((field, getattr(value, field.name)) for field in _fields(type(value)))
        return tag | {field.name: _plain(own) for field, own in fields if not _is_usual(field, own)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def _is_usual(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(value == field.default_factory())
    return field.default is not msgspec.NODEFAULT and bool(value == field.default)
