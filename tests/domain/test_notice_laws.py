"""Laws of the notice: whatever happens to it, in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import notice as n
from chalicelib.domain import pacing
from tests.examples import BOOKED_AT, at

DUE = at(-1, "10:00")
AT_REST = {"sent", "delivered", "failed", "cancelled", "expired"}


def notice(useful: timedelta = timedelta(hours=6), **changes: object) -> n.Notice:
    facts = {
        "id": "before.1.invite", "step": "before", "release": 1, "kind": "invite", "text": "invite_before",
        "channel": "sms", "created_at": BOOKED_AT, "due_at": DUE, "useful_until": DUE + useful,
        "operation_at": at(0, "10:00"), "arrival_at": at(0, "08:30"),
    }  # fmt: skip
    return n.Notice(**(facts | changes))


@dataclass
class Life:
    """A notice, what was done to it, and when it was sent."""

    notice: n.Notice
    now: datetime = DUE
    sends: list[datetime] = field(default_factory=list)
    states: list[n.Notice] = field(default_factory=list)

    def pass_(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        self.put(n.overdue(self.notice, self.now))

    def put(self, changed: n.Notice) -> None:
        self.notice = changed
        self.states.append(changed)

    def look(self, answer: str) -> None:
        """What the sweep does when it finds the notice; `answer`: what the provider says."""
        self.put(n.overdue(self.notice, self.now))
        if not n.is_ready(self.notice, self.now):
            return
        self.put(n.claimed(self.notice, "me", self.now))
        self.sends.append(self.now)
        if answer == "accepted":
            self.put(n.accepted(self.notice, "me", "p-1", self.now))
        elif answer in {"trouble", "refused"}:
            self.put(n.refused(self.notice, "me", "x", self.now, for_good=answer == "refused"))
        elif answer == "lost":
            self.put(n.lost_sight(self.notice, "timeout", self.now))
        # "died": the claim stays

    def until_rest(self, answer: str) -> None:
        """Woken at its own moments, always answered alike."""
        for _ in range(200):
            moment = n.wake_at(self.notice)
            if moment is None:
                return
            self.now = max(self.now, moment)
            self.look(answer)
        pytest.fail(f"never comes to rest: {self.notice}")


ANSWERS = ("accepted", "trouble", "refused", "lost", "died")
answers = st.sampled_from(ANSWERS)
receipts = st.sampled_from(("sent", "delivered", "failed"))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    life = Life(notice(timedelta(minutes=draw(st.integers(1, 24 * 60)))))
    for _ in range(draw(st.integers(1, 20))):
        match draw(st.sampled_from(("time", "look", "look", "receipt", "withdraw", "put_off"))):
            case "time":
                life.pass_(draw(st.integers(0, 120)))
            case "look":
                life.look(draw(answers))
            case "receipt":
                life.put(n.with_receipt(life.notice, draw(receipts), None, life.now))
            case "withdraw":
                life.put(n.withdrawn(life.notice, life.now))
            case "put_off" if life.notice.status == "due":
                later = life.now + timedelta(minutes=draw(st.integers(1, 600)))
                life.put(n.put_off(life.notice, later, "too_late", life.now))
            case _:
                pass
    return life


class TestLaws:
    @given(lives(), answers)
    def test_every_path_ends(self, life: Life, answer: str) -> None:
        """From wherever it is, woken at its own moments, it comes to rest; then nothing wakes it."""
        life.until_rest(answer)
        assert life.notice.status in AT_REST

    @given(lives(), answers)
    def test_it_is_never_sent_when_it_is_useless(self, life: Life, answer: str) -> None:
        life.until_rest(answer)
        assert all(sent < life.notice.useful_until for sent in life.sends)

    @given(lives())
    def test_what_is_settled_is_never_due_again(self, life: Life) -> None:
        settled = False
        for state in life.states:
            assert not (settled and state.status in {"due", "claimed", "unknown"})
            settled = state.status in AT_REST

    @given(lives())
    def test_delivered_stays_delivered(self, life: Life) -> None:
        kinds = [state.status for state in life.states]
        if "delivered" in kinds:
            assert set(kinds[kinds.index("delivered") :]) == {"delivered"}

    @given(lives(), receipts)
    def test_a_repeated_receipt_changes_nothing(self, life: Life, word: str) -> None:
        once = n.with_receipt(life.notice, word, None, life.now)
        assert n.with_receipt(once, word, None, life.now + timedelta(hours=1)) == once

    @given(lives())
    def test_only_the_owner_settles(self, life: Life) -> None:
        """And only while the claim is the owner's."""
        owners = ("another",) if life.notice.status == "claimed" else ("another", "me")
        for owner in owners:
            with pytest.raises(n.ClaimLost):
                n.accepted(life.notice, owner, "p", life.now)
            with pytest.raises(n.ClaimLost):
                n.refused(life.notice, owner, "x", life.now, for_good=True)

    @given(lives(), answers)
    def test_an_unknown_outcome_is_tried_once_more_at_most(self, life: Life, answer: str) -> None:
        life.until_rest(answer)
        assert life.notice.unsure <= n.UNSURE

    @given(lives())
    def test_whatever_is_not_at_rest_is_woken(self, life: Life) -> None:
        """STUCK: no state without an end and without a clock. To the second, as the index has it."""
        moment = n.wake_at(life.notice)
        assert (moment is None) == (life.notice.status in AT_REST)
        assert moment is None or moment.microsecond == 0

    @given(lives())
    def test_what_may_have_arrived_is_corrected(self, life: Life) -> None:
        """CORRECTION: also when it was withdrawn, or given up, before anybody knew."""
        unsure = any(state.status == "unknown" for state in life.states)
        assert life.notice.has_left or not unsure


