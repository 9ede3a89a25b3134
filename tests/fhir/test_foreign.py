"""Questionnaires that somebody else has written: nothing is dropped without a word, and names come back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import All, AnyOf, Compare
from chalicelib.fhir import questionnaire
from tests.fhir.fhir_says import flat

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def item(link_id: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, "text": f"{link_id}?"} | more


def FORM(*items: dict[str, Any], **more: Any) -> bytes:  # noqa: N802 - a constant but for what is asked
    return json.dumps({"resourceType": "Questionnaire", "status": "draft", "item": items} | more).encode()


def read(*items: dict[str, Any], **more: Any) -> tuple[tuple[Question, ...], list[tuple[str, str]]]:
    found, findings = questionnaire.imported(FORM(*items, **more))
    return found.questions, [(finding.kind, finding.link_id) for finding in findings]


def ext(name: str, value: Any, kind: str = "Integer") -> dict[str, Any]:
    return {"url": HL7 + name, f"value{kind}": value}


@pytest.mark.parametrize(
    ("theirs", "kind", "findings"),
    [
        (item("a", "boolean"), "boolean", []),
        (item("a", "string"), "text", []),
        (item("a", "text", maxLength=2000), "text", ["length"]),
        (item("a", "url"), "text", []),
        (item("a", "date"), "date", []),
        (item("a", "dateTime"), "date", ["time"]),
        (item("a", "time"), "text", ["time"]),
        (item("a", "display"), "display", []),
        (item("a", "integer"), "number", ["limits"]),
        (item("a", "decimal", extension=[ext("minValue", 1), ext("maxValue", 2)]), "number", ["decimals"]),
        (item("a", "quantity"), "number", ["limits", "decimals", "quantity"]),
        (item("a", "choice", answerOption=[{"valueString": "x"}]), "choice", []),
        (item("a", "choice", repeats=True, answerOption=[{"valueString": "x"}]), "multiple", []),
        (item("a", "open-choice", answerOption=[{"valueString": "x"}]), "choice", ["open_choice"]),
        (item("a", "integer", answerOption=[{"valueInteger": 1}]), "choice", []),
        (item("a", "choice", answerValueSet="http://x.example/vs"), "text", ["value_set"]),
        (item("a", "string", repeats=True), "text", ["repeats"]),
        (item("a", "boolean", initial=[{"valueBoolean": True}]), "boolean", ["initial"]),
        (item("a", "boolean", extension=[ext("questionnaire-hidden", True, "Boolean")]), None, ["hidden"]),
        (item("a", "boolean", readOnly=True), None, ["read_only"]),
        (item("a", "attachment"), None, ["unsupported"]),
        (item("a", "reference"), None, ["unsupported"]),
        (item("a", "boolean", extension=[ext("regex", ".*", "String")]), "boolean", ["extension"]),
        (item("a", "boolean", code=[{"system": "http://snomed.info/sct", "code": "1"}]), "boolean", ["code"]),
        (item("a", "boolean", text=""), "boolean", ["no_text"]),
    ],
)
def test_every_type(theirs, kind, findings):
    questions, found = read(theirs)
    assert [question.kind for question in questions] == ([] if kind is None else [kind])
    assert found == [(finding, "a") for finding in findings]


def test_names_are_made_fit_and_come_back():
    found, _ = questionnaire.imported(
        FORM(item("/A 1", "boolean"), item("a.1", "boolean"), item("ok", "boolean"))
    )
    assert [q.link_id for q in found.questions] == ["a_1", "a_1_2", "ok"]
    again = json.loads(questionnaire.exported(found, "u", "1", {"en": "T"}, "en"))
    assert [one["linkId"] for one in again["item"]] == ["/A 1", "a.1", "ok"]
    assert questionnaire.imported(json.dumps(again).encode()) == (found, ())


def test_options_of_each_type_come_back():
    theirs = [
        {"valueCoding": {"system": "http://loinc.org", "code": "LA33-6", "display": "Yes"}},
        {"valueCoding": {"display": "Only words"}},
        {"valueString": "Now & then", "extension": [ext("ordinalValue", 2, "Decimal")]},
        {"valueInteger": 3},
        {"valueDate": "2026-11-25"},
    ]
    (question,), found = read(item("a", "choice", answerOption=theirs))
    assert [option.code for option in question.options] == [
        "LA33-6",
        "only_words",
        "now_then",
        "3",
        "2026-11-25",
    ]
    assert [option.score for option in question.options] == [None, None, 2, None, None]
    written = next(flat(questionnaire.to_fhir(questionnaire.Questionnaire((question,)), "en")["item"]))
    plain = [{n: v for n, v in one.items() if n != "extension"} for one in written["answerOption"]]
    theirs[1]["valueCoding"]["code"] = "only_words"
    assert plain == [{n: v for n, v in one.items() if n != "extension"} for one in theirs]
    assert found == []


def test_a_value_set_in_the_same_file_is_expanded():
    concept = {
        "code": "y", "display": "Yes", "designation": [{"language": "fr", "value": "Oui"}],
        "extension": [ext("ordinalValue", 1, "Decimal")],
    }  # fmt: skip
    sets = [
        {
            "resourceType": "ValueSet",
            "id": "a",
            "compose": {"include": [{"system": "s", "concept": [concept]}]},
        },
        {"resourceType": "ValueSet", "id": "b", "expansion": {"contains": [{"system": "t", "code": "z"}]}},
    ]
    (one, other), found = read(
        item("a", "choice", answerValueSet="#a"), item("b", "choice", answerValueSet="#b"), contained=sets
    )
    (yes,), (z,) = one.options, other.options
    assert (yes.code, yes.text, yes.score, yes.system) == ("y", {"en": "Yes", "fr": "Oui"}, 1, "s")
    assert (z.code, z.text, z.system, found) == ("z", {"en": "z"}, "t", [])


def test_groups_become_headings_and_their_conditions_go_down():
    asked = item("a", "boolean", required=True)
    when = {"enableWhen": [{"question": "a", "operator": "=", "answerBoolean": True}]}
    inner = item("g2", "group", text="Inner", item=[item("b", "boolean", **when), item("c", "boolean")])
    (_, b, c), found = read(asked, item("g1", "group", text="Outer", item=[inner], **when))
    assert b.heading == c.heading == {"en": "Outer – Inner"}
    yes = Compare("a", "eq", True)
    assert (b.show_when, c.show_when) == (All((yes, yes)), yes)
    assert found == []


def test_what_stands_below_a_question_is_asked_after_it():
    below = [
        item(
            "h",
            "display",
            extension=[{"url": HL7 + "questionnaire-itemControl", "valueCodeableConcept": {"text": "help"}}],
        ),
        item("b", "boolean"),
    ]
    (a, b), found = read(item("a", "boolean", item=below))
    assert (a.help, b.link_id, found) == ({"en": "h?"}, "b", [("nested", "b")])


CHOICE = item(
    "c", "choice", required=True, answerOption=[{"valueCoding": {"code": "x"}}, {"valueString": "y y"}]
)
NUMBER = item("n", "integer", required=True, extension=[ext("minValue", 0), ext("maxValue", 99)])
DAY = item("d", "date", required=True)


@pytest.mark.parametrize(
    ("clauses", "behaviour", "meant", "findings"),
    [
        ([("c", "=", "Coding", {"code": "x"})], "all", Compare("c", "eq", "x"), []),
        ([("c", "=", "String", "y y")], "all", Compare("c", "eq", "y_y"), []),
        ([("c", "!=", "Coding", {"code": "x"})], "all", Compare("c", "ne", "x"), []),
        ([("n", ">", "Integer", 3)], "all", Compare("n", "gt", 3), []),
        ([("n", "<=", "Integer", 3)], "all", Compare("n", "le", 3), []),
        ([("n", "exists", "Boolean", True)], "all", Compare("n", "ge", 0), []),
        ([("c", "exists", "Boolean", True)], "all", Compare("c", "in", ("x", "y_y")), []),
        ([("n", "exists", "Boolean", False)], "all", None, ["condition"]),
        ([("d", "exists", "Boolean", True)], "all", None, ["condition"]),
        ([("d", ">", "Date", "2026-01-01")], "all", None, ["condition"]),
        ([("later", "=", "Boolean", True)], "all", None, ["condition"]),
        ([("c", "=", "Coding", {"code": "gone"})], "all", None, ["condition"]),
        ([("c", "=", "Coding", {"code": "x"}), ("n", ">", "Integer", 3)], "all",
         All((Compare("c", "eq", "x"), Compare("n", "gt", 3))), []),
        ([("c", "=", "Coding", {"code": "x"}), ("n", ">", "Integer", 3)], "any",
         AnyOf((Compare("c", "eq", "x"), Compare("n", "gt", 3))), []),
        ([("c", "=", "Coding", {"code": "x"}), ("c", "=", "String", "y y")], "any", Compare("c", "in", ("x", "y_y")), []),
        ([("c", "=", "Coding", {"code": "x"}), ("d", "exists", "Boolean", True)], "any", None, ["condition"]),
        ([("c", "=", "Coding", {"code": "x"}), ("d", "exists", "Boolean", True)], "all", Compare("c", "eq", "x"),
         ["condition"]),
    ],
)  # fmt: skip
def test_conditions_are_kept_or_it_is_asked_more_often(clauses, behaviour, meant, findings):
    when = [{"question": q, "operator": op, f"answer{kind}": value} for q, op, kind, value in clauses]
    questions, found = read(
        CHOICE,
        NUMBER,
        DAY,
        item("x", "boolean", enableWhen=when, enableBehavior=behaviour),
        item("later", "boolean"),
    )
    assert questions[3].show_when == meant
    assert found == [(finding, "x") for finding in findings]


def test_not_equal_to_what_may_be_unanswered_is_told():
    when = [{"question": "c", "operator": "!=", "answerCoding": {"code": "x"}}]
    _, found = read(CHOICE | {"required": False}, item("x", "boolean", enableWhen=when))
    assert found == [("not_equal", "x")]


@pytest.mark.parametrize(
    ("raw", "kind", "where"),
    [
        *(
            (raw, "unreadable", "")
            for raw in (b"", b"{}", b"[]", b"null", b"\xff", b'{"resourceType":"Patient"}')
        ),
        (FORM(item("a", "boolean"), {"type": "boolean"}), "malformed", "a#2"),
        (FORM({"linkId": "a"}), "malformed", "a"),
        (FORM(item("g", "group", item=[item("a", "boolean", enableWhen=[{}])])), "malformed", "a"),
        (FORM(item("a", "choice", answerOption=[None])), "malformed", "a"),
    ],
)
def test_what_is_no_questionnaire_gives_no_question_and_says_where(raw, kind, where):
    found, findings = questionnaire.imported(raw)
    assert found.questions == ()
    assert [(finding.kind, finding.link_id) for finding in findings] == [(kind, where)]
    assert findings[0].said


def test_countries_of_languages_are_not_kept():
    others = {"url": HL7 + "translation", "extension": [
        {"url": "lang", "valueCode": "fr-CA"}, {"url": "content", "valueString": "Douleur ?"}]}  # fmt: skip
    found, _ = questionnaire.imported(
        FORM(item("a", "boolean", _text={"extension": [others]}), language="en-AU")
    )
    assert found.questions[0].text == {"en": "a?", "fr": "Douleur ?"}
