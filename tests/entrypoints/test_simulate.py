"""The page of a flight through its own door: a draft beside the version in force, a file, and whose it is."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from chalicelib.application.access import NotThere
from chalicelib.entrypoints.charts import Chart, Series, svg
from chalicelib.entrypoints.simulate import guarded
from tests.desk import Desk


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A draft in which pain of 4, not 7, is red."""
    desk = Desk().begin()
    return desk.fill("/rule?step=after&item=pain_severe", **{"when.0.value": "4"})


def own(desk: Desk) -> str:
    return f"{desk.version.code}/{desk.version.number}"


def rows(answer) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.body.removeprefix("\ufeff"))))


def test_a_draft_stands_beside_the_version_in_force(desk):
    context = desk.simulation(own(desk))
    red = next(figure for figure in context["figures"] if figure["name"] == "of these, red")
    assert float(red["value"]) > float(red["beside"]) > 0
    assert context["beside"] == {"code": "inguinal-hernia", "number": 1}
    assert "version in force" in context["by_contact"]


def test_what_is_in_force_stands_alone(desk):
    context = desk.simulation("inguinal-hernia/1")
    assert context["beside"] is None
    assert "version in force" not in context["by_contact"]


def test_a_draft_is_flown_as_it_is_followed():
    """Repeated contacts are unfolded."""
    desk = Desk().begin()
    desk.fill("/step?step=day3", also_on="4, 5")
    days = [contact["day"] for contact in desk.simulation(own(desk))["contacts"]]
    assert days == ["−1", "+1", "+3", "+4", "+5", "+7", "+30"]


@pytest.mark.parametrize(
    ("query", "count", "seed"),
    [("", 500, 1), ("?n=60&seed=7", 60, 7), ("?n=1", 20, 1), ("?n=x&seed=-1", 500, 1), ("?n=99999", 2000, 1)],
)
def test_how_many_and_with_which_dice(desk, query, count, seed):
    page = desk.simulate("before-a-stay/1", query).body
    assert f"{count} invented patients have gone through this pathway." in page
    assert f'name="seed" value="{seed}"' in page


def test_a_page_does_not_take_for_ever(desk):
    page = desk.simulate("bariatric/1", "?n=2000").body
    assert "923 invented patients have gone through this pathway." in page
    assert "More would take too long on this page." in page


def test_a_file_for_a_spreadsheet(desk):
    answer = desk.simulate(own(desk), "?csv=1&n=60")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="simulation-inguinal-hernia.demo-1.csv"'
    )
    assert answer.body.startswith("\ufefffigure,value")
    table = rows(answer)
    assert ["contact", "day", "asked", "answered"] in [row[:4] for row in table]
    assert any(row[:3] == ["after", "pain_severe", "pain"] for row in table)


def test_french_spreadsheets_want_semicolons(desk):
    french = Desk(desk.who, "fr", desk.world, desk.now, desk.base)
    assert french.simulate(own(desk), "?csv=1&n=20").body.startswith("\ufefffigure;value")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@now", "\tx"])
def test_no_cell_is_taken_for_a_formula(cell):
    assert guarded(cell) == f"'{cell}"


def test_numbers_stay_numbers():
    assert [guarded(cell) for cell in (-1, 0.5, "pain")] == [-1, 0.5, "pain"]


@pytest.mark.parametrize(
    "version", ["inguinal-hernia/2", "inguinal-hernia/x", "nothing/1", "nothing.demo/1", "cataract.other/1"]
)
def test_what_is_not_there(desk, version):
    with pytest.raises(NotThere):
        desk.simulate(version)


def test_words_in_a_chart_are_only_words():
    chart = Chart(
        "c", "<b>", 'say "x"', "&", ("<i>",), (Series("</svg>", "red", (1.0,)), Series("b", "orange", (2.0,)))
    )
    drawn = svg(chart)
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert drawn.count("</svg>") == 1
    assert ">3</text>" in drawn


def test_a_chart_of_nothing():
    assert "<svg" in svg(Chart("c", "t", "s", "b", (), ()))
