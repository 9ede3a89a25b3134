"""A hospital's dialect: complete, or an error that names the key."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.catalogue import documents
from chalicelib.application.profile import BadProfile, check_names, parsed, schema, written
from infra.local.seed import PROFILE
from tests.running import ROOT

GOOD = json.loads(written(PROFILE))


def test_it_survives_being_written_and_read() -> None:
    assert parsed(written(PROFILE)) == PROFILE


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"facilities": []}, "facilities"),
        ({"zone": "Paris"}, "zone"),
        ({"charset": "latin-99"}, "charset"),
        ({"country_code": "+33"}, "country_code"),
        ({"bookings": "hprim"}, "bookings"),
        ({"phones": ["PID"]}, "phones"),
        ({"first_arrival": "25:00"}, "first_arrival"),
        ({"proceedures": {}}, "proceedures"),
        ({"units": [{"unit": "UCA", "zone": "Mars", "locations": []}]}, "units: UCA"),
        ({"consent": {"field": "ZPA-1", "refused": "NON"}}, "consent"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(BadProfile, match=words):
        parsed(json.dumps(GOOD | changes))


def test_no_json_is_no_profile() -> None:
    with pytest.raises(BadProfile):
        parsed("facilities: DEMO")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"procedures": {"X": "no-such"}}, "no such pathway: no-such"),
        ({"default_unit": "NOWHERE"}, "no such unit: NOWHERE"),
        ({"enrolments": [{"when": "discharged", "classes": ["E"], "pathway": "gone"}]}, "gone"),
    ],
)
def test_it_leads_to_what_exists(changes: dict[str, object], words: str) -> None:
    names = frozenset(code for code, _ in documents())
    check_names(PROFILE, names, frozenset({"UCA"}))
    with pytest.raises(BadProfile, match=words):
        check_names(parsed(json.dumps(GOOD | changes)), names, frozenset({"UCA"}))


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads((ROOT / "docs" / "profile.schema.json").read_text("utf-8")) == json.loads(
        json.dumps(schema())
    )
