"""enableWhen read by FHIR R4's own rules, by a reader that knows nothing of ours."""

from __future__ import annotations

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
