"""Days and clock times: those of a contact, those of what is normal. Clock times are the unit's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.pathway import Pathway, Step

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def times(pathway: Pathway, step: Step, hours: MessagingHours) -> Iterator[Finding]:
    """One contact; "10:00" sorts as it should."""
    timing = step.timing
    clocks = (timing.invite, timing.silent, timing.useful_until, *(one.at for one in timing.reminders))
    if wrong := [clock for clock in clocks if clock is not None and not _CLOCK.fullmatch(clock)]:
        yield found_in("days", step.key, N_("{clock} is no time of day"), clock=wrong[0])
        return
    yield from _in_hours(step, hours)
    yield from _in_order(step)
    yield from _on_possible_days(pathway, step)


def _said(step: Step) -> dict[str, str]:
    timing = step.timing
    said = {N_("invitation"): timing.invite, N_("silent moment"): timing.silent}
    for number, reminder in enumerate(timing.reminders, start=1):
        said[f"reminder {number}"] = reminder.at or _later(timing.invite, reminder.after_minutes or 0)
    return said


def _in_hours(step: Step, hours: MessagingHours) -> Iterator[Finding]:
    opens = max(window.opens for window in hours.days if window is not None)
    closes = min(window.closes for window in hours.days if window is not None)
    outside = N_("the {what} ({at}) is outside messaging hours ({opens}-{closes})")
    for what, at in _said(step).items():
        if not opens <= at <= closes:
            yield found_in("hours", step.key, outside, what=what, at=at, opens=opens, closes=closes)


def _in_order(step: Step) -> Iterator[Finding]:
    """Invitation, reminders, the silent moment, the end of use."""
    timing = step.timing
    until = (timing.useful_until_day, timing.useful_until) if timing.useful_until else None
    reminders = [at for what, at in _said(step).items() if what.startswith("reminder")]
    for number, at in enumerate(reminders, start=1):
        if at >= timing.silent:
            late = N_("reminder {number} ({at}) is not before the silent moment ({silent})")
            yield found_in("late_reminder", step.key, late, number=number, at=at, silent=timing.silent)
        elif until and (timing.day, at) >= until:
            late = N_("reminder {number} ({at}) leaves when the message is of no use any more")
            yield found_in("late_reminder", step.key, late, number=number, at=at)
    if timing.silent <= timing.invite:
        early = N_("the silent moment ({silent}) is not after the invitation ({at})")
        yield found_in("days", step.key, early, silent=timing.silent, at=timing.invite)
    if until and until <= (timing.day, timing.invite):
        yield Finding("days", step.key, N_("the message is of no use any more when it leaves"))


def _later(clock: str, minutes: int) -> str:
    hour, minute = (int(part) for part in clock.split(":"))
    total = hour * 60 + minute + minutes
    return f"{total // 60:02d}:{total % 60:02d}"


def _on_possible_days(pathway: Pathway, step: Step) -> Iterator[Finding]:
    timing, days = step.timing, (step.timing.day, *step.also_on)
    if any(later <= earlier for earlier, later in pairwise(days)):
        words = N_("the days {days} are not one after the other")
        yield found_in("days", step.key, words, days=", ".join(map(str, days)))
    before = step.phase == "before"
    if before and (timing.day > 0 or timing.anchor == "discharge"):
        yield Finding("days", step.key, N_("a contact before the operation cannot take place after it"))
    if not before and timing.day < 0:
        yield Finding("days", step.key, N_("a contact after the operation cannot take place before it"))
    if not before and timing.useful_until is None:
        yield Finding("days", step.key, N_("of use until the arrival, which is over: never sent"))
    if max(days) > pathway.follow_up_days:
        words = N_("day {day} comes after the end of the follow-up (day {last})")
        yield found_in("days", step.key, words, day=max(days), last=pathway.follow_up_days)


def days_told(pathway: Pathway) -> Iterator[Finding]:
    """What is normal is said for each day on which patients are asked, once."""
    where, told = f"{pathway.code}.expected", sorted(pathway.expected, key=lambda days: days.from_day)
    for days in told:
        if days.from_day > days.to_day:
            words = N_("from day {first} to day {last}: no day at all")
            yield found_in("days", where, words, first=days.from_day, last=days.to_day)
    for one, other in pairwise(told):
        if other.from_day <= one.to_day:
            yield found_in("days", where, N_("day {day} is described twice"), day=other.from_day)
    for step in pathway.steps:
        missing = [day for day in (step.timing.day, *step.also_on) if pathway.expected_on(day) is None]
        if step.phase == "after" and missing:
            words = N_("nothing is said of what is normal on day {days}, when patients are asked")
            yield found_in("expected_gap", where, words, days=", ".join(map(str, missing)))
