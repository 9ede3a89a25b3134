"""A message that has been read: its segments, and fields addressed as they are printed (`PID-3.4.2`).

Every value is one of three: None (the sender says nothing: keep), "" (the sender wrote `""`: delete),
or text. An address that stops early means the first part: `PID-3` is `PID-3.1.1`, because a sender may
always add components behind a simple value. Fields are split only when somebody asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from chalicelib.hl7.syntax import NULL, Delimiters, unescape

HEADERS = frozenset({"MSH", "FHS", "BHS"})
"""Segments whose first field is the field separator itself."""

DELIMITER_FIELDS = 2
"""MSH-1 and MSH-2 are the delimiters themselves: never taken apart."""

Place = tuple[str, int, int, int, int]
"""Segment, field, repetition, component, subcomponent; component 0 is the whole field as it came."""

_ADDRESS = re.compile(
    r"([A-Z][A-Z0-9]{2})-([0-9]{1,3})(?:\[([0-9]{1,4})\])?(?:\.([0-9]{1,3})(?:\.([0-9]{1,3}))?)?"
)


@lru_cache(maxsize=4096)
def place(address: str) -> Place:
    """Where `SEG-field[repetition].component.subcomponent` is; ValueError for anything else."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        msg = f"not an HL7 address: {address!r}"
        raise ValueError(msg)
    name = match[1]
    field, repetition, component, subcomponent = (int(n or 1) for n in match.groups()[1:])
    if name in HEADERS and field <= DELIMITER_FIELDS:
        return name, field, 1, 0, 0
    return name, field, repetition, component, subcomponent


class Reading:
    """What all parts of one message have in common: how it is written."""

    __slots__ = ("charset", "delimiters")

    def __init__(self, delimiters: Delimiters, charset: str) -> None:
        """Keep them."""
        self.delimiters = delimiters
        self.charset = charset

    def fields(self, line: str) -> list[str]:
        """The fields of a segment, numbered as printed."""
        separator = self.delimiters.field
        parts = line.split(separator)
        if parts[0] in HEADERS:
            parts.insert(1, separator)
        return parts

    def repetitions(self, text: str) -> list[str]:
        """The repetitions of a field; none of an empty one."""
        return text.split(self.delimiters.repetition) if text else []

    def parts(self, text: str) -> Iterator[tuple[str, str]]:
        """Every value of one repetition that is not empty; `""` stays as it is written."""
        _, mark, _, _, below, _ = self.delimiters
        components = text.split(mark)
        for number, component in enumerate(components, start=1):
            inner = component.split(below)
            for deeper, value in enumerate(inner, start=1):
                place = f".{number}" if len(components) > 1 or len(inner) > 1 else ""
                place += f".{deeper}" if len(inner) > 1 else ""
                if value:
                    yield place, unescape(value, self.delimiters, self.charset)

    def pick(self, text: str, where: Place) -> str | None:
        """One value of a field."""
        _, _, repetition, component, subcomponent = where
        if not component:
            return text or None
        if NULL in text:
            return self._pick_slowly(text, where)
        _, mark, again, escape, below, _ = self.delimiters
        if again in text:
            text = _nth(text, again, repetition)
        elif repetition > 1:
            return None
        if mark in text:
            text = _nth(text, mark, component)
        elif component > 1:
            return None
        if below in text:
            text = _nth(text, below, subcomponent)
        elif subcomponent > 1:
            return None
        if escape in text:
            return unescape(text, self.delimiters, self.charset) or None
        return text or None

    def _pick_slowly(self, text: str, where: Place) -> str | None:
        """A null stands for all that is below it: `""` as PID-13 is a null PID-13.12, too."""
        _, mark, again, escape, below, _ = self.delimiters
        for separator, number in ((again, where[2]), (mark, where[3]), (below, where[4])):
            if text == NULL:
                return ""
            text = _nth(text, separator, number)
        if text == NULL:
            return ""
        if escape in text:
            return unescape(text, self.delimiters, self.charset) or None
        return text or None


def _nth(text: str, separator: str, number: int) -> str:
    parts = text.split(separator, number)
    return parts[number - 1] if number <= len(parts) else ""


class Repetition:
    """One repetition of a field, read by component."""

    __slots__ = ("_reading", "_text")

    def __init__(self, text: str, reading: Reading) -> None:
        """Keep its text."""
        self._text = text
        self._reading = reading

    def get(self, component: int = 1, subcomponent: int = 1) -> str | None:
        """One component."""
        return self._reading.pick(self._text, ("", 0, 1, component, subcomponent))


