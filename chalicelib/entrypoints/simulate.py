"""A version of a pathway flown by invented patients: a page, and the same figures as a file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from chalice.app import Response
from msgspec.structs import replace

from chalicelib.application import versions
from chalicelib.application.flight import Flown, flown, tables
from chalicelib.domain.pathway import Pathway, unfolded
from chalicelib.entrypoints import answers, simulate_view
from chalicelib.entrypoints.http import Call, Routes
from chalicelib.entrypoints.pathways_view import shown

routes = Routes(__name__)

USUAL, MOST, FEWEST = 500, 2000, 20
MOST_CONTACTS = 12_000
"""Of all patients and versions of one page: some two seconds."""
LONGEST_NUMBER = 6
GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


@routes.get("/team/pathways/{code}/{number}/simulate", allow="staff")
def show(call: Call, code: str, number: str) -> Response:
    """How many alerts and calls it would bring, beside the version in force where it is another one."""
    if call.query.get("csv") == "1":
        document = shown(call, code, number).document
        return _file(call, flown(unfolded(document), _seed(call), _count(call, [document])))
    language = call.language(call.member.member.language)
    return answers.page(call, "staff/simulate.html.jinja", language, **context(call, code, number))


def context(call: Call, code: str, number: str) -> dict[str, Any]:
    """What the page is given; both versions are flown by the same people with the same luck."""
    document = shown(call, code, number).document
    other = _in_force(call, document)
    seed, count = _seed(call), _count(call, [document, *([other] if other else [])])
    one = flown(unfolded(document), seed, count)
    beside = flown(unfolded(other), seed, count) if other else None
    return simulate_view.shown(call, one, beside) | {"seed": seed, "count": count, "wanted": _wanted(call)}


def _in_force(call: Call, document: Pathway) -> Pathway | None:
    """What new episodes begin with now; None where that is this one."""
    origin = document.code.partition(".")[0]
    code, number = versions.to_begin_with(call.world, call.member.hospital, origin)
    if (code, number) == (document.code, document.version):
        return None
    return replace(call.world.catalogue.document(code, number), code=code)


def _number(call: Call, name: str, usual: int) -> int:
    said = call.query.get(name, "")
    return int(said) if said.isdecimal() and said.isascii() and len(said) <= LONGEST_NUMBER else usual


def _seed(call: Call) -> int:
    return _number(call, "seed", 1)


def _wanted(call: Call) -> int:
    return min(max(_number(call, "n", USUAL), FEWEST), MOST)


def _count(call: Call, documents: list[Pathway]) -> int:
    """As many as were asked for, as far as a page may take its time."""
    contacts = sum(len(unfolded(document).steps) for document in documents)
    return min(_wanted(call), max(MOST_CONTACTS // contacts, FEWEST))


def _file(call: Call, one: Flown) -> Response:
    """For a spreadsheet: with a mark of its encoding, and nothing in it that is taken for a formula."""
    semicolons = call.language(call.member.member.language) == "fr"
    text = StringIO()
    writer = csv.writer(text, delimiter=";" if semicolons else ",")
    for rows in tables(one).values():
        writer.writerows([[guarded(cell) for cell in row] for row in rows])
        writer.writerow([])
    answer = answers.text("\ufeff" + text.getvalue(), "text/csv; charset=utf-8")
    name = f"simulation-{one.pathway.code}-{one.pathway.version}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def guarded(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(GUARDED) else cell
