"""Items of a FHIR Questionnaire as our questions: groups become headings, and every loss is reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from chalicelib.domain.editing import named
from chalicelib.domain.editing_questions import OWN_CODES
from chalicelib.domain.questionnaire import LONGEST_TEXT, Coding, Kind, Option, Question, Score
from chalicelib.domain.rules import Condition, Words, is_number
from chalicelib.domain.units import printed
from chalicelib.fhir import conditions, terms
from chalicelib.fhir.findings import Finding
from chalicelib.fhir.findings import Kind as Loss
from chalicelib.fhir.read_options import options
from chalicelib.fhir.terms import Json, control_of, every, found, heard, value_of

FIT = re.compile(r"[a-z0-9_]+")
KINDS: dict[str, Kind] = {
    "boolean": "boolean", "decimal": "number", "integer": "number", "quantity": "number", "date": "date",
    "dateTime": "date", "time": "text", "string": "text", "text": "text", "url": "text", "choice": "choice",
    "open-choice": "choice", "display": "display", "coding": "choice",
}  # fmt: skip
KNOWN = {
    terms.ITEM_CONTROL, terms.MINIMUM, terms.MAXIMUM, terms.DECIMALS, terms.UNIT, terms.UNIT_OPTION,
    terms.SHORT, terms.LINK_ID, terms.CONDITION, terms.HIDDEN, terms.CODING, terms.HELP,
}  # fmt: skip
TOLD_WITH = {"help": "help", "lower": "low", "upper": "high"}
"""How an item below a question is shown → where we keep its words."""
WIDEST_SCALE = 20
FAR = 999_999
"""The limit of a number that has none."""
USUAL_DECIMALS = 2
SHORT_LENGTH = 40


class Around(msgspec.Struct, frozen=True):
    """What an item has from those that it stands in."""

    heading: Words | None = None
    condition: Condition | None = None


class Reader:
    """One questionnaire while it is read."""

    def __init__(self, resource: Json) -> None:
        """Nothing is read yet."""
        self.language = terms.plain_language(str(resource.get("language") or "en"))
        self.at = ""
        """The item that is being read: what is wrong with the file is wrong there."""
        self.contained: list[Json] = resource.get("contained", [])
        self.asked: conditions.Asked = {}
        self.names: set[str] = set()
        self.findings: list[Finding] = []

    def questions(self, items: list[Json], around: Around) -> Iterator[Question]:
        """Every item as a question, in order, those that stand below another one behind it."""
        for number, item in enumerate(items, 1):
            self.at = str(item.get("linkId", f"{self.at}#{number}"))
            if self._is_left_out(item):
                continue
            condition = conditions.together(around.condition, self._condition(item))
            if item["type"] == "group":
                self._report_lost(item)
                inner = Around(self._heading(item, around.heading), condition)
            else:
                inner = Around(around.heading, condition)
                yield from self._question(item, inner)
            below = [one for one in item.get("item", ()) if item["type"] == "group" or not _is_told_with(one)]
            for one in below if item["type"] != "group" else ():
                self.report(one, "nested", str(item["linkId"]))
            yield from self.questions(below, inner)

    def report(self, item: Json, kind: Loss, detail: str = "") -> None:
        """Say once what is not kept of an item."""
        finding = Finding(kind, str(item.get("linkId", "")), detail)
        if finding not in self.findings:
            self.findings.append(finding)

    def _condition(self, item: Json) -> Condition | None:
        return conditions.read(item, self.asked, lambda kind, detail: self.report(item, kind, detail))

    def _is_left_out(self, item: Json) -> bool:
        if found(item, terms.HIDDEN) is True:
            self.report(item, "hidden")
            return True
        if item.get("readOnly") and item["type"] not in {"group", "display"}:
            self.report(item, "read_only")
            return True
        return False

    def _heading(self, item: Json, above: Words | None) -> Words | None:
        own = heard(item, self.language)
        if not own or not above:
            return own or above
        return {
            code: f"{above.get(code) or above.get(self.language, '')} – {text}" for code, text in own.items()
        }

    def _question(self, item: Json, around: Around) -> Iterator[Question]:
        offered = options(
            item, self.contained, self.language, lambda kind, what: self.report(item, kind, what)
        )
        kind = self._kind(item, offered)
        if kind is None:
            self.report(item, "unsupported", str(item["type"]))
            return
        self._report_lost(item)
        own = found(item, terms.LINK_ID)
        link_id = str(own or self._fit(str(item["linkId"])))
        text = self._text(item, link_id)
        made = Question(
            link_id=link_id,
            kind=kind,
            text=text,
            coding=self._coding(item, link_id, text),
            short=self._short(item, text),
            options=offered,
            required=bool(item.get("required")) or kind == "display",
            show_when=around.condition,
            heading=around.heading,
            foreign_id="" if item["linkId"] == link_id else str(item["linkId"]),
            **self._numbers(item, kind),
            **self._told_with(item),
        )
        self.names.add(link_id)
        self.asked[str(item["linkId"])] = made
        yield made

    def _fit(self, link_id: str) -> str:
        return link_id if FIT.fullmatch(link_id) and link_id not in self.names else named(link_id, self.names)

    def _kind(self, item: Json, offered: tuple[Option, ...]) -> Kind | None:
        kind = "choice" if offered else KINDS.get(item["type"])
        if kind == "choice" and not offered:
            self.report(item, "value_set", str(item.get("answerValueSet", "")))
            return "text"
        if item["type"] == "open-choice":
            self.report(item, "open_choice")
        if item["type"] in {"dateTime", "time"}:
            self.report(item, "time")
        if item.get("repeats"):
            if kind == "choice":
                return "multiple"
            self.report(item, "repeats")
        return "scale" if kind == "number" and self._is_scale(item) else kind

    def _is_scale(self, item: Json) -> bool:
        low, high = found(item, terms.MINIMUM), found(item, terms.MAXIMUM)
        if control_of(item) != "slider" or item["type"] != "integer":
            return False
        return isinstance(low, int) and isinstance(high, int) and 0 <= low <= high <= WIDEST_SCALE

    def _text(self, item: Json, link_id: str) -> Words:
        text = heard(item, self.language)
        prefix = item.get("prefix", "")
        if not text and not prefix:
            self.report(item, "no_text")
            return {
                self.language: next((c["display"] for c in item.get("code", ()) if "display" in c), link_id)
            }
        return _before(prefix, text or {self.language: ""})

    def _short(self, item: Json, text: Words) -> Words:
        own = [heard(one, self.language, "valueString") for one in every(item, terms.SHORT)]
        return own[0] if own else {code: words[:SHORT_LENGTH] for code, words in text.items()}

    def _coding(self, item: Json, link_id: str, text: Words) -> Coding:
        ours = {url: system for system, url in terms.SYSTEMS.items()}
        told = [found(item, terms.CODING)] if every(item, terms.CODING) else []
        codes = [code for code in (*told, *item.get("code", ())) if code.get("system") in ours]
        for other in item.get("code", ()):
            if other not in codes[:1]:
                self.report(item, "code", f"{other.get('system', '')} {other.get('code', '')}")
        if not codes:
            return Coding("L", OWN_CODES + link_id.upper().replace("_", "-"), next(iter(text.values())))
        chosen = codes[0]
        return Coding(ours[chosen["system"]], chosen.get("code", ""), chosen.get("display", ""))  # type: ignore[arg-type]

    def _numbers(self, item: Json, kind: Kind) -> dict[str, Any]:
        """Limits, decimals and the unit."""
        made: dict[str, Any] = {}
        limits = {"minimum": found(item, terms.MINIMUM), "maximum": found(item, terms.MAXIMUM)}
        made |= {name: limit for name, limit in limits.items() if is_number(limit)}
        if kind != "number":
            return made
        if len(made) < len(limits):
            self.report(item, "limits")
            made = {"minimum": -FAR, "maximum": FAR} | made
        decimals = found(item, terms.DECIMALS)
        if decimals is None and item["type"] != "integer":
            self.report(item, "decimals")
            decimals = USUAL_DECIMALS
        return made | {"decimals": int(decimals or 0), "unit": self._unit(item)}

    def _unit(self, item: Json) -> str:
        offered = [found(item, terms.UNIT), *(value_of(one) for one in every(item, terms.UNIT_OPTION))]
        units = [_unit_printed(unit) for unit in offered if unit]
        below = [one for one in item.get("item", ()) if control_of(one) == "unit"]
        units += [str(one.get("text", "")) for one in below]
        unit = units[0] if units else ""
        if len(units) > 1:
            self.report(item, "units", unit)
        if item["type"] == "quantity":
            self.report(item, "quantity", unit or "?")
        return unit

    def _told_with(self, item: Json) -> dict[str, Any]:
        """Help, and the words at the two ends."""
        own = [heard(one, self.language, "valueString") for one in every(item, terms.HELP)]
        made: dict[str, Words] = {"help": own[0]} if own else {}
        for one in item.get("item", ()):
            if _is_told_with(one) and control_of(one) != "unit":
                self._report_lost(one)
                place = TOLD_WITH.get(control_of(one), "help")
                words, before = heard(one, self.language), made.get(place, {})
                made[place] = before | {
                    code: f"{before[code]} {text}" if code in before else text for code, text in words.items()
                }
        return made

    def _report_lost(self, item: Json) -> None:
        for one in (*item.get("extension", ()), *item.get("modifierExtension", ())):
            if one.get("url") not in KNOWN:
                self.report(item, "extension", str(one.get("url")))
        for one in item.get("initial", ()):
            self.report(item, "initial", str(value_of(one)))
        if item.get("maxLength", LONGEST_TEXT) != LONGEST_TEXT:
            self.report(item, "length", str(item["maxLength"]))
        if item["type"] == "group" and item.get("repeats"):
            self.report(item, "repeats")


def score(one: Json, language: str) -> Score:
    """A score, as we have written it."""
    short = next((heard(part, language, "valueString") for part in every(one, "short")), {})
    return Score(
        key=str(found(one, "key")),
        short=short,
        of=tuple(str(value_of(part)) for part in every(one, "of")),
        may_miss=int(found(one, "mayMiss") or 0),
        source=str(found(one, "source") or ""),
    )


def _is_told_with(item: Json) -> bool:
    return bool(item["type"] == "display" and "enableWhen" not in item)


def _before(prefix: str, words: Words) -> Words:
    return {code: f"{prefix} {text}" for code, text in words.items()} if prefix else words


def _unit_printed(unit: Json) -> str:
    return str(unit.get("display") or printed(str(unit.get("code", ""))))
