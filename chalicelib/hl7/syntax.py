"""How ER7 is written: the delimiters that a message declares, and its escape sequences."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from chalicelib.hl7.charset import decode

UNDECLARED = "\r"
"""Stands for a delimiter that MSH-2 leaves out: a segment never contains it, so it never splits."""

NULL = '""'
"""What a sender writes to say: delete what you know."""


class Delimiters(NamedTuple):
    """MSH-1 and MSH-2, one name for each character."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = UNDECLARED


STANDARD = Delimiters()

MOST_CHARACTERS = 5
"""Of MSH-2: four, and since 2.7 the truncation character."""

_DOUBLED = re.compile(r"(.)\1")
"""Some senders' program text doubles the backslash in MSH-2."""


@lru_cache(maxsize=64)
def declared(separator: str, encoding_characters: str) -> Delimiters | None:
    """The delimiters of MSH-1 and MSH-2 (one to five characters), or None if they cannot be used."""
    characters = _DOUBLED.sub(r"\1", encoding_characters.strip(" "))
    together = separator + characters
    odd = any(c.isalnum() or c.isspace() or not c.isprintable() for c in together)
    if odd or not 1 <= len(characters) <= MOST_CHARACTERS or len(set(together)) != len(together):
        return None
    return Delimiters(separator, *characters, *[UNDECLARED] * (MOST_CHARACTERS - len(characters)))


def escape(text: str, delimiters: Delimiters = STANDARD) -> str:
    """Any text, in a form that no reader can take for a delimiter, a new segment or a null."""
    if text == NULL:
        return f"{delimiters.escape}X22{delimiters.escape}" + '"'
    return text.translate(_escapes(delimiters))


def unescape(text: str, delimiters: Delimiters, charset: str) -> str:
    """The text behind the escape sequences; what is no known sequence stays as it was written."""

    def meaning(match: re.Match[str]) -> str:
        letter, formatting, hexadecimal = match.groups()
        if letter:
            return _letters(delimiters)[letter]
        if formatting:
            return _FORMATTING[formatting.lower()]
        return decode(bytes.fromhex(hexadecimal), None, charset)[0]

    return _sequence(delimiters.escape).sub(meaning, text)


_FORMATTING = {
    "br": "\n", "sp": "\n", "ce": "\n", "sk": " ", "in": "", "ti": "", "fi": "", "nf": "",
}  # fmt: skip
"""Formatting commands of FT: a line break, a space, or a matter of layout that we leave out."""

_BREAKS = {"\n": ".br", "\r": "X0D", "\v": "X0B", "\x1c": "X1C", "\0": "X00"}
"""What would end a line, a segment or an MLLP block."""


@lru_cache(maxsize=64)
def _escapes(delimiters: Delimiters) -> dict[int, str]:
    letters = {
        character: letter
        for letter, character in _letters(delimiters).items()
        if len(character) == 1 and character != UNDECLARED and letter != "P"
    }
    mark = delimiters.escape
    return {ord(c): f"{mark}{code}{mark}" for c, code in (_BREAKS | letters).items()}


@lru_cache(maxsize=64)
def _letters(delimiters: Delimiters) -> dict[str, str]:
    known = {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "P": delimiters.truncation,
    }
    defaults = {"S": "^", "T": "&", "R": "~", "E": "\\", "P": "#"}
    used = {k: defaults[k] if c == UNDECLARED else c for k, c in known.items()}
    return {**used, "H": "", "N": ""}


@lru_cache(maxsize=64)
def _sequence(mark: str) -> re.Pattern[str]:
    m = re.escape(mark)
    formatting = r"\.((?i:br|sp|ce|sk|in|ti|fi|nf))[+-]?[0-9]{0,3}"
    return re.compile(rf"{m}(?:([FSTREPHN])|{formatting}|X((?:[0-9A-Fa-f]{{2}})+)){m}")
