"""Our values as items: which keys each has, and in which indexes it can be found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from msgspec.structs import replace

from chalicelib.adapters import keys
from chalicelib.adapters.tables import Item, packed
from chalicelib.application.ports import Change
from chalicelib.application.records import (
    Cancellation,
    ClinicianEntry,
    Extra,
    MessageRecord,
    Note,
    Person,
    Response,
    Visit,
)
from chalicelib.domain import worklist
from chalicelib.domain.notice import Notice, wake_at
from chalicelib.domain.outgoing import Report


def row_item(items: type[Item], change: Change) -> Item:
    """The episode's row: found by its day, by what is open, by when it is due."""
    hospital, state = change.hospital, change.state
    partition = keys.episode(hospital, change.episode)
    attention = worklist.attention_key(state)
    day = worklist.operation_day(state)
    return _with_wake(
        items(
            partition,
            "ROW",
            version=change.expected + len(change.events),
            body=packed(state),
            day_pk=keys.unit_day(hospital, state.unit, day),
            day_sk=f"{keys.stamp(state.operation_at)}|{change.episode}",
            attention_pk=None if attention is None else keys.unit(hospital, state.unit),
            attention_sk=None if attention is None else f"{attention}|{change.episode}",
        ),
        change.wake_at,
    )


def notice_item(items: type[Item], hospital: str, episode: str, notice: Notice, version: int = 1) -> Item:
    """A notice, found by when it is due, and counted by its day and state."""
    partition = keys.episode(hospital, episode)
    day = keys.notices_of(hospital, notice.created_at.astimezone(UTC).date())
    item = items(
        partition,
        f"NTC#{notice.id}",
        version=version,
        body=packed(notice),
        day_pk=day[keys.part(partition)],
        day_sk=f"{notice.status}|{episode}|{notice.id}",
    )
    return _with_wake(item, wake_at(notice))


def report_item(items: type[Item], hospital: str, episode: str, report: Report) -> Item:
    """A report, found until the hospital's queue has it."""
    item = items(keys.episode(hospital, episode), f"RPT#{report.id}", body=packed(report))
    return _with_wake(item, report.wake_at)


def message_item(items: type[Item], record: MessageRecord) -> Item:
    """A line of the ledger: found by its day, by its patient, and, while it waits, in quarantine."""
    hospital, order = record.hospital, f"{keys.stamp(record.at)}|{record.key}"
    waits = record.result == "quarantined"
    return items(
        *keys.message(hospital, record.key, record.direction),
        version=record.revision,
        body=packed(record),
        day_pk=keys.messages_of(hospital, record.direction, record.at.date()),
        day_sk=order,
        attention_pk=keys.quarantine(hospital) if waits else None,
        attention_sk=order if waits else None,
        find_pk=None if record.patient is None else keys.messages_about(hospital, record.patient),
        find_sk=None if record.patient is None else order,
    )


def extra_items(
    items: type[Item], directory: type[Item], hospital: str, episode: str | None, extra: Extra
) -> tuple[Item, ...]:
    """What is stored apart from the log. Where it has a revision, its first item carries the next one."""
    match extra:
        case Person():
            return _person_items(items, hospital, replace(extra, revision=extra.revision + 1))
        case Visit():
            return _visit_items(items, hospital, replace(extra, revision=extra.revision + 1))
        case ClinicianEntry():
            return (directory(keys.hospital(hospital), f"CLINICIAN#{extra.code}", body=packed(extra)),)
        case MessageRecord():
            return (message_item(items, replace(extra, revision=extra.revision + 1)),)
        case Response() | Note() | Cancellation():
            return (_of_episode(items, hospital, episode, extra),)
        case _:
            assert_never(extra)


def _of_episode(
    items: type[Item], hospital: str, episode: str | None, extra: Response | Note | Cancellation
) -> Item:
    if episode is None:
        msg = f"a {type(extra).__name__} belongs to an episode"
        raise ValueError(msg)
    match extra:
        case Response():
            sk = f"RES#{extra.step}"
        case Note():
            sk = f"NOTE#{extra.id}"
        case Cancellation():
            sk = "TOMBSTONE"
        case _:
            assert_never(extra)
    return items(keys.episode(hospital, episode), sk, body=packed(extra))


def _visit_items(items: type[Item], hospital: str, visit: Visit) -> tuple[Item, ...]:
    """The stay, and a pointer by which its patient finds it."""
    place = keys.visit(hospital, visit.number)
    stay = items(place, "VISIT", version=visit.revision, body=packed(visit))
    if not visit.patient:
        return (stay,)
    pointer = f"VISIT#{place.rpartition('#')[2]}"
    return stay, items(keys.patient(hospital, visit.patient), pointer, body=packed(visit.number))


def _person_items(items: type[Item], hospital: str, person: Person) -> tuple[Item, ...]:
    """The person, found by name, and beside it what finds them by their mobile number."""
    born = "" if person.birth_date is None else person.birth_date.isoformat()
    partition, number = keys.patient(hospital, person.id), person.mobile
    known = items(
        partition,
        "PERSON",
        version=person.revision,
        body=packed(person),
        find_pk=f"TEN#{hospital}|FIND#name",
        find_sk=f"{person.family_name.casefold()}|{born}|{person.id}",
    )
    found_by = keys.phone(hospital, number) if number else None
    return known, items(partition, "PHONE", find_pk=found_by, find_sk=person.id if number else None)


def _with_wake(item: Item, at: datetime | None) -> Item:
    """Sparse: what need not be woken is not in the index."""
    if at is not None:
        item.wake_pk = keys.shard(item.pk)
        item.wake_at = keys.stamp(at.astimezone(UTC))
    return item
