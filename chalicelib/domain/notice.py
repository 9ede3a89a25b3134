"""The notice: what we mean to say to a patient, and what became of it. A small decider of its own.

    due ──claim──▶ claimed ──accepted──▶ sent ──receipt──▶ delivered
     ▲                │  ├──no answer──▶ unknown ──receipt──▶ sent / delivered / failed
     │                │  └──refused for good──▶ failed
     ├──── pause ◀────┴─────trouble: due again, as long as a nurse would still have time to call
     └──── once ◀── after GRACE without a receipt ──────── unknown ──the second time──▶ failed
    due, unknown ──no longer wanted──▶ cancelled        due ──too late──▶ expired

`failed` and `expired` become a line on the worklist: a nurse calls. A message whose outcome nobody knows
leaves a second time at most: this is the one window in which a patient can get it twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec.structs import replace

from chalicelib.domain.episode.commands import Channel

LEASE = timedelta(seconds=60)
"""Longer than the function that sends may run (30 s), so that only a dead sender loses its claim."""
GRACE = timedelta(minutes=15)
"""Before a message whose outcome is unknown is sent again: longer than the validity of a signed
request (5 min) plus the function's time-out, so that a paused sender can no longer send."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10))
"""After a provider's trouble, growing; then the last of them over and over: an outage of hours is bridged."""
SPREAD = 0.5
"""So much longer a pause may be, each notice by its own share: they do not come back all at once."""
NURSE_NEEDS = timedelta(minutes=30)
"""What is put off beyond so long before it is useless is given up at once: a nurse has time to call."""
UNSURE = 2
"""How often the outcome of an attempt may remain unknown: the second time a nurse calls."""

AFTER_ALL = frozenset({"bounced", "complaint"})
"""Reasons that make "delivered" untrue afterwards."""

Status = Literal["due", "claimed", "sent", "unknown", "delivered", "failed", "cancelled", "expired"]
Kind = Literal["invite", "reminder", "again", "moved", "cancelled", "answer", "question"]
"""`answer`: goes back by itself to somebody who has just written; nothing depends on its arrival."""


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
    unsure: int = 0
    """How many of the attempts had an outcome that nobody knew."""
    question: str = ""
    """The question that the text asks, where it is answered by text message."""

    @property
    def is_reply(self) -> bool:
        """It goes back to somebody who has just written: at once, at any hour."""
        return self.kind in {"answer", "question"}

    @property
    def is_correction(self) -> bool:
        """It takes back an earlier message, and is pointless where that one never left."""
        return self.kind in {"moved", "cancelled"}

    @property
    def has_left(self) -> bool:
        """The provider has it, or could have it, and nobody is sending at this moment."""
        return self.status in {"sent", "unknown", "delivered"} or self.unsure > 0

    @property
    def last_call(self) -> datetime:
        """Later than this it is not put off: there would be no time left for a nurse."""
        return self.useful_until - NURSE_NEEDS


class ClaimLost(Exception):
    """The notice is not this sender's to settle (any more)."""


def wake_at(notice: Notice) -> datetime | None:
    """When the notice has to be looked at again; None when it is at rest."""
    if notice.status == "due":
        return notice.due_at if notice.due_at < notice.useful_until else notice.created_at
    if notice.status == "claimed" and notice.claimed_at is not None:
        return notice.claimed_at + LEASE
    if notice.status == "unknown" and notice.claimed_at is not None:
        return min(notice.claimed_at + GRACE, notice.useful_until)
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
    """The provider has not taken it: never (`for_good`), or after a pause, while that is early enough."""
    _own(notice, owner)
    if for_good:
        return _given_up(notice, "failed", reason, at)
    again = replace(notice, status="due", owner=None, reason=reason)
    return put_off(again, at + pause(notice), reason, at)


def pause(notice: Notice) -> timedelta:
    """How long to wait after the notice's present attempt: the same however often it is asked."""
    share = sha256(f"{notice.id}|{notice.attempt}|{notice.created_at}".encode()).digest()[0] / 255
    return PAUSES[min(notice.attempt, len(PAUSES)) - 1] * (1 + SPREAD * share)


def put_off(notice: Notice, until: datetime, reason: str, at: datetime) -> Notice:
    """Not now but then; where that is too late for the patient, a nurse hears now, with the reason."""
    if until > notice.last_call:
        return _given_up(notice, "failed", reason, at)
    # Whole seconds, as the index has them: found a moment too early it would not be ready, and is not
    # found again for as long as the wake queue remembers it (5 min).
    return replace(notice, due_at=until.replace(microsecond=0))


def lost_sight(notice: Notice, reason: str, at: datetime) -> Notice:
    """Nobody knows whether the provider has taken it."""
    return replace(notice, status="unknown", reason=reason, settled_at=at, unsure=notice.unsure + 1)


def with_receipt(
    notice: Notice, status: Literal["sent", "delivered", "failed"], reason: str | None, at: datetime
) -> Notice:
    """The provider's word on what became of it; a late or repeated word changes nothing.

    A word on a notice that was never claimed is none of ours. After "delivered" only what a mail server
    finds out when it has taken the mail still counts.
    """
    if notice.status == "delivered" and status == "failed" and reason in AFTER_ALL:
        return replace(notice, status=status, reason=reason, settled_at=at)
    rank = {"claimed": 0, "unknown": 0, "due": 0, "sent": 1, "failed": 2, "delivered": 3}
    if not notice.attempt or notice.status not in rank or rank[notice.status] >= rank[status]:
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
        if max(at, notice.due_at) >= notice.useful_until:
            return _given_up(notice, "expired", "too_late", at)
        return notice
    if moment is None or at < moment:
        return notice
    if notice.status == "claimed":
        return lost_sight(notice, "sender_died", at)
    return _again(notice, at)


def _again(notice: Notice, at: datetime) -> Notice:
    if notice.unsure >= UNSURE or at >= notice.useful_until:
        return _given_up(notice, "failed", "no_receipt", at)
    return replace(notice, status="due", due_at=at, owner=None)


def _given_up(notice: Notice, status: Literal["failed", "expired"], reason: str, at: datetime) -> Notice:
    return replace(notice, status=status, reason=reason, settled_at=at)


def _own(notice: Notice, owner: str) -> None:
    if notice.status != "claimed" or notice.owner != owner:
        raise ClaimLost(notice.id)


def impossible(notice: Notice, reason: str, at: datetime) -> Notice:
    """It cannot be sent at all: there is no address any more."""
    return _given_up(notice, "failed", reason, at)
