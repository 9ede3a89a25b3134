"""Advice first, escalation, contacts that repeat, anchors: what time and answers lead to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain.episode import Episode
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.alerting import earlier
from chalicelib.domain.errors import EpisodeClosed, StepsDiffer
from chalicelib.domain.pathway import Escalation, Timing, unfolded
from chalicelib.domain.rules import AskAgain, Change, Compare, holds
from tests.examples import FINE_AFTER, FINE_BEFORE, at, book
from tests.examples import PATHWAY as WHOLE
from tests.scenario import History

PATHWAY = replace(WHOLE, steps=WHOLE.steps[:2])
"""The day before and the day after."""
PAIN = {"pain": 5, "painkillers": "no"}


def changed(key: str, **changes: object):
    """The pathway with other properties of one step."""
    steps = tuple(replace(s, **changes) if s.key == key else s for s in PATHWAY.steps)
    return replace(PATHWAY, steps=steps)


def advising(level: str = "orange"):
    (rule,) = [r for r in PATHWAY.step("after").rules if r.key == "painkillers"]
    tried = replace(
        rule, level=level, ask_again=AskAgain(after_minutes=90, questions=("pain", "painkillers"))
    )
    return changed("after", rules=tuple(tried if r is rule else r for r in PATHWAY.step("after").rules))


def at_home(pathway=None, **booking: object) -> History:
    h = History(pathway or PATHWAY)
    h.do(book(**booking))
    h.wake_until(at(-1, "10:00"))
    h.do(c.Submit(at=at(-1, "10:20"), step="before", answers=FINE_BEFORE))
    h.do(c.Admit(at=at(0, "08:20")), c.Discharge(at=at(0, "17:00")))
    return h.wake_until(at(1, "10:00"))


def now(h: History, step: str = "after"):
    assert isinstance(h.state, Episode)
    return h.state.step(step)


class TestAdviceFirst:
    def test_nobody_is_called_before_the_patient_was_asked_again(self):
        h = at_home(advising())
        events = h.do(c.Submit(at=at(1, "10:10"), step="after", answers=FINE_AFTER | PAIN))
        assert [type(x).__name__ for x in events] == ["ResponseCompleted", "AdviceGiven"]
        assert h.state.open_alerts == ()
        h.wake_until(at(1, "11:39"))
        assert now(h).status == "completed"
        h.wake_until(at(1, "11:40"))
        assert (now(h).status, now(h).again) == ("released", ("pain", "painkillers"))
        assert h.notices[-1].id == "after.1.again"

    def test_what_persists_is_an_alert(self):
        h = at_home(advising())
        h.do(c.Submit(at=at(1, "10:10"), step="after", answers=FINE_AFTER | PAIN))
        h.wake_until(at(1, "11:40"))
        events = h.do(c.Submit(at=at(1, "11:50"), step="after", answers=FINE_AFTER | PAIN))
        assert [type(x).__name__ for x in events] == ["ResponseCompleted", "AlertRaised"]
        assert events[1].rules == ("painkillers",)
        assert [report.id for report in h.reports][-2:] == ["response.after.1", "response.after.1.2"]

    def test_what_has_gone_is_none(self):
        h = at_home(advising())
        h.do(c.Submit(at=at(1, "10:10"), step="after", answers=FINE_AFTER | PAIN))
        h.wake_until(at(1, "11:40"))
        h.do(c.Submit(at=at(1, "11:50"), step="after", answers=FINE_AFTER))
        h.wake_until(at(2, "20:00"))
        assert h.state.alerts == ()

    def test_no_answer_to_the_second_question_calls_a_nurse(self):
        h = at_home(advising())
        h.do(c.Submit(at=at(1, "10:10"), step="after", answers=FINE_AFTER | PAIN))
        h.wake_until(at(1, "12:39"))
        assert h.state.open_alerts == ()
        h.wake_until(at(1, "12:40"))
        (alert,) = h.state.open_alerts
        assert (alert.kind, alert.level, alert.detail) == ("answer", "orange", e.NOT_ANSWERED_AGAIN)
        assert alert.evidence["pain"] == 5
        h.wake_until(at(3, "20:00"))
        assert len(h.state.alerts) == 1

    def test_where_it_would_be_too_late_to_ask_the_nurse_hears_at_once(self):
        h = at_home(advising())
        events = h.do(c.Submit(at=at(1, "18:40"), step="after", answers=FINE_AFTER | PAIN))
        assert type(events[-1]) is e.AlertRaised

    def test_where_nobody_can_be_written_to_the_nurse_hears_at_once(self):
        h = at_home(advising(), channels=())
        events = h.do(c.Submit(at=at(1, "10:40"), step="after", answers=FINE_AFTER | PAIN, by="nurse"))
        assert "AdviceGiven" not in [type(x).__name__ for x in events]

    def test_beside_a_red_answer_there_is_nothing_to_try(self):
        h = at_home(advising())
        answers = FINE_AFTER | PAIN | {"signs": "breath"}
        events = h.do(c.Submit(at=at(1, "10:10"), step="after", answers=answers))
        (alert,) = [x for x in events if isinstance(x, e.AlertRaised)]
        assert "painkillers" in alert.rules

    def test_a_red_one_is_not_told_while_it_is_being_filled_in(self):
        h = at_home(advising("red"))
        saved = h.do(c.SaveAnswers(at=at(1, "10:05"), step="after", answers={"feeling": "well", **PAIN}))
        assert saved == []

    def test_the_same_hand_in_twice_advises_once(self):
        h = at_home(advising())
        submit = c.Submit(at=at(1, "10:10"), step="after", answers=FINE_AFTER | PAIN)
        h.do(submit)
        assert h.do(submit) == []


class TestEscalation:
    CHAIN = (Escalation("red", 20, "coordinator"), Escalation("red", 60, "surgeon"))

    def red(self, wall: str = "10:10", day: int = 1) -> History:
        h = at_home(replace(PATHWAY, escalation=self.CHAIN))
        h.do(c.Submit(at=at(day, wall), step="after", answers=FINE_AFTER | {"pain": 8, "painkillers": "yes"}))
        return h

    def test_hands_on_what_nobody_takes(self):
        h = self.red()
        h.wake_until(at(1, "10:30"))
        assert h.state.open_alerts[0].escalated_to == ("coordinator",)
        h.wake_until(at(1, "11:10"))
        assert h.state.open_alerts[0].escalated_to == ("coordinator", "surgeon")
        h.wake_until(at(9, "10:00"))
        assert h.kinds().count("AlertEscalated") == 2

    def test_leaves_what_somebody_has_taken(self):
        h = self.red()
        h.do(c.TakeAlert(at=at(1, "10:15"), alert=h.state.open_alerts[0].id, by="nurse-1"))
        h.wake_until(at(2, "10:00"))
        assert "AlertEscalated" not in h.kinds()

    def test_counts_only_opening_hours(self):
        h = self.red("21:30")
        h.wake_until(at(2, "08:19"))
        assert "AlertEscalated" not in h.kinds()
        h.wake_until(at(2, "08:20"))
        assert h.kinds().count("AlertEscalated") == 1


class TestTimes:
    def test_a_contact_repeats_on_its_days(self):
        folded = changed("after", also_on=(2, 5))
        assert [(s.key, s.timing.day, s.timing.useful_until_day) for s in unfolded(folded).steps] == [
            ("before", -1, 0),
            ("after", 1, 3),
            ("after-2", 2, 4),
            ("after-5", 5, 7),
        ]

    def test_days_can_count_from_the_discharge(self):
        pathway = changed("after", timing=replace(PATHWAY.step("after").timing, anchor="discharge"))
        h = History(pathway)
        h.do(book(), c.Admit(at=at(0, "08:00")), c.Discharge(at=at(4, "11:00")))
        h.wake_until(at(5, "09:59"))
        assert now(h).status == "waiting"
        h.wake_until(at(5, "10:00"))
        assert now(h).status == "released"

    def test_who_was_still_in_hospital_is_not_called_too_late(self):
        h = History(PATHWAY)
        h.do(book(), c.Admit(at=at(0, "08:00")))
        h.wake_until(at(1, "15:00"))  # no discharge: a nurse hears of it once
        assert [a.kind for a in h.state.alerts] == ["not_discharged"]
        h.do(c.Discharge(at=at(6, "11:00")))
        h.wake_until(at(6, "12:00"))
        assert now(h).status == "missed"
        assert h.state.open_alerts == ()

    def test_a_longer_stay_makes_nobody_wonder(self):
        h = History(replace(PATHWAY, stay_days=5))
        h.do(book(), c.Admit(at=at(0, "08:00")))
        h.wake_until(at(6, "14:59"))
        assert h.state.alerts == ()
        h.wake_until(at(6, "15:00"))
        assert [a.kind for a in h.state.alerts] == ["not_discharged"]

    def test_silence_may_lead_to_nothing_and_a_late_answer_still_counts(self):
        quiet: Timing = replace(PATHWAY.step("after").timing, then="nothing")
        h = at_home(changed("after", timing=quiet))
        h.wake_until(at(2, "12:00"))
        assert h.kinds()[-1] == "StepLapsed"
        assert h.state.alerts == ()
        h.do(c.Submit(at=at(2, "12:30"), step="after", answers=FINE_AFTER))
        assert now(h).status == "completed"


class TestEarlierAnswers:
    WORSE = Change(question="pain", against="previous", op="ge", by=2)

    def test_are_the_first_and_the_latest(self):
        h = at_home(unfolded(changed("after", also_on=(2, 3))))
        for key, day, pain in (("after", 1, 2), ("after-2", 2, 5), ("after-3", 3, 6)):
            h.wake_until(at(day, "10:00"))
            h.do(c.Submit(at=at(day, "10:30"), step=key, answers=FINE_AFTER | {"pain": pain, "painkillers": "yes", "pain_course": "same"}))  # fmt: skip
        known = earlier("after-3", h.state)
        assert (known.baseline["pain"], known.previous["pain"]) == (2, 5)

    @pytest.mark.parametrize(("pain", "expected"), [(4, True), (3, False), (True, False), ("9", False)])
    def test_are_compared(self, pain, expected):
        from chalicelib.domain.rules import Earlier

        assert holds(self.WORSE, {"pain": pain}, Earlier(previous={"pain": 2})) is expected
        assert holds(self.WORSE, {"pain": pain}) is False

    def test_a_yes_is_not_the_number_one(self):
        assert holds(Compare("x", "eq", 1), {"x": True}) is False
        assert holds(Compare("x", "in", ("a", "b")), {"x": ("c", "b")}) is True


class TestAPathwayByHand:
    KEYS = tuple(step.key for step in PATHWAY.steps)

    def choose(self, when, code: str = "cataract", keys: tuple[str, ...] = KEYS) -> c.ChangePathway:
        return c.ChangePathway(at=when, by="nurse-1", pathway=code, pathway_version=1, steps=keys)

    def test_a_procedure_that_leads_nowhere_is_a_line_until_somebody_chooses(self):
        h = History(PATHWAY)
        h.do(book(unmapped="QZMA004"))
        (alert,) = h.state.open_alerts
        assert (alert.kind, alert.level, alert.detail) == ("no_pathway", "orange", "QZMA004")
        h.do(self.choose(at(-5, "10:00")))
        assert h.state.open_alerts == ()
        assert h.state.pathway == "cataract"

    def test_what_a_clinician_has_chosen_no_booking_changes(self):
        h = History(PATHWAY)
        h.do(book(), self.choose(at(-5, "10:00")))
        later = at(-4, "10:00")
        h.do(book(at=later, as_of=f"{later:%Y-%m-%dT%H:%M:%S.%fZ}|", operation_at=at(0, "11:00")))
        assert h.state.pathway == "cataract"

    def test_a_mapping_that_comes_later_closes_the_line(self):
        h = History(PATHWAY)
        h.do(book(unmapped="QZMA004"))
        later = at(-4, "10:00")
        h.do(book(at=later, as_of=f"{later:%Y-%m-%dT%H:%M:%S.%fZ}|"))
        assert h.state.open_alerts == ()

    def test_moving_the_operation_leaves_the_line(self):
        h = History(PATHWAY)
        h.do(book(unmapped="QZMA004"))
        later = at(-4, "10:00")
        moved = {"operation_at": at(0, "11:00"), "arrival_at": at(0, "09:30"), "unmapped": "QZMA004"}
        h.do(book(at=later, as_of=f"{later:%Y-%m-%dT%H:%M:%S.%fZ}|", **moved))
        assert [alert.kind for alert in h.state.open_alerts] == ["no_pathway"]

    def test_a_contact_that_has_begun_must_be_in_it(self):
        h = History(PATHWAY)
        h.do(book())
        h.wake_until(at(-1, "10:00"))
        with pytest.raises(StepsDiffer, match="before"):
            h.do(self.choose(at(-1, "11:00"), keys=("after",)))

    def test_the_hospitals_own_version_is_the_same_operation(self):
        h = History(PATHWAY)
        h.do(book())
        later = at(-4, "10:00")
        own = {"pathway": "inguinal-hernia.demo", "pathway_version": 3}
        h.do(book(at=later, as_of=f"{later:%Y-%m-%dT%H:%M:%S.%fZ}|", **own))
        assert (h.state.pathway, h.state.pathway_version) == ("inguinal-hernia", 1)

    def test_not_after_the_end(self):
        h = History(PATHWAY)
        h.do(book())
        h.do(c.Cancel(at=at(-3, "10:00"), as_of="9999", reason="hospital"))
        with pytest.raises(EpisodeClosed):
            h.do(self.choose(at(-2, "10:00")))


def test_waking_again_and_again_changes_nothing_more():
    h = at_home(advising())
    h.do(c.Submit(at=at(1, "10:10"), step="after", answers=FINE_AFTER | PAIN))
    h.wake_until(at(1, "13:00"))
    size = len(h.events)
    for _ in range(3):
        h.do(c.Wake(at=at(1, "13:00") + timedelta(minutes=1)))
    assert len(h.events) == size
