"""Storage in memory. It passes the same contract as the real one, and refuses the same things."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from msgspec.structs import replace

from chalicelib.adapters import keys
from chalicelib.adapters.tenancy import SYSTEM, WrongHospital, acting
from chalicelib.application.ledger import PAGE, Page
from chalicelib.application.ports import AlreadyKnown, Change, Conflict, Due, History, Row
from chalicelib.application.records import (
    Cancellation,
    ClinicianEntry,
    Link,
    MessageRecord,
    Note,
    Person,
    Response,
    Visit,
)
from chalicelib.domain import worklist
from chalicelib.domain.notice import wake_at
from chalicelib.domain.pacing import part


class Memory:
    """Everything that is stored, by hospital and what it is."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        self.commits: dict[tuple[str, str, int], Change] = {}
        self.wakes: dict[tuple[str, str], Any] = {}
        self.notices: dict[tuple[str, str, str], tuple[Any, int]] = {}
        self.reports: dict[tuple[str, str, str], Any] = {}
        self.extras: dict[tuple[Any, ...], Any] = {}
        self.tries: dict[tuple[str, str], set[str]] = {}
        self.carriers: dict[tuple[str, str], tuple[Any, int]] = {}
        self.carriers_stale = 0
        """So many writes of it still find that somebody was faster."""
        self.places: dict[tuple[Any, ...], set[str]] = {}
        self.stumbles: dict[tuple[str, str, str], Any] = {}
        self.resting: dict[tuple[str, str, str], Any] = {}
        self.pace = 600


def own(hospital: str) -> None:
    """The fake's own tripwire."""
    if acting.get() != hospital:
        raise WrongHospital(hospital)