class TestSecondTry:
    def test_waits_longer_than_a_signed_request_lives(self) -> None:
        life = Life(notice())
        life.until_rest("lost")
        first, second = life.sends
        assert second - first >= n.GRACE > timedelta(minutes=5, seconds=30)
        assert (life.notice.status, life.notice.reason) == ("failed", "no_receipt")

    def test_a_dead_sender_counts_as_one(self) -> None:
        life = Life(notice())
        life.until_rest("died")
        assert len(life.sends) == 2

    def test_at_the_deadline_a_nurse_is_told(self) -> None:
        life = Life(notice(timedelta(minutes=4)))
        life.until_rest("lost")
        assert (life.notice.status, life.now) == ("failed", life.notice.useful_until)

    def test_a_late_receipt_spares_it(self) -> None:
        life = Life(notice())
        life.look("lost")
        life.pass_(15)
        assert life.notice.status == "due"
        life.put(n.with_receipt(life.notice, "delivered", None, life.now))
        life.look("accepted")
        assert len(life.sends) == 1


class TestTrouble:
    def test_an_outage_of_six_hours_is_bridged(self) -> None:
        life = Life(notice(timedelta(hours=10)))
        while life.now < DUE + timedelta(hours=6):
            life.now = n.wake_at(life.notice)
            life.look("trouble")
        life.now = n.wake_at(life.notice)
        life.look("accepted")
        assert life.notice.status == "sent"
        assert life.now < DUE + timedelta(hours=6, minutes=30)
        assert len(life.sends) < 48

    def test_given_up_while_a_nurse_can_still_call(self) -> None:
        life = Life(notice(timedelta(hours=2)))
        life.until_rest("trouble")
        assert life.notice.status == "failed"
        assert life.now <= life.notice.last_call

    @given(st.integers(1, 60))
    def test_pauses_grow_and_spread(self, attempt: int) -> None:
        one = n.pause(notice(attempt=attempt))
        assert n.PAUSES[0] <= one <= n.PAUSES[-1] * (1 + n.SPREAD)
        assert one == n.pause(notice(attempt=attempt))
        many = {n.pause(notice(id=f"before.{k}.invite", attempt=attempt)) for k in range(50)}
        assert len(many) > 20

    def test_refused_for_good_is_told_at_once(self) -> None:
        life = Life(notice())
        life.until_rest("refused")
        assert (life.notice.status, len(life.sends), life.now) == ("failed", 1, DUE)

    def test_what_opens_too_late_is_told_at_once(self) -> None:
        """Due in the morning, useless in the night: nobody waits for the morning to say so."""
        late = notice(due_at=DUE + timedelta(hours=22))
        assert n.wake_at(late) == late.created_at
        assert n.overdue(late, BOOKED_AT).status == "expired"


class TestPacing:
    @given(st.integers(0, 120), st.integers(1, 24 * 60))
    def test_minutes_are_in_order_and_in_time(self, waited: int, useful: int) -> None:
        one = notice(timedelta(minutes=useful))
        now = DUE + timedelta(seconds=waited)
        found = list(pacing.minutes("e", one, now, now))
        assert found[0] == DUE if waited < 120 else found[0] == now.replace(second=0)
        assert found == sorted(set(found))
        assert all(minute <= one.last_call for minute in found[1:])
        assert found == list(pacing.minutes("e", one, now, now))

    def test_a_full_morning_spreads(self) -> None:
        """3,000 notices, 60 places in a minute: nobody is too late, and no minute is over-full."""
        taken: dict[datetime, int] = {}
        for number in range(3_000):
            for minute in pacing.minutes(str(number), notice(), DUE, DUE):
                if taken.get(minute, 0) < 60:
                    taken[minute] = taken.get(minute, 0) + 1
                    break
            else:
                pytest.fail("no place")
        assert sum(taken.values()) == 3_000
        assert max(taken) < DUE + timedelta(minutes=2 * 3_000 / 60 + 30)

    def test_a_place_is_kept_when_its_minute_comes(self) -> None:
        put = n.put_off(notice(), DUE + timedelta(minutes=7), "too_late", DUE)
        now = put.due_at + timedelta(seconds=70)
        assert next(pacing.minutes("e", put, now, now)) == put.due_at
