"""What the lint says: kinds, sentences that can be translated, and which of them block publishing."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "language", "placeholder", "long_message", "reading_level", "hours", "late_reminder", "days",
    "expected_gap", "unknown_question", "unreachable", "unanswerable", "too_many_questions", "undecidable",
    "overlap", "contradiction", "gap", "skipped_option", "no_consequence", "ask_again", "no_instruction",
    "escalation", "no_source", "too_long_for_texts",
]  # fmt: skip
WARNINGS = frozenset(
    {"reading_level", "expected_gap", "too_many_questions", "skipped_option", "no_consequence", "escalation"}
)
"""Everything else blocks publishing."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong."""

    kind: Kind
    where: str
    words: str
    """In English; each `{name}` stands for one of the values, so that the sentence can be translated."""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """The sentence in English, with its values."""
        return self.filled(self.words)

    def filled(self, sentence: str) -> str:
        """A translation of the sentence, with its values."""
        for name, value in self.values:
            sentence = sentence.replace(f"{{{name}}}", value)
        return sentence

    @property
    def is_error(self) -> bool:
        """Whether it blocks publishing."""
        return self.kind not in WARNINGS


def N_(sentence: str) -> str:  # noqa: N802 - gettext's name: it marks what is translated where it is shown
    """The sentence itself."""
    return sentence


def found_in(kind: Kind, where: str, sentence: str, **values: object) -> Finding:
    """A finding whose sentence names these values."""
    return Finding(kind, where, sentence, tuple((name, str(value)) for name, value in values.items()))
