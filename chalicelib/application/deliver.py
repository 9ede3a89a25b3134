"""Deliver one notice: claim, send, settle. Nothing is sent that is no longer wanted."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from chalicelib.application.handle import handle, pathway_of
from chalicelib.application.identity import sha256
from chalicelib.application.ports import Conflict, Envelope, OutcomeUnknown, Refused
from chalicelib.application.records import Link
from chalicelib.application.wording import written
from chalicelib.domain import notice as n
from chalicelib.domain.episode.commands import ReportUndelivered
from chalicelib.domain.outgoing import still_wanted

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import Row
    from chalicelib.application.records import Person
    from chalicelib.application.world import World

LINK_LIFE = timedelta(days=30)
"""A link works until so long after the operation (reliability-security §4.3)."""
LOOK_AGAIN = timedelta(minutes=1)


def deliver(world: World, hospital: str, episode: str, notice_id: str, at: datetime, owner: str) -> None:
    """Take the notice one step further, whatever its state; harmless when repeated.

    `owner` names this attempt's sender, so that only the one who claimed a notice settles it.
    """
    found = world.outgoing.notice(hospital, episode, notice_id)
    row = world.care.row(hospital, episode)
    if found is None or row is None:
        return
    notice, version = found
    notice = n.overdue(_judged(world, row, notice, at), at)
    if notice != found[0]:
        world.outgoing.save_notice(hospital, episode, notice, version)
        version += 1
    if n.is_ready(notice, at):
        notice = _send(world, row, notice, version, at, owner)
    if notice.status in {"failed", "expired"} and notice.status != found[0].status:
        _tell_the_nurse(world, row, notice, at)


def _judged(world: World, row: Row, notice: n.Notice, at: datetime) -> n.Notice:
    """Withdraw what the episode no longer wants, and a correction of what never left."""
    if notice.status not in {"due", "unknown"}:
        return notice
    if not still_wanted(pathway_of(world, row.state), row.state, notice):
        return n.withdrawn(notice, at)
    if notice.is_correction and notice.status == "due":
        return _correction_judged(world, row, notice, at)
    return notice


def _correction_judged(world: World, row: Row, notice: n.Notice, at: datetime) -> n.Notice:
    """A correction first makes sure that what it corrects will not leave any more."""
    found = world.outgoing.notices_of_release(row.hospital, row.episode, notice.step, notice.release)
    earlier = [(other, version) for other, version in found if not other.is_correction]
    for other, version in earlier:
        if other.status == "due":
            world.outgoing.save_notice(row.hospital, row.episode, n.withdrawn(other, at), version)
    if any(other.status == "claimed" for other, _ in earlier):
        return n.postponed(notice, at + LOOK_AGAIN)
    if not any(other.has_left for other, _ in earlier):
        return n.withdrawn(notice, at)
    return notice


def _send(world: World, row: Row, notice: n.Notice, version: int, at: datetime, owner: str) -> n.Notice:
    hospital, episode = row.hospital, row.episode
    person = world.people.person(hospital, row.state.patient)
    address = "" if person is None else _address(person, notice)
    if person is None or not address:
        gone = n.impossible(notice, "no_address", at)
        world.outgoing.save_notice(hospital, episode, gone, version)
        return gone
    secret = secrets.token_urlsafe(16)
    claimed = n.claimed(notice, owner, at)
    # Written before the claim, so that nothing but the sending itself stands between the two.
    envelope = _envelope(world, row, claimed, person, address, secret, at)
    link = _link(row, person, secret)
    world.outgoing.claim(hospital, episode, claimed, version, row.version, link)
    settled = _settled(world, claimed, owner, envelope, at)
    _save_settled(world, row, settled, version + 1)
    return settled


def _save_settled(world: World, row: Row, settled: n.Notice, version: int) -> None:
    """A receipt may have come sooner than our own note of having sent: then it stands."""
    try:
        world.outgoing.save_notice(row.hospital, row.episode, settled, version)
    except Conflict:
        found = world.outgoing.notice(row.hospital, row.episode, settled.id)
        if found is None or found[0].status not in {"sent", "delivered", "failed"}:
            raise


def _settled(world: World, claimed: n.Notice, owner: str, envelope: Envelope, at: datetime) -> n.Notice:
    try:
        provider_id = world.providers[claimed.channel].send(envelope)
    except Refused as refusal:
        return n.refused(claimed, owner, refusal.reason, at, for_good=refusal.for_good)
    except OutcomeUnknown as unknown:
        return n.lost_sight(claimed, str(unknown), at)
    return n.accepted(claimed, owner, provider_id, at)


def _tell_the_nurse(world: World, row: Row, notice: n.Notice, at: datetime) -> None:
    handle(
        world,
        row.hospital,
        row.episode,
        ReportUndelivered(at=at, step=notice.step, notice=notice.id, reason=notice.reason or ""),
    )


def receive_receipt(
    world: World,
    reference: str,
    status: Literal["sent", "delivered", "failed"],
    reason: str | None,
    at: datetime,
) -> None:
    """A provider's word on what became of a notice; `reference` is what we gave it."""
    hospital, episode, notice_id = reference.split("|", 2)
    found = world.outgoing.notice(hospital, episode, notice_id)
    row = world.care.row(hospital, episode)
    if found is None or row is None:
        return
    notice, version = found
    told = n.with_receipt(notice, status, reason, at)
    if told != notice:
        world.outgoing.save_notice(hospital, episode, told, version)
    if told.status == "failed":
        _tell_the_nurse(world, row, told, at)


def _address(person: Person, notice: n.Notice) -> str:
    return person.mobile if notice.channel == "sms" else person.email


def _link(row: Row, person: Person, secret: str) -> Link:
    return Link(
        key=sha256(secret.encode()),
        hospital=row.hospital,
        episode=row.episode,
        unit=row.state.unit,
        language=person.language,
        expires_at=row.state.operation_at + LINK_LIFE,
    )


def _envelope(
    world: World,
    row: Row,
    notice: n.Notice,
    person: Person,
    address: str,
    secret: str,
    at: datetime,
) -> Envelope:
    link = f"{world.base_url}/p/{row.hospital}.{secret}"
    subject, text = written(world, row, notice, person.language, link)
    return Envelope(
        to=address,
        reference=f"{row.hospital}|{row.episode}|{notice.id}",
        text=text,
        subject=subject,
        useful_seconds=max(60, int((notice.useful_until - at).total_seconds())),
    )
