"""What a form says, as an answer to its question: people write "37,5", "2 mars" and digits of any script."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.errors import InvalidAnswer
from chalicelib.domain.questionnaire import Question, checked
from chalicelib.domain.rules import Answer, Number

if TYPE_CHECKING:
    from chalicelib.entrypoints.http import Call

Given = str | tuple[str, ...]
"""As it was sent: the chosen options; day, month and year of a date; for all others one text."""
NUMBER = re.compile(r"([-−]?)(\d+)(?:[.,٫](\d+))?")
MONTHS = {
    name: number
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"février": 2, "août": 8, "décembre": 12}


def sent(question: Question, call: Call) -> Given:
    """The fields of the form that belong to this question."""
    if question.kind == "multiple":
        return tuple(dict.fromkeys(value for value in call.repeated.get("answer", ()) if value))
    if question.kind == "date":
        return tuple(call.form.get(name, "").strip() for name in ("day", "month", "year"))
    return call.form.get("answer", "").strip()


def read_answer(question: Question, given: Given) -> Answer:
    """What was sent as an answer to this question; `InvalidAnswer` when it is none."""
    if not any(given):
        return checked(question, "" if question.kind != "multiple" else ())
    match question.kind, given:
        case "boolean", "yes" | "no":
            return given == "yes"
        case "scale" | "number", str():
            return checked(question, _number(question, given))
        case "date", (day, month, year):
            written = read_date(day, month, year)
            if written is None:
                raise InvalidAnswer(question.link_id, "unknown")
            return written.isoformat()
        case _:
            return checked(question, given)


def _number(question: Question, given: str) -> Number:
    """A number with a comma or a point, spaces between thousands and its unit behind it.

    More decimals than were asked for are refused: "1,200" may be a thousand and more.
    """
    bare = re.sub(r"\s", "", given).removesuffix(re.sub(r"\s", "", question.unit))
    found = NUMBER.fullmatch(bare)
    if found is None:
        raise InvalidAnswer(question.link_id, "unknown")
    sign, whole, decimals = "-" if found[1] else "", found[2], found[3] or ""
    if len(decimals) > question.decimals:
        raise InvalidAnswer(question.link_id, "decimals")
    value = float(f"{sign}{whole}.{decimals or 0}")
    return int(value) if value.is_integer() else value


def read_date(day: str, month: str, year: str) -> date | None:
    """A date as people write it: "2", "02", "février", digits of any script; None if it is none."""
    try:
        number = MONTHS.get(month.strip().casefold()) or int(month)
        return date(int(year), number, int(day))
    except ValueError:
        return None
