"""The published schema says what the files of the catalogue say, and is that of the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from chalicelib.adapters import catalogue
from chalicelib.fhir.schema import schema

PUBLISHED = Path(__file__).parent.parent.parent / "docs" / "pathway.schema.json"
FILES = catalogue.files()


def errors(document: object) -> list[str]:
    published = json.loads(PUBLISHED.read_text("utf-8"))
    return [error.message for error in Draft202012Validator(published).iter_errors(document)]


def test_the_published_schema_is_that_of_the_code():
    assert json.loads(PUBLISHED.read_text("utf-8")) == json.loads(json.dumps(schema()))


def test_it_is_a_schema_in_which_nothing_is_left_over():
    published = json.loads(PUBLISHED.read_text("utf-8"))
    Draft202012Validator.check_schema(published)
    text = json.dumps(published)
    assert [name for name in published["$defs"] if f'"#/$defs/{name}"' not in text] == []


@pytest.mark.parametrize("place", sorted(FILES), ids=lambda place: place[0])
def test_every_file_of_the_catalogue_is_valid(place):
    assert errors(json.loads(FILES[place].read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("steps"),
        lambda document: document.update(colour="red"),
        lambda document: document["steps"][0]["timing"].update(day="one"),
        lambda document: document["steps"][0]["questionnaire"]["item"][0].pop("linkId"),
        lambda document: document["steps"][0]["questionnaire"]["item"][0].update(type="attachment"),
        lambda document: document["steps"][1]["rules"][0]["when"].update(op="about"),
    ],
)
def test_what_is_wrong_is_found(change):
    document = json.loads(FILES["inguinal-hernia", 1].read_text("utf-8"))
    change(document)
    assert errors(document)
