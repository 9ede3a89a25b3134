"""Laws over whole random histories."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.episode import Episode, Event, decide, fold, next_wake
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.errors import DomainError
from chalicelib.domain.messaging_hours import is_open
from chalicelib.domain.outgoing import still_wanted
from chalicelib.domain.questionnaire import checked
from tests.examples import BOOKED_AT, FINE_AFTER, FINE_BEFORE, PATHWAY, book, word
from tests.scenario import History

HOUR = timedelta(hours=1)
members = st.sampled_from(["nurse-1", "nurse-2"])
channels = st.sampled_from([(), ("sms",), ("email",), ("sms", "email")])
steps = st.sampled_from(["before", "after"])


def some_answers(step: str) -> st.SearchStrategy[dict]:
    fine = FINE_BEFORE if step == "before" else FINE_AFTER
    worse = {
        "before": {"escort": st.booleans(), "call": st.sampled_from(["yes", "no"]), "coming": st.booleans()},
        "after": {
            "pain": st.integers(0, 10),
            "painkillers": st.just("yes"),
            "pain_course": st.just("same"),
            "fever": st.sampled_from(["no", "mild", "high"]),
        },
    }[step]
    changed = st.fixed_dictionaries({}, optional=worse | {"comment": st.text(max_size=20)})
    return changed.map(lambda some: fine | some)


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = History()
    now = BOOKED_AT
    history.do(book(channels=draw(channels)))
    for _ in range(draw(st.integers(1, 25))):
        due = next_wake(PATHWAY, history.state)
        if due is not None and due > now and draw(st.booleans()):
            now = due
        else:
            now += timedelta(minutes=draw(st.integers(0, 60 * 30)))
        history.attempt(draw(commands(now, history)))
    return history


def commands(now, history: History) -> st.SearchStrategy[c.Command]:
    alerts = st.sampled_from([alert.id for alert in history.state.alerts] or ["none"])
    moved = st.integers(-50, 200).map(
        lambda hours: book(
            at=now,
            as_of=word(now + (hours % 3 - 1) * HOUR),
            visit=[None, "1", "2"][hours % 3],
            unit=["UCA", "UCB"][hours % 2],
            operation_at=book().operation_at + hours * HOUR,
            arrival_at=book().arrival_at + hours * HOUR,
        )
    )
    return st.one_of(
        st.just(c.Wake(at=now)),
        st.just(c.Wake(at=now)),
        moved,
        st.just(c.Admit(at=now)),
        st.just(c.Discharge(at=now)),
        st.just(c.WithdrawAdmission(at=now)),
        st.just(c.WithdrawDischarge(at=now)),
        channels.map(lambda some: c.ChangeChannels(at=now, channels=some)),
        steps.map(lambda step: c.OpenStep(at=now, step=step)),
        steps.flatmap(lambda s: some_answers(s).map(lambda a: c.SaveAnswers(at=now, step=s, answers=a))),
        steps.flatmap(lambda s: some_answers(s).map(lambda a: c.Submit(at=now, step=s, answers=a))),
        st.tuples(alerts, members).map(lambda t: c.TakeAlert(at=now, alert=t[0], by=t[1])),
        st.tuples(alerts, members).map(lambda t: c.AcknowledgeAlert(at=now, alert=t[0], by=t[1])),
        st.tuples(alerts, members).map(
            lambda t: c.ResolveAlert(at=now, alert=t[0], by=t[1], outcome="advice")
        ),
        steps.map(lambda s: c.ReportUndelivered(at=now, step=s, notice="n", reason="unknown_number")),
        st.integers(0, 3).map(lambda n: c.AddNote(at=now, by="nurse-1", note=str(n))),
        st.sampled_from(["p1", "p2"]).map(lambda p: c.ChangePatient(at=now, patient=p)),
        st.just(c.Cancel(at=now, as_of=word(now), reason="moved")),
        st.builds(
            c.ReceiveText,
            at=st.just(now),
            reply=st.sampled_from(["r1", "r2", "r3"]),
            step=steps,
            meaning=st.sampled_from(get_args(c.TextMeaning)),
        ),
        st.builds(c.StopTexts, at=st.just(now), reply=st.just("r4"), step=steps, confirm=st.booleans()),
    )


class TestHistories:
    @given(histories())
    def test_state_is_the_fold_of_the_log(self, history: History) -> None:
        """Also after the log and the state have been stored and read again."""
        log = msgspec.json.decode(msgspec.json.encode(history.events), type=list[Event])
        stored = msgspec.json.decode(msgspec.json.encode(history.state), type=Episode)
        assert fold(log) == history.state == stored

    @given(histories(), st.data())
    def test_a_repeated_command_changes_nothing(self, history: History, data: st.DataObject) -> None:
        command = data.draw(commands(BOOKED_AT + timedelta(days=7), history))
        if history.attempt(command):
            assert history.attempt(command) == []

    @given(histories())
    def test_no_step_is_released_twice(self, history: History) -> None:
        """Each release has a number of its own, and something took the earlier one back."""
        waiting = {step.key for step in PATHWAY.steps}
        numbers = dict.fromkeys(waiting, 0)
        for event in history.events:
            if isinstance(event, e.Moved | e.DischargeWithdrawn | e.Reinstated):
                waiting |= set(event.withdrawn)
            if isinstance(event, e.ChannelsChanged):
                waiting |= numbers.keys()
            if isinstance(event, e.StepReleased):
                assert event.step in waiting
                assert event.release == numbers[event.step] + 1
                waiting.remove(event.step)
                numbers[event.step] += 1

    @given(histories())
    def test_what_is_acknowledged_was_open(self, history: History) -> None:
        open_alerts: set[str] = set()
        for event in history.events:
            if isinstance(event, e.AlertRaised):
                assert event.alert not in open_alerts
                open_alerts.add(event.alert)
            if isinstance(event, e.AlertTaken | e.AlertAcknowledged | e.AlertResolved):
                assert event.alert in open_alerts
            if isinstance(event, e.AlertResolved):
                open_alerts.remove(event.alert)
        assert open_alerts == {alert.id for alert in history.state.open_alerts}

    @given(histories())
    def test_alert_ids_are_never_used_again(self, history: History) -> None:
        raised = [event.alert for event in history.events if isinstance(event, e.AlertRaised)]
        assert len(raised) == len(set(raised))

    @given(histories())
    def test_no_message_outside_messaging_hours(self, history: History) -> None:
        """But for what goes back to somebody who has just written."""
        unasked = [notice for notice in history.notices if notice.kind not in {"answer", "question"}]
        assert all(is_open(history.state.hours, notice.due_at) for notice in unasked)

    @given(histories())
    def test_after_a_stop_one_text_may_leave(self, history: History) -> None:
        """The one that confirms it; nothing else is wanted, whatever was planned before."""
        if history.state.stopped:
            texts = [n for n in history.notices if n.channel == "sms"]
            wanted = [n for n in texts if still_wanted(PATHWAY, history.state, n)]
            assert {notice.text for notice in wanted} <= {"stopped"}
            assert "sms" not in history.state.channels

    @given(histories())
    def test_what_a_patient_wrote_stays_until_somebody_reads_it(self, history: History) -> None:
        closed = {a.alert: a.by for a in history.events if isinstance(a, e.AlertResolved)}
        raised = [a.alert for a in history.events if isinstance(a, e.AlertRaised) and a.kind == "message"]
        assert all(closed[alert] is not None for alert in raised if alert in closed)

    @given(histories())
    def test_ids_of_what_leaves_are_never_used_again(self, history: History) -> None:
        notices = [notice.id for notice in history.notices]
        reports = [report.id for report in history.reports]
        assert len(notices) == len(set(notices))
        assert len(reports) == len(set(reports))

    @given(histories())
    def test_nothing_is_forgotten(self, history: History) -> None:
        """An episode that is not over has a next wake or a line on a worklist."""
        if not history.state.is_closed:
            assert next_wake(PATHWAY, history.state) is not None or history.state.open_alerts

    @given(histories())
    def test_waking_moves_on(self, history: History) -> None:
        """After a wake the next one is later: no alarm clock rings for ever."""
        for _ in range(30):
            due = next_wake(PATHWAY, history.state)
            if due is None:
                return
            history.do(c.Wake(at=due))
            after = next_wake(PATHWAY, history.state)
            assert after is None or after > due
        assert history.state.is_closed or history.state.open_alerts

    @given(histories())
    def test_cancel_beats_everything(self, history: History) -> None:
        last = BOOKED_AT + timedelta(days=60)
        before = len(history.events)
        history.attempt(c.Cancel(at=last, as_of=word(last), reason="x"))
        if history.state.cancelled_at is None:
            return
        history.wake_until(last + timedelta(days=90))
        later = history.events[before:]
        assert not any(isinstance(event, e.StepReleased | e.Reminded) for event in later)
        wanted = [n for n in history.notices if still_wanted(PATHWAY, history.state, n)]
        assert {notice.kind for notice in wanted} <= {"cancelled", "answer"}

    @given(histories())
    def test_events_hold_no_free_text(self, history: History) -> None:
        for event in history.events:
            assert "comment" not in getattr(event, "answers", {})
            assert "comment" not in getattr(event, "evidence", {})


class TestAnswers:
    @given(st.integers(-5, 15))
    def test_a_scale_knows_its_ends(self, number: int) -> None:
        pain = PATHWAY.step("after").questionnaire.question("pain")
        try:
            assert checked(pain, number) == number
            assert 0 <= number <= 10
        except DomainError:
            assert not 0 <= number <= 10


def test_decide_is_total() -> None:
    """A first command that is no booking is refused, whatever it is."""
    for command in (c.Wake(at=BOOKED_AT), c.Admit(at=BOOKED_AT)):
        try:
            decide(PATHWAY, None, command)
        except DomainError:
            continue
        raise AssertionError
