"""A team's own versions, in memory and on DynamoDB: what a draft, a review and a publication promise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.catalogue import Catalogue
from chalicelib.adapters.tables import table
from chalicelib.adapters.tenancy import WrongHospital, acting_for
from chalicelib.application import versions as v
from chalicelib.application.access import Staff
from chalicelib.application.ports import Conflict
from chalicelib.application.records import Member, Session
from chalicelib.domain.pathway import Origin
from tests.adapters.engines import make_tables, running
from tests.application.worlds import HOSPITAL, Hospital
from tests.examples import PATHWAY

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MEMBER = Member("surgeon-1", "Chirurgien Démo", "surgeon", ("UCA",), "fr")
WHO = Staff(HOSPITAL, MEMBER, Session("k", HOSPITAL, "c", NOW, NOW, MEMBER.id, "surgeon"))
BASE = Origin(PATHWAY.code, PATHWAY.version)


@pytest.fixture(params=["memory", "moto", pytest.param("ministack", marks=pytest.mark.slow)])
def world(request, tmp_path) -> Iterator[Any]:
    base = Hospital().world
    if request.param == "memory":
        with acting_for(HOSPITAL):
            yield base
        return
    with running(request.param, tmp_path) as endpoint:
        names = make_tables(endpoint)
        catalogue = Catalogue(table(names["CatalogueTable"], "eu-west-3", endpoint))
        with acting_for(HOSPITAL):
            catalogue.save(HOSPITAL, base.catalogue.unit(HOSPITAL, "UCA"))
            yield with_field(base, catalogue=catalogue, versions=catalogue.own)


def titled(world, version, title: str, minutes: int = 1) -> v.Version:
    document = replace(world.versions.document(HOSPITAL, version), title={"fr": title, "en": title})
    return v.edited(world, WHO, version, document, NOW + timedelta(minutes=minutes))


def test_a_copy_is_a_draft_of_its_own(world):
    draft = v.copied(world, WHO, BASE, NOW)
    assert (draft.code, draft.number, draft.status) == ("inguinal-hernia.demo", 1, "draft")
    document = world.versions.document(HOSPITAL, draft)
    assert document.based_on == BASE
    assert document.steps == world.catalogue.document(BASE.code, BASE.version).steps
    assert v.copied(world, WHO, BASE, NOW).number == 2


def test_a_draft_that_two_change_at_once_is_kept_from_the_second(world):
    draft = v.copied(world, WHO, BASE, NOW)
    titled(world, draft, "One")
    with pytest.raises(Conflict):
        titled(world, draft, "Two")
    (known,) = world.versions.all(HOSPITAL)
    assert known.title["en"] == "One"


def test_every_save_can_be_undone_and_done_again(world):
    draft = v.copied(world, WHO, BASE, NOW)
    second = titled(world, titled(world, draft, "One"), "Two")
    back = v.moved_back(world, WHO, second, -1, NOW)
    assert back.title["en"] == "One"
    assert v.moved_back(world, WHO, back, 1, NOW).title["en"] == "Two"
    (known,) = world.versions.all(HOSPITAL)
    first = v.moved_back(world, WHO, known, -9, NOW)
    assert world.versions.document(HOSPITAL, first).title == PATHWAY.title
    third = titled(world, first, "Three")
    assert v.moved_back(world, WHO, third, 1, NOW) == third  # "Two" lay on another branch


def test_nothing_is_published_that_nobody_has_read(world):
    draft = v.copied(world, WHO, BASE, NOW)
    with pytest.raises(v.NotReviewed):
        v.published(world, WHO, draft, NOW)
    with pytest.raises(v.NotReviewed):
        v.reviewed(world, WHO, draft, "Traductrice Démo", " ", NOW)
    signed = v.reviewed(world, WHO, draft, "Traductrice Démo", "Chirurgien Démo", NOW)
    changed = titled(world, signed, "Changed after the review")
    assert (changed.status, changed.clinician) == ("draft", "")
    with pytest.raises(v.NotReviewed):
        v.published(world, WHO, changed, NOW)


def test_errors_block_publishing(world):
    draft = v.copied(world, WHO, BASE, NOW)
    document = replace(world.versions.document(HOSPITAL, draft), licence="")
    signed = v.reviewed(world, WHO, v.edited(world, WHO, draft, document, NOW), "T", "C", NOW)
    with pytest.raises(v.HasErrors) as refusal:
        v.published(world, WHO, signed, NOW)
    assert [finding.kind for finding in refusal.value.findings] == ["no_source"]
    assert v.to_begin_with(world, HOSPITAL, BASE.code) == (BASE.code, BASE.version)


def out(world, title: str = "Ours") -> v.Version:
    draft = titled(world, v.copied(world, WHO, BASE, NOW), title)
    return v.published(world, WHO, v.reviewed(world, WHO, draft, "T", "C", NOW), NOW)


def test_new_episodes_begin_with_what_is_published_and_the_old_one_stays(world):
    assert v.to_begin_with(world, HOSPITAL, BASE.code) == (BASE.code, BASE.version)
    first = out(world, "First")
    assert v.to_begin_with(world, HOSPITAL, BASE.code) == (first.code, 1)
    second = out(world, "Second")
    assert v.to_begin_with(world, HOSPITAL, BASE.code) == (second.code, 2)
    assert world.versions.version(HOSPITAL, first.code, 1).status == "retired"
    assert world.versions.published(HOSPITAL, first.code, 1).title["en"] == "First"
    assert world.versions.published(HOSPITAL, first.code, 2).validated_by == "C"


def test_what_is_published_never_changes(world):
    done = out(world)
    with pytest.raises(v.NotADraft):
        titled(world, done, "Later")
    with pytest.raises(Conflict):
        world.versions.publish(HOSPITAL, done, PATHWAY)
    assert world.versions.published(HOSPITAL, done.code, 1).title["en"] == "Ours"


def test_a_retired_one_gives_way_to_the_catalogues(world):
    done = out(world)
    v.retired(world, WHO, done, NOW)
    assert v.to_begin_with(world, HOSPITAL, BASE.code) == (BASE.code, BASE.version)


def test_one_hospitals_versions_are_not_anothers(world):
    done = out(world)
    if type(world.versions).__name__ == "MemoryVersions":
        pytest.skip("the guard stands in storage")
    with acting_for("other"), pytest.raises(WrongHospital):
        world.versions.published(HOSPITAL, "another.demo", 1)
    assert done