class MemoryCare:
    """Care, people and the ledger."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def row(self, hospital: str, episode: str) -> Row | None:
        own(hospital)
        return self.memory.rows.get((hospital, episode))

    def commit(self, change: Change) -> None:
        own(change.hospital)
        place = (change.hospital, change.episode)
        self._refuse_known(change.hospital, change.extras)
        row = self.memory.rows.get(place)
        if (0 if row is None else row.version) != change.expected:
            if self.memory.commits.get((*place, change.expected)) == change:
                return
            raise Conflict(change.episode)
        self.memory.commits[*place, change.expected] = change
        version = change.expected + len(change.events)
        self.memory.rows[place] = Row(*place, version, change.state)
        self.memory.wakes[place] = change.wake_at
        for notice in change.notices:
            self.memory.notices[*place, notice.id] = (notice, 1)
        for report in change.reports:
            self.memory.reports[*place, report.id] = report
        self._keep(change.hospital, change.episode, change.extras)

    def store(self, hospital: str, episode: str | None, extras: Any) -> None:
        own(hospital)
        kept = tuple(extras)
        self._refuse_known(hospital, kept)
        self._keep(hospital, episode, kept)

    def history(self, hospital: str, episode: str) -> History | None:
        row = self.row(hospital, episode)
        if row is None:
            return None
        place = (hospital, episode)
        log = sorted((at, c) for (*where, at), c in self.memory.commits.items() if tuple(where) == place)
        return History(
            row=row,
            events=tuple(event for _, change in log for event in change.events),
            notices=tuple(n for (h, e, _), (n, _v) in self.memory.notices.items() if (h, e) == place),
            reports=tuple(r for (h, e, _), r in self.memory.reports.items() if (h, e) == place),
            responses=self._of(place, Response),
            notes=self._of(place, Note),
        )

    def response(self, hospital: str, episode: str, step: str) -> Response | None:
        own(hospital)
        return self.memory.extras.get((Response, hospital, episode, step))

    def cancellation(self, hospital: str, episode: str) -> Cancellation | None:
        own(hospital)
        return self.memory.extras.get((Cancellation, hospital, episode))

    def of_day(self, hospital: str, unit: str, day: date) -> tuple[Row, ...]:
        own(hospital)
        rows = [r for r in self._unit(hospital, unit) if worklist.operation_day(r.state) == day.isoformat()]
        return tuple(sorted(rows, key=lambda row: row.state.operation_at))

    def needing_attention(self, hospital: str, unit: str) -> tuple[Row, ...]:
        own(hospital)
        rows = [row for row in self._unit(hospital, unit) if worklist.attention_key(row.state)]
        return tuple(sorted(rows, key=lambda row: worklist.attention_key(row.state) or ""))

    def of_patient(self, hospital: str, patient: str) -> tuple[str, ...]:
        own(hospital)
        return tuple(
            e for (h, e), r in self.memory.rows.items() if (h, r.state.patient) == (hospital, patient)
        )

    def person(self, hospital: str, patient: str) -> Person | None:
        own(hospital)
        return self.memory.extras.get((Person, hospital, patient))

    def persons(self, hospital: str, patients: Any) -> dict[str, Person]:
        found = {patient: self.person(hospital, patient) for patient in patients}
        return {patient: person for patient, person in found.items() if person is not None}

    def by_phone(self, hospital: str, number: str) -> tuple[Person, ...]:
        own(hospital)
        people = [p for (kind, h, *_), p in self.memory.extras.items() if (kind, h) == (Person, hospital)]
        found = [p for p in people if number and p.mobile == number and p.merged_into is None]
        return tuple(sorted(found, key=lambda person: person.id))

    def visit(self, hospital: str, number: str) -> Visit | None:
        own(hospital)
        return self.memory.extras.get((Visit, hospital, number))

    def visits(self, hospital: str, patient: str) -> tuple[Visit, ...]:
        own(hospital)
        found = [v for (kind, h, *_), v in self.memory.extras.items() if (kind, h) == (Visit, hospital)]
        return tuple(v for v in found if v.patient == patient and v.renamed_to is None)

    def _unit(self, hospital: str, unit: str) -> list[Row]:
        return [row for (h, _), row in self.memory.rows.items() if (h, row.state.unit) == (hospital, unit)]

    def _of(self, place: tuple[str, str], kind: type) -> tuple[Any, ...]:
        return tuple(v for k, v in self.memory.extras.items() if k[0] is kind and k[1:3] == place)

    def _refuse_known(self, hospital: str, extras: tuple[Any, ...]) -> None:
        """Whoever writes on top of something says which revision of it was read."""
        for extra in extras:
            known = self.memory.extras.get(self._place(hospital, None, extra))
            if not isinstance(extra, MessageRecord | Person | Visit) or known == later(extra):
                continue
            if isinstance(extra, MessageRecord) and known is not None and extra.revision == 0:
                raise AlreadyKnown(known)
            if (0 if known is None else known.revision) != extra.revision:
                raise Conflict(hospital)

    def _keep(self, hospital: str, episode: str | None, extras: tuple[Any, ...]) -> None:
        for extra in extras:
            self.memory.extras[self._place(hospital, episode, extra)] = later(extra)

    def _place(self, hospital: str, episode: str | None, extra: Any) -> tuple[Any, ...]:
        match extra:
            case Person(id=name):
                return (Person, hospital, name)
            case Note(id=name):
                return (Note, hospital, episode, name)
            case Visit(number=name) | ClinicianEntry(code=name):
                return (type(extra), hospital, name)
            case MessageRecord():
                return (MessageRecord, hospital, extra.key, extra.direction)
            case Response(step=name):
                return (Response, hospital, episode, name)
            case _:
                return (Cancellation, hospital, episode)


def later(extra: Any) -> Any:
    """As it is stored: with the next revision, where it has one."""
    return replace(extra, revision=extra.revision + 1) if hasattr(extra, "revision") else extra


class MemoryLedger:
    """The messages among what is stored."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def message(self, hospital: str, key: str, direction: str) -> MessageRecord | None:
        own(hospital)
        return self.memory.extras.get((MessageRecord, hospital, key, direction))

    def messages(self, hospital: str, direction: str, day: date) -> tuple[MessageRecord, ...]:
        return tuple(reversed(self.page(hospital, direction, day, None, lambda _: True).lines))

    def page(self, hospital: str, direction: str, day: date, before: str | None, wanted: Any) -> Page:
        found = [
            line for line in self._lines(hospital) if (line.direction, line.at.date()) == (direction, day)
        ]
        return self._page([line for line in found if wanted(line)], before)

    def quarantined(self, hospital: str, before: str | None) -> Page:
        return self._page([line for line in self._lines(hospital) if line.result == "quarantined"], before)

    def of_patient(self, hospital: str, patient: str) -> tuple[MessageRecord, ...]:
        return tuple(line for line in self._lines(hospital) if line.patient == patient)

    def of_control(self, hospital: str, control_key: str) -> tuple[MessageRecord, ...]:
        return tuple(line for line in self._lines(hospital) if line.key.startswith(f"{control_key}."))

    def _lines(self, hospital: str) -> list[MessageRecord]:
        """Newest first."""
        own(hospital)
        kept = self.memory.extras.items()
        lines = [line for (kind, h, *_), line in kept if (kind, h) == (MessageRecord, hospital)]
        return sorted(lines, key=order, reverse=True)

    def _page(self, lines: list[MessageRecord], before: str | None) -> Page:
        left = [line for line in lines if before is None or order(line) < before]
        return Page(tuple(left[:PAGE]), order(left[PAGE - 1]) if len(left) > PAGE else None)


