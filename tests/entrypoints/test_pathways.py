"""The pages around a pathway's versions through their own doors, on a hospital in memory."""

from __future__ import annotations

import re

import pytest

from chalicelib.adapters.catalogue import documents
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.access import Forbidden, NotThere
from chalicelib.domain.comparing import compared
from chalicelib.domain.pathway import Pathway
from chalicelib.entrypoints.pathways_labels import known
from tests.application.worlds import HOSPITAL, Hospital, booking, pid
from tests.desk import Shelf

CATALOGUE = "/team/pathways/inguinal-hernia/1"
MINE = "/team/pathways/inguinal-hernia.demo/1"
PAGES = ("", "/sheet", "/compare")


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


@pytest.fixture
def shelf(hospital) -> Shelf:
    return Shelf(world=hospital.world)


def published(shelf: Shelf) -> Shelf:
    shelf.post(f"{CATALOGUE}/copy")
    shelf.post(f"{MINE}/review", translator="Traductrice Démo", clinician="Chirurgien Démo")
    return shelf.post(f"{MINE}/publish")


class TestTheList:
    def test_it_names_everything_that_comes_with_vigie(self, shelf):
        shelf.get("/team/pathways")
        assert shelf.page.count("/sheet") == len(documents())
        assert shelf.text.count("New bookings begin with it") == len(documents())

    def test_an_own_version_stands_first_and_says_whose_it_is(self, shelf):
        published(shelf).get("/team/pathways")
        own, catalogue = (shelf.page.index(f'href="{base}"') for base in (MINE, CATALOGUE))
        assert own < catalogue
        assert "the catalogue’s version 1" in shelf.text
        assert "Cadre Démo" in shelf.text
        assert shelf.text.count("New bookings begin with it") == len(documents())

    def test_nothing_of_ones_own_is_said_with_what_to_do(self, shelf):
        assert "Copy one that comes with Vigie" in shelf.get("/team/pathways?only=own").text

    def test_nurses_read_and_copy_nothing(self, shelf):
        nurse = shelf.colleague("nurse-2")
        assert "/copy" not in nurse.get("/team/pathways").page
        with pytest.raises(Forbidden):
            nurse.post(f"{CATALOGUE}/copy")


