"""Deliver one notice: claim, send, settle. Nothing is sent that is no longer wanted."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from chalicelib.application.handle import handle, pathway_of
from chalicelib.application.identity import sha256
from chalicelib.application.ports import Conflict, Envelope, OutcomeUnknown, Refused
from chalicelib.application.records import Link
from chalicelib.application.wording import unit_of, written
from chalicelib.domain import notice as n
from chalicelib.domain import pacing
from chalicelib.domain.episode.commands import ReportUndelivered
from chalicelib.domain.messaging_hours import is_open, next_open
from chalicelib.domain.outgoing import STOPPED, still_wanted

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
    if n.is_ready(notice, at) and not notice.is_reply:
        notice = _in_its_minute(world, row, notice, at)
    if notice != found[0]:
        _keep(world, row, notice, version, at)
        version += 1
    if n.is_ready(notice, at):
        _send(world, row, notice, version, at, owner)


def _keep(world: World, row: Row, notice: n.Notice, version: int, at: datetime) -> None:
    """The nurse is told before the notice rests: in between it is still found, and she is told once."""
    if notice.status in {"failed", "expired"}:
        _tell_the_nurse(world, row, notice, at)
    world.outgoing.save_notice(row.hospital, row.episode, notice, version)


def _in_its_minute(world: World, row: Row, notice: n.Notice, at: datetime) -> n.Notice:
    """As it is where it may leave now; else put off to a minute of the unit's hours that has room."""
    opens = next_open(row.state.hours, at)
    place = pacing.place(row.episode, notice)
    for minute in pacing.minutes(row.episode, notice, opens, at):
        if is_open(row.state.hours, max(minute, opens)) and world.outgoing.take_place(
            row.hospital, notice.channel, minute, place
        ):
            return notice if minute <= at else n.put_off(notice, minute, "too_late", at)
    return n.put_off(notice, notice.useful_until, "too_late", at)


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
        return n.put_off(notice, at + LOOK_AGAIN, "too_late", at)
    if not any(other.has_left for other, _ in earlier):
        return n.withdrawn(notice, at)
    return notice


def _send(world: World, row: Row, notice: n.Notice, version: int, at: datetime, owner: str) -> None:
    hospital, episode = row.hospital, row.episode
    person = world.people.person(hospital, row.state.patient)
    address = "" if person is None else _address(person, notice)
    if person is None or not address:
        why = "no_address" if person is None or not person.stopped else "said_stop"
        _keep(world, row, n.impossible(notice, why, at), version, at)
        return
    secret = secrets.token_urlsafe(16)
    claimed = n.claimed(notice, owner, at)
    # Written before the claim, so that nothing but the sending itself stands between the two.
    envelope = _envelope(world, row, claimed, person, address, secret, at)
    link = _link(row, person, secret)
    world.outgoing.claim(hospital, episode, claimed, version, row.version, link)
    settled = _settled(world, claimed, owner, envelope, at)
    _save_settled(world, row, settled, version + 1, at)


def _save_settled(world: World, row: Row, settled: n.Notice, version: int, at: datetime) -> None:
    """A receipt may have come sooner than our own note of having sent: then it stands."""
    try:
        _keep(world, row, settled, version, at)
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
    if notice.kind == "answer":
        return  # whoever has just written knows whom to call
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
) -> bool:
    """A provider's word on what became of a notice; `reference` is what we gave it.

    False: there is no such notice.
    """
    hospital, episode, notice_id = reference.split("|", 2)
    found = world.outgoing.notice(hospital, episode, notice_id)
    row = world.care.row(hospital, episode)
    if found is None or row is None:
        return False
    notice, version = found
    told = n.with_receipt(notice, status, reason, at)
    if told != notice:
        _keep(world, row, told, version, at)
    return True


def _address(person: Person, notice: n.Notice) -> str:
    """Nothing leaves for somebody who has written STOP, even where the follow-up has not heard of it yet."""
    if notice.channel == "email":
        return person.email
    return person.mobile if not person.stopped or notice.text == STOPPED else ""


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
    link = f"{unit_of(world, row).web or world.base_url}/p/{row.hospital}.{secret}"
    subject, text = written(world, row, notice, person.language, link)
    return Envelope(
        to=address,
        reference=f"{row.hospital}|{row.episode}|{notice.id}",
        text=text,
        subject=subject,
        useful_seconds=max(60, int((notice.useful_until - at).total_seconds())),
        language=person.language,
        unsubscribe=f"{link}/stop",
        attempt=notice.attempt,
    )