def order(line: MessageRecord) -> str:
    """As the index sorts."""
    return f"{keys.stamp(line.at)}|{line.key}"


class MemoryOutgoing:
    """Notices and their claims."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def notice(self, hospital: str, episode: str, notice: str) -> tuple[Any, int] | None:
        own(hospital)
        return self.memory.notices.get((hospital, episode, notice))

    def notices_of_release(self, hospital: str, episode: str, step: str, release: int) -> tuple[Any, ...]:
        own(hospital)
        wanted = f"{step}.{release}."
        found = self.memory.notices.items()
        return tuple(v for (h, e, n), v in found if (h, e) == (hospital, episode) and n.startswith(wanted))

    def save_notice(self, hospital: str, episode: str, notice: Any, expected: int) -> None:
        own(hospital)
        place = (hospital, episode, notice.id)
        stored = self.memory.notices.get(place)
        if stored == (notice, expected + 1):
            return
        if stored is None or stored[1] != expected:
            raise Conflict(notice.id)
        self.memory.notices[place] = (notice, expected + 1)

    def take_place(self, hospital: str, channel: str, minute: Any, place: str) -> bool:
        own(hospital)
        number, most = part(place, self.memory.pace)
        taken = self.memory.places.setdefault((hospital, channel, minute, number), set())
        if len(taken) >= most and place not in taken:
            return False
        taken.add(place)
        return True

    def counts(self, hospital: str, day: date) -> dict[str, int]:
        own(hospital)
        found = [n for (h, *_), (n, _v) in self.memory.notices.items() if h == hospital]
        return dict(Counter(n.status for n in found if n.created_at.date() == day))

    def claim(
        self, hospital: str, episode: str, notice: Any, expected: int, row_version: int, link: Link
    ) -> None:
        own(hospital)
        if self.memory.rows[hospital, episode].version != row_version:
            raise Conflict(episode)
        self.save_notice(hospital, episode, notice, expected)
        self.memory.extras[Link, hospital, link.key] = link


class MemoryAccess:
    """Links, failed attempts, and the audit."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.audit: list[tuple[str, str, str]] = []

    def seen(self, hospital: str, member: str, what: str, at: Any) -> None:
        own(hospital)
        self.audit.append((hospital, member, what))

    def link(self, hospital: str, key: str) -> Link | None:
        own(hospital)
        found = self.memory.extras.get((Link, hospital, key))
        return found and replace(found, tries=frozenset(self.memory.tries.get((hospital, key), ())))

    def save_link(self, link: Link) -> None:
        own(link.hospital)
        self.memory.extras[Link, link.hospital, link.key] = link

    def add_try(self, hospital: str, key: str, attempt: str) -> int:
        own(hospital)
        tries = self.memory.tries.setdefault((hospital, key), set())
        tries.add(attempt)
        return len(tries)

    def end_session(self, hospital: str, key: str) -> None:
        own(hospital)


