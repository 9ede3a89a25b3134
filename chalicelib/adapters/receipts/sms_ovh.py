"""OVHcloud's callbacks: `ptt` says exactly what happened, `dlr` roughly; their list of ptt has gaps."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chalicelib.adapters.receipts.told import Meanings, Told, UnknownEvent

PTT: Meanings = {
    "1": ("sent", None),  # tried again: something about the phone
    "2": ("sent", None),  # tried again: something about the operator
    "3": ("sent", None),  # the operator has it
    "4": ("delivered", None),
    "5": ("failed", "unreachable"),
    "6": ("sent", None),  # the operator never told
    "8": ("failed", "too_late"),
    "20": ("failed", "rejected"),
    "21": ("failed", "unreachable"),
    "23": ("failed", "invalid_number"),
    "24": ("failed", "unreachable"),
    "25": ("failed", "unreachable"),
    "26": ("failed", "unreachable"),
    "27": ("failed", "invalid_number"),
    "28": ("failed", "blocked"),
    "29": ("failed", "blocked"),
    "33": ("failed", "blocked"),
    "39": ("failed", "unreachable"),
    "73": ("failed", "unreachable"),
    "74": ("failed", "unreachable"),
    "76": ("failed", "blocked"),
    "202": ("failed", "blocked"),
}
DLR: Meanings = {
    "0": ("sent", None),
    "1": ("delivered", None),
    "2": ("failed", "unreachable"),
    "4": ("sent", None),
    "8": ("sent", None),
    "16": ("failed", "rejected"),
}
"""Where the ptt is none that we know."""


class Event(msgspec.Struct, frozen=True):
    """What the callback queues."""

    id: str
    ptt: str
    dlr: str
    provider: str = "ovh"


def told(event: Event, reference: Callable[[str], str | None]) -> Told:
    """What the event says; `reference` knows which notice an id of theirs belongs to."""
    meaning = PTT.get(event.ptt) or DLR.get(event.dlr)
    if meaning is None:
        raise UnknownEvent(f"ptt {event.ptt}, dlr {event.dlr}")
    ours = reference(event.id)
    if ours is None:
        raise UnknownEvent(f"no message of ours has the id {event.id}")
    return Told(ours, *meaning)
