"""A safer version, offered to follow-ups that run: who is found, who goes over, who stays and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import offering, versions
from chalicelib.application.access import Forbidden
from chalicelib.application.handle import handle
from chalicelib.domain.episode import commands as c
from chalicelib.domain.pathway import Origin
from infra.local.seed import UNIT
from tests.application.worlds import HOSPITAL, Hospital, booking, pid
from tests.desk import staff

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
WHO = staff("coordinator-1")


@dataclass
class Ward:
    """Three hernias (one long ago, one tomorrow, one in a month) and a cataract."""

    world: Any
    ids: dict[str, str]

    def publish(self, **changes: Any) -> versions.Version:
        origin = Origin("inguinal-hernia", 1)
        draft = versions.copied(self.world, WHO, origin, NOW)
        document = replace(self.world.versions.document(HOSPITAL, draft), **changes)
        draft = versions.edited(self.world, WHO, draft, document, NOW)
        signed = versions.reviewed(self.world, WHO, draft, "Traductrice Démo", "Chirurgien Démo", NOW)
        return versions.published(self.world, WHO, signed, NOW)

    def running(self, version: versions.Version) -> dict[str, str | None]:
        found = offering.running(self.world, WHO, UNIT, version, TODAY)
        names = {episode: name for name, episode in self.ids.items()}
        return {names[one.row.episode]: one.left for one in found}

    def follows(self, name: str) -> tuple[str, int]:
        state = self.world.care.row(HOSPITAL, self.ids[name]).state
        return state.pathway, state.pathway_version

    def events(self, name: str) -> int:
        return self.world.care.row(HOSPITAL, self.ids[name]).version


@pytest.fixture
def ward():
    hospital = Hospital()
    days = {"past": "0701 0900", "soon": "1126 0900", "later": "1220 0900", "eye": "1126 0900"}
    for number, (name, day) in enumerate(days.items()):
        who = pid(str(900 + number))
        code = "BFGA004" if name == "eye" else "LMMA012"
        hospital.send(booking(name, f"0601 080{number}", day, who=who, code=code))
    with acting_for(HOSPITAL):
        rows = hospital.memory.rows
        ids = {row.state.appointment.partition("^")[0]: episode for (_, episode), row in rows.items()}
        yield Ward(hospital.world, ids)


def test_those_on_an_earlier_version_are_found(ward):
    version = ward.publish()
    assert ward.running(version) == {"soon": None, "later": None}


def test_they_go_over_when_they_are_named_and_only_then(ward):
    version = ward.publish()
    done = offering.offer(ward.world, WHO, version, [ward.ids["soon"]], NOW)
    assert done.gone_over == (ward.ids["soon"],)
    assert ward.follows("soon") == ("inguinal-hernia.demo", 1)
    assert ward.follows("later") == ("inguinal-hernia", 1)
    assert ward.running(version) == {"later": None}


def test_a_repeated_offer_does_no_harm(ward):
    version = ward.publish()
    for _ in range(2):
        offering.offer(ward.world, WHO, version, [ward.ids["soon"]], NOW)
        known = ward.events("soon")
    assert ward.events("soon") == known
    assert offering.offer(ward.world, WHO, version, [ward.ids["soon"]], NOW) == offering.Offered((), ())


def test_another_operation_is_left_alone(ward):
    version = ward.publish()
    assert offering.offer(ward.world, WHO, version, [ward.ids["eye"]], NOW) == offering.Offered((), ())
    assert ward.follows("eye") == ("cataract", 1)


def test_a_contact_that_has_begun_must_be_there(ward):
    steps = ward.world.catalogue.document("inguinal-hernia", 1).steps
    handle(ward.world, HOSPITAL, ward.ids["soon"], c.Wake(at=NOW))
    version = ward.publish(steps=steps[1:])
    assert ward.running(version) == {"soon": "contact", "later": None}
    done = offering.offer(ward.world, WHO, version, [ward.ids["soon"], ward.ids["later"]], NOW)
    assert done == offering.Offered((ward.ids["later"],), ((ward.ids["soon"], "contact"),))
    assert ward.follows("soon") == ("inguinal-hernia", 1)


def test_a_follow_up_that_has_ended_meanwhile_stays(ward):
    version = ward.publish()
    handle(ward.world, HOSPITAL, ward.ids["soon"], c.Cancel(at=NOW, as_of="9", reason="x"))
    assert "soon" not in ward.running(version)
    done = offering.offer(ward.world, WHO, version, [ward.ids["soon"]], NOW)
    assert done.left == ((ward.ids["soon"], "closed"),)


def test_the_episodes_of_other_units_are_refused_before_anything_is_written(ward):
    version = ward.publish()
    stranger = replace(WHO, member=replace(WHO.member, units=("OTHER",)))
    with pytest.raises(Forbidden):
        offering.offer(ward.world, stranger, version, [ward.ids["soon"]], NOW)
    assert ward.follows("soon") == ("inguinal-hernia", 1)


def test_a_second_version_finds_those_on_the_first(ward):
    first = ward.publish()
    offering.offer(ward.world, WHO, first, [ward.ids["soon"]], NOW + timedelta(minutes=1))
    second = ward.publish()
    assert (second.code, second.number) == (first.code, 2)
    assert ward.running(second) == {"soon": None, "later": None}
