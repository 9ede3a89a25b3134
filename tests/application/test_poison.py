"""Poison: what fails again and again rests, is listed with its reason, and harms nobody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bench.scale import p95, played
from chalicelib.adapters.tenancy import SYSTEM, acting_for
from chalicelib.application.ports import Due, OutcomeUnknown, Refused
from chalicelib.application.stumbling import Item, attempt, reason, try_now
from chalicelib.application.wake import SHARDS, SHARE, SWEPT, in_turn, sweep, wake
from chalicelib.bootstrap import named_in
from chalicelib.domain.messaging_hours import instant
from chalicelib.domain.pacing import PACE
from tests.application.worlds import HOSPITAL, RECEIVED, Hospital, booking, pid

ASKED = instant("Europe/Paris", datetime(2026, 11, 25).date(), "10:00")  # noqa: DTZ001 - a day
MINUTE = timedelta(minutes=1)


class Bell:
    """What was rung is done at once, as the queues would."""

    def __init__(self) -> None:
        self.due: list[Due] = []

    def ring(self, *rung: object) -> None:
        """Lost: the sweep finds it."""

    def wake(self, due: tuple[Due, ...]) -> None:
        self.due += due


class Phone:
    """A provider that says what it is told to say."""

    name = "phone"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.trouble: Exception | None = None

    def send(self, envelope: object) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(envelope.reference)
        return "id"


class Day:
    """A hospital with its clock, sweeping each minute."""

    def __init__(self) -> None:
        self.hospital = Hospital()
        self.phone = Phone()
        self.bell = Bell()
        self.failures: list[object] = []
        self.missing: set[str] = set()

    @property
    def world(self):
        world = replace(self.hospital.world, bell=self.bell, providers={"sms": self.phone})
        catalogue = world.catalogue
        catalogue.wording = lambda channel, text, language: {"text": "{link}"}
        published = catalogue.pathway
        catalogue.pathway = lambda code, version: published(code, 9 if code in self.missing else version)
        return world

    def book(self, number: int, code: str = "LMMA012") -> str:
        who = pid(f"{number}", phone=f"0639980{number:03}")
        self.hospital.send(booking(f"A{number}", f"1120 09{number:02}", "1126 1000", who=who, code=code))
        return list(self.hospital.memory.rows)[-1][1]

    def minute(self, now: datetime) -> None:
        with acting_for(SYSTEM):
            for shard in range(SHARDS):
                sweep(self.world, shard, now)
        due, self.bell.due = self.bell.due, []
        for item in due:
            hospital, episode = named_in(item.pk)
            with acting_for(hospital):
                failed = attempt(
                    self.world,
                    Item(hospital, episode, item.sk),
                    lambda at, e=episode, sk=item.sk: wake(self.world, HOSPITAL, e, sk, at, "me"),
                    now,
                )
            self.failures += [] if failed is None else [(now, failed)]

    def run(self, minutes: int, start: datetime = ASKED) -> None:
        for number in range(minutes):
            self.minute(start + number * MINUTE)

    def standing(self) -> list:
        with acting_for(HOSPITAL):
            return list(self.world.stumbles.standing(HOSPITAL))


@pytest.fixture
def day() -> Day:
    return Day()


class TestAMissingPathway:
    @pytest.fixture
    def poisoned(self, day: Day) -> Day:
        day.book(1, code="BFGA004")
        for number in range(2, 8):
            day.book(number)
        day.missing.add("cataract")
        return day

    def test_the_others_go_on(self, poisoned: Day) -> None:
        poisoned.run(3)
        assert len(poisoned.phone.sent) == 6

    def test_it_rests_longer_each_time(self, poisoned: Day) -> None:
        poisoned.run(150)
        tries = [int((at - ASKED) / MINUTE) for at, _ in poisoned.failures]
        assert tries == [0, 1, 3, 8, 23, 83, 143]

    def test_it_is_listed_with_its_reason_and_no_word_of_a_person(self, poisoned: Day) -> None:
        poisoned.run(10)
        (stumble,) = poisoned.standing()
        assert (stumble.item, stumble.attempts, stumble.first_at) == ("ROW", 4, ASKED)
        assert stumble.reason.startswith("KeyError ")
        assert "cataract" not in stumble.reason

    def test_mended_it_goes_on_by_itself(self, poisoned: Day) -> None:
        poisoned.run(10)
        poisoned.missing.clear()
        poisoned.run(30, ASKED + 10 * MINUTE)
        assert len(poisoned.phone.sent) == 7
        assert poisoned.standing() == []

    def test_or_at_once_when_somebody_says_so(self, poisoned: Day) -> None:
        poisoned.run(10)
        poisoned.missing.clear()
        (stumble,) = poisoned.standing()
        now = ASKED + 10 * MINUTE
        with acting_for(HOSPITAL):
            assert try_now(poisoned.world, HOSPITAL, stumble.episode, "ROW", now)
            assert not try_now(poisoned.world, HOSPITAL, stumble.episode, "NTC#none", now)
        poisoned.run(2, now)
        assert len(poisoned.phone.sent) == 7


class TestAttempts:
    def test_a_killer_is_noted_without_being_tried(self, day: Day) -> None:
        episode = day.book(1)
        tried: list[datetime] = []
        with acting_for(HOSPITAL):
            failed = attempt(day.world, Item(HOSPITAL, episode, "ROW"), tried.append, ASKED, tries=4)
        assert failed.stumble.reason.startswith("Died")
        assert tried == []

    def test_a_stumble_that_cannot_be_kept_goes_back_to_the_queue(self, day: Day) -> None:
        """Acting for another hospital, the storage refuses to note it: nothing is swallowed."""
        with acting_for("other"), pytest.raises(Exception, match=HOSPITAL):
            attempt(day.world, Item(HOSPITAL, "e", "ROW"), lambda at: 1 / 0, ASKED)

    def test_reasons_hold_no_texts(self) -> None:
        assert reason(ValueError("Camille")) == "ValueError"


class TestNotices:
    def test_an_outage_loses_and_doubles_nothing(self, day: Day) -> None:
        for number in range(1, 11):
            day.book(number)
        day.phone.trouble = Refused("unavailable", for_good=False)
        day.run(60)
        day.phone.trouble = None
        day.run(30, ASKED + 60 * MINUTE)
        assert len(set(day.phone.sent)) == len(day.phone.sent) == 10

    def test_what_cannot_be_in_time_is_a_line_before_it_is_useless(self, day: Day) -> None:
        episode = day.book(1)
        day.phone.trouble = Refused("unavailable", for_good=False)
        day.run(24 * 60)
        (notice,) = [n for (_, e, _), (n, _) in day.hospital.memory.notices.items() if e == episode][:1]
        row = day.hospital.memory.rows[HOSPITAL, episode]
        assert notice.status == "failed"
        assert notice.settled_at <= notice.last_call
        assert any(alert.kind == "undelivered" for alert in row.state.alerts)

    def test_an_unknown_outcome_is_sent_once_more(self, day: Day) -> None:
        day.book(1)
        day.phone.trouble = OutcomeUnknown("timeout")
        day.run(5)
        day.phone.trouble = None
        day.run(30, ASKED + 5 * MINUTE)
        assert len(day.phone.sent) == 1

    def test_nothing_leaves_outside_the_hours(self, day: Day) -> None:
        """A second try that is due at night waits for the morning."""
        day.book(1)
        day.phone.trouble = OutcomeUnknown("timeout")
        evening = ASKED + timedelta(hours=9, minutes=55)
        day.run(5, evening)
        day.phone.trouble = None
        day.run(60, evening + 5 * MINUTE)
        assert day.phone.sent == []

    def test_a_full_minute_puts_off(self, day: Day) -> None:
        day.hospital.memory.pace = 3
        for number in range(1, 13):
            day.book(number)
        day.run(60)
        assert len(day.phone.sent) == 12
        rooms = day.hospital.memory.places.values()
        assert max(len(taken) for taken in rooms) == 3


class TestFairness:
    def test_hospitals_take_turns(self) -> None:
        due = [Due(f"TEN#big|EPI#{n}", "ROW", "t") for n in range(SWEPT)] + [Due("TEN#a|EPI#1", "ROW", "t")]
        assert [item.pk for item in in_turn(due)][1] == "TEN#a|EPI#1"
        assert len(list(in_turn(due))) == SHARE + 1

    def test_notices_have_a_minute_and_go_before_rows(self) -> None:
        due = [Due("TEN#a|EPI#1", "ROW", "t0"), Due("TEN#a|EPI#2", "NTC#before.1.invite", "t1")]
        assert [item.wake_at for item in in_turn(due)] == ["t1", "t0"]

    def test_a_surge_delays_nobody_else(self) -> None:
        """Fifty times its day in one hospital: the others wait no longer, and it keeps its own pace."""
        quiet, surge = played(50, 4, 1, shown=False), played(50, 4, 50, shown=False)
        assert len(surge.sent) == 2_650
        assert p95(surge.others()) < p95(quiet.others()) + 1
        minutes = Counter((hospital, left // 60) for hospital, left, _ in surge.sent)
        assert max(minutes.values()) <= PACE

    def test_a_sweep_is_bounded(self, day: Day) -> None:
        class Flood:
            def due(self, shard: int, at: datetime):
                yield from (Due(f"TEN#h{n % 90}|EPI#{n}", "ROW", "t") for n in range(50_000))

        world = replace(day.world, alarm=Flood())
        assert sweep(world, 0, RECEIVED) == SWEPT == len(day.bell.due)
