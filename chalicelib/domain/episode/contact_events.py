"""What was said away from the pages: calls, notes, text messages. Ids, codes, times. Never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.domain.episode.commands import CallResult, Channel, Outcome, TextMeaning


class CallLogged(msgspec.Struct, frozen=True, tag=True):
    """A call was made."""

    at: datetime
    by: str
    call: str
    result: CallResult
    outcome: Outcome | None
    alert: str | None


class NoteAdded(msgspec.Struct, frozen=True, tag=True):
    """A note was written."""

    at: datetime
    by: str
    note: str


ReplyText = Literal["", "explain", "more", "call_us", "thanks", "not_read", "started"]
"""What goes back to the patient by itself (catalogue/texts/sms.json); nothing where it is empty."""


class TextReceived(msgspec.Struct, frozen=True, tag=True):
    """The patient has sent a text message; its words stand in the note that `reply` names."""

    at: datetime
    step: str
    release: int
    reply: str
    meaning: TextMeaning
    answer: ReplyText = ""
    question: str = ""
    """What the patient is asked now by text message."""


class TextsStopped(msgspec.Struct, frozen=True, tag=True):
    """The patient has written STOP: no text message leaves any more, but for one that confirms it."""

    at: datetime
    step: str
    release: int
    reply: str
    channels: tuple[Channel, ...]
    """The other ways that are left."""
    confirmed: bool
