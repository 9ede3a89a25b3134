"""Two versions side by side: what is new, gone or changed, by the place where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.adapters.catalogue import documents
from chalicelib.domain.comparing import Difference, compared
from chalicelib.domain.episode.booking import origin_of
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.explain import in_language
from chalicelib.domain.findings import N_
from chalicelib.entrypoints import pathways_view
from chalicelib.entrypoints.editor_places import OWN_NAMES
from chalicelib.entrypoints.pathways_labels import label, value
from chalicelib.entrypoints.pathways_sheet import MARK
from chalicelib.entrypoints.pathways_view import Shown, shown

if TYPE_CHECKING:
    from chalicelib.domain.pathway import Pathway
    from chalicelib.entrypoints.http import Call

PARTS = {"questions": "question", "rules": "rule", "scores": "score"}
"""Parts of a contact that have names of their own."""
TOLD = frozenset(
    {"text", "short", "help", "kind", "options", "show_when", "when", "level", "reason", "advice", "source"}
    | {"title", "day", "invite", "silent", "of"}
)
"""What says enough of a part that is only in one of the two."""


def _other(call: Call, one: Shown) -> Shown:
    code, _, number = call.query.get("with", "").partition("|")
    return shown(call, code, number) if code else _usual(call, one)


def _usual(call: Call, one: Shown) -> Shown:
    """Where nobody has chosen: what the version was made from, or one of the hospital's own."""
    origin = one.document.based_on
    if origin is not None:
        return shown(call, origin.code, str(origin.version))
    mine = [
        v
        for v in call.world.versions.all(call.member.hospital)
        if origin_of(v.code) == origin_of(one.document.code)
    ]
    return shown(call, mine[0].code, str(mine[0].number)) if mine else one


def context(call: Call, one: Shown, language: str) -> dict[str, Any]:
    """Before (the one that was chosen), after (this one), and the list to choose another from."""
    other = _other(call, one)
    found = compared(other.document, one.document, language)
    groups = [
        _group(key, list(facts), one.document, other.document, language)
        for key, facts in groupby(sorted(found, key=_order(found)), key=lambda d: _place(d)[0])
    ]
    return pathways_view.heading(call, one, language) | {
        "other": _named(other, language),
        "same": one.value == other.value,
        "choices": _choices(call, one, language),
        "groups": [group for group in groups if group["parts"]],
        "unchanged": [group["title"] for group in groups if not group["parts"]],
        "count": sum(len(group["parts"]) for group in groups),
    }


def _order(found: Iterable[Difference]) -> Any:
    """By contact and part, in the order in which the newer version names them."""
    first: dict[str, int] = {}
    for number, difference in enumerate(found):
        step, part = _place(difference)
        first.setdefault(step, number)
        first.setdefault(f"{step}.{part}", number)
    return lambda difference: (
        first[_place(difference)[0]],
        first[".".join(_place(difference))],
    )


def _place(difference: Difference) -> tuple[str, str]:
    """The contact ("" for the pathway as a whole), and the part of it ("" for the contact itself)."""
    parts = difference.place.split(".")
    if parts[0] != "steps" or len(parts) == len(("steps", "order")):
        return "", ""
    step, field = parts[1], parts[2]
    if field == "instructions":
        return step, "told:"
    kind, *name = parts[3:5] if field == "questionnaire" else parts[2:4]
    return step, f"{PARTS[kind]}:{name[0]}" if kind in PARTS and name not in ([], ["order"]) else ""


def _group(
    step: str, facts: list[Difference], after: Pathway, before: Pathway, language: str
) -> dict[str, Any]:
    """One contact."""
    parts = []
    for part, of_part in groupby(facts, key=lambda d: _place(d)[1]):
        listed = list(of_part)
        kinds = {difference.kind for difference in listed}
        if kinds == {"same"}:
            continue
        whole = kinds.pop() if len(kinds) == 1 and part else "changed"
        parts.append(
            {
                "kind": part.partition(":")[0],
                "name": _part_name(step, part, after, language) or _part_name(step, part, before, language),
                "tag": whole,
                "rows": [_row(d, language) for d in listed if d.kind != "same" and _is_told(d, whole)],
            }
        )
    return {"title": _step_title(step, after, language) or _step_title(step, before, language), "key": step,
            "parts": parts, "tag": _tag(facts)}  # fmt: skip


def _tag(facts: list[Difference]) -> str:
    kinds = {difference.kind for difference in facts}
    return kinds.pop() if len(kinds) == 1 else "changed"


def _is_told(difference: Difference, whole: str) -> bool:
    return whole == "changed" or bool(TOLD & set(difference.place.split(".")[2:]))


def _row(difference: Difference, language: str) -> dict[str, Any]:
    return {
        "label": label(difference.place, language),
        "language": difference.language,
        "spoken": OWN_NAMES.get(difference.language, difference.language),
        "cited": difference.place.endswith(("source", "display")),
        "kind": difference.kind,
        "before": value(difference.place, difference.before, language).splitlines(),
        "after": value(difference.place, difference.after, language).splitlines(),
    }


def _step_title(key: str, document: Pathway, language: str) -> str:
    if not key:
        return bootstrap.pages().words(N_("The pathway as a whole"), language)
    try:
        return in_language(document.step(key).title, language) or key
    except UnknownStep:
        return ""


def _part_name(step: str, part: str, document: Pathway, language: str) -> str:
    kind, _, name = part.partition(":")
    try:
        of = document.step(step)
    except UnknownStep:
        return ""
    words = {
        "question": {q.link_id: q.short for q in of.questionnaire.questions},
        "rule": {rule.key: rule.reason for rule in of.rules},
        "score": {score.key: score.short for score in of.questionnaire.scores},
    }
    return MARK.sub("…", in_language(words.get(kind, {}).get(name, {}), language))


def _named(one: Shown, language: str) -> dict[str, Any]:
    document = one.document
    return {
        "value": one.value,
        "base": one.base,
        "title": in_language(document.title, language) or document.code,
        "number": document.version,
        "status": one.status,
        "own": one.version is not None,
    }


def _choices(call: Call, one: Shown, language: str) -> list[tuple[bool, list[dict[str, Any]]]]:
    """Every other version: those of the same operation first."""
    own = [shown(call, v.code, str(v.number)) for v in call.world.versions.all(call.member.hospital)]
    known = [*own, *(Shown(document) for document in documents().values())]
    others = [known_one for known_one in known if known_one.value != one.value]
    kin = [other for other in others if origin_of(other.document.code) == origin_of(one.document.code)]
    rest = [other for other in others if other not in kin]
    by_title = sorted(
        (_named(other, language) for other in rest), key=lambda named: named["title"].casefold()
    )
    return [(True, [_named(other, language) for other in kin]), (False, by_title)]
