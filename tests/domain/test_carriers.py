"""Who carries: the laws of weights and breakers, whatever happens in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import carriers as c

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SHARES = {"aws": 70, "ovh": 30}
lucks = st.floats(0, 1, exclude_max=True)
happenings = st.lists(
    st.tuples(
        st.sampled_from(["send", "burst"]), st.sampled_from([0, 1, 5, 29, 31, 61, 901]), lucks, st.booleans()
    ),
    max_size=60,
)


def second(number: float) -> datetime:
    return START + timedelta(seconds=number)


def failing(state: c.Carriers, name: str, times: int, at: datetime) -> c.Carriers:
    for _ in range(times):
        state = c.with_failure(state, name, at)
    return state


def weights(state: c.Carriers) -> dict[str, int]:
    return {carrier.name: carrier.weight for carrier in state.all}


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 100), min_size=1), happenings)
def test_laws(shares, happened) -> None:
    state, now = c.started(shares), START
    probes: dict[str, datetime] = {}
    moved: list[datetime] = []
    for what, seconds, luck, works in happened:
        now += timedelta(seconds=seconds)
        before = c.in_force(state, shares, now)
        choice = c.choose(before, now, luck)
        after = before
        if choice is not None:
            was_open = before.named(choice.name).is_open
            assert was_open is choice.is_probe
            if choice.is_probe:
                assert now - probes.get(choice.name, START - c.PROBE_EVERY) >= c.PROBE_EVERY
                probes[choice.name] = now
                after = c.with_probe(after, choice.name, now)
            if works:
                after = c.with_success(after, choice, now)
            else:
                after = failing(after, choice.name, 60 if what == "burst" else 1, now)
        else:
            assert all(carrier.is_open for carrier in before.all)
        assert sum(weights(after).values()) == sum(shares.values())
        assert all(carrier.weight >= 0 for carrier in after.all)
        if weights(after) != weights(state):
            moved.append(now)
        state = after
    assert all(later - earlier >= c.MOVE_EVERY for earlier, later in pairwise(moved))


@given(lucks, st.integers(1, 9))
def test_each_attempt_goes_to_another_one(luck, attempt) -> None:
    state = c.started(SHARES)
    one, two = (c.choose(state, START, luck, number) for number in (attempt, attempt + 1))
    assert one != two


def test_messages_are_shared_out_by_weight() -> None:
    state = c.started(SHARES)
    names = [c.choose(state, START, number / 1000).name for number in range(1000)]
    assert (names.count("aws"), names.count("ovh")) == (700, 300)


def mixed(state: c.Carriers, name: str, errors: int, at: datetime) -> c.Carriers:
    """Every error is followed by a message that is carried."""
    for _ in range(errors):
        state = c.with_success(c.with_failure(state, name, at), c.Choice(name), at)
    return state


def test_more_than_50_errors_in_a_minute_open_it_and_move_10_points() -> None:
    state = mixed(c.started(SHARES), "aws", 50, START)
    assert not state.named("aws").is_open
    state = failing(state, "aws", 1, second(59))
    assert state.named("aws").is_open
    assert weights(state) == {"aws": 60, "ovh": 40}
    assert {c.choose(state, second(60), n / 10).name for n in range(10)} == {"ovh"}


def test_errors_that_are_spread_out_open_nothing() -> None:
    state = mixed(c.started(SHARES), "aws", 50, START)
    assert not mixed(state, "aws", 50, second(60)).named("aws").is_open


def test_10_in_a_row_open_it_however_slowly_they_come() -> None:
    state = c.started(SHARES)
    for hour in range(9):
        state = failing(state, "aws", 1, second(3600 * hour))
    carried = c.with_success(state, c.Choice("aws"), START)
    assert not failing(carried, "aws", 9, second(36_000)).named("aws").is_open
    assert failing(state, "aws", 1, second(36_000)).named("aws").is_open


@given(st.lists(st.tuples(st.integers(0, 120), st.booleans()), max_size=200))
def test_it_opens_exactly_when_a_rule_says_so(history) -> None:
    """Against a count of its own, made from the whole history."""
    state, now, errors, row = c.started(SHARES), START, [], 0
    for seconds, works in history:
        now += timedelta(seconds=seconds)
        if works:
            state, row = c.with_success(state, c.Choice("aws"), now), 0
            continue
        if not errors or now - errors[0] >= c.WINDOW:
            errors = []
        state, errors, row = c.with_failure(state, "aws", now), [*errors, now], row + 1
        assert state.named("aws").is_open is (len(errors) > c.ERRORS or row >= c.IN_A_ROW)
        if state.named("aws").is_open:
            return


def test_one_probe_in_30_seconds_and_its_success_closes() -> None:
    state = failing(c.started(SHARES), "aws", 10, START)
    assert c.choose(state, second(29), 0) == c.Choice("ovh")
    probe = c.choose(state, second(30), 0)
    assert probe == c.Choice("aws", is_probe=True)
    state = c.with_probe(state, "aws", second(30))
    assert c.choose(state, second(59), 0) == c.Choice("ovh")
    assert c.choose(state, second(60), 0) == probe
    assert not c.with_success(state, probe, second(60)).named("aws").is_open


def test_what_was_refused_once_is_no_probe_while_another_works() -> None:
    state = failing(c.started(SHARES), "aws", 10, START)
    assert c.choose(state, second(30), 0, attempt=1).is_probe
    assert {c.choose(state, second(30), 0, attempt=n) for n in range(2, 6)} == {c.Choice("ovh")}
    both = failing(state, "ovh", 10, START)
    assert c.choose(both, second(30), 0, attempt=2).is_probe


def test_a_late_success_from_before_closes_nothing() -> None:
    state = failing(c.started(SHARES), "aws", 10, START)
    assert c.with_success(state, c.Choice("aws"), START) == state


def test_nobody_carries_when_all_are_open() -> None:
    state = failing(failing(c.started(SHARES), "aws", 10, START), "ovh", 10, START)
    assert c.choose(state, second(10), 0.5) is None
    assert sum(weights(state).values()) == 100


def test_points_drift_home_10_in_15_minutes() -> None:
    state = failing(c.started({"aws": 50, "ovh": 50}), "aws", 10, START)
    state = c.with_success(state, c.Choice("aws", is_probe=True), START)
    state = failing(state, "aws", 10, second(60))
    state = c.with_success(state, c.Choice("aws", is_probe=True), second(60))
    assert weights(state) == {"aws": 30, "ovh": 70}
    assert weights(c.drifted(state, second(60 + 899))) == {"aws": 30, "ovh": 70}
    assert weights(c.drifted(state, second(60 + 900))) == {"aws": 40, "ovh": 60}
    assert weights(c.drifted(state, second(60 + 86_400))) == {"aws": 50, "ovh": 50}


def test_points_do_not_come_home_at_once_after_a_long_outage() -> None:
    state = failing(c.started(SHARES), "aws", 10, START)
    state = c.with_success(state, c.Choice("aws", is_probe=True), second(86_400))
    assert weights(c.drifted(state, second(86_400 + 899))) == {"aws": 60, "ovh": 40}
    assert weights(c.drifted(state, second(86_400 + 900))) == SHARES


def test_new_shares_are_a_new_start() -> None:
    state = failing(c.started(SHARES), "aws", 10, START)
    assert c.in_force(state, SHARES, START) == state
    assert c.in_force(state, {"aws": 100}, START) == c.started({"aws": 100})


@pytest.mark.parametrize("luck", [0.0, 0.4, 0.999])
def test_without_any_weight_all_are_alike(luck) -> None:
    assert c.choose(c.started({"a": 0, "b": 0}), START, luck) is not None
