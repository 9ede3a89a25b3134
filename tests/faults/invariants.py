"""What must hold at the end of every run, whatever failed in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from chalicelib.adapters.catalogue import pathways
from chalicelib.application.records import MessageRecord, Response
from chalicelib.domain import outgoing
from chalicelib.domain.episode import Episode, Event, evolve
from chalicelib.domain.notice import Notice
from tests.faults.carriers import Text
from tests.faults.world import World

LEFT = {
    "sent": "left",
    "delivered": "left",
    "failed": "worklist",
    "expired": "worklist",
    "cancelled": "withdrawn",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")
TO_THE_NURSE = {"undelivered", "no_contact", "silent", "too_late"}


@dataclass(frozen=True)
class Outcome:
    """All that a run has left behind."""

    items: list[dict[str, Any]]
    texts: list[Text]
    received: list[str]
    waiting: dict[str, int]
    now: datetime

    @cached_property
    def rows(self) -> dict[str, tuple[int, Episode]]:
        return {
            i["pk"]["S"]: (int(i["version"]["N"]), msgspec.json.decode(i["body"]["S"], type=Episode))
            for i in self.items
            if i["sk"]["S"] == "ROW"
        }

    def of(self, prefix: str, kind: Any, pk: str | None = None) -> list[Any]:
        """The values whose sort key begins so."""
        return [
            msgspec.json.decode(i["body"]["S"], type=kind)
            for i in self.items
            if i["sk"]["S"].startswith(prefix) and pk in {None, i["pk"]["S"]}
        ]

    @cached_property
    def notices(self) -> list[Notice]:
        return self.of("NTC#", Notice)

    @cached_property
    def reports(self) -> list[outgoing.Report]:
        return self.of("RPT#", outgoing.Report)

    @cached_property
    def lines(self) -> list[MessageRecord]:
        """The ledger, but for repeats: a message that came again leaves a line that says so."""
        found = [*self.of("IN#", MessageRecord), *self.of("OUT#", MessageRecord)]
        return [line for line in found if line.result != "duplicate"]


def outcome(world: World) -> Outcome:
    """Look at everything."""
    waiting = {name: world.engine.waiting(name) for name in world.engine.urls}
    items = world.engine.scan("CareTable")
    return Outcome(items, list(world.carriers.accepted), list(world.received), waiting, world.clock.at)


def violations(end: Outcome, clean: Outcome) -> list[str]:
    """Everything that is not as it must be; `clean` is the same story without a fault."""
    found: list[str] = []
    for check in (_state, _fold, _lost, _dup, _stuck, _queue, _correction, _audit):
        found += [f"{check.__name__[1:].upper()}: {words}" for words in check(end, clean)]
    return found


def _state(end: Outcome, clean: Outcome) -> list[str]:
    """The story ends where it ends without a fault (when each thing happened may differ)."""
    return [
        f"{what}: {mine.get(what)} instead of {theirs.get(what)}"
        for mine, theirs in [(summary(end), summary(clean))]
        for what in sorted(mine.keys() | theirs.keys())
        if mine.get(what) != theirs.get(what)
    ]


def summary(end: Outcome) -> dict[str, Any]:
    """What a run comes to, without times."""
    told: dict[str, Any] = {f"row {pk[-4:]}": _timeless(state) for pk, (_, state) in end.rows.items()}
    for pk in end.rows:
        told[f"log {pk[-4:]}"] = [type(event).__name__ for event in end.of("EVT#", Event, pk)]
    told |= {f"notice {n.id}": LEFT.get(n.status, n.status) for n in end.notices}
    told |= {f"report {r.id}": r.status for r in end.reports}
    told |= {f"message {m.direction} {m.control_id}": m.result for m in end.lines}
    told |= {f"answers {r.step}": r.answers for r in end.of("RES#", Response)}
    told["to the hospital"] = sorted(set(end.received))
    told["texts"] = sorted({(text.notice, text.to) for text in end.texts})
    others = [
        i["sk"]["S"] for i in end.items if i["sk"]["S"].partition("#")[0] in {"PERSON", "VISIT", "TOMBSTONE"}
    ]
    told["others"] = sorted(others)
    return told


def _timeless(state: Episode) -> Any:
    plain = msgspec.to_builtins(state)
    kept = {"operation_at", "arrival_at"}

    def without_times(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {k: without_times(v, k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [without_times(v, name) for v in value]
        is_time = isinstance(value, str) and TIME.fullmatch(value)
        return "at some time" if is_time and name not in kept else value

    return without_times(plain)


def _fold(end: Outcome, _clean: Outcome) -> list[str]:
    """The row is what its log amounts to."""
    found = []
    for pk, (version, row) in end.rows.items():
        state: Episode | None = None
        log = end.of("EVT#", Event, pk)
        for event in log:
            state = evolve(state, event)
        if (state, len(log)) != (row, version):
            found.append(f"{pk}: {len(log)} events do not make the row's version {version}")
    return found


def _lost(end: Outcome, _clean: Outcome) -> list[str]:
    """Each notice has left, was withdrawn, or a nurse knows."""
    found = []
    for notice in end.notices:
        kind = LEFT.get(notice.status)
        if kind is None:
            found.append(f"{notice.id} is still {notice.status}")
        elif kind == "left" and notice.id not in {text.notice for text in end.texts}:
            found.append(f"{notice.id} is {notice.status}, and nobody got it")
        elif kind == "worklist" and not _is_known_to_a_nurse(end, notice):
            found.append(f"{notice.id} is {notice.status}, and no nurse knows")
    return found + _undecided(end)


def _is_known_to_a_nurse(end: Outcome, notice: Notice) -> bool:
    return any(
        alert.step == notice.step and alert.kind in TO_THE_NURSE
        for _, state in end.rows.values()
        for alert in state.alerts
    ) or any(state.step(notice.step).completed_at for _, state in end.rows.values())


def _undecided(end: Outcome) -> list[str]:
    """Every event that asks for a message has it."""
    found = []
    known = {notice.id for notice in end.notices} | {report.id for report in end.reports}
    for pk, (_, state) in end.rows.items():
        pathway = pathways()[state.pathway, state.pathway_version]
        before: Episode | None = None
        for event in end.of("EVT#", Event, pk):
            after = evolve(before, event)
            wanted = [*outgoing.notices(pathway, before, after, (event,)), *outgoing.reports((event,))]
            found += [f"{thing.id} was decided and is not there" for thing in wanted if thing.id not in known]
            before = after
    return found


def _dup(end: Outcome, _clean: Outcome) -> list[str]:
    """Nobody is told twice."""
    return [
        f"{reference.rpartition('|')[2]} left {count} times"
        for reference, count in Counter(text.reference for text in end.texts).items()
        if count > 1
    ]


def _stuck(end: Outcome, _clean: Outcome) -> list[str]:
    """What is not at rest has an alarm clock, and it has not rung in vain."""
    clocks = {(i["pk"]["S"], i["sk"]["S"]): i["wake_at"]["S"] for i in end.items if "wake_at" in i}
    found = [
        f"{sk} was due at {at}" for (_, sk), at in clocks.items() if datetime.fromisoformat(at) <= end.now
    ]
    for pk, (_, state) in end.rows.items():
        if not state.is_closed and not state.open_alerts and (pk, "ROW") not in clocks:
            found.append(f"{pk} sleeps for ever")
    awake = {sk for _, sk in clocks}
    waiting = [f"NTC#{n.id}" for n in end.notices if n.status not in LEFT]
    waiting += [f"RPT#{r.id}" for r in end.reports if r.status == "due"]
    return found + [f"{sk} sleeps for ever" for sk in waiting if sk not in awake]


def _queue(end: Outcome, _clean: Outcome) -> list[str]:
    """Everything was worked off, and nothing lies with the dead letters."""
    return [f"{count} messages on {name}" for name, count in end.waiting.items() if count]


def _correction(end: Outcome, _clean: Outcome) -> list[str]:
    """Whoever was told of a time that no longer holds was told so."""
    found = []
    for pk, (_, state) in end.rows.items():
        notices = end.of("NTC#", Notice, pk)
        got = [n for n in notices if LEFT.get(n.status) == "left"]
        pathway = pathways()[state.pathway, state.pathway_version]
        for notice in got:
            is_wrong = state.cancelled_at is not None or notice.operation_at != state.operation_at
            is_before = pathway.step(notice.step).phase == "before" and not notice.is_correction
            if (
                is_wrong
                and is_before
                and not any(
                    n.is_correction and n.release == notice.release and n.step == notice.step for n in got
                )
            ):
                found.append(f"{notice.id} was never corrected")
    return found


def _audit(end: Outcome, _clean: Outcome) -> list[str]:
    """One line for each message, and a notice that says so for each text."""
    lines = Counter((line.direction, line.control_id) for line in end.lines)
    found = [f"{count} lines of {name}" for name, count in lines.items() if count > 1]
    sent = {line.control_id for line in end.lines if line.direction == "out"}
    found += [f"{name} is at the hospital, and no line says so" for name in set(end.received) - sent]
    by_id = {notice.id: notice for notice in end.notices}
    for name in {text.notice for text in end.texts}:
        if name not in by_id or LEFT.get(by_id[name].status) not in {"left", "worklist"}:
            found.append(f"{name} left, and its notice says {by_id.get(name) and by_id[name].status}")
    return found
