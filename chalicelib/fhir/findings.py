"""What could not be kept of a questionnaire that somebody else has written."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "unreadable", "malformed", "unsupported", "value_set", "condition", "not_equal", "repeats", "open_choice",
    "limits", "decimals", "quantity", "units", "time", "length", "hidden", "read_only", "initial", "nested",
    "code", "same_code", "extension", "no_text", "answer", "unknown_question",
]  # fmt: skip


def N_(sentence: str) -> str:  # noqa: N802 - gettext's name: it marks what is translated where it is shown
    """The sentence itself."""
    return sentence


SENTENCES: dict[Kind, str] = {
    "unreadable": N_("This is no FHIR R4 Questionnaire: {detail}"),
    "malformed": N_("Nothing was read: this item is not as FHIR R4 has it. {detail}"),
    "unsupported": N_("Left out: we cannot ask for “{detail}”."),
    "value_set": N_("Its answers stand elsewhere ({detail}): asked as free text."),
    "condition": N_("Asked more often than there: its condition cannot be kept ({detail})."),
    "not_equal": N_("“Not equal” counts here only where {detail} was answered."),
    "repeats": N_("Asked once; there it can be answered several times."),
    "open_choice": N_("The patient chooses among the answers; there they may also write their own."),
    "limits": N_("It has no limits for slips of the finger: please set them."),
    "decimals": N_("It does not say how many decimals there are: two."),
    "quantity": N_("A number in {detail}; the unit cannot be chosen."),
    "units": N_("A number in {detail}; there other units could be chosen."),
    "time": N_("Asked without its time of day, or as free text."),
    "length": N_("Free text has at most 500 characters here; there: {detail}."),
    "hidden": N_("Left out: it is hidden there."),
    "read_only": N_("Left out: nobody answers it there."),
    "initial": N_("No answer is chosen beforehand; there it was: {detail}."),
    "nested": N_("Asked after “{detail}”; there it stands below it."),
    "code": N_("Its code is not kept: {detail}"),
    "same_code": N_("Two answers have the same code: {detail}"),
    "extension": N_("Not kept: {detail}"),
    "no_text": N_("It has no text: please write one."),
    "answer": N_("An answer that does not fit: {detail}"),
    "unknown_question": N_("An answer to a question that is not asked."),
}


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was."""

    kind: Kind
    link_id: str
    """As it stands in the file; "" is the whole file."""
    detail: str = ""

    @property
    def said(self) -> str:
        """In English."""
        return self.filled(SENTENCES[self.kind])

    def filled(self, sentence: str) -> str:
        """A translation of the sentence, with what it is about."""
        return sentence.replace("{detail}", self.detail)


class NotOurs(ValueError):
    """A questionnaire that cannot be read without a loss, where none may be."""
