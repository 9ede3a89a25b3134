"""Several providers for one channel: who fails is passed over, and nothing is lost meanwhile."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.carrying import Carrying
from chalicelib.application.ports import Envelope, OutcomeUnknown, Refused
from chalicelib.domain.carriers import Carriers
from tests.fakes import Memory, MemoryCarrierStates

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Provider:
    """One that works, or raises what it is told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.trouble: Exception | None = None
        self.seen: list[str] = []

    def send(self, envelope: Envelope) -> str:
        self.seen.append(envelope.reference)
        if self.trouble is not None:
            raise self.trouble
        return str(len(self.seen))


class Two:
    """Two providers and a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START
        self.aws, self.ovh = Provider("aws"), Provider("ovh")
        self.memory = Memory()
        self.states = MemoryCarrierStates(self.memory)
        providers = {"aws": self.aws, "ovh": self.ovh}
        shares = {"aws": 70, "ovh": 30}
        self.carrying = Carrying("sms", providers, shares, self.states, lambda: self.now, ("33", "262"))

    def send(self, number: int, attempt: int = 1, to: str = "+33639980001") -> str:
        with acting_for("demo"):
            return self.carrying.send(Envelope(to, f"demo|e{number}|before.1.invite", "t", attempt=attempt))

    def state(self) -> Carriers | None:
        return self.memory.carriers.get(("demo", "sms#33"), (None, 0))[0]


@pytest.fixture
def two() -> Two:
    return Two()


def test_messages_are_shared_out_and_nothing_is_written(two: Two) -> None:
    sent = Counter(two.send(number).partition(":")[0] for number in range(1000))
    assert 650 < sent["aws"] < 750
    assert two.state() is None


def test_one_is_down_and_every_message_leaves_all_the_same(two: Two) -> None:
    """As the notice's life cycle does it: what is refused comes back as another attempt."""
    two.aws.trouble = Refused("provider_down", for_good=False)
    failed = []
    for number in range(300):
        try:
            two.send(number)
        except Refused:
            failed.append(number)
    assert len(failed) == len(two.aws.seen) == 10
    assert {two.send(number, attempt=2).partition(":")[0] for number in failed} == {"ovh"}
    assert sorted(two.ovh.seen) == sorted(f"demo|e{number}|before.1.invite" for number in range(300))


def test_the_last_message_of_a_quiet_hour_leaves_too(two: Two) -> None:
    """One at a time, minutes apart, one provider always down: none is refused more than once."""
    two.aws.trouble = Refused("provider_down", for_good=False)
    for number in range(60):
        two.now += timedelta(minutes=2)
        with contextlib.suppress(Refused):
            two.send(number)
            continue
        two.now += timedelta(minutes=1)
        assert two.send(number, attempt=2).startswith("ovh:")
    assert len(two.ovh.seen) == 60


def test_it_comes_back_by_one_probe(two: Two) -> None:
    two.aws.trouble = OutcomeUnknown("no_answer")
    for number in range(200):
        with contextlib.suppress(OutcomeUnknown):
            two.send(number)
    tried = len(two.aws.seen)
    two.now += timedelta(seconds=30)
    with pytest.raises(OutcomeUnknown):
        two.send(1000)
    assert two.send(1001).startswith("ovh:")
    assert len(two.aws.seen) == tried + 1
    two.now += timedelta(seconds=30)
    two.aws.trouble = None
    assert two.send(1002).startswith("aws:")
    assert not two.state().named("aws").is_open


def test_all_are_down_nothing_is_tried_and_it_is_not_for_good(two: Two) -> None:
    two.aws.trouble = two.ovh.trouble = Refused("provider_down", for_good=False)
    for number in range(400):
        with pytest.raises(Refused):
            two.send(number)
    assert len(two.aws.seen) + len(two.ovh.seen) == 20
    with pytest.raises(Refused) as refusal:
        two.send(500)
    assert (refusal.value.reason, refusal.value.for_good) == ("no_carrier", False)


def test_an_invalid_number_is_not_the_providers_fault(two: Two) -> None:
    two.aws.trouble = two.ovh.trouble = Refused("invalid_number", for_good=True)
    for number in range(200):
        with pytest.raises(Refused):
            two.send(number)
    assert two.state() is None


@pytest.mark.parametrize("to", ["+15550100000", "0639980001", "+88213000000"])
def test_a_country_that_is_not_listed_is_never_tried(two: Two, to: str) -> None:
    with pytest.raises(Refused) as refusal:
        two.send(1, to=to)
    assert (refusal.value.reason, refusal.value.for_good) == ("country_not_allowed", True)
    assert two.aws.seen == two.ovh.seen == []


def test_countries_and_hospitals_do_not_share_breakers(two: Two) -> None:
    two.aws.trouble = Refused("provider_down", for_good=False)
    for number in range(300):
        with contextlib.suppress(Refused):
            two.send(number)
    tried = len(two.aws.seen)
    for number in range(20):
        with contextlib.suppress(Refused):
            two.send(number, to="+262692000001")
    assert len(two.aws.seen) > tried


def test_a_lost_race_for_the_count_is_counted_anew(two: Two) -> None:
    two.aws.trouble = two.ovh.trouble = Refused("provider_down", for_good=False)
    two.memory.carriers_stale = 2
    with pytest.raises(Refused):
        two.send(1)
    assert sum(carrier.errors for carrier in two.state().all) == 1


def test_a_channel_without_a_provider_is_told_for_good() -> None:
    none = Carrying("voice", {}, {}, MemoryCarrierStates(Memory()), lambda: START)
    with acting_for("demo"), pytest.raises(Refused) as refusal:
        none.send(Envelope("+33199000010", "demo|e|n", "t"))
    assert refusal.value.for_good
