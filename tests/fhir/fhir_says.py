"""enableWhen read by FHIR R4's own rules, by a reader that knows nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import ge, gt, le, lt
from typing import Any

from chalicelib.domain.questionnaire import Questionnaire
from chalicelib.domain.rules import Answers, holds

ORDERED = {"<": lt, "<=": le, ">": gt, ">=": ge}


def flat(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every question, without groups and what is told with a question."""
    for item in items:
        if item["type"] == "group":
            yield from flat(item["item"])
        else:
            yield item


def asked_in_fhir(said: dict[str, Any], ours: Questionnaire, answers: Answers) -> Iterator[tuple[bool, bool]]:
    """For each question with enableWhen: whether we ask it, and whether FHIR does."""
    names = {}
    for question, item in zip(ours.questions, flat(said["item"]), strict=True):
        names[item["linkId"]] = question.link_id
        if "enableWhen" in item and question.show_when is not None:
            yield holds(question.show_when, answers), enabled(item, names, answers)


def enabled(item: dict[str, Any], names: dict[str, str], answers: Answers) -> bool:
    parts = [_holds(clause, answers.get(names[clause["question"]])) for clause in item["enableWhen"]]
    assert len(parts) == 1 or item["enableBehavior"] in {"all", "any"}
    return any(parts) if item.get("enableBehavior") == "any" else all(parts)


def _holds(clause: dict[str, Any], answer: Any) -> bool:
    value = next(said for name, said in clause.items() if name.startswith("answer"))
    value = value["code"] if isinstance(value, dict) else value
    said = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
    match clause["operator"]:
        case "exists":
            return bool(said) is value
        case "=":
            return value in said
        case "!=":
            return value not in said
        case operator:
            return any(ORDERED[operator](one, value) for one in said)


VALUES = {
    "boolean": "Boolean", "decimal": "Decimal", "integer": "Integer", "date": "Date", "dateTime": "DateTime",
    "time": "Time", "string": "String", "text": "String", "url": "Uri", "choice": "Coding",
    "open-choice": "Coding", "quantity": "Quantity",
}  # fmt: skip
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LINK_IDS = "an item that the questionnaire has not at this place"


def valid_response(response: dict[str, Any], questionnaire: dict[str, Any]) -> None:
    """What R4 demands of a QuestionnaireResponse to this Questionnaire, by the specification's own tables."""
    _nothing_empty(response)
    known = {"resourceType", "questionnaire", "status", "authored", "item"}
    assert set(response) <= known
    assert response["resourceType"] == "QuestionnaireResponse"
    assert response["status"] in {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
    assert INSTANT.fullmatch(response["authored"])
    _valid_items(response.get("item", []), questionnaire.get("item", []))


def _valid_items(given: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
    known = {item["linkId"]: item for item in asked}
    names = [one["linkId"] for one in given]
    assert set(names) <= set(known), LINK_IDS
    assert names == [name for name in known if name in names], "each once, in the questionnaire's order"
    for one in given:
        item = known[one["linkId"]]
        assert set(one) <= {"linkId", "text", "answer", "item"}
        assert not ("answer" in one and "item" in one), "qrs-1"
        if item["type"] == "group":
            assert "answer" not in one
            _valid_items(one["item"], item["item"])
        else:
            _valid_answers(one["answer"], item)


def _valid_answers(answers: list[dict[str, Any]], item: dict[str, Any]) -> None:
    assert item["type"] != "display"
    assert len(answers) == 1 or item.get("repeats")
    for answer in answers:
        ((name, value),) = answer.items()
        options = [_bare(option) for option in item.get("answerOption", [])]
        if options:
            assert _bare(answer) in options
        else:
            assert name == f"value{VALUES[item['type']]}"
            _valid_primitive(item["type"], value)


def _bare(holder: dict[str, Any]) -> tuple[str, Any]:
    """The value of an answer or an option, of a coding what identifies it."""
    name, value = next((name, value) for name, value in holder.items() if name.startswith("value"))
    if isinstance(value, dict):
        return name, (value.get("system"), value.get("code"))
    return name, value


def _valid_primitive(kind: str, value: Any) -> None:
    match kind:
        case "boolean":
            assert isinstance(value, bool)
        case "integer":
            assert isinstance(value, int)
            assert not isinstance(value, bool)
        case "decimal":
            assert isinstance(value, int | float)
        case "date":
            assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value)
        case _:
            assert isinstance(value, str)


def valid_questionnaire(resource: dict[str, Any]) -> None:
    """What R4 demands of a Questionnaire: its invariants que-1 to que-12, as far as they concern what we write."""
    _nothing_empty(resource)
    assert resource["resourceType"] == "Questionnaire"
    assert resource["status"] in {"draft", "active", "retired", "unknown"}
    every = list(_every(resource.get("item", [])))
    assert len({item["linkId"] for item in every}) == len(every), "que-2"
    for item in every:
        if item["type"] == "group":
            assert item["item"], "que-1"
        if item["type"] == "display":
            assert not {"item", "code", "required", "repeats", "readOnly"} & set(item), "que-1, 3, 6, 9"
        assert len(item.get("enableWhen", [])) < 2 or "enableBehavior" in item, "que-12"
        assert "maxLength" not in item or item["type"] in {"string", "text", "url", "open-choice"}, "que-10"


def _every(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from _every(item.get("item", []))


def _nothing_empty(value: Any) -> None:
    """FHIR's JSON has no empty string, list or object."""
    assert value not in ("", [], {}), "empty"
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _nothing_empty(inner)
