"""The notice: what we mean to say to a patient, and what became of it. A small decider of its own.

    due ──claim──▶ claimed ──accepted──▶ sent ──receipt──▶ delivered
     ▲                │  └──no answer──▶ unknown ──receipt──▶ sent / delivered / failed
     │                └──refused──▶ due again (later) or failed
     └────────── after GRACE without a receipt ──────────── unknown
    due, unknown ──no longer wanted──▶ cancelled        due ──too late──▶ expired

`failed` and `expired` become a line on the worklist: a nurse calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from chalicelib.domain.episode.commands import Channel

LEASE = timedelta(seconds=60)
"""Longer than the function that sends may run (30 s), so that only a dead sender loses its claim."""
GRACE = timedelta(minutes=15)
"""Before a message whose outcome is unknown is sent again: longer than the validity of a signed
request (5 min) plus the function's time-out, so that a paused sender can no longer send."""
BACK_OFF = timedelta(minutes=5)
ATTEMPTS = 5
"""5 attempts, 5 minutes apart at least: 20 minutes of a provider's trouble are bridged."""

Status = Literal["due", "claimed", "sent", "unknown", "delivered", "failed", "cancelled", "expired"]
Kind = Literal["invite", "reminder", "again", "moved", "cancelled"]


class Notice(msgspec.Struct, frozen=True):
    """One message to one patient over one channel."""

    id: str
    """Unique in the episode and the same whenever the same decision is taken: "before.1.invite"."""
    step: str
    release: int
    kind: Kind
    text: str
    """The key of the text to send: "invite_before"."""
    channel: Channel
    created_at: datetime
    due_at: datetime
    useful_until: datetime
    operation_at: datetime
    arrival_at: datetime
    """What the text says."""
    status: Status = "due"
    attempt: int = 0
    owner: str | None = None
    claimed_at: datetime | None = None
    provider_id: str | None = None
    settled_at: datetime | None = None
    reason: str | None = None

    @property
    def is_correction(self) -> bool:
        """It takes back an earlier message, and is pointless where that one never left."""
        return self.kind in {"moved", "cancelled"}

    @property
    def may_have_left(self) -> bool:
        """The patient has it, or could have it."""
        return self.status in {"claimed", "sent", "unknown", "delivered"}

    @property
    def has_left(self) -> bool:
        """The provider has it, or could have it, and nobody is sending at this moment."""
        return self.status in {"sent", "unknown", "delivered"}


class ClaimLost(Exception):
    """The notice is not this sender's to settle (any more)."""


def wake_at(notice: Notice) -> datetime | None:
    """When the notice has to be looked at again; None when it is at rest."""
    if notice.status == "due":
        return notice.due_at
    if notice.status == "claimed" and notice.claimed_at is not None:
        return notice.claimed_at + LEASE
    if notice.status == "unknown" and notice.claimed_at is not None:
        return notice.claimed_at + GRACE
    return None


def is_ready(notice: Notice, at: datetime) -> bool:
    """Whether it may be claimed now."""
    return notice.status == "due" and at >= notice.due_at and at < notice.useful_until


def claimed(notice: Notice, owner: str, at: datetime) -> Notice:
    """The notice in the hands of one sender, for one attempt."""
    return replace(
        notice, status="claimed", owner=owner, claimed_at=at, attempt=notice.attempt + 1, reason=None
    )


def accepted(notice: Notice, owner: str, provider_id: str, at: datetime) -> Notice:
    """The provider has taken it."""
    _own(notice, owner)
    return replace(notice, status="sent", provider_id=provider_id, settled_at=at)


def refused(notice: Notice, owner: str, reason: str, at: datetime, *, for_good: bool) -> Notice:
    """The provider has not taken it: later again, or (`for_good`, or too often) never."""
    _own(notice, owner)
    again = at + BACK_OFF * notice.attempt
    if for_good or notice.attempt >= ATTEMPTS or again >= notice.useful_until:
        return replace(notice, status="failed", reason=reason, settled_at=at)
    return replace(notice, status="due", due_at=again, reason=reason, owner=None)


def lost_sight(notice: Notice, reason: str, at: datetime) -> Notice:
    """Nobody knows whether the provider has taken it."""
    return replace(notice, status="unknown", reason=reason, settled_at=at)


def with_receipt(
    notice: Notice, status: Literal["sent", "delivered", "failed"], reason: str | None, at: datetime
) -> Notice:
    """The provider's word on what became of it; a late or repeated word changes nothing."""
    rank = {"claimed": 0, "unknown": 0, "due": 0, "sent": 1, "failed": 2, "delivered": 3}
    if notice.status not in rank or rank[notice.status] >= rank[status]:
        return notice
    return replace(notice, status=status, reason=reason, settled_at=at)


def withdrawn(notice: Notice, at: datetime) -> Notice:
    """No longer wanted; what has left stays left."""
    if notice.status not in {"due", "unknown"}:
        return notice
    return replace(notice, status="cancelled", settled_at=at)


def overdue(notice: Notice, at: datetime) -> Notice:
    """What time alone makes of it: a dead sender's claim, a silent provider, a useful time that passed."""
    moment = wake_at(notice)
    if notice.status == "due":
        if at >= notice.useful_until:
            return replace(notice, status="expired", reason="too_late", settled_at=at)
        return notice
    if moment is None or at < moment:
        return notice
    if notice.status == "claimed":
        return lost_sight(notice, "sender_died", at)
    return _again(notice, at)


def _again(notice: Notice, at: datetime) -> Notice:
    if notice.attempt >= ATTEMPTS or at >= notice.useful_until:
        return replace(notice, status="failed", reason="no_receipt", settled_at=at)
    return replace(notice, status="due", due_at=at, owner=None)


def _own(notice: Notice, owner: str) -> None:
    if notice.status != "claimed" or notice.owner != owner:
        raise ClaimLost(notice.id)


def postponed(notice: Notice, until: datetime) -> Notice:
    """Not now: what it corrects is in a sender's hands at this moment."""
    return replace(notice, due_at=until)


def impossible(notice: Notice, reason: str, at: datetime) -> Notice:
    """It cannot be sent at all: there is no address any more."""
    return replace(notice, status="failed", reason=reason, settled_at=at)
