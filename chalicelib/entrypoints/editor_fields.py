"""What the editor's forms send, read field by field. What does not fit is told, and the old value stays."""

from __future__ import annotations

import re
from typing import TypeVar

from chalicelib.domain.pathway import WordList
from chalicelib.domain.rules import Number, Words

T = TypeVar("T", bound=str)
Old = TypeVar("Old")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DAYS = range(-365, 1096)
"""From a year before the operation to three years after it."""


class Fields:
    """One form in one language of words. `problems`: by field, what is wrong and what was typed."""

    def __init__(self, form: dict[str, str], language: str) -> None:
        self.form = {name: value.replace("\r\n", "\n").strip() for name, value in form.items()}
        self.language = language
        self.problems: dict[str, tuple[str, str]] = {}

    def text(self, name: str, old: str = "") -> str:
        """The field, or what stood there where the form has none."""
        return self.form.get(name, old)

    def words(self, name: str, old: Words | None) -> Words:
        """The same words with another text in the form's language."""
        known = old or {}
        return known | {self.language: self.text(name, known.get(self.language, ""))}

    def perhaps(self, name: str, old: Words | None) -> Words | None:
        """Words that a text may do without: none where nobody has written any."""
        said = self.words(name, old)
        return said if any(said.values()) else None

    def lines(self, name: str, old: WordList) -> WordList:
        """One sentence a line."""
        if name not in self.form:
            return old
        said = tuple(line.strip() for line in self.form[name].split("\n") if line.strip())
        return old | {self.language: said}

    def clock(self, name: str, old: str) -> str:
        """A time such as 14:30."""
        typed = self.text(name, old)[: len("14:30")]
        return typed if CLOCK.fullmatch(typed) else self._wrong(name, "clock", old)

    def whole(self, name: str, old: int, allowed: range = DAYS) -> int:
        """A whole number within limits."""
        typed = self.text(name, str(old)).replace("−", "-")  # a minus that was pasted
        if re.fullmatch(r"-?\d{1,6}", typed) and int(typed) in allowed:
            return int(typed)
        return self._wrong(name, "number", old)

    def number(self, name: str, old: Number) -> Number:
        """A number with or without decimals, after a point or a comma."""
        typed = self.text(name, str(old)).replace(",", ".").replace("−", "-")
        if not re.fullmatch(r"-?\d{1,6}(\.\d{1,3})?", typed):
            return self._wrong(name, "number", old)
        return float(typed) if "." in typed and not float(typed).is_integer() else int(float(typed))

    def days(self, name: str, old: tuple[int, ...]) -> tuple[int, ...]:
        """Several days: "3, 7, 30"."""
        found = [part for part in re.split(r"[\s,;]+", self.text(name, ",".join(map(str, old)))) if part]
        if all(re.fullmatch(r"-?\d{1,4}", part) and int(part) in DAYS for part in found):
            return tuple(int(part) for part in found)
        return self._wrong(name, "days", old)

    def one_of(self, name: str, allowed: tuple[T, ...], old: T) -> T:
        """One of the choices that the page offers."""
        typed = self.text(name, old)
        return next((value for value in allowed if value == typed), old)

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self.form

    def _wrong(self, name: str, reason: str, old: Old) -> Old:
        self.problems[name] = (reason, self.text(name))
        return old