class Segment:
    """One segment, as often as its kind is repeated: known kinds, Z segments and unknown ones alike."""

    __slots__ = ("_fields", "_line", "_reading", "name")

    def __init__(self, name: str, line: str, reading: Reading) -> None:
        """Keep its line; it is split when a field is asked for."""
        self.name = name
        self._line = line
        self._reading = reading
        self._fields: list[str] = []

    def field(self, number: int) -> str:
        """A whole field as it came, with all its repetitions and escapes; "" where there is none."""
        if not self._fields:
            self._fields = self._reading.fields(self._line)
        return self._fields[number] if number < len(self._fields) else ""

    def get(self, address: str) -> str | None:
        """The value at an address of this kind of segment, as `AIS-3.1`."""
        where = place(address)
        if where[0] != self.name:
            return None
        text = self.field(where[1])
        return self._reading.pick(text, where) if text else None

    def repetitions(self, address: str) -> tuple[Repetition, ...]:
        """Every repetition of a field, as `PID-3`."""
        where = place(address)
        if where[0] != self.name:
            return ()
        reading = self._reading
        return tuple(Repetition(text, reading) for text in reading.repetitions(self.field(where[1])))

    @property
    def count(self) -> int:
        """The number of its last field."""
        self.field(0)
        return len(self._fields) - 1

    def values(self, number: int) -> Iterator[tuple[str, str]]:
        """Every value of a field with its place behind the field's number: "", ".2", "[2].4.1"."""
        repetitions = self._reading.repetitions(self.field(number))
        for nth, text in enumerate(repetitions, start=1):
            again = f"[{nth}]" if len(repetitions) > 1 else ""
            for place, value in self._reading.parts(text):
                yield f"{again}{place}", value

    def __str__(self) -> str:
        """The segment as it came."""
        return self._line


class Message:
    """One message. Segments that nobody expects are kept like the others."""

    __slots__ = ("_first", "_lines", "_segments", "reading")

    def __init__(self, lines: list[str], reading: Reading) -> None:
        """Keep the lines, each of which begins with the name of its segment in capitals."""
        self.reading = reading
        self._lines = lines
        self._first: dict[str, list[str]] = {}
        self._segments: tuple[Segment, ...] | None = None

    @property
    def charset(self) -> str:
        """Python's name of the character set that was found."""
        return self.reading.charset

    @property
    def delimiters(self) -> Delimiters:
        """What MSH-1 and MSH-2 declare."""
        return self.reading.delimiters

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments, in the order in which they came."""
        if self._segments is None:
            self._segments = tuple(Segment(line[:3], line, self.reading) for line in self._lines)
        return self._segments

    def every(self, name: str) -> tuple[Segment, ...]:
        """All segments of one kind, in order."""
        return tuple(segment for segment in self.segments if segment.name == name)

    def repeated(self, name: str) -> tuple[Message, ...]:
        """The message once for each segment of this kind, with the segments before the first of them."""
        starts = [n for n, line in enumerate(self._lines) if line[:3] == name]
        head = self._lines[: starts[0]] if starts else []
        ends = [*starts[1:], len(self._lines)]
        groups = (self._lines[start:end] for start, end in zip(starts, ends, strict=False))
        return tuple(Message([*head, *group], self.reading) for group in groups)

    def get(self, address: str) -> str | None:
        """The value at an address, in the first segment of that kind."""
        where = place(address)
        fields = self._first.get(where[0])
        if fields is None:
            fields = self._split_first(where[0])
        number = where[1]
        if number >= len(fields):
            return None
        text = fields[number]
        if text.isalnum():  # most values: nothing to take apart, nothing to unescape
            return text if where[2] == where[3] == where[4] == 1 else None
        return self.reading.pick(text, where) if text else None

    def repetitions(self, address: str) -> tuple[Repetition, ...]:
        """Every repetition of a field, in the first segment of that kind."""
        name = place(address)[0]
        first = next((segment for segment in self.segments if segment.name == name), None)
        return () if first is None else first.repetitions(address)

    def all(self, address: str) -> tuple[str | None, ...]:
        """The value at an address in every repetition of its field."""
        _, _, _, component, subcomponent = place(address)
        return tuple(found.get(component, subcomponent) for found in self.repetitions(address))

    def _split_first(self, name: str) -> list[str]:
        line = next((line for line in self._lines if line.startswith(name)), "")
        fields = self._first[name] = self.reading.fields(line) if line else []
        return fields

    def __contains__(self, name: object) -> bool:
        """Whether the message has a segment of this kind."""
        return any(line[:3] == name for line in self._lines)

    def __str__(self) -> str:
        """The message as text, one segment after the other, each ended by a carriage return."""
        return "".join(f"{line}\r" for line in self._lines)
