"""The printed names of fields, for people who read a message: hl7apy's tables, imported when first asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from chalicelib.hl7.message import Message, Segment

VERSION = "2.5"
"""Whatever a message says it is: positions do not depend on MSH-12, and this version has most of them."""
FIRST_OF_HEADER = 3
"""MSH-1 and MSH-2 are the delimiters."""
NAME_AT = 3
"""Where the name of a field or a component stands in hl7apy's references."""


class Part(NamedTuple):
    """One value of a message, where it stands, and what that place is called ("": nobody has named it)."""

    address: str
    name: str
    value: str


def parts(segment: Segment) -> tuple[Part, ...]:
    """Every value of a segment, field by field, with all repetitions and components."""
    found: list[Part] = []
    first = FIRST_OF_HEADER if segment.name == "MSH" else 1
    for number in range(first, segment.count + 1):
        address = f"{segment.name}-{number}"
        for place, value in segment.values(number):
            component = place.partition(".")[2].partition(".")[0]
            found.append(Part(f"{address}{place}", _named(segment.name, number, component), value))
    return tuple(found)


def conformance(message: Message) -> tuple[str, ...]:
    """What HL7 2.5 asks for and the message lacks, by segment: for the sender, never a gate for us."""
    missing: list[str] = []
    for segment in message.segments:
        table = _table(segment.name)
        if table is None:
            what = "a segment of your own" if segment.name[0] == "Z" else f"not a segment of HL7 {VERSION}"
            missing.append(f"{segment.name}: {what}")
            continue
        missing += [
            f"{segment.name}-{number}: required ({_words(name)})"
            for number, name, is_required in table
            if is_required and not segment.field(number)
        ]
    return tuple(missing)


def _named(segment: str, field: int, component: str) -> str:
    table = _table(segment)
    if table is None or field > len(table):
        return ""
    name = _words(table[field - 1][1])
    inner = _component(segment, field, int(component)) if component.isdecimal() else ""
    return f"{name}: {inner}" if inner else name


@lru_cache(maxsize=256)
def _table(segment: str) -> tuple[tuple[int, str, bool], ...] | None:
    """Number, name and whether it is required, of each field of a segment."""
    from hl7apy.v2_5.segments import SEGMENTS  # type: ignore[import-untyped,unused-ignore]

    found: Any = SEGMENTS.get(segment)
    if found is None:
        return None
    return tuple(
        (number, str(reference[NAME_AT]), minimum > 0)
        for number, (_, reference, (minimum, _most), _kind) in enumerate(found[1], start=1)
    )


@lru_cache(maxsize=4096)
def _component(segment: str, field: int, number: int) -> str:
    from hl7apy import load_reference  # type: ignore[import-untyped,unused-ignore]
    from hl7apy.exceptions import ChildNotFound  # type: ignore[import-untyped,unused-ignore]

    try:
        inner: Any = load_reference(f"{segment}_{field}", "Field", VERSION)[1]
    except ChildNotFound:
        return ""
    if not inner or number > len(inner):
        return ""
    return _words(str(inner[number - 1][1][NAME_AT]))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
