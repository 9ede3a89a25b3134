"""What happens to one patient, each time in a few steps: `given` without faults, `when` with one at each boundary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chalicelib import bootstrap
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.records import Note, Response
from chalicelib.domain.episode import commands as c
from tests.application.worlds import booking, message, pid, pv1
from tests.examples import FINE_AFTER, FINE_BEFORE
from tests.faults.engine import HOSPITAL
from tests.faults.world import World

Play = Callable[[World], None]
SMS = pid(phone="0639980001")
EMAIL = pid(phone="^NET^Internet^patient-001@example.org")
BOOKING = booking("R1", "1120 0900", "1126 0900", who=SMS, visit="V1")
PARIS = ZoneInfo("Europe/Paris")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of November 2026 in Paris: the operation is on the 26th at 9."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


THE_EVENING_BEFORE = local(25, 20, 30)


def nothing(world: World) -> None:
    pass


def booked(world: World) -> None:
    world.hl7(BOOKING)


def booked_without_phone(world: World) -> None:
    world.hl7(booking("R1", "1120 0900", "1126 0900", who=pid(), visit="V1"))


def booked_by_email(world: World) -> None:
    world.hl7(booking("R1", "1120 0900", "1126 0900", who=EMAIL, visit="V1"))


def invited(world: World) -> None:
    booked(world)
    world.go(local(25, 10, 5))


def unreached(world: World) -> None:
    booked_without_phone(world)
    world.go(local(25, 10, 5))


def asked(world: World) -> None:
    """The day after: at home, and asked how it goes."""
    invited(world)
    hand_in(world, "before", FINE_BEFORE)
    world.hl7(movement("A01", "1126 0730"), movement("A03", "1126 1600"))
    world.go(local(27, 10, 5))


def alerted(world: World) -> None:
    asked(world)
    hand_in(world, "after", FINE_AFTER | {"pain": 9})


def ill_fated(world: World) -> None:
    """A booking that lies with the dead letters: something was down for longer than five receives."""
    world.put(f"{HOSPITAL}-in-dead", BOOKING, group="bridge")


def movement(event: str, sent: str) -> str:
    day, _, hour = sent.partition(" ")
    return message(f"ADT^{event}", sent, f"EVN||2026{day}{hour}00", SMS, pv1("V1"))


def hand_in(world: World, step: str, answers: dict[str, object]) -> None:
    now = world.clock.at
    world.do(world.episode, c.OpenStep(at=now, step=step))
    draft = Response(step=step, release=1, answers=answers, saved_at=now, language="fr")
    world.do(world.episode, c.SaveAnswers(at=now, step=step, answers=answers), draft)
    kept = Response(step=step, release=1, answers=answers, saved_at=now, completed_at=now, language="fr")
    world.do(world.episode, c.Submit(at=now, step=step, answers=answers), kept)


def move(world: World) -> None:
    world.hl7(booking("R1", "1120 1500", "1127 0900", event="S13", who=SMS, visit="V1"))
    world.go(local(26, 10, 5))


def cancel(world: World) -> None:
    world.hl7(message("SIU^S15", "1125 1500", "SCH|R1^AGENDA", pid()))


def see_to_it(world: World) -> None:
    """A nurse takes the red line, calls, and closes it."""
    now, episode, alert = world.clock.at, world.episode, "after.1.answer-1"
    world.do(episode, c.TakeAlert(at=now, alert=alert, by="nurse-1"))
    note = Note(id="call-1", text="Called.", written_at=now, by="nurse-1")
    called = c.LogCall(at=now, by="nurse-1", call="call-1", result="reached", alert=alert)
    world.do(episode, called, note)
    world.do(episode, c.ResolveAlert(at=now, alert=alert, by="nurse-1", outcome="advice"))


def refuse_reports(world: World) -> None:
    world.answer = "AE"
    hand_in(world, "after", FINE_AFTER)


def fail_to_deliver(world: World) -> None:
    world.carriers.words = ("sent", "failed")
    world.go(local(25, 10, 5))


def redrive(world: World) -> None:
    with acting_for(HOSPITAL):
        queue = bootstrap.world().hospital_queue
    world.press(lambda: queue.redrive(HOSPITAL, "in"), "console")
    world.press(lambda: queue.redrive(HOSPITAL, "in"), "console")


def each_minute(world: World) -> None:
    """A real tick, every shard of it, at the minute when the text is due."""
    world.clock.at = local(25, 10, 0)
    world.tick()


@dataclass(frozen=True)
class Scenario:
    """`end`: by then everything that was decided has left, and nothing else is due for some hours."""

    name: str
    given: Play
    when: Play
    end: datetime = THE_EVENING_BEFORE


def going(day: int, hour: int, minute: int = 5) -> Play:
    return lambda world: world.go(local(day, hour, minute))


def hearing(*messages: str) -> Play:
    return lambda world: world.hl7(*messages)


def writing(words: str) -> Play:
    return lambda world: world.text(words)


def in_turn(*plays: Play) -> Play:
    def all_of_them(world: World) -> None:
        for play in plays:
            play(world)

    return all_of_them


ANSWERED_BEFORE = in_turn(invited, lambda world: hand_in(world, "before", FINE_BEFORE))
OPT_OUT = message("ADT^A31", "1121 1000", pid(), pv1(), "ZPA|NON")
SCENARIOS = tuple(
    Scenario(*parts)
    for parts in (
        ("booking", nothing, booked, local(24, 20, 30)),
        ("booking-again", booked, hearing(BOOKING, BOOKING), local(24, 20, 30)),
        ("invitation", booked, going(25, 10), local(25, 12)),
        ("tick", booked, each_minute, local(25, 12)),
        ("moved-before-text", booked, move, local(26, 12)),
        ("moved-after-text", invited, move, local(26, 12)),
        ("cancelled-before-text", booked, cancel),
        ("cancelled-after-text", invited, cancel),
        ("answer", invited, lambda world: hand_in(world, "before", FINE_BEFORE)),
        (
            "stay",
            ANSWERED_BEFORE,
            hearing(movement("A01", "1126 0730"), movement("A03", "1126 1600")),
            local(26, 21),
        ),
        (
            "red-answer",
            asked,
            lambda world: hand_in(world, "after", FINE_AFTER | {"pain": 9}),
            local(27, 20, 30),
        ),
        ("alert-closed", in_turn(alerted, going(27, 12)), see_to_it, local(27, 20, 30)),
        ("reminder-then-silence", invited, going(25, 16), local(25, 20, 30)),
        ("opt-out", booked, in_turn(hearing(OPT_OUT), going(25, 10)), local(25, 12)),
        ("opt-out-after-text", invited, in_turn(hearing(OPT_OUT), going(25, 14)), local(25, 14, 20)),
        (
            "merge",
            booked,
            hearing(message("ADT^A40", "1121 1000", pid("900002"), "MRG|900001^^^DEMO^PI")),
            local(24, 20, 30),
        ),
        ("not-delivered", booked, fail_to_deliver, local(25, 12)),
        ("dead-letters", nothing, in_turn(ill_fated, redrive), local(24, 20, 30)),
        ("email", booked_by_email, going(25, 10), local(25, 12)),
        (
            "number-comes-late",
            unreached,
            hearing(message("ADT^A31", "1125 1100", SMS, pv1("V1"))),
            local(25, 11, 50),
        ),
        ("stop-by-text", invited, in_turn(writing("STOP"), going(25, 14)), local(25, 14, 20)),
        ("question-by-text", invited, writing("Can I drink coffee?"), local(25, 11)),
        ("report-refused", asked, refuse_reports, local(27, 20, 30)),
    )
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