class MemoryCarrierStates:
    """How providers do."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def read(self, hospital: str, route: str) -> tuple[Any, int]:
        own(hospital)
        return self.memory.carriers.get((hospital, route), (None, 0))

    def save(self, hospital: str, route: str, carriers: Any, expected: int) -> None:
        own(hospital)
        stored = self.read(hospital, route)
        if stored == (carriers, expected + 1):
            return
        faster, self.memory.carriers_stale = (
            self.memory.carriers_stale,
            max(0, self.memory.carriers_stale - 1),
        )
        if faster or stored[1] != expected:
            raise Conflict(route)
        self.memory.carriers[hospital, route] = (carriers, expected + 1)


class MemoryAlarm:
    """What is due."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def due(self, shard: int, at: Any) -> Any:
        if acting.get() != SYSTEM:
            raise WrongHospital("due")
        places = [(*place, "ROW") for place in self.memory.wakes]
        places += [(h, e, f"NTC#{n}") for h, e, n in self.memory.notices]
        found = []
        for place in places:
            pk = keys.episode(*place[:2])
            moment = clock_of(self.memory, place)
            if moment is not None and moment <= at and keys.shard(pk) == f"WAKE#{shard}":
                found.append(Due(pk, place[2], keys.stamp(moment)))
        return sorted(found, key=lambda due: due.wake_at)


class MemoryStumbles:
    """What stumbles; an alarm clock that a stumble has set goes before the item's own."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def last(self, hospital: str, episode: str, item: str) -> Any:
        own(hospital)
        return self.memory.stumbles.get((hospital, episode, item))

    def save(self, hospital: str, stumble: Any) -> None:
        own(hospital)
        place = (hospital, stumble.episode, stumble.item)
        kept = self.memory.stumbles.get(place)
        if kept != later(stumble) and (0 if kept is None else kept.revision) != stumble.revision:
            raise Conflict(stumble.item)
        self.memory.stumbles[place] = later(stumble)

    def rest(self, hospital: str, stumble: Any, at: Any) -> None:
        place = (hospital, stumble.episode, stumble.item)
        clock = clock_of(self.memory, place)
        if clock is not None and clock <= at:
            self.memory.resting[place] = (stumble.next_at, version_of(self.memory, place))

    def hasten(self, hospital: str, stumble: Any, at: Any) -> None:
        if stumble in self.standing(hospital):
            place = (hospital, stumble.episode, stumble.item)
            self.memory.resting[place] = (at, version_of(self.memory, place))

    def standing(self, hospital: str) -> tuple[Any, ...]:
        own(hospital)
        found = [(place, s) for place, s in self.memory.stumbles.items() if place[0] == hospital]
        still = [s for place, s in found if clock_of(self.memory, place) == s.next_at]
        return tuple(sorted(still, key=lambda s: s.first_at))


def version_of(memory: Memory, place: tuple[str, str, str]) -> int:
    hospital, episode, item = place
    if item == "ROW":
        return memory.rows[hospital, episode].version
    return memory.notices[hospital, episode, item.removeprefix("NTC#")][1]


def clock_of(memory: Memory, place: tuple[str, str, str]) -> Any:
    """When an item is woken: by its stumble, unless it was written since; else by itself."""
    hospital, episode, item = place
    if place in memory.resting and memory.resting[place][1] == version_of(memory, place):
        return memory.resting[place][0]
    if item == "ROW":
        return memory.wakes[hospital, episode]
    return wake_at(memory.notices[hospital, episode, item.removeprefix("NTC#")][0])