class TestOneVersion:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("base", [CATALOGUE, MINE])
    def test_everybody_reads_it(self, shelf, page, base):
        published(shelf)
        nurse = shelf.colleague("nurse-2").get(base + page)
        assert nurse.status == 200
        assert 'method="post"' not in nurse.page.replace('method="post" action="/sign-out"', "")

    @pytest.mark.parametrize(
        "address",
        [
            "/team/pathways/none/1",
            "/team/pathways/inguinal-hernia/x",
            "/team/pathways/inguinal-hernia.demo/9",
        ],
    )
    def test_what_is_not_there_is_not_found(self, shelf, address):
        with pytest.raises(NotThere):
            shelf.get(address)

    @pytest.mark.parametrize("action", ["review", "publish", "retire", "running"])
    def test_what_comes_with_vigie_is_only_read(self, shelf, action):
        with pytest.raises(NotThere):
            shelf.post(f"{CATALOGUE}/{action}")

    @pytest.mark.parametrize("action", ["review", "publish", "retire", "running"])
    def test_nurses_sign_nothing(self, shelf, action):
        published(shelf)
        with pytest.raises(Forbidden):
            shelf.colleague("nurse-2").post(f"{MINE}/{action}")

    def test_a_copy_opens_in_the_editor(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        assert shelf.location == f"{MINE}/edit"

    def test_both_names_are_asked_for(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        shelf.post(f"{MINE}/review", translator="Traductrice Démo", clinician=" ")
        assert shelf.status == 400
        assert "Write both names" in shelf.text
        assert 'value="Traductrice Démo"' in shelf.page
        assert shelf.version(1).status == "draft"

    def test_from_draft_to_published_and_retired(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        assert "once both names stand here" in shelf.get(MINE).text
        shelf.post(f"{MINE}/review", translator="Traductrice Démo", clinician="Chirurgien Démo")
        assert "It can be published now" in shelf.text
        assert "Running follow-ups keep the version" in shelf.get(f"{MINE}/publish").text
        assert "published now is retired" not in shelf.text
        assert "LMMA012" in shelf.text
        shelf.post(f"{MINE}/publish")
        assert "Published: new bookings begin with it" in shelf.text
        assert "Signed" not in shelf.get(MINE).text
        assert (shelf.version(1).published_by, shelf.version(1).clinician) == (
            "coordinator-1",
            "Chirurgien Démo",
        )
        assert "go on with it to their end" in shelf.get(f"{MINE}/retire").text
        shelf.post(f"{MINE}/retire")
        assert shelf.version(1).status == "retired"
        assert "New bookings begin with it" not in shelf.get(MINE).text

    def test_what_is_replaced_is_said_before(self, shelf):
        published(shelf).post(f"{MINE}/copy")
        second = MINE.replace("/1", "/2")
        shelf.post(f"{second}/review", translator="Traductrice Démo", clinician="Chirurgien Démo")
        assert "published now is retired" in shelf.get(f"{second}/publish").text

    def test_missing_words_are_said_by_language_and_lead_to_them(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        shelf.change(title={"en": "Hernia"})
        assert "No words in Français" in shelf.get(MINE).text
        assert f'href="{MINE}/edit/about?words=fr"' in shelf.page

    def test_a_repeated_form_does_no_harm(self, shelf):
        published(shelf).post(f"{MINE}/publish")
        assert "Published: new bookings" in shelf.text
        for _ in range(2):
            shelf.post(f"{MINE}/retire")
        assert shelf.version(1).status == "retired"
        shelf.post(f"{MINE}/publish")
        assert shelf.version(1).status == "retired"
        assert "Nothing was done" in shelf.text

    def test_errors_are_named_and_block_publishing(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        shelf.change(licence="")
        shelf.post(f"{MINE}/review", translator="T", clinician="C")
        assert "1 to correct before publishing" in shelf.text
        assert f'href="{MINE}/edit/about' in shelf.page
        assert f'href="{MINE}/publish"' not in shelf.page
        shelf.post(f"{MINE}/publish")
        assert "Nothing was done" in shelf.text
        assert shelf.version(1).status == "reviewed"

    def test_a_draft_is_put_away_and_not_copied(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        shelf.post(f"{MINE}/retire")
        assert shelf.version(1).status == "retired"
        assert "/copy" not in shelf.get(MINE).page
        shelf.post(f"{MINE}/copy")
        assert shelf.location == f"{MINE}?done=stale"


class TestTheSheet:
    @pytest.mark.parametrize("language", ["fr", "en"])
    @pytest.mark.parametrize("document", documents().values(), ids=lambda d: d.code)
    def test_it_says_everything_that_a_clinician_signs(self, shelf, document, language):
        shelf.language = language
        sheet = shelf.get(f"/team/pathways/{document.code}/{document.version}/sheet")
        said = sheet.text
        assert "{" not in said
        for step in document.steps:
            rules, asked = step.rules, step.questionnaire.questions
            told = [*(r.reason for r in rules), *(r.advice for r in rules), *(q.text for q in asked)]
            words = [" ".join(text[language].split()) for text in told]
            assert [one for one in words if "{" not in one and one not in said] == []
            assert all(" ".join(rule.source.split()) in said for rule in rules)
        assert document.licence in said
        for role in {"fr": ("Chirurgien", "Anesthésiste"), "en": ("Surgeon", "Anaesthetist", "Translator")}[
            language
        ]:
            assert role in said

    def test_it_is_a_default_until_somebody_signs(self, shelf):
        default = "Everything on this sheet is a default, to be signed."
        assert default in shelf.get(f"{CATALOGUE}/sheet").text
        published(shelf).get(f"{MINE}/sheet")
        assert default not in shelf.text
        assert "Chirurgien Démo (clinician)" in shelf.text

    def test_each_rule_names_its_source_by_number(self, shelf):
        shelf.get(f"{CATALOGUE}/sheet")
        cited = set(re.findall(r'href="#source-(\d+)"', shelf.page))
        listed = set(re.findall(r'id="source-(\d+)"', shelf.page))
        assert cited == listed
        assert len(cited) > 5


class TestTheComparison:
    def test_a_copy_says_the_same(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        assert "They say the same, word for word." in shelf.get(f"{MINE}/compare").text

    def test_a_threshold_and_a_new_question(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        desk = shelf.editor(MINE)
        desk.fill("/rule?step=after&item=pain_severe", **{"when.0.value": "8"})
        desk.post(
            "/question?step=after",
            {
                "revision": str(desk.version.revision),
                "do": "add",
                "text": "Can you sleep?",
                "kind": "boolean",
            },
        )
        shelf.get(f"{MINE}/compare")
        assert "if “Pain” is 7 or more" in shelf.text
        assert "if “Pain” is 8 or more" in shelf.text
        assert "Can you sleep?" in shelf.text
        assert "Nausea" not in shelf.text
        shelf.get(f"{CATALOGUE}/compare?with=inguinal-hernia.demo|1")
        assert shelf.text.index("if “Pain” is 8 or more") < shelf.text.index("if “Pain” is 7 or more")

    def test_two_operations_can_be_compared(self, shelf):
        assert "differences" in shelf.get(f"{CATALOGUE}/compare?with=cataract|1").text

    def test_every_field_has_a_name(self):
        """The comparison of everything with nothing names every field that the catalogue uses."""
        empty = Pathway("x", 1, {}, (), 0, "", "", (), None)
        places = {d.place for document in documents().values() for d in compared(empty, document, "en")}
        assert len(places) > 5000
        assert {place for place in places if known(place) is None} == set()


class TestTheOffer:
    @pytest.fixture
    def two(self, hospital, shelf):
        for number, name in enumerate(("one", "two")):
            hospital.send(
                booking(name, f"1120 080{number}", "1126 0900", who=pid(f"90{number}", name=f"DEMO^{name}"))
            )
        return published(shelf)

    def test_those_who_follow_an_earlier_version_are_listed_and_ticked(self, two):
        two.get(f"{MINE}/running")
        assert two.page.count("checked") == 2
        assert "DEMO one" in two.text
        assert "the catalogue’s version 1" in two.text

    def test_only_the_ticked_ones_go_over(self, two, hospital):
        two.get(f"{MINE}/running")
        first, second = sorted(name for _, name in hospital.memory.rows)
        for _ in range(2):
            two.post(f"{MINE}/running", **{f"episode.{first}": "on"})
        with acting_for(HOSPITAL):
            follows = [hospital.world.care.row(HOSPITAL, name).state.pathway for name in (first, second)]
        assert follows == ["inguinal-hernia.demo", "inguinal-hernia"]
        assert "0 follow-ups have gone over" in two.text
        assert two.page.count("checked") == 1

    def test_a_draft_is_not_offered(self, shelf):
        shelf.post(f"{CATALOGUE}/copy")
        assert shelf.post(f"{MINE}/running").location == MINE


def test_a_member_without_units_sees_nobody(hospital):
    lonely = Shelf("coordinator-1", world=hospital.world, units=())
    hospital.send(booking("one", "1120 0800", "1126 0900"))
    published(lonely).get(f"{MINE}/running")
    assert "Nobody follows an earlier version." in lonely.text
